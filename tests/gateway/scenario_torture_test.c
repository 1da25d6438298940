/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The 49 messages of RFC 4475 against a whole gateway that carries a call: as
 * a datagram of a peer under the name the RFC calls; the INVITEs again with a
 * number that leads to the line; over TCP; and as a datagram of a stranger.
 * What is answered is read from a capture, for the answer goes where Via says.
 * After each: that call has its sound, and no other has a channel, unless the
 * message was good and the number too; then it is a call, which nobody
 * acknowledges and which has to end.
 *
 * Where the RFC leaves a choice: who is no registrar refuses every REGISTER by
 * 405; what no Via or Call-ID can be read from is dropped; baddate is taken, as
 * no date is read here; lwsstart, trws and badaspec are refused rather than
 * mended; a name that is no number is 484. Over TCP what has no length has no
 * body, and what has a bad one ends the connection, for nobody knows where the
 * next message begins.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/gateway/sip/torture.h"
#include "tests/gateway/world.h"

enum { DROPPED = 0, CALL = 200 };

static const char more[] = "sip-ua\n bind tcp $SIP\n!\n"
			   "sip-peer torturer\n address 127.0.0.77\n!\n";

#define TORTURER "127.0.0.77"
#define STRANGER "127.0.0.88"

/* Final status; number: of an INVITE to one that leads to the line. */
static const struct row {
	const char *name;
	unsigned udp, number, tcp;
} rows[] = {
	/* clang-format off */
	{ "wsinv",      481,  481,  481     }, /* it has a To tag */
	{ "intmeth",    501,    0,  501     },
	{ "esc01",      484, CALL,  484     },
	{ "escnull",    405,    0,  405     },
	{ "esc02",      501,    0,  501     },
	{ "lwsdisp",    200,    0,  200     },
	{ "longreq",    484, CALL,  484     },
	{ "dblreq",     405,    0,  484     }, /* TCP: both; the second */
	{ "semiuri",    200,    0,  200     },
	{ "transports", 200,    0,  200     },
	{ "mpart01",    405,    0,  405     },
	{ "unreason",   DROPPED, 0, DROPPED },
	{ "noreason",   DROPPED, 0, DROPPED },
	{ "badinv01",   DROPPED, DROPPED, DROPPED },
	{ "clerr",      400,  400,  DROPPED },
	{ "ncl",        400,  400,  DROPPED },
	{ "scalar02",   400,    0,  400     },
	{ "scalarlg",   DROPPED, 0, DROPPED },
	{ "quotbal",    400,  400,  400     },
	{ "ltgtruri",   400,  400,  400     },
	{ "lwsruri",    400,  400,  400     },
	{ "lwsstart",   400,  400,  400     },
	{ "trws",       400,    0,  400     },
	{ "escruri",    400,  400,  400     },
	{ "baddate",    484, CALL,  484     },
	{ "regbadct",   405,    0,  405     },
	{ "badaspec",   400,    0,  400     },
	{ "baddn",      400,    0,  400     },
	{ "badvers",    505,    0,  505     },
	{ "mismatch01", 400,    0,  400     },
	{ "mismatch02", 400,    0,  400     },
	{ "bigcode",    DROPPED, 0, DROPPED },
	{ "badbranch",  200,    0,  200     },
	{ "insuf",      DROPPED, DROPPED, DROPPED },
	{ "unkscm",     416,    0,  416     },
	{ "novelsc",    416,    0,  416     },
	{ "unksm2",     405,    0,  405     },
	{ "bext01",     420,    0,  420     },
	{ "invut",      415,  415,  415     },
	{ "regaut01",   405,    0,  405     },
	{ "multi01",    400,  400,  400     },
	{ "mcl01",      400,    0,  DROPPED },
	{ "bcast",      DROPPED, 0, DROPPED },
	{ "zeromf",     200,    0,  200     },
	{ "cparam01",   405,    0,  405     },
	{ "cparam02",   405,    0,  405     },
	{ "regescrt",   405,    0,  405     },
	{ "sdp01",      406,  406,  406     },
	{ "inv2543",    484, CALL,  484     },
	/* clang-format on */
};
_Static_assert(ARRAY_LEN(rows) == TORTURES, "a row for each message");

struct rack {
	struct world *w;
	int udp, stranger, tcp;
	char file[128];
};

/* --- sockets --- */

