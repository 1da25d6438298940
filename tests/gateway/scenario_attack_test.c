/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What a peer that means harm, or is broken, can do beside a call that is up:
 * messages in that call's name, floods, answers without end, sound for others.
 * Whatever it was, that call has its sound, a minute later nothing else is
 * left, and it ends as any does. Messages that are no SIP are the torture's and
 * the fuzzers' (tests/fuzz).
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

static const char more[] =
	"controller e1 0\n isdn setup-rate 0\n!\n"
	"sip-peer evil\n address $FAR1\n transfer\n!\n"
	"dial-peer voice 210 voip\n destination-pattern 4...\n"
	" session target sip-peer evil\n!\n";

struct scene {
	struct world *w;
	struct far *evil;
	struct isdn_call *good;
	char id[FAR_TEXT], ours[FAR_TEXT], theirs[FAR_TEXT]; /* of that call */
};

static unsigned heard(struct far *f, const char *begin)
{
	unsigned n = 0;

	while (far_hear(f))
		n += strncmp(f->heard, begin, strlen(begin)) == 0;
	return n;
}

/* A request of no dialog the far end keeps. */
static void throw(struct scene * s, const char *method, const char *id,
                  const char *from, const char *to, unsigned cseq,
                  const char *branch)
{
	far_send(s->evil,
	         "%s sip:1001@127.0.0.1:%u SIP/2.0\r\n"
	         "Via: SIP/2.0/UDP 127.0.0.1:%u;rport%s%s\r\n"
	         "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u %s\r\n"
	         "Max-Forwards: 70\r\nContact: <sip:evil@127.0.0.1:%u>\r\n"
	         "RAck: 1 1 INVITE\r\nRefer-To: <sip:1@x>\r\n"
	         "Content-Length: 0\r\n\r\n",
	         method, s->w->port, s->evil->port,
	         branch[0] != '\0' ? ";branch=" : "", branch, from, to, id,
	         cseq, method, s->evil->port);
}

static const char *const methods[] = {
	"INVITE",    "ACK",     "CANCEL",  "BYE",   "OPTIONS",
	"INFO",      "UPDATE",  "PRACK",   "REFER", "NOTIFY",
	"SUBSCRIBE", "MESSAGE", "PUBLISH", "FOO",
};

/* --- in the name of the other call --- */

static void guess_tags(struct scene *s)
{
	char branch[32], to[FAR_TEXT];

	for (unsigned i = 0; i < 40; i++)
		for (size_t m = 0; m < ARRAY_LEN(methods); m++) {
			(void)snprintf(branch, sizeof(branch), "z9hG4bKg%u-%zu",
			               i, m);
			(void)snprintf(to, sizeof(to), "<sip:1@x>;tag=%u", i);
			if (i % 2 == 0)
				throw(s, methods[m], s->id, s->theirs, to,
				      2 + i, branch);
			else
				throw(s, methods[m], s->id, to, s->ours, 2 + i,
				      branch);
			world_run(s->w, MSEC(2));
		}
}

static void cancel_it(struct scene *s)
{
	char branch[48];

	(void)snprintf(branch, sizeof(branch), "z9hG4bKfar%u-%u",
	               s->w->far[0].port, s->w->far[0].branch);
	for (unsigned cseq = 0; cseq < 5; cseq++)
		throw(s, "CANCEL", s->id, s->theirs, "<sip:2001@x>", cseq,
		      branch);
	world_run(s->w, MSEC(50));
	CHECK_EQ(heard(s->evil, "SIP/2.0 200"), 0);
}

