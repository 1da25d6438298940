/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "gateway/sip/transport.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/instant.h"
#include "kernel/net.h"
#include "tests/gateway/sip/layers.h"
#include "tests/test.h"

#define TCP_REQUEST(method, branch, id)                                   \
	method " sip:us@$B SIP/2.0\r\nVia: SIP/2.0/TCP $F;branch=" branch \
	       "\r\nFrom: <sip:far@$F>;tag=a\r\nTo: <sip:us@$B>"          \
	       "\r\nCall-ID: " id "\r\nCSeq: 1 " method                   \
	       "\r\nContent-Length: 0\r\n\r\n"
#define OPTIONS(branch) TCP_REQUEST("OPTIONS", branch, "t")

/* A connection of the far end to our TCP bind. */
static int dial_from(struct layers *l, const char *host)
{
	struct addr from;
	int fd;

	CHECK_EQ(addr_parse(&from, host, 0), 0);
	fd = net_tcp_connect(&from, &l->tcp, -1);
	CHECK(fd >= 0);
	layers_settle(l);
	CHECK_EQ(net_error(fd), 0);
	return fd;
}

static int dial(struct layers *l)
{
	return dial_from(l, "127.0.0.1");
}

static void say_raw(struct layers *l, int fd, const char *octets, size_t len)
{
	CHECK(send(fd, octets, len, MSG_NOSIGNAL) == (ssize_t)len);
	layers_settle(l);
}

static void say(struct layers *l, int fd, const char *text)
{
	char filled[8192];

	layers_fill(l, text, filled, sizeof(filled));
	say_raw(l, fd, filled, strlen(filled));
}

/* What came on a connection, into heard: octets, 0 the end, -errno. */
static int hear(struct layers *l, int fd)
{
	ssize_t n;

	layers_settle(l);
	n = recv(fd, l->heard, sizeof(l->heard) - 1, MSG_DONTWAIT);
	l->heard[n > 0 ? n : 0] = '\0';
	return n < 0 ? -errno : (int)n;
}

static int place_by(struct layers *l, const struct addr *to, const char *method)
{
	struct hop hop = { .transport = SIP_TCP, .remote = *to };
	osip_message_t *m = layers_request(l, method, "");
	int rc = m == NULL ? -ENOMEM
	                   : transaction_request(&l->client, l->transactions,
	                                         &hop, m, &layers_client, l);

	layers_settle(l);
	return rc;
}

TEST(messages_on_a_connection_are_cut_and_answered_on_it)
{
	struct layers l;
	int fd;

	layers_open(&l, false);
	l.answer = 200;
	fd = dial(&l);
	say(&l, fd, OPTIONS("z9hG4bK1") OPTIONS("z9hG4bK2"));
	CHECK_EQ(l.messages, 2);
	CHECK(hear(&l, fd) > 0);
	CHECK(strncmp(l.heard, "SIP/2.0 200 ", 12) == 0);
	CHECK(strstr(l.heard, "z9hG4bK1") != NULL);
	CHECK(strstr(l.heard, "z9hG4bK2") != NULL);
	CHECK_EQ(l.counts.connections, 1);
	CHECK_EQ(l.from.transport, SIP_TCP);
	/* Reliable: timer J is nought. */
	CHECK_EQ(l.counts.transactions, 0);
	(void)close(fd);
	layers_settle(&l);
	CHECK_EQ(l.counts.connections, 0);
	layers_close(&l);
}

TEST(a_message_in_single_octets_is_put_together)
{
	struct layers l;
	char filled[2048];
	int fd;

	layers_open(&l, false);
	l.answer = 200;
	fd = dial(&l);
	layers_fill(&l, "\r\n" OPTIONS("z9hG4bK1") "OPT", filled,
	            sizeof(filled));
	for (const char *at = filled; *at != '\0'; at++)
		say_raw(&l, fd, at, 1);
	CHECK_EQ(l.messages, 1);
	CHECK(hear(&l, fd) > 0);
	say(&l, fd, &OPTIONS("z9hG4bK2")[3]);
	CHECK_EQ(l.messages, 2);
	(void)close(fd);
	layers_close(&l);
}

