/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Frames a peer should not send: the cleaner, what is turned aside before
 * libpri, and mutated frames of a living call.
 */
#include <string.h>

#include "pri/private.h"
#include "tests/pri/pair.h"

static const struct {
	const char *before, *after; /* after "": dropped */
} cleanings[] = {
	/* too short for what the control octet promises */
	{ "00 01", "" },
	{ "02 01 00", "" },
	{ "02 01 03", "" },
	/* frames without layer 3 pass */
	{ "02 01 7f", "02 01 7f" },
	{ "00 01 01 0a", "00 01 01 0a" },
	/* an I frame is cut, never dropped: layer 2 counts it */
	{ "02 01 00 00", "02 01 00 00" },
	{ "02 01 00 00 08 02", "02 01 00 00" },
	{ "02 01 00 00 08 03 00 01 02 05", "02 01 00 00" },
	{ "02 01 00 00 08 02 00 01 05", "02 01 00 00 08 02 00 01 05" },
	/* an element that runs past the end */
	{ "02 01 00 00 08 02 00 01 05 a1 04 03 80 90",
	  "02 01 00 00 08 02 00 01 05 a1" },
	{ "02 01 00 00 08 02 00 01 05 a1 04", "02 01 00 00 08 02 00 01 05 a1" },
	/* elements shorter than libpri reads */
	{ "02 01 00 00 08 02 00 01 45 08 01 80 28 01 41",
	  "02 01 00 00 08 02 00 01 45 28 01 41" },
	{ "02 01 00 00 08 02 00 01 45 08 02 00 90",
	  "02 01 00 00 08 02 00 01 45" },
	{ "02 01 00 00 08 02 00 01 03 1e 01 82", "02 01 00 00 08 02 00 01 03" },
	{ "02 01 00 00 08 02 00 01 05 04 00 a1",
	  "02 01 00 00 08 02 00 01 05 a1" },
	/* a number without an octet that ends its group */
	{ "02 01 00 00 08 02 00 01 05 6c 03 21 31 32 a1",
	  "02 01 00 00 08 02 00 01 05 a1" },
	/* subaddresses: 20 octets of information at most */
	{ "02 01 00 00 08 02 00 01 05 6d 01 80 a1",
	  "02 01 00 00 08 02 00 01 05 a1" },
	{ "02 01 00 00 08 02 00 01 05 71 16 80 50 01 02 03 04 05 06 07 08 09 "
	  "0a 0b 0c 0d 0e 0f 10 11 12 13 14 a1",
	  "02 01 00 00 08 02 00 01 05 a1" },
	{ "02 01 00 00 08 02 00 01 07 4d 03 80 50 01",
	  "02 01 00 00 08 02 00 01 07 4d 03 80 50 01" },
	/* A locking shift to codeset 0 is none; others stay. */
	{ "02 01 00 00 08 02 00 01 05 90 08 02 81 e0 96 90 08 02 81 e0",
	  "02 01 00 00 08 02 00 01 05 08 02 81 e0 96 08 02 81 e0" },
};

TEST_ROWS(a_frame_is_cleaned, cleanings, row)
{
	uint8_t frame[320], wanted[320];
	int n = bytes_from_hex(frame, sizeof(frame), row->before);
	int m = bytes_from_hex(wanted, sizeof(wanted), row->after);

	CHECK(n > 0);
	CHECK_EQ(isdn_frame_clean(frame, (size_t)n), m);
	CHECK_MEM(frame, wanted, (size_t)m);
	if (m > 0) /* cleaning is idempotent */
		CHECK_EQ(isdn_frame_clean(frame, (size_t)m), m);
}

TEST(a_long_subaddress_reaches_libpri_no_more)
{
	struct pair p;
	uint8_t frame[260] = { 0x02, 0x01, 0x03, 0x08, 0x02, 0x00, 0x55,
		               0x05, 0x04, 0x03, 0x80, 0x90, 0xa3, 0x18,
		               0x03, 0xa9, 0x83, 0x85, 0x71, 0xc8, 0x80 };

	pair_open_plain(&p, SWITCH_NET5);
	memset(frame + 21, 0x41, sizeof(frame) - 21);
	isdn_link_receive(p.user.link, (struct bytes){ frame, 20 + 0xc8 });
	pair_settle(&p);
	CHECK_EQ(heard_count(&p.user, ISDN_SETUP), 1);
	/* the other end never sent it: RELEASE COMPLETE 81 */
	CHECK_EQ(heard_last(&p.user, ISDN_RELEASED)->release.cause.value, 81);
	pair_close(&p);
}