static void answer_what_was_not_asked(struct scene *s)
{
	static const unsigned statuses[] = { 100, 180, 200, 302, 401,
		                             422, 487, 491, 503, 603 };

	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		for (unsigned cseq = 1; cseq < 4; cseq++)
			far_send(s->evil,
			         "SIP/2.0 %u Lie\r\n"
			         "Via: SIP/2.0/UDP 127.0.0.1:%u;"
			         "branch=z9hG4bKlie\r\nFrom: %s\r\nTo: %s\r\n"
			         "Call-ID: %s\r\nCSeq: %u %s\r\n"
			         "Content-Length: 0\r\n\r\n",
			         statuses[i], s->w->port, s->ours, s->theirs,
			         s->id, cseq, cseq == 3 ? "BYE" : "INVITE");
	world_run(s->w, MSEC(50));
}

/* --- transactions --- */

static void one_branch_for_all(struct scene *s)
{
	for (unsigned twice = 0; twice < 2; twice++)
		for (size_t m = 0; m < ARRAY_LEN(methods); m++) {
			throw(s, methods[m], "one", "<sip:a@b>;tag=1",
			      "<sip:9999@b>", 7, "z9hG4bKone");
			world_run(s->w, MSEC(5));
		}
}

static void branches_of_old(struct scene *s)
{
	static const char *const branches[] = { "", "1", "z9hG4b", "z9hG4bK",
		                                "\"z9hG4bK1\"" };

	for (size_t i = 0; i < ARRAY_LEN(branches); i++)
		for (size_t m = 0; m < ARRAY_LEN(methods); m++) {
			throw(s, methods[m], "old", "<sip:a@b>", "<sip:9999@b>",
			      (unsigned)i, branches[i]);
			world_run(s->w, MSEC(5));
		}
}

static void acks_of_nothing(struct scene *s)
{
	for (unsigned i = 0; i < 2000; i++) {
		throw(s, "ACK", s->id, s->theirs, s->ours, i % 5, "z9hG4bKa");
		if (i % 50 == 0)
			world_run(s->w, MSEC(1));
	}
	world_run(s->w, MSEC(50));
	CHECK(!far_hear(s->evil));
}

/* More than there are channels, and no answer is acknowledged. */
static void calls_without_end(struct scene *s)
{
	char id[32], branch[32];

	s->w->exchange[0].manner = EXCHANGE_ANSWERS;
	for (unsigned i = 0; i < 100; i++) {
		(void)snprintf(id, sizeof(id), "flood-%u", i);
		(void)snprintf(branch, sizeof(branch), "z9hG4bKfl%u", i);
		throw(s, "INVITE", id, "<sip:a@b>;tag=1", "<sip:1001@b>", 1,
		      branch);
		world_run(s->w, MSEC(5));
	}
	world_run(s->w, SEC(3));
	(void)heard(s->evil, "");
	world_wait(s->w, SEC(120));
}

/* --- a far end's answers --- */

/* The exchange calls the evil end, which is at the INVITE. */
static void be_called(struct scene *s)
{
	CHECK(exchange_place(&s->w->exchange[0], "4001") != NULL);
	world_run(s->w, MSEC(20));
	CHECK(far_hears(s->evil, "INVITE "));
}

static void hang_up(struct scene *s, const char *sdp)
{
	(void)heard(s->evil, "");
	far_reply(s->evil, "200 OK", "", sdp);
	world_run(s->w, MSEC(50));
	far_request(s->evil, "BYE", "", NULL);
	world_run(s->w, MSEC(50));
}

static void forks_without_end(struct scene *s)
{
	unsigned byes = 0;

	be_called(s);
	for (unsigned i = 0; i < 500; i++) {
		(void)snprintf(s->evil->tag, sizeof(s->evil->tag), "fork%u", i);
		far_reply(s->evil, i % 2 ? "180 Ringing" : "183 Progress", "",
		          world_sdp(s->w, 1, "sendrecv"));
		world_run(s->w, MSEC(2));
	}
	CHECK(!far_hear(s->evil));
	for (unsigned i = 0; i < 100; i++) {
		(void)snprintf(s->evil->tag, sizeof(s->evil->tag), "fork%u", i);
		far_reply(s->evil, "200 OK", "",
		          world_sdp(s->w, 1, "sendrecv"));
		world_run(s->w, MSEC(2));
	}
	while (far_hear(s->evil)) {
		byes += strncmp(s->evil->heard, "BYE ", 4) == 0;
		CHECK(byes < 100);
	}
	CHECK(byes > 0); /* each that there is room for is ended */
	(void)strcpy(s->evil->tag, "fork0");
	exchange_clear(s->w->exchange[0].call, Q850_NORMAL_CLEARING);
	world_wait(s->w, SEC(70));
}