TEST(two_line_ends_are_answered_with_one)
{
	struct layers l;
	int fd;

	layers_open(&l, false);
	fd = dial(&l);
	say(&l, fd, "\r\n");
	CHECK_EQ(hear(&l, fd), -EAGAIN);
	say(&l, fd, "\r\n");
	CHECK_EQ(hear(&l, fd), 2);
	CHECK_TEXT(l.heard, "\r\n");
	(void)close(fd);
	layers_close(&l);
}

TEST(half_a_message_has_ten_seconds_however_slowly_it_comes)
{
	struct layers l;
	int fd;

	layers_open(&l, false);
	fd = dial(&l);
	say(&l, fd, "OPTIONS sip:us@$B SIP/2.0\r\n");
	for (int i = 0; i < 9; i++) {
		layers_pass(&l, SEC(1));
		say(&l, fd, "X: y\r\n");
	}
	CHECK_EQ(hear(&l, fd), -EAGAIN);
	layers_pass(&l, SEC(2));
	CHECK(hear(&l, fd) <= 0);
	CHECK_EQ(l.counts.connections, 0);
	CHECK_EQ(l.counts.malformed, 1);
	CHECK_TEXT(l.told, "lost ");
	(void)close(fd);
	layers_close(&l);
}

TEST(an_idle_connection_ends_after_ten_minutes)
{
	struct layers l;
	int fd;

	layers_open(&l, false);
	fd = dial(&l);
	layers_pass(&l, SEC(500));
	say(&l, fd, "\r\n\r\n");
	layers_pass(&l, SEC(500));
	CHECK_EQ(l.counts.connections, 1);
	layers_pass(&l, SEC(101));
	CHECK_EQ(l.counts.connections, 0);
	(void)close(fd);
	layers_close(&l);
}

static const struct {
	const char *text;
} lost_streams[] = {
	{ "OPTIONS sip:us@$B SIP/2.0\r\nContent-Length: -1\r\n\r\n" },
	{ "OPTIONS sip:us@$B SIP/2.0\r\nl: 0\r\nl: 5\r\n\r\n" },
	{ "OPTIONS sip:us@$B SIP/2.0\r\nContent-Length: 65500\r\n\r\n" },
	{ "OPTIONS sip:us@$B SIP/2.0\r\nContent-Length: 9999999999\r\n\r\n" },
};

TEST_ROWS(a_stream_nobody_can_follow_is_closed, lost_streams, row)
{
	struct layers l;
	int fd;

	layers_open(&l, false);
	fd = dial(&l);
	say(&l, fd, row->text);
	CHECK(hear(&l, fd) <= 0);
	CHECK_EQ(l.counts.connections, 0);
	CHECK_EQ(l.counts.malformed, 1);
	CHECK_EQ(l.messages, 0);
	(void)close(fd);
	layers_close(&l);
}

TEST(a_head_without_end_is_closed_at_its_limit)
{
	static char line[1002];
	struct layers l;
	int fd;

	layers_open(&l, false);
	fd = dial(&l);
	say(&l, fd, "OPTIONS sip:us@$B SIP/2.0\r\n");
	memset(line, 'a', 1000);
	memcpy(line, "X: ", 3);
	line[1000] = '\r', line[1001] = '\n';
	for (int i = 0; i < 40 && l.counts.connections > 0; i++) {
		(void)send(fd, line, sizeof(line), MSG_NOSIGNAL);
		layers_settle(&l);
	}
	CHECK_EQ(l.counts.connections, 0);
	(void)close(fd);
	layers_close(&l);
}