static int open_socket(int type, const char *host)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	CHECK(fd >= 0);
	CHECK_EQ(inet_pton(AF_INET, host, &at.sin_addr), 1);
	CHECK_EQ(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static struct sockaddr_in gateway_at(const struct rack *r)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(r->w->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static void throw(const struct rack *r, int fd, const char *text, size_t len)
{
	struct sockaddr_in to = gateway_at(r);

	CHECK_EQ(sendto(fd, text, len, 0, (struct sockaddr *)&to, sizeof(to)),
	         len);
	world_run(r->w, MSEC(400));
}

/* --- what was answered --- */

static uint64_t sent(const struct rack *r)
{
	struct sip_counts n;

	sip_stack_counts(r->w->gateway->sip, &n);
	return n.messages_out;
}

static void capture(struct rack *r, const char *command)
{
	char line[256], said[512];

	(void)snprintf(line, sizeof(line), "capture %s", command);
	CHECK_EQ(world_console(r->w, line, false, said, sizeof(said)), 0);
}

/* The last status line in this text, whoever sent it. */
static unsigned last_status(const char *text, size_t len)
{
	static const char version[] = "SIP/2.0 ";
	const char *at = text, *end = text + len;
	unsigned status = 0;

	while ((at = memmem(at, (size_t)(end - at), version, 8)) != NULL) {
		at += 8;
		if (end - at > 4 && at[3] == ' ' && *at >= '1' && *at <= '6')
			status = (unsigned)strtoul(at, NULL, 10);
	}
	return status;
}

static unsigned read_capture(const struct rack *r)
{
	static char room[65536];
	FILE *file = fopen(r->file, "r");
	size_t len;

	CHECK(file != NULL);
	len = fread(room, 1, sizeof(room), file);
	(void)fclose(file);
	return last_status(room, len);
}

static unsigned answer_to(struct rack *r, int fd, const char *text, size_t len)
{
	char start[192];
	uint64_t before = sent(r);

	(void)snprintf(start, sizeof(start), "start %s", r->file);
	capture(r, start);
	throw(r, fd, text, len);
	capture(r, "stop");
	return sent(r) == before ? DROPPED : read_capture(r);
}

/* --- looking --- */

static void check_undisturbed(struct rack *r, const char *name, unsigned calls)
{
	struct phone *phone = &r->w->phone[0];
	struct isdn_status s;

	isdn_link_status(gateway_trunk(r->w->gateway, "e1 0")->link, &s);
	ck_assert_msg(s.busy == 1 + calls, "%s: %u channels busy", name,
	              s.busy);
	phone_forget(phone);
	world_run(r->w, MSEC(200));
	ck_assert_msg(phone->packets >= 9 && phone->packets <= 11,
	              "%s: the call has %u packets in 200 ms", name,
	              phone->packets);
}

static void check(struct rack *r, const struct row *row, const char *how,
                  unsigned status, unsigned expected)
{
	ck_assert_msg(status == expected, "%s %s: %u", row->name, how, status);
	check_undisturbed(r, row->name, 0);
	world_run(r->w, SEC(40)); /* what is repeated is over */
}

/* --- the ways --- */

static void as_named(struct rack *r, const struct row *row)
{
	char text[TORTURE_SIZE];
	size_t len = torture_print(torture_find(row->name), NULL, text);

	check(r, row, "by UDP", answer_to(r, r->udp, text, len), row->udp);
}

/* Nobody has the answer, so nobody acknowledges it: 64 x T1. */
static void to_the_line(struct rack *r, const struct row *row)
{
	char text[TORTURE_SIZE];
	size_t len = torture_print(torture_find(row->name), "1001", text);
	unsigned status;

	if (row->number == 0 && memcmp(text, "INVITE", 6) != 0)
		return;
	status = answer_to(r, r->udp, text, len);
	if (row->number != CALL) {
		check(r, row, "with a number", status, row->number);
		return;
	}
	ck_assert_msg(status == CALL, "%s is no call: %u", row->name, status);
	check_undisturbed(r, row->name, 1);
	world_run(r->w, SEC(75));
	check_undisturbed(r, row->name, 0);
}

static void connect_tcp(struct rack *r)
{
	struct sockaddr_in to = gateway_at(r);

	r->tcp = open_socket(SOCK_STREAM, TORTURER);
	CHECK(connect(r->tcp, (struct sockaddr *)&to, sizeof(to)) == 0 ||
	      errno == EINPROGRESS);
	world_run(r->w, MSEC(10));
}

static void by_tcp(struct rack *r, const struct row *row)
{
	static char heard[65536];
	char text[TORTURE_SIZE];
	size_t len = torture_print(torture_find(row->name), NULL, text);
	ssize_t n;

	connect_tcp(r);
	CHECK_EQ(send(r->tcp, text, len, MSG_NOSIGNAL), len);
	world_run(r->w, MSEC(400));
	n = recv(r->tcp, heard, sizeof(heard), 0);
	check(r, row, "by TCP", last_status(heard, n < 0 ? 0 : (size_t)n),
	      row->tcp);
	(void)close(r->tcp);
}

static void by_a_stranger(struct rack *r, const struct row *row)
{
	char text[TORTURE_SIZE];
	size_t len = torture_print(torture_find(row->name), "1001", text);

	check(r, row, "by a stranger", answer_to(r, r->stranger, text, len),
	      DROPPED);
}

TEST_ROWS(rfc_4475_answered_or_dropped_beside_a_call, rows, row)
{
	struct rack r = { .w = world_open_with(world_conf, more) };
	struct isdn_call *call = world_call_out(r.w);

	CHECK(call != NULL);
	(void)snprintf(r.file, sizeof(r.file), "%s/pcapng", test_folder());
	r.udp = open_socket(SOCK_DGRAM, TORTURER);
	r.stranger = open_socket(SOCK_DGRAM, STRANGER);
	r.w->exchange[0].manner = EXCHANGE_ANSWERS;
	as_named(&r, row);
	to_the_line(&r, row);
	by_tcp(&r, row);
	by_a_stranger(&r, row);
	world_clear_isdn(r.w, call, 0);
	(void)close(r.udp);
	(void)close(r.stranger);
	world_close(r.w);
}