static void signs_of_life_without_end(struct scene *s)
{
	static const char *const signs[] = { "100 Trying", "180 Ringing",
		                             "181 Forwarded", "183 Progress",
		                             "199 Terminated" };

	be_called(s);
	for (unsigned i = 0; i < 1000; i++) {
		far_reply(s->evil, signs[i % ARRAY_LEN(signs)], "",
		          i % 3 ? NULL : world_sdp(s->w, 1, "sendonly"));
		if (i % 10 == 0)
			world_run(s->w, MSEC(1));
	}
	hang_up(s, world_sdp(s->w, 1, "sendrecv"));
}

static void come_back_at_once(struct scene *s)
{
	unsigned invites = 1;

	be_called(s);
	for (unsigned i = 0; i < 50; i++) {
		far_reply(s->evil, i % 2 ? "503 No" : "500 No",
		          "Retry-After: 0\r\n", NULL);
		world_run(s->w, MSEC(100));
		invites += heard(s->evil, "INVITE ");
	}
	CHECK(invites <= 3);
}

/* RFC 3262: numbers that jump, go back, repeat, and are none. */
static void numbers_of_provisionals(struct scene *s)
{
	static const char *const numbers[] = {
		"1",          "1", "3",  "2", "0", "4294967295",
		"4294967296", "x", "-1", "2", "2", "3",
	};
	char line[96];
	unsigned pracks = 0;

	be_called(s);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		(void)snprintf(line, sizeof(line),
		               "Require: 100rel\r\nRSeq: %s\r\n", numbers[i]);
		(void)strcpy(s->evil->heard, "INVITE");
		far_reply(s->evil, "183 Progress", line,
		          i == 0 ? world_sdp(s->w, 1, "sendrecv") : NULL);
		world_run(s->w, MSEC(20));
		while (far_hear(s->evil))
			pracks += strncmp(s->evil->heard, "PRACK ", 6) == 0;
	}
	CHECK(pracks >= 1 && pracks <= 12);
	exchange_clear(s->w->exchange[0].call, Q850_NORMAL_CLEARING);
	world_wait(s->w, SEC(70));
}

/* --- in a call of its own --- */

static void describe_without_end(struct scene *s)
{
	static const char *const codecs[] = { "8", "0",    "0 8",  "101",
		                              "3", "18 8", "8 101" };
	static const char *const places[] = { "127.0.0.1", "0.0.0.0",
		                              "255.255.255.255", "224.0.0.1",
		                              "::1" };
	char sdp[256];

	be_called(s);
	far_reply(s->evil, "200 OK", "", world_sdp(s->w, 1, "sendrecv"));
	world_run(s->w, MSEC(50));
	for (unsigned i = 0; i < 300; i++) {
		(void)snprintf(sdp, sizeof(sdp),
		               "v=0\r\no=x 1 %u IN IP4 1.2.3.4\r\ns=-\r\n"
		               "c=IN IP%c %s\r\nt=0 0\r\n"
		               "m=audio %u RTP/AVP %s\r\na=%s\r\n",
		               i, i % 5 == 4 ? '6' : '4', places[i % 5],
		               i % 11 == 0 ? 0 : 40000 + i, codecs[i % 7],
		               i % 4 ? "sendrecv" : "inactive");
		far_request(s->evil, i % 3 ? "INVITE" : "UPDATE", "", sdp);
		if (i % 2)
			world_run(s->w, MSEC(3));
	}
	world_run(s->w, SEC(1));
	(void)heard(s->evil, "");
	far_request(s->evil, "BYE", "", NULL);
	world_run(s->w, MSEC(50));
	CHECK(heard(s->evil, "SIP/2.0 200") > 0);
}

