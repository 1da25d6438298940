/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The process as a service. The service manager is told through the datagram
 * socket that sd_notify(3) describes, which is short enough to need no
 * library. Root is given up for good: group, supplementary groups, user, all
 * capability sets, in that order, and it is checked that there is no way
 * back; a daemon that only believes it dropped root is worse than one that
 * did not start.
 *
 * The crash report runs inside a signal handler of a process that is broken:
 * it calls only what is async-signal-safe, on a stack of its own, and then
 * lets the signal kill as if it had not been caught, so that a core is
 * written and the service manager sees the truth. backtrace() loads libgcc
 * on first use; that is done at start.
 */

#include "kernel/daemon.h"

#include <errno.h>
#include <execinfo.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/capability.h>

#include "kernel/text.h"

enum { FRAMES = 64, CRASH_STACK = 65536 };

/* --- the service manager --- */

static int notify_addr(struct sockaddr_un *un, socklen_t *len)
{
	const char *path = getenv("NOTIFY_SOCKET");
	size_t n;

	if (path == NULL || path[0] == '\0')
		return -ENOENT;
	n = strlen(path);
	if ((path[0] != '/' && path[0] != '@') || n >= sizeof(un->sun_path))
		return -EINVAL;
	memset(un, 0, sizeof(*un));
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, n);
	if (path[0] == '@')
		un->sun_path[0] = '\0'; /* abstract: unix(7) */
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	return 0;
}

int daemon_notify(const char *state)
{
	struct sockaddr_un un;
	const void *sa = &un;
	socklen_t len;
	int rc = notify_addr(&un, &len), fd;

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, sa, len) < 0)
		rc = -errno;
	(void)close(fd);
	return rc;
}

int64_t daemon_watchdog_interval(void)
{
	const char *interval = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	uint64_t n;

	if (interval == NULL || text_number(interval, 1, INT64_MAX, &n) < 0)
		return 0;
	/* It may be meant for another process: sd_watchdog_enabled(3). */
	if (pid != NULL) {
		uint64_t whose;

		if (text_number(pid, 1, INT32_MAX, &whose) < 0 ||
		    whose != (uint64_t)getpid())
			return 0;
	}
	return (int64_t)n;
}

/* --- privileges --- */

static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct none[2];

	memset(none, 0, sizeof(none));
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 &&
	    errno != EINVAL)
		return -errno;
	if (syscall(SYS_capset, &header, none) < 0)
		return -errno;
	/* Nor shall a set-user-ID program give any back. */
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

static int become(const struct passwd *who)
{
	if (initgroups(who->pw_name, who->pw_gid) < 0 ||
	    setresgid(who->pw_gid, who->pw_gid, who->pw_gid) < 0 ||
	    setresuid(who->pw_uid, who->pw_uid, who->pw_uid) < 0)
		return -errno;
	return drop_capabilities();
}

int daemon_drop_root(const char *user)
{
	const struct passwd *who;
	int rc;

	if (geteuid() != 0)
		return 0;
	errno = 0;
	who = getpwnam(user);
	if (who == NULL)
		return errno == 0 || errno == ESRCH ? -ENOENT : -errno;
	if (who->pw_uid == 0)
		return -EALREADY;
	rc = become(who);
	if (rc == 0 && setuid(0) == 0)
		rc = -EPERM;
	/* Changing user switched cores off, which a crash is told by. */
	(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	return rc;
}

/* --- limits --- */

int daemon_lock_memory(void)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	/* Under a limit the process would run now, and fail to allot later,
	 * when root is given up. */
	if (setrlimit(RLIMIT_MEMLOCK, &all) < 0)
		return -errno;
	return mlockall(MCL_CURRENT | MCL_FUTURE) < 0 ? -errno : 0;
}

void daemon_raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* --- crashes --- */

static const int deadly[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };

static void tell(const char *text)
{
	/* Nobody could be told that this failed. */
	(void)!write(STDERR_FILENO, text, strlen(text));
}

static void tell_number(unsigned n)
{
	char digits[12];
	size_t at = sizeof(digits) - 1;

	digits[at] = '\0';
	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	tell(digits + at);
}

static void report_crash(int signum)
{
	static void *frames[FRAMES];
	int n;

	tell("crashed: signal ");
	tell_number((unsigned)signum);
	tell(", process ");
	tell_number((unsigned)getpid());
	tell("; the calls that led here:\n");
	n = backtrace(frames, FRAMES);
	backtrace_symbols_fd(frames, n, STDERR_FILENO);
	/* SA_RESETHAND has put the default back; once more, and die of it. */
	(void)raise(signum);
}

void daemon_install_crash_report(void)
{
	static char stack[CRASH_STACK];
	stack_t own = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction act;
	void *frame[1];

	(void)backtrace(frame, 1); /* loads what it needs now */
	(void)sigaltstack(&own, NULL);
	memset(&act, 0, sizeof(act));
	act.sa_handler = report_crash;
	act.sa_flags = (int)(SA_RESETHAND | SA_ONSTACK | SA_NODEFER);
	for (size_t i = 0; i < ARRAY_LEN(deadly); i++)
		(void)sigaction(deadly[i], &act, NULL);
}
