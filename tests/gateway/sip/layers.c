/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The world of the tests below the session: see layers.h. Nothing waits here;
 * loopback delivers while send() runs, so that a turn of the loop after it
 * finds what was sent.
 */
#include "tests/gateway/sip/layers.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/instant.h"
#include "kernel/net.h"
#include "kernel/text.h"
#include "tests/test.h"

static void note(struct layers *l, const char *format, ...) ATTR_PRINTF(2, 3);

static void note(struct layers *l, const char *format, ...)
{
	size_t len = strlen(l->told);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(l->told + len, sizeof(l->told) - len, format, args);
	va_end(args);
}

static void on_message(void *self, const struct hop *hop, struct bytes raw,
                       usec waited)
{
	struct layers *l = self;
	osip_message_t *m;
	int status;

	(void)waited;
	l->messages++;
	l->from = *hop;
	if (l->transactions == NULL)
		return;
	status = message_parse(&m, raw);
	if (status < 0)
		note(l, "dropped ");
	else
		transactions_receive(l->transactions, hop, m, status);
}

static void on_failed(void *self, const struct hop *hop, int error)
{
	struct layers *l = self;

	note(l, "lost ");
	if (l->transactions != NULL)
		transactions_failed(l->transactions, hop, error);
}

static bool on_welcome(void *self, const struct addr *from)
{
	struct layers *l = self;

	(void)from;
	return !l->unwelcome;
}

static void on_request(void *self, struct transaction *t,
                       const osip_message_t *request)
{
	struct layers *l = self;

	note(l, "request(%s) ", message_cseq_method(request));
	l->server = t;
	if (l->answer != 0)
		(void)layers_answer(l, l->answer);
	if (l->quiet)
		transaction_forget(t);
}

static void on_cancelled(void *self, struct transaction *invite,
                         const osip_message_t *cancel)
{
	struct layers *l = self;

	(void)cancel;
	CHECK(invite == l->server);
	note(l, "cancelled ");
}

static void on_stray(void *self, const struct hop *hop,
                     const osip_message_t *message)
{
	(void)hop;
	note(self, "stray(%s) ",
	     message_is_response(message) ? "2xx"
	                                  : message_cseq_method(message));
}

static void on_ended(void *self, struct transaction *t)
{
	struct layers *l = self;

	note(l, "ended(%u) ", transaction_failure(t));
	if (l->server == t)
		l->server = NULL;
}

static void on_response(void *self, struct transaction *t,
                        const osip_message_t *response)
{
	(void)t;
	note(self, "response(%u) ", (unsigned)response->status_code);
}

static void on_gave_up(void *self, struct transaction *t, unsigned status)
{
	struct layers *l = self;

	note(l, "gave_up(%u) ", status);
	if (l->client == t)
		l->client = NULL;
}

const struct transaction_user layers_client = { on_response, on_gave_up };

static const struct transports_user transports_user = { on_message, on_failed,
	                                                NULL, on_welcome };
static const struct transactions_user transactions_user = {
	.request = on_request,
	.cancelled = on_cancelled,
	.stray = on_stray,
	.ended = on_ended,
};