static void send_away_without_end(struct scene *s)
{
	static const char *const where[] = {
		"<sip:127.0.0.1:1>",
		"<sip:4001@127.0.0.1>",
		"<tel:+1>",
		"<sip:",
		"<sip:1001@x?Replaces=nobody>",
		"<mailto:a@b>",
		"",
	};
	char line[128];

	be_called(s);
	far_reply(s->evil, "200 OK", "", world_sdp(s->w, 1, "sendrecv"));
	world_run(s->w, MSEC(50));
	for (unsigned i = 0; i < 70; i++) {
		(void)snprintf(line, sizeof(line), "Refer-To: %s\r\n",
		               where[i % ARRAY_LEN(where)]);
		far_request(s->evil, "REFER", line, NULL);
		world_run(s->w, MSEC(5));
	}
	(void)heard(s->evil, "");
	far_request(s->evil, "BYE", "", NULL);
	world_run(s->w, MSEC(50));
	exchange_clear(s->w->exchange[0].call, Q850_NORMAL_CLEARING);
	world_wait(s->w, SEC(120));
}

/* --- sound --- */

static void sound_for_the_other_call(struct scene *s)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	uint8_t packet[172] = { 0x80, 8 },
		bye[] = { 0x81, 203, 0, 1, 0, 0, 0, 0 };

	for (unsigned i = 0; i < 2000; i++) {
		packet[3] = (uint8_t)i;
		packet[2] = (uint8_t)(i >> 8);
		packet[11] = bye[7] = (uint8_t)(i * 7);
		packet[10] = (uint8_t)(i >> 4);
		to.sin_port = htons(s->w->phone[0].to);
		(void)sendto(s->evil->fd, packet, sizeof(packet), 0,
		             (struct sockaddr *)&to, sizeof(to));
		to.sin_port = htons((uint16_t)(s->w->phone[0].to + 1));
		(void)sendto(s->evil->fd, bye, sizeof(bye), 0,
		             (struct sockaddr *)&to, sizeof(to));
		if (i % 20 == 0)
			world_run(s->w, MSEC(5));
	}
}

static const struct attack {
	const char *name;
	void (*does)(struct scene *s);
} attacks[] = {
	/* clang-format off */
	{ "guess_tags",                guess_tags },
	{ "cancel_it",                 cancel_it },
	{ "answer_what_was_not_asked", answer_what_was_not_asked },
	{ "one_branch_for_all",        one_branch_for_all },
	{ "branches_of_old",           branches_of_old },
	{ "acks_of_nothing",           acks_of_nothing },
	{ "calls_without_end",         calls_without_end },
	{ "forks_without_end",         forks_without_end },
	{ "signs_of_life_without_end", signs_of_life_without_end },
	{ "come_back_at_once",         come_back_at_once },
	{ "numbers_of_provisionals",   numbers_of_provisionals },
	{ "describe_without_end",      describe_without_end },
	{ "send_away_without_end",     send_away_without_end },
	{ "sound_for_the_other_call",  sound_for_the_other_call },
	/* clang-format on */
};

/* --- a peer that acknowledges nothing, and another one --- */

static const char conf_small[] =
	"controller e1 0\n board sim\n isdn setup-rate 0\n!\n"
	"sip-ua\n bind udp $SIP\n transactions 100\n!\n"
	"sip-peer carrier\n address $FAR0\n!\n"
	"sip-peer evil\n address $FAR1\n!\n"
	"dial-peer voice 100 pots\n destination-pattern 1...\n trunk e1 0\n!\n";

