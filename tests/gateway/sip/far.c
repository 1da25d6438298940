/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * See far.h. Reading is strstr over "\r\nName:"; the stack under test prints
 * full header names, one per line, and where it did not, a test would show it.
 */
#include "tests/gateway/sip/far.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/test.h"

const char far_sdp[] = "v=0\r\no=far 1 1 IN IP4 127.0.0.1\r\ns=far\r\n"
		       "c=IN IP4 127.0.0.1\r\nt=0 0\r\n"
		       "m=audio 40000 RTP/AVP 8 0 101\r\n"
		       "a=rtpmap:101 telephone-event/8000\r\n"
		       "a=ptime:20\r\n";

static socklen_t set_place(const struct far *f, uint16_t port,
                           struct sockaddr_storage *out)
{
	struct sockaddr_in *four = (struct sockaddr_in *)out;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (f->six) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(port);
		six->sin6_addr = in6addr_loopback;
		return sizeof(*six);
	}
	four->sin_family = AF_INET;
	four->sin_port = htons(port);
	four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sizeof(*four);
}

void far_open(struct far *f, uint16_t to, bool six)
{
	struct sockaddr_storage at;
	socklen_t len;

	memset(f, 0, sizeof(*f));
	f->six = six;
	f->to = to;
	(void)strcpy(f->tag, "far1");
	f->fd = socket(six ? AF_INET6 : AF_INET,
	               SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	CHECK(f->fd >= 0);
	len = set_place(f, 0, &at);
	CHECK_EQ(bind(f->fd, (struct sockaddr *)&at, len), 0);
	CHECK_EQ(getsockname(f->fd, (struct sockaddr *)&at, &len), 0);
	f->port = ntohs(six ? ((struct sockaddr_in6 *)&at)->sin6_port
	                    : ((struct sockaddr_in *)&at)->sin_port);
}

void far_close(struct far *f)
{
	(void)close(f->fd);
}

const char *far_host(const struct far *f)
{
	return f->six ? "[::1]" : "127.0.0.1";
}

void far_send(struct far *f, const char *format, ...)
{
	static char room[FAR_MESSAGE];
	struct sockaddr_storage at;
	socklen_t len = set_place(f, f->to, &at);
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(room, sizeof(room), format, args);
	va_end(args);
	(void)sendto(f->fd, room, (size_t)n, 0, (struct sockaddr *)&at, len);
}

/* A header's value in a message, without its name and line end. */
static bool find(const char *message, const char *name, char *to, size_t size)
{
	char line[64];
	const char *at, *end;

	(void)snprintf(line, sizeof(line), "\r\n%s:", name);
	at = strcasestr(message, line);
	to[0] = '\0';
	if (at == NULL)
		return false;
	at += strlen(line);
	at += strspn(at, " ");
	end = strstr(at, "\r\n");
	(void)snprintf(to, size, "%.*s", (int)(end - at), at);
	return true;
}

const char *far_header(const struct far *f, const char *name)
{
	static char value[4][FAR_TEXT];
	static unsigned turn;
	char *to = value[turn++ % 4];

	(void)find(f->heard, name, to, FAR_TEXT);
	return to;
}

const char *far_body(const struct far *f)
{
	const char *at = strstr(f->heard, "\r\n\r\n");

	return at == NULL ? "" : at + 4;
}

/* What stands between < and >, or the whole. */
static void bare_uri(const char *value, char *to)
{
	const char *from = strchr(value, '<');

	from = from == NULL ? value : from + 1;
	(void)snprintf(to, FAR_TEXT, "%.*s", (int)strcspn(from, ">"), from);
}

static void learn(struct far *f)
{
	char text[FAR_TEXT];

	if (strncmp(f->heard, "SIP/2.0", 7) == 0) {
		if (find(f->heard, "To", text, sizeof(text)) &&
		    strstr(text, ";tag=") != NULL)
			(void)strcpy(f->remote, text);
	} else {
		(void)strcpy(f->request, f->heard);
		(void)find(f->heard, "From", f->remote, sizeof(f->remote));
		(void)find(f->heard, "Call-ID", f->call_id, sizeof(f->call_id));
		(void)find(f->heard, "To", f->local, sizeof(f->local));
		if (strstr(f->local, ";tag=") == NULL)
			(void)snprintf(f->local + strlen(f->local),
			               sizeof(f->local) - strlen(f->local),
			               ";tag=%s", f->tag);
	}
	if (find(f->heard, "Contact", text, sizeof(text)))
		bare_uri(text, f->target);
}

bool far_hear(struct far *f)
{
	ssize_t n = recv(f->fd, f->heard, sizeof(f->heard) - 1, 0);

	if (n < 0)
		f->heard[0] = '\0';
	else
		f->heard[n] = '\0';
	if (n > 0)
		learn(f);
	return n > 0;
}

bool far_hears(struct far *f, const char *begin)
{
	bool heard = far_hear(f);

	if (!heard || strncmp(f->heard, begin, strlen(begin)) != 0)
		printf("expected %s, heard %.60s\n", begin,
		       heard ? f->heard : "nothing");
	return heard && strncmp(f->heard, begin, strlen(begin)) == 0;
}

void far_deaf(struct far *f)
{
	char octet;

	while (recv(f->fd, &octet, 1, 0) >= 0)
		continue;
}

static void add_body(const struct far *f, char *to, size_t size,
                     const char *body)
{
	const char *type = f->type != NULL ? f->type : "application/sdp";

	(void)snprintf(to, size, "%s%s%sContent-Length: %zu\r\n\r\n%s",
	               body != NULL ? "Content-Type: " : "",
	               body != NULL ? type : "", body != NULL ? "\r\n" : "",
	               body != NULL ? strlen(body) : 0,
	               body != NULL ? body : "");
}

static void send_request(struct far *f, const char *method, const char *extra,
                         const char *sdp)
{
	char body[8192];

	add_body(f, body, sizeof(body), sdp);
	far_send(f,
	         "%s %s SIP/2.0\r\n"
	         "Via: SIP/2.0/UDP %s:%u;branch=z9hG4bKfar%u-%u;rport\r\n"
	         "Max-Forwards: 70\r\n%s"
	         "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u %s\r\n"
	         "Contact: <sip:far@%s:%u>\r\n%s%s",
	         method, f->target, far_host(f), f->port, f->port, f->branch,
	         f->routes, f->local, f->remote, f->call_id, f->cseq, method,
	         far_host(f), f->port, extra, body);
}

static void invite(struct far *f, const char *user, const char *extra,
                   const char *sdp)
{
	f->branch++;
	f->routes[0] = '\0';
	(void)snprintf(f->target, FAR_TEXT, "sip:%s@%s:%u", user, far_host(f),
	               f->to);
	(void)snprintf(f->remote, sizeof(f->remote), "<%s>", f->target);
	send_request(f, "INVITE", extra, sdp);
}

void far_invite(struct far *f, const char *user, const char *extra,
                const char *sdp)
{
	static unsigned calls;

	f->cseq = 1;
	(void)snprintf(f->call_id, FAR_TEXT, "call-%u-%u@far", f->port,
	               ++calls);
	(void)snprintf(f->local, sizeof(f->local),
	               "\"Far End\" <sip:3035550100@%s:%u>;tag=%s", far_host(f),
	               f->port, f->tag);
	invite(f, user, extra, sdp);
}

void far_invite_again(struct far *f, const char *user, const char *extra,
                      const char *sdp)
{
	f->cseq++;
	invite(f, user, extra, sdp);
}

void far_request(struct far *f, const char *method, const char *extra,
                 const char *sdp)
{
	f->branch++;
	if (strcmp(method, "ACK") != 0)
		f->cseq++;
	send_request(f, method, extra, sdp);
}

/* Of the INVITE: the same branch, the To it had. */
static void send_of_invite(struct far *f, const char *method, const char *to,
                           const char *extra)
{
	far_send(f,
	         "%s sip:x@%s:%u SIP/2.0\r\n"
	         "Via: SIP/2.0/UDP %s:%u;branch=z9hG4bKfar%u-%u;rport\r\n"
	         "Max-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\n"
	         "CSeq: %u %s\r\n%sContent-Length: 0\r\n\r\n",
	         method, far_host(f), f->to, far_host(f), f->port, f->port,
	         f->branch, f->local, to, f->call_id, f->cseq, method, extra);
}

void far_cancel(struct far *f, const char *extra)
{
	char to[2 * FAR_TEXT];
	char *tag;

	(void)strcpy(to, f->remote);
	tag = strstr(to, ";tag=");
	if (tag != NULL)
		*tag = '\0';
	send_of_invite(f, "CANCEL", to, extra);
}

void far_ack_refusal(struct far *f)
{
	send_of_invite(f, "ACK", f->remote, "");
}

/* All Via and Record-Route lines of the request we answer. */
static void copy_lines(const struct far *f, const char *name, char *to,
                       size_t size)
{
	const char *at = f->request;
	size_t len = 0;

	to[0] = '\0';
	for (; (at = strstr(at, "\r\n")) != NULL; at += 2) {
		if (strncasecmp(at + 2, name, strlen(name)) != 0)
			continue;
		len += (size_t)snprintf(to + len, size - len, "%.*s\r\n",
		                        (int)strcspn(at + 2, "\r"), at + 2);
	}
}

void far_reply(struct far *f, const char *status, const char *extra,
               const char *sdp)
{
	char via[2048], cseq[64], from[FAR_TEXT], id[FAR_TEXT], to[FAR_TEXT];
	char body[8192], contact[128] = "";

	if (!f->no_contact)
		(void)snprintf(contact, sizeof(contact),
		               "Contact: <sip:far@%s:%u>\r\n", far_host(f),
		               f->port);
	copy_lines(f, "Via:", via, sizeof(via));
	(void)find(f->request, "CSeq", cseq, sizeof(cseq));
	(void)find(f->request, "From", from, sizeof(from));
	(void)find(f->request, "Call-ID", id, sizeof(id));
	(void)find(f->request, "To", to, sizeof(to));
	if (strstr(to, ";tag=") == NULL && strncmp(status, "100", 3) != 0)
		(void)snprintf(to + strlen(to), sizeof(to) - strlen(to),
		               ";tag=%s", f->tag);
	add_body(f, body, sizeof(body), sdp);
	far_send(f,
	         "SIP/2.0 %s\r\n%sFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\n"
	         "CSeq: %s\r\n%s%s%s",
	         status, via, from, to, id, cseq, contact, extra, body);
}