TEST(a_message_as_large_as_allowed_passes)
{
	static char text[65535];
	struct layers l;
	char head[512];
	size_t len;
	int fd;

	layers_open(&l, false);
	fd = dial(&l);
	layers_fill(&l,
	            "OPTIONS sip:us@$B SIP/2.0\r\nVia: SIP/2.0/TCP "
	            "$F;branch=z9hG4bKbig\r\nFrom: <sip:a@b>;tag=1\r\n"
	            "To: <sip:b@c>\r\nCall-ID: big\r\nCSeq: 1 OPTIONS\r\n"
	            "Content-Type: text/plain\r\nContent-Length: ",
	            head, sizeof(head));
	memset(text, 'x', sizeof(text));
	len = strlen(head);
	(void)snprintf(text, sizeof(text), "%s%zu\r\n\r\n", head,
	               sizeof(text) - len - 9);
	text[len + 9] = 'x';
	for (size_t at = 0; at < sizeof(text);) {
		ssize_t n =
			send(fd, text + at, sizeof(text) - at, MSG_NOSIGNAL);

		CHECK(n > 0);
		at += (size_t)n;
		layers_settle(&l);
	}
	CHECK_EQ(l.messages, 1);
	CHECK_TEXT(l.told, "request(OPTIONS) ");
	CHECK_EQ(message_body(transaction_request_of(l.server)).len,
	         sizeof(text) - len - 9);
	(void)close(fd);
	layers_close(&l);
}

TEST(strangers_are_dropped_on_both_transports_and_counted)
{
	struct layers l;
	int fd;

	layers_open(&l, false);
	fd = dial(&l);
	l.unwelcome = true;
	layers_far_send(&l, OPTIONS("z9hG4bK1"));
	CHECK_EQ(l.counts.strangers, 1);
	say(&l, fd, OPTIONS("z9hG4bK2")); /* a peer no more */
	CHECK_EQ(l.counts.strangers, 2);
	CHECK(hear(&l, fd) <= 0);
	(void)close(fd);
	fd = dial(&l);
	CHECK_EQ(hear(&l, fd), 0);
	CHECK_EQ(l.counts.strangers, 3);
	CHECK_EQ(l.counts.connections, 0);
	CHECK_EQ(l.messages, 0);
	CHECK_EQ(layers_far_hear(&l), 0);
	(void)close(fd);
	layers_close(&l);
}

/* One far end has all but a quarter, which is for those who have none. */
TEST(connections_have_a_limit)
{
	static const char *const hosts[] = {
		"127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1",
		"127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4",
	};
	struct layers l;
	struct addr at;
	int fds[ARRAY_LEN(hosts)], listener;

	layers_open(&l, false);
	listener = layers_listen(&l);
	at = l.far_addr;
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		fds[i] = dial_from(&l, hosts[i]);
	CHECK_EQ(l.counts.connections, 8);
	CHECK_EQ(l.counts.refused_limit, 2);
	CHECK_EQ(hear(&l, fds[6]), 0);
	CHECK_EQ(hear(&l, fds[9]), 0);
	CHECK_EQ(place_by(&l, &at, "OPTIONS"), 0);
	CHECK_TEXT(l.told, "gave_up(503) ");
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		(void)close(fds[i]);
	(void)close(listener);
	layers_close(&l);
}

TEST(a_request_opens_a_connection_and_the_next_one_uses_it)
{
	struct layers l;
	struct addr at;
	int listener, fd;

	layers_open(&l, false);
	listener = layers_listen(&l);
	at = l.far_addr;
	CHECK_EQ(place_by(&l, &at, "OPTIONS"), 0);
	fd = net_accept(listener, NULL);
	CHECK(fd >= 0);
	CHECK(hear(&l, fd) > 0);
	CHECK(strncmp(l.heard, "OPTIONS ", 8) == 0);
	CHECK(strstr(layers_line(l.heard, "Via"), "SIP/2.0/TCP ") != NULL);
	CHECK_EQ(place_by(&l, &at, "OPTIONS"), 0);
	CHECK(hear(&l, fd) > 0);
	CHECK_EQ(l.counts.connections, 1);
	/* Nothing is repeated on it, and silence is timer F all the same. */
	layers_pass(&l, SEC(31));
	CHECK_EQ(hear(&l, fd), -EAGAIN);
	layers_pass(&l, SEC(2));
	CHECK_TEXT(l.told, "gave_up(408) gave_up(408) ");
	(void)close(fd);
	(void)close(listener);
	layers_close(&l);
}