/* Each is refused, 404 and then 503, in a dialog or out of one; who knows how
 * often he hears of it. */
static void invite_without_ack(struct scene *s, unsigned n)
{
	char id[32], branch[32];

	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(id, sizeof(id), "hold-%u", i);
		(void)snprintf(branch, sizeof(branch), "z9hG4bKhold%u", i);
		throw(s, "INVITE", id, "<sip:a@b>;tag=1",
		      i % 2 ? "<sip:9999@b>" : "<sip:9999@b>;tag=2", 1, branch);
		world_run(s->w, MSEC(1));
	}
	(void)heard(s->evil, "");
}

TEST(a_peer_that_acknowledges_nothing_leaves_the_others_room)
{
	struct scene s = { .w = world_open(conf_small) };
	struct sip_counts sip;
	char text[4096];

	s.evil = &s.w->far[1];
	invite_without_ack(&s, 300);
	sip_stack_counts(s.w->gateway->sip, &sip);
	CHECK_EQ(sip.transactions, 40);
	CHECK_EQ(sip.refused_share, 260);
	s.good = world_call_in(s.w);
	CHECK(s.good != NULL);
	invite_without_ack(&s, 300);
	CHECK_EQ(world_console(s.w, "show sip-ua peers | include evil", false,
	                       text, sizeof(text)),
	         0);
	CHECK(strstr(text, " 40") != NULL);
	exchange_clear(s.good, Q850_NORMAL_CLEARING);
	world_run(s.w, MSEC(50));
	CHECK(far_hears(&s.w->far[0], "BYE "));
	far_reply(&s.w->far[0], "200 OK", "", NULL);
	world_wait(s.w, SEC(70));
	(void)heard(s.evil, "");
	sip_stack_counts(s.w->gateway->sip, &sip);
	CHECK_EQ(sip.transactions, 0);
	world_close(s.w);
}

static void check_sound(struct scene *s, const char *name)
{
	struct phone *phone = &s->w->phone[0];

	phone_forget(phone);
	world_run(s->w, MSEC(200));
	ck_assert_msg(phone->packets >= 9 && phone->packets <= 11,
	              "%s: %u packets in 200 ms", name, phone->packets);
}

static void check_alone(struct scene *s, const char *name)
{
	struct isdn_status isdn;
	struct sip_counts sip;
	unsigned calls = 0;

	LIST_EACH(&s->w->gateway->calls, struct call, call, list)
	calls++;
	isdn_link_status(gateway_trunk(s->w->gateway, "e1 0")->link, &isdn);
	sip_stack_counts(s->w->gateway->sip, &sip);
	ck_assert_msg(calls == 1 && isdn.busy == 1 && sip.dialogs == 1 &&
	                      sip.transactions == 0,
	              "%s: %u calls, %u channels, %u dialogs, %u transactions",
	              name, calls, isdn.busy, (unsigned)sip.dialogs,
	              (unsigned)sip.transactions);
}

TEST_ROWS(harm_meant_for_a_call_that_is_up_does_none, attacks, row)
{
	struct scene s = { .w = world_open_with(world_conf, more) };
	struct far *f = &s.w->far[0];

	s.evil = &s.w->far[1];
	s.good = world_call_out(s.w);
	CHECK(s.good != NULL);
	(void)strcpy(s.id, far_header(f, "Call-ID"));
	(void)strcpy(s.ours, far_header(f, "From"));
	(void)strcpy(s.theirs, far_header(f, "To"));
	row->does(&s);
	(void)heard(s.evil, "");
	check_sound(&s, row->name);
	world_wait(s.w, SEC(70));
	(void)heard(s.evil, "");
	check_sound(&s, row->name);
	check_alone(&s, row->name);
	(void)heard(f, ""); /* what was made to go there */
	world_clear_isdn(s.w, s.good, 0);
	CHECK(world_ended(s.w, "ended by the caller", 16));
	world_close(s.w);
}