/* libpri answers with a cause 96 it was sent, whatever it is told. */
TEST(a_setup_with_a_cause_is_refused_like_any_other)
{
	struct pair p;
	uint8_t frame[] = { 0x02, 0x01, 0x03, 0x08, 0x02, 0x00, 0x55, 0x05,
		            0x04, 0x03, 0x80, 0x90, 0xa3, 0x08, 0x02, 0x81,
		            0xe0, 0x18, 0x03, 0xa9, 0x83, 0xcd };
	const uint8_t *sent;
	size_t len;

	pair_open_plain(&p, SWITCH_NET5);
	isdn_link_receive(p.user.link, BYTES(frame)); /* channel 77 */
	sent = sent_find(&p.user, "RELEASE COMPLETE", &len);
	CHECK(sent != NULL);
	CHECK_EQ(element_find(sent, len, ELEMENT_CAUSE)[1] & 0x7f, 82);
	p.nframes = 0;
	pair_close(&p);
}

/* --- unknown call references, Q.931 5.8.3 --- */

static const struct {
	uint8_t message;
	const char *elements, *answer; /* NULL: none */
} strangers[] = {
	{ 0x01, "", "RELEASE COMPLETE" },            /* ALERTING */
	{ 0x02, "", "RELEASE COMPLETE" },            /* CALL PROCEEDING */
	{ 0x03, "", "RELEASE COMPLETE" },            /* PROGRESS, broken */
	{ 0x07, "", "RELEASE COMPLETE" },            /* CONNECT */
	{ 0x0d, "", "RELEASE COMPLETE" },            /* SETUP ACKNOWLEDGE */
	{ 0x0f, "", "RELEASE COMPLETE" },            /* CONNECT ACKNOWLEDGE */
	{ 0x24, "", "RELEASE COMPLETE" },            /* HOLD */
	{ 0x31, "", "RELEASE COMPLETE" },            /* RETRIEVE */
	{ 0x45, "08 02 80 90", "RELEASE COMPLETE" }, /* DISCONNECT */
	{ 0x4d, "08 02 80 90", "RELEASE COMPLETE" }, /* RELEASE */
	{ 0x5a, "", NULL },                          /* RELEASE COMPLETE */
	{ 0x62, "", "RELEASE COMPLETE" },            /* FACILITY */
	{ 0x6e, "27 01 f9", "RELEASE COMPLETE" },    /* NOTIFY */
	{ 0x75, "", "RELEASE COMPLETE" },            /* STATUS ENQUIRY */
	{ 0x7b, "70 02 80 31", "RELEASE COMPLETE" }, /* INFORMATION */
	{ 0x7d, "08 02 80 9e 14 01 00", NULL },      /* STATUS, null */
	{ 0x7d, "08 02 80 9e 14 01 0a", "RELEASE COMPLETE" },
	{ 0x44, "", "RELEASE COMPLETE" }, /* no message */
};

TEST_ROWS(an_unknown_call_reference_leaves_nothing, strangers, row)
{
	struct pair p;
	uint8_t frame[64] = { 0x02, 0x01, 0x03, 0x08, 0x02, 0x80, 0x77 };
	size_t len;
	int n = bytes_from_hex(frame + 8, 50, row->elements);
	const uint8_t *cause, *sent;

	pair_open_plain(&p, SWITCH_NET5);
	frame[7] = row->message;
	isdn_link_receive(p.user.link, (struct bytes){ frame, 8 + (size_t)n });
	pair_settle(&p);
	CHECK_EQ(p.user.nheard, 1); /* the link came up */
	sent = sent_find(&p.user, "RELEASE COMPLETE", &len);
	CHECK_EQ(sent != NULL, row->answer != NULL);
	if (sent != NULL) {
		cause = element_find(sent, len, ELEMENT_CAUSE);
		CHECK(cause != NULL);
		CHECK_EQ(cause[1] & 0x7f, 81);
	}
	pair_close(&p);
}

/* libpri does not look at bit 8 of the message type, and takes RESTART and its
 * acknowledgement for the call they name. */
static const uint8_t misplaced[] = { 0x05, 0x85, 0x46, 0x4e };

TEST_ROWS(a_message_misplaced_in_a_call_is_ignored, misplaced, type)
{
	struct pair p;
	struct isdn_call *call;
	uint8_t frame[] = { 0x02, 0x01, 0x03, 0x08, 0x02, 0x00,
		            0x01, 0x05, 0x04, 0x03, 0x80, 0x90,
		            0xa3, 0x18, 0x03, 0xa9, 0x83, 0x85 };

	pair_open_plain(&p, SWITCH_NET5);
	call = pair_talk(&p.network);
	CHECK_EQ(isdn_call_reference(call), 0x0001);
	frame[7] = *type;
	isdn_link_receive(p.user.link, BYTES(frame));
	pair_settle(&p);
	CHECK_EQ(heard_count(&p.user, ISDN_SETUP), 1);
	CHECK_EQ(isdn_call_channel(p.user.call), isdn_call_channel(call));
	pair_clear(call, 16);
	pair_settle(&p);
	CHECK_EQ(heard_count(&p.user, ISDN_RELEASED), 1);
	pair_close(&p);
}

/* --- mutations --- */

static unsigned seed;

static unsigned next_random(void)
{
	seed = seed * 1103515245u + 12345u;
	return seed >> 8;
}