/* What the far end heard last is answered by a connection. */
static void answer_by(struct layers *l, int fd, unsigned status)
{
	char text[4096];

	(void)snprintf(text, sizeof(text), "SIP/2.0 %u Whatever\r\n%s\r\n",
	               status, layers_line(l->heard, "Via"));
	(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
	               "From: <sip:a@b>;tag=ours\r\nTo: <sip:c@d>;tag=far\r\n"
	               "Call-ID: call1\r\nCSeq: 1 INVITE\r\n"
	               "Content-Length: 0\r\n\r\n");
	say(l, fd, text);
}

TEST(an_invite_by_tcp_is_not_repeated_nor_lingers)
{
	struct layers l;
	struct addr at;
	int listener, fd;

	layers_open(&l, false);
	listener = layers_listen(&l);
	at = l.far_addr;
	CHECK_EQ(place_by(&l, &at, "INVITE"), 0);
	fd = net_accept(listener, NULL);
	CHECK(hear(&l, fd) > 0);
	layers_pass(&l, SEC(31));
	CHECK_EQ(l.counts.retransmissions, 0);
	answer_by(&l, fd, 486);
	CHECK(hear(&l, fd) > 0);
	CHECK(strncmp(l.heard, "ACK ", 4) == 0);
	CHECK_TEXT(l.told, "response(486) ");
	CHECK_EQ(l.counts.transactions, 0); /* timer D is nought */
	(void)close(fd);
	(void)close(listener);
	layers_close(&l);
}

TEST(a_refusal_by_tcp_is_not_repeated_but_waits_for_its_ack)
{
	struct layers l;
	int fd;

	layers_open(&l, false);
	l.answer = 486;
	fd = dial(&l);
	say(&l, fd, TCP_REQUEST("INVITE", "z9hG4bKn", "n"));
	CHECK(hear(&l, fd) > 0);
	layers_pass(&l, SEC(31));
	CHECK_EQ(hear(&l, fd), -EAGAIN);
	CHECK_EQ(l.counts.transactions, 1);
	say(&l, fd, TCP_REQUEST("ACK", "z9hG4bKn", "n"));
	CHECK_EQ(l.counts.transactions, 0); /* timer I is nought */
	CHECK_TEXT(l.told, "request(INVITE) ended(0) ");
	(void)close(fd);
	layers_close(&l);
}

TEST(a_ringing_invite_outlives_its_connection)
{
	struct layers l;
	struct addr at;
	int fd, listener;

	layers_open(&l, false);
	listener = layers_listen(&l);
	at = l.far_addr;
	CHECK_EQ(place_by(&l, &at, "INVITE"), 0);
	fd = net_accept(listener, NULL);
	CHECK(hear(&l, fd) > 0);
	answer_by(&l, fd, 180);
	(void)close(fd);
	layers_settle(&l);
	CHECK_TEXT(l.told, "response(180) lost ");
	fd = dial(&l); /* the answer comes another way */
	answer_by(&l, fd, 486);
	CHECK_TEXT(l.told, "response(180) lost response(486) ");
	(void)close(fd);
	(void)close(listener);
	layers_close(&l);
}

TEST(a_connection_refused_or_lost_gives_up_503)
{
	struct layers l;
	struct addr at;
	int listener, fd;

	layers_open(&l, false);
	at = l.far_addr;
	CHECK_EQ(place_by(&l, &at, "INVITE"), 0);
	layers_settle(&l);
	CHECK_TEXT(l.told, "lost gave_up(503) ");
	l.told[0] = '\0';
	listener = layers_listen(&l);
	at = l.far_addr;
	CHECK_EQ(place_by(&l, &at, "INVITE"), 0);
	fd = net_accept(listener, NULL);
	CHECK(hear(&l, fd) > 0);
	(void)close(fd);
	layers_settle(&l);
	CHECK_TEXT(l.told, "lost gave_up(503) ");
	CHECK_EQ(l.counts.transactions, 0);
	(void)close(listener);
	layers_close(&l);
}

