/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

#include "kernel/daemon.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/text.h"
#include "tests/test.h"

/* A manager's socket; a path that begins with @ is abstract. */
static int manager(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	const void *sa = &un;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	                            strlen(path));

	CHECK(fd >= 0 &&
	      text_copy(un.sun_path, sizeof(un.sun_path), path) == 0);
	if (path[0] == '@')
		un.sun_path[0] = '\0';
	CHECK(bind(fd, sa, len) == 0);
	return fd;
}

static void notify_through(const char *path)
{
	char got[64] = "";
	int fd = manager(path);

	CHECK(setenv("NOTIFY_SOCKET", path, 1) == 0);
	CHECK_EQ(daemon_notify("READY=1\nSTATUS=up"), 0);
	CHECK_EQ(recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT), 17);
	CHECK_TEXT(got, "READY=1\nSTATUS=up");
	(void)close(fd);
	CHECK_EQ(daemon_notify("READY=1"), -ECONNREFUSED);
}

TEST(readiness_reaches_a_manager_by_path_and_abstract)
{
	char path[100];

	(void)snprintf(path, sizeof(path), "%s/notify", test_folder());
	notify_through(path);
	(void)snprintf(path, sizeof(path), "@causeway-test-%d", getpid());
	notify_through(path);
}

TEST(without_a_manager_nothing_is_told)
{
	CHECK(unsetenv("NOTIFY_SOCKET") == 0);
	CHECK_EQ(daemon_notify("READY=1"), 0);
	CHECK(setenv("NOTIFY_SOCKET", "relative", 1) == 0);
	CHECK_EQ(daemon_notify("READY=1"), -EINVAL);
	CHECK(setenv("NOTIFY_SOCKET", "/no/such/socket", 1) == 0);
	CHECK_EQ(daemon_notify("READY=1"), -ENOENT);
}

TEST(the_watchdog_is_ours_only_when_it_says_so)
{
	char pid[20];

	CHECK(unsetenv("WATCHDOG_USEC") == 0 && unsetenv("WATCHDOG_PID") == 0);
	CHECK_EQ(daemon_watchdog_interval(), 0);
	CHECK(setenv("WATCHDOG_USEC", "30000000", 1) == 0);
	CHECK_EQ(daemon_watchdog_interval(), 30000000);
	CHECK(setenv("WATCHDOG_PID", "1", 1) == 0);
	CHECK_EQ(daemon_watchdog_interval(), 0);
	(void)snprintf(pid, sizeof(pid), "%d", getpid());
	CHECK(setenv("WATCHDOG_PID", pid, 1) == 0);
	CHECK_EQ(daemon_watchdog_interval(), 30000000);
	CHECK(setenv("WATCHDOG_USEC", "soon", 1) == 0);
	CHECK_EQ(daemon_watchdog_interval(), 0);
}

static int in_child(int (*what)(void))
{
	int status = 0;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0)
		_exit(what());
	CHECK(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static int drop_to_nobody(void)
{
	const struct passwd *nobody = getpwnam("nobody");
	gid_t groups[64];
	char line[100];
	FILE *status;
	int n;

	if (nobody == NULL || daemon_drop_root("nobody") != 0)
		return 1;
	n = getgroups(ARRAY_LEN(groups), groups);
	if (getuid() != nobody->pw_uid || getegid() != nobody->pw_gid)
		return 2;
	if (setuid(0) == 0 || n > 1)
		return 3;
	status = fopen("/proc/self/status", "re");
	while (status != NULL && fgets(line, sizeof(line), status) != NULL)
		if ((text_starts(line, "CapPrm") ||
		     text_starts(line, "CapEff") ||
		     text_starts(line, "CapInh")) &&
		    strstr(line, "0000000000000000") == NULL)
			return 4;
	return 0;
}

static int drop_to_strangers(void)
{
	if (daemon_drop_root("no-such-user-here") != -ENOENT)
		return 1;
	return daemon_drop_root("root") == -EALREADY ? 0 : 2;
}

TEST(root_is_given_up_for_good)
{
	if (geteuid() == 0) {
		CHECK_EQ(in_child(drop_to_nobody), 0);
		CHECK_EQ(in_child(drop_to_strangers), 0);
	} else {
		CHECK_EQ(daemon_drop_root("no-such-user-here"), 0);
	}
}

TEST(descriptors_are_raised_to_the_hard_limit)
{
	struct rlimit limit;

	daemon_raise_descriptors();
	CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	CHECK_EQ(limit.rlim_cur, limit.rlim_max);
}

static int lock_memory(void)
{
	int rc = daemon_lock_memory();

	return rc == 0 || rc == -EPERM || rc == -ENOMEM ? 0 : 1;
}

TEST(memory_is_locked_or_refused_plainly)
{
	CHECK_EQ(in_child(lock_memory), 0);
}

TEST(a_crash_is_told_and_kills)
{
	struct rlimit none = { 0, 0 };
	char told[4000] = "";
	int fd[2], status = 0;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	CHECK(pipe(fd) == 0);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &none);
		(void)dup2(fd[1], STDERR_FILENO);
		daemon_install_crash_report();
		(void)raise(SIGSEGV);
		_exit(0);
	}
	(void)close(fd[1]);
	while ((n = read(fd[0], told + len, sizeof(told) - 1 - len)) > 0)
		len += (size_t)n;
	(void)close(fd[0]);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	CHECK(text_starts(told, "crashed: signal 11, process "));
	CHECK(strchr(told, '\n') != NULL && strlen(told) > 60);
}