static size_t mutate(uint8_t *octets, size_t len)
{
	unsigned changes = 1 + next_random() % 4;

	while (changes-- > 0) {
		size_t at = next_random() % len;

		switch (next_random() % 4) {
		case 0:
			octets[at] = (uint8_t)next_random();
			break;
		case 1:
			octets[at] ^= (uint8_t)(1u << next_random() % 8);
			break;
		case 2:
			if (len > 1)
				len = 1 + next_random() % len;
			break;
		default:
			if (len < 300) {
				memmove(octets + at + 1, octets + at, len - at);
				octets[at] = (uint8_t)next_random();
				len++;
			}
			break;
		}
	}
	return len;
}

static bool pass_mutated(struct end *to, uint8_t *octets, size_t *len)
{
	uint8_t copy[320];
	size_t n = *len;

	/* A mutated copy first, as a UI frame so that layer 2 stays. */
	if (n <= 8 || (octets[2] & 1) != 0)
		return true;
	memcpy(copy, octets, 2);
	copy[2] = 0x03;
	memcpy(copy + 3, octets + 4, n - 4);
	n = 4 + mutate(copy + 4, n - 5);
	isdn_link_receive(to->link, (struct bytes){ copy, n });
	return true;
}

static void ignore_line(void *self, const char *text)
{
	(void)self;
	CHECK(text[0] != '\0');
}

static void act_along(struct end *end, const struct isdn_event *event)
{
	if (event->kind != ISDN_SETUP)
		return;
	(void)isdn_call_alerting(event->call, 0);
	(void)isdn_call_answer(event->call, NULL, 0);
	if (end == &end->pair->network)
		pair_clear(event->call, 16);
}

static const enum isdn_switch all_types[] = {
	SWITCH_NET5, SWITCH_NI2,    SWITCH_5ESS,
	SWITCH_4ESS, SWITCH_DMS100, SWITCH_QSIG,
};

TEST_ROWS(mutated_messages_do_no_harm, all_types, type)
{
	struct pair p;
	struct isdn_conf user, network;
	struct isdn_setup setup;
	struct isdn_call *call;

	seed = 4711 + (unsigned)*type;
	pair_conf(&user, &network, *type);
	user.setups_per_second = network.setups_per_second = 0;
	user.overlap_receive = *type == SWITCH_NET5;
	CHECK_EQ(pair_open(&p, &user, &network), 0);
	p.pass = pass_mutated;
	p.user.act = p.network.act = act_along;
	for (unsigned i = 0; i < 400; i++) {
		struct end *from = i % 2 != 0 ? &p.user : &p.network;

		pair_setup(&setup, "5550100");
		setup.calling.number = setup.called.number;
		setup.redirection.from.number = setup.called.number;
		(void)isdn_call_place(&call, from->link, &setup, NULL);
		pair_settle(&p);
		p.user.nheard = p.network.nheard = 0;
		p.user.nsent = p.network.nsent = 0;
		for (unsigned n = 1; n < 32; n++)
			if (next_random() % 8 == 0)
				(void)isdn_channel_restart(from->link, n);
		pair_run(&p, SEC(1));
	}
	p.pass = NULL;
	for (unsigned n = 1; n < 32; n++) {
		(void)isdn_channel_restart(p.user.link, n);
		(void)isdn_channel_restart(p.network.link, n);
	}
	pair_run(&p, SEC(700));
	pair_close(&p);
}

TEST(random_octets_are_decoded_and_dropped)
{
	struct pair p;
	uint8_t octets[300];
	int callref;

	seed = 17;
	pair_open_plain(&p, SWITCH_QSIG);
	for (unsigned i = 0; i < 5000; i++) {
		size_t n = next_random() % sizeof(octets);

		for (size_t k = 0; k < n; k++)
			octets[k] = (uint8_t)next_random();
		if (i % 2 != 0 && n > 6) {
			octets[0] = 0x02;
			octets[1] = 0x01;
			octets[2] = 0x03;
			octets[3] = 0x08;
			octets[4] = 0x02;
		}
		isdn_decode((struct bytes){ octets, n }, false, ignore_line,
		            NULL);
		(void)isdn_decode_name((struct bytes){ octets, n }, &callref);
		isdn_link_receive(p.user.link, (struct bytes){ octets, n });
		p.nframes = 0;
		p.user.nheard = p.user.nsent = 0;
	}
	pair_drop(&p);
}

TEST(a_frame_too_long_is_dropped)
{
	struct pair p;
	static uint8_t octets[2000];
	struct isdn_counts counts;

	pair_open_plain(&p, SWITCH_NET5);
	isdn_link_receive(p.user.link, BYTES(octets));
	isdn_link_receive(p.user.link, (struct bytes){ octets, 0 });
	isdn_link_counts(p.user.link, &counts);
	CHECK_EQ(counts.frames_dropped, 2);
	pair_close(&p);
}