/* UDP and TCP on one port, as far ends have it. */
static bool open_pair(struct layers *l, const struct addr *any)
{
	l->far = net_udp_open(any, -1);
	if (l->far < 0 || net_local(l->far, &l->far_addr) < 0)
		return false;
	l->far_tcp = socket(any->sa.sa_family,
	                    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return l->far_tcp >= 0 &&
	       bind(l->far_tcp, &l->far_addr.sa, addr_len(&l->far_addr)) == 0;
}

static void close_pair(struct layers *l)
{
	if (l->far >= 0)
		(void)close(l->far);
	if (l->far_tcp >= 0)
		(void)close(l->far_tcp);
	l->far = l->far_tcp = -1;
}

static void open_far(struct layers *l, bool six)
{
	struct addr any;
	bool open = false;

	CHECK_EQ(addr_parse(&any, six ? "::1" : "127.0.0.1", 0), 0);
	/* Somebody else may have the TCP port. */
	for (int i = 0; i < 50 && !open; i++) {
		close_pair(l);
		open = open_pair(l, &any);
	}
	CHECK(open);
}

int layers_listen(struct layers *l)
{
	CHECK_EQ(listen(l->far_tcp, 16), 0);
	return dup(l->far_tcp);
}

/* A port nobody has, on both transports, by having both. */
static int open_both(struct layers *l, bool six)
{
	struct hop hop = { .transport = SIP_UDP, .remote = l->far_addr };
	int rc;

	l->conf.nbinds = 2;
	l->conf.bind[0].transport = SIP_UDP;
	l->conf.bind[1].transport = SIP_TCP;
	for (int i = 0; i < 2; i++)
		CHECK_EQ(addr_parse(&l->conf.bind[i].addr,
		                    six ? "::1" : "127.0.0.1", 0),
		         0);
	rc = transports_open(&l->transports, l->loop, &l->conf,
	                     &transports_user, l, &l->counts);
	if (rc < 0)
		return rc;
	CHECK_EQ(transports_local(l->transports, &hop, &l->udp), 0);
	hop.transport = SIP_TCP;
	CHECK_EQ(transports_local(l->transports, &hop, &l->tcp), 0);
	return 0;
}

bool layers_open_conf(struct layers *l, bool six, const struct sip_conf *conf)
{
	int rc;

	memset(l, 0, sizeof(*l));
	l->far = l->far_tcp = -1;
	l->conf = *conf;
	message_start();
	instant_hold();
	rc = loop_new(&l->loop);
	open_far(l, six);
	if (rc == 0)
		rc = open_both(l, six);
	if (rc == 0)
		rc = transactions_new(&l->transactions, l->loop, l->transports,
		                      &l->conf, &transactions_user, l,
		                      &l->counts);
	CHECK(rc == 0 || !ladder_ok());
	if (rc != 0)
		layers_close(l);
	return rc == 0;
}

bool layers_open(struct layers *l, bool six)
{
	struct sip_conf conf;

	sip_conf_preset(&conf);
	conf.transactions_most = 64;
	conf.connections_most = 8;
	return layers_open_conf(l, six, &conf);
}

void layers_close(struct layers *l)
{
	l->transactions = transactions_free(l->transactions);
	l->transports = transports_close(l->transports);
	close_pair(l);
	if (l->loop != NULL) {
		CHECK_EQ(loop_live(l->loop, NULL), 0);
		l->loop = loop_free(l->loop);
	}
	instant_release();
}

void layers_settle(struct layers *l)
{
	for (int i = 0; i < 1000; i++)
		if (!loop_turn(l->loop))
			return;
}

void layers_pass(struct layers *l, usec length)
{
	struct instant end = instant_add(instant_now(), length), due;

	layers_settle(l);
	while (loop_next(l->loop, &due) && instant_since(end, due) >= 0) {
		usec wait = instant_since(due, instant_now());

		instant_turn(wait > 0 ? wait : 0);
		layers_settle(l);
	}
	instant_turn(instant_since(end, instant_now()));
	layers_settle(l);
}

void layers_fill(const struct layers *l, const char *text, char *to,
                 size_t size)
{
	struct text out = { .at = to, .size = size };
	char near[ADDR_TEXT], far[ADDR_TEXT];

	addr_print(&l->udp, near, sizeof(near));
	addr_print(&l->far_addr, far, sizeof(far));
	for (; *text != '\0'; text++) {
		if (text[0] == '$' && text[1] == 'B')
			text_add(&out, "%s", near);
		else if (text[0] == '$' && text[1] == 'F')
			text_add(&out, "%s", far);
		else
			text_add(&out, "%c", *text);
		if (text[0] == '$' && (text[1] == 'B' || text[1] == 'F'))
			text++;
	}
	CHECK(!out.cut);
}

void layers_far_send(struct layers *l, const char *text)
{
	static char whole[65536];

	layers_fill(l, text, whole, sizeof(whole));
	CHECK(sendto(l->far, whole, strlen(whole), 0, &l->udp.sa,
	             addr_len(&l->udp)) == (ssize_t)strlen(whole));
	layers_settle(l);
}

unsigned layers_far_hear(struct layers *l)
{
	unsigned n = 0;
	ssize_t len;

	layers_settle(l);
	while ((len = recv(l->far, l->heard, sizeof(l->heard) - 1, 0)) >= 0) {
		l->heard[len] = '\0';
		n++;
	}
	return n;
}

const char *layers_line(const char *text, const char *name)
{
	static char line[1024];
	size_t len = strlen(name);

	for (const char *at = text; at != NULL; at = strchr(at, '\n')) {
		if (*at == '\n')
			at++;
		if (strncasecmp(at, name, len) != 0 || at[len] != ':')
			continue;
		(void)snprintf(line, sizeof(line), "%.*s",
		               (int)strcspn(at, "\r\n"), at);
		return line;
	}
	return "";
}

osip_message_t *layers_request(const struct layers *l, const char *method,
                               const char *extra)
{
	char text[8192], filled[8192];
	osip_message_t *m = NULL;

	/* The Via is only there to please the check; it is taken off. */
	(void)snprintf(text, sizeof(text),
	               "%s sip:bob@$F SIP/2.0\r\n"
	               "Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\n"
	               "From: <sip:alice@$B>;tag=ours\r\n"
	               "To: <sip:bob@$F>\r\nCall-ID: call1\r\n"
	               "CSeq: 1 %s\r\nMax-Forwards: 70\r\n%s\r\n",
	               method, method, extra);
	layers_fill(l, text, filled, sizeof(filled));
	CHECK(message_parse(&m, (struct bytes){ (const void *)filled,
	                                        strlen(filled) }) == 0 ||
	      !ladder_ok());
	if (m != NULL) {
		osip_via_free(osip_list_get(&m->vias, 0));
		(void)osip_list_remove(&m->vias, 0);
	}
	return m;
}

int layers_place(struct layers *l, const char *method, const char *extra)
{
	struct hop hop = { .transport = SIP_UDP, .remote = l->far_addr };
	osip_message_t *m = layers_request(l, method, extra);
	int rc;

	if (m == NULL)
		return -1;
	rc = transaction_request(&l->client, l->transactions, &hop, m,
	                         &layers_client, l);
	layers_settle(l);
	return rc;
}

void layers_far_answer(struct layers *l, unsigned status, const char *method)
{
	static const char *const copied[] = { "Via", "From", "Call-ID" };
	static char text[8192];
	struct text out = TEXT(text);

	text_add(&out, "SIP/2.0 %u Whatever\r\n", status);
	for (size_t i = 0; i < ARRAY_LEN(copied); i++)
		text_add(&out, "%s\r\n", layers_line(l->heard, copied[i]));
	text_add(&out, "%s%s\r\nCSeq: 1 %s\r\nContent-Length: 0\r\n\r\n",
	         layers_line(l->heard, "To"), status > 100 ? ";tag=far" : "",
	         method);
	CHECK(sendto(l->far, text, out.len, 0, &l->udp.sa, addr_len(&l->udp)) ==
	      (ssize_t)out.len);
	layers_settle(l);
}

int layers_answer(struct layers *l, unsigned status)
{
	osip_message_t *m;

	if (l->server == NULL)
		return -1;
	m = message_response(transaction_request_of(l->server), status, NULL,
	                     "us");
	return m == NULL ? -1 : transaction_respond(l->server, m);
}