TEST(a_response_finds_a_new_connection_when_its_own_is_gone)
{
	struct layers l;
	int listener, fd;

	layers_open(&l, false);
	listener = layers_listen(&l);
	fd = dial(&l);
	say(&l, fd, TCP_REQUEST("INVITE", "z9hG4bKg", "g"));
	CHECK(hear(&l, fd) > 0);
	(void)close(fd);
	layers_settle(&l);
	CHECK_TEXT(l.told, "request(INVITE) lost ");
	CHECK_EQ(layers_answer(&l, 486), 0);
	layers_settle(&l);
	fd = net_accept(listener, NULL); /* at the port of its Via */
	CHECK(fd >= 0);
	CHECK(hear(&l, fd) > 0);
	CHECK(strncmp(l.heard, "SIP/2.0 486 ", 12) == 0);
	/* Nor is anybody there for the next one. */
	(void)close(fd);
	(void)close(listener);
	layers_close(&l);
}

static const char big[] =
	"Subject: "
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r"
	"\n";

static void open_small(struct layers *l)
{
	struct sip_conf conf;

	sip_conf_preset(&conf);
	conf.transactions_most = 16;
	conf.udp_most = 400;
	layers_open_conf(l, false, &conf);
}

TEST(a_request_too_large_for_a_datagram_goes_by_tcp)
{
	struct layers l;
	int listener, fd;

	open_small(&l);
	listener = layers_listen(&l);
	CHECK_EQ(layers_place(&l, "INVITE", ""), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK_EQ(layers_place(&l, "OPTIONS", big), 0);
	CHECK_EQ(layers_far_hear(&l), 0);
	fd = net_accept(listener, NULL);
	CHECK(fd >= 0);
	CHECK(hear(&l, fd) > 0);
	CHECK(strstr(layers_line(l.heard, "Via"), "SIP/2.0/TCP ") != NULL);
	(void)close(fd);
	(void)close(listener);
	layers_close(&l);
}

TEST(and_by_udp_after_all_when_nobody_takes_the_connection)
{
	struct layers l;

	open_small(&l);
	CHECK_EQ(layers_place(&l, "INVITE", big), 0);
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK(strstr(layers_line(l.heard, "Via"), "SIP/2.0/UDP ") != NULL);
	layers_pass(&l, MSEC(500)); /* and timer A runs */
	CHECK_EQ(layers_far_hear(&l), 1);
	layers_far_answer(&l, 486, "INVITE");
	CHECK_EQ(layers_far_hear(&l), 1);
	CHECK_TEXT(l.told, "lost response(486) ");
	layers_close(&l);
}

TEST(a_far_end_that_reads_nothing_fills_a_bounded_queue)
{
	static uint8_t octets[60000];
	struct layers l;
	struct addr at;
	struct hop hop = { .transport = SIP_TCP };
	int listener, small = 4096, rc = 0, fd;

	layers_open(&l, false);
	listener = layers_listen(&l);
	at = l.far_addr;
	CHECK_EQ(setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small,
	                    sizeof(small)),
	         0);
	hop.remote = at;
	for (int i = 0; i < 1000 && rc == 0; i++) {
		rc = transports_send(l.transports, &hop, BYTES(octets));
		layers_settle(&l);
	}
	CHECK_EQ(rc, -ENOBUFS);
	fd = net_accept(listener, NULL);
	(void)close(fd);
	(void)close(listener);
	layers_close(&l);
}

LADDER(connections_survive_want_of_memory_and_of_the_network)
{
	struct layers l;
	char filled[2048];
	int fd;

	if (!layers_open(&l, false))
		return;
	l.answer = 200;
	fd = net_tcp_connect(NULL, &l.tcp, -1);
	layers_settle(&l);
	layers_fill(&l, OPTIONS("z9hG4bK1") OPTIONS("z9hG4bK2"), filled,
	            sizeof(filled));
	(void)send(fd, filled, 300, MSG_NOSIGNAL);
	layers_settle(&l);
	(void)send(fd, filled + 300, strlen(filled) - 300, MSG_NOSIGNAL);
	layers_settle(&l);
	(void)place_by(&l, &l.tcp, "OPTIONS"); /* to ourselves: a loop */
	layers_pass(&l, SEC(40));
	(void)close(fd);
	layers_settle(&l);
	if (ladder_ok())
		CHECK(strstr(l.told, "response(482) ") != NULL);
	layers_close(&l);
}
