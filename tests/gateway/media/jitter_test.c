/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * The playout buffer. Each octet put says where on the sender's time line it
 * stood, so what is taken tells what was played when.
 */

#include "gateway/media/jitter.h"

#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

enum { IDLE = 0xd5, PACKET = 160, TICK = 40, DEPTH = 320, FIRST = 1000 };

struct bench {
	struct jitter j;
	uint8_t ring[2048];
	unsigned late, early, resyncs, underruns, slips;
	struct jitter_gap gap; /* of the last tick */
	uint8_t out[TICK];
};

static uint8_t sound_at(uint32_t stamp)
{
	uint8_t octet = (uint8_t)(stamp * 31 + stamp / 200);

	return octet == IDLE ? 0x11 : octet;
}

static void start(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	CHECK_EQ(jitter_size(DEPTH / 8, 200), sizeof(b->ring));
	jitter_init(&b->j, b->ring, DEPTH / 8, 200, IDLE);
}

static void put(struct bench *b, uint32_t stamp, bool marker)
{
	uint8_t sound[PACKET];
	unsigned result;

	for (unsigned i = 0; i < PACKET; i++)
		sound[i] = sound_at(stamp + i);
	result = jitter_put(&b->j, stamp, BYTES(sound), marker);
	b->late += (result & JITTER_LATE) != 0;
	b->early += (result & JITTER_EARLY) != 0;
	b->resyncs += (result & JITTER_RESYNC) != 0;
}

static void take(struct bench *b)
{
	unsigned result = jitter_take(&b->j, b->out, TICK, &b->gap);

	b->underruns += (result & JITTER_UNDERRUN) != 0;
	b->slips += (result & JITTER_SLIP) != 0;
}

/* What was taken last is the sender's sound from here. */
static bool played(const struct bench *b, uint32_t stamp)
{
	for (unsigned i = 0; i < TICK; i++)
		if (b->out[i] != sound_at(stamp + i))
			return false;
	return true;
}

static bool idle(const struct bench *b)
{
	for (unsigned i = 0; i < TICK; i++)
		if (b->out[i] != IDLE)
			return false;
	return true;
}

static const uint32_t firsts[] = { FIRST, 0, UINT32_MAX - 500, 0x7fffff00 };

TEST_ROWS(sound_comes_out_whole_and_a_depth_later, firsts, first)
{
	struct bench b;

	start(&b);
	for (unsigned i = 0; i < 400; i++) {
		if (i % 4 == 0)
			put(&b, *first + i * TICK, i == 0);
		take(&b);
		if (i < DEPTH / TICK)
			CHECK(idle(&b));
		else
			CHECK(played(&b, *first + i * TICK - DEPTH));
	}
	CHECK_EQ(b.late + b.early + b.resyncs + b.underruns + b.slips, 0);
}

/* Packets in the order they come; one every 20 ms. -1: none. */
static const struct order {
	const char *what;
	int packets[12];
	unsigned gaps, late;
} orders[] = {
	/* clang-format off */
	{ "in order",  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }, 0, 0 },
	{ "lost",      { 0, 1, 2, 3, -1, 5, 6, 7, 8, 9, 10, 11 }, 4, 0 },
	{ "swapped",   { 0, 1, 3, 2, 4, 5, 7, 6, 8, 9, 10, 11 }, 0, 0 },
	{ "twice",     { 0, 1, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11 }, 4, 0 },
	{ "too late",  { 0, 1, 2, 3, -1, 5, 6, 7, 4, 9, 10, 11 }, 8, 1 },
	/* clang-format on */
};

TEST_ROWS(gaps_play_idle_and_order_is_mended, orders, row)
{
	unsigned gaps = 0;
	struct bench b;

	start(&b);
	for (unsigned i = 0; i < 48; i++) {
		if (i % 4 == 0 && row->packets[i / 4] >= 0)
			put(&b, FIRST + (unsigned)row->packets[i / 4] * PACKET,
			    false);
		take(&b);
		if (i < DEPTH / TICK)
			continue;
		gaps += idle(&b);
		CHECK(idle(&b) || played(&b, FIRST + i * TICK - DEPTH));
	}
	CHECK_EQ(gaps, row->gaps);
	CHECK_EQ(b.late, row->late);
	CHECK_EQ(b.resyncs, 0);
}

TEST(underrun_plays_idle_and_never_old_sound)
{
	struct bench b;

	start(&b);
	put(&b, FIRST, true);
	for (unsigned i = 0; i < 500; i++) {
		take(&b);
		if (i >= (DEPTH + PACKET) / TICK)
			CHECK(idle(&b));
	}
	CHECK(b.underruns > 100);
	CHECK(!b.j.running); /* forgotten: the next packet begins afresh */
	b.underruns = 0;
	take(&b);
	CHECK_EQ(b.underruns, 0);
}

static const struct pause {
	unsigned ticks;    /* nothing sent for so long */
	uint32_t stamp_by; /* and the sender's line moved by that */
	bool marker;
	unsigned resyncs_most, lost_most; /* ticks of sound not played */
} pauses[] = {
	/* clang-format off */
	{ 40,  40 * TICK, false, 0, 0 },  /* silence suppressed, line goes on */
	{ 40,  0,         true,  1, 0 },  /* line stood still, marker */
	{ 40,  0,         false, 1, 30 }, /* the same without marker */
	{ 400, 0,         false, 0, 0 },  /* hold: forgotten meanwhile */
	{ 400, 7,         true,  0, 0 },
	{ 40,  900000,    true,  1, 0 },  /* a jump ahead, marker */
	{ 40,  900000,    false, 1, 4 },  /* one packet is dropped */
	{ 4,   0x80000000, false, 1, 30 },
	/* clang-format on */
};

TEST_ROWS(after_a_pause_the_time_line_is_found_again, pauses, row)
{
	unsigned missed = 0;
	uint32_t stamp = FIRST;
	struct bench b;

	start(&b);
	for (unsigned i = 0; i < 80; i++) {
		if (i % 4 == 0)
			put(&b, stamp + i * TICK, i == 0);
		take(&b);
	}
	for (unsigned i = 0; i < row->ticks; i++)
		take(&b);
	stamp += 80 * TICK + row->stamp_by;
	for (unsigned i = 0; i < 120; i++) {
		if (i % 4 == 0)
			put(&b, stamp + i * TICK, row->marker && i == 0);
		take(&b);
		if (i >= DEPTH / TICK)
			missed += idle(&b);
	}
	CHECK(missed <= row->lost_most);
	CHECK(b.resyncs <= row->resyncs_most);
	CHECK(!idle(&b));
	CHECK(jitter_waiting(&b.j) <= DEPTH + PACKET);
}

TEST(a_lone_packet_with_a_mad_stamp_changes_nothing)
{
	struct bench b;

	start(&b);
	for (unsigned i = 0; i < 200; i++) {
		if (i % 4 == 0)
			put(&b, FIRST + i * TICK, false);
		if (i % 40 == 17)
			put(&b, 0x40000000 + i * 77777, i % 80 == 17);
		take(&b);
		if (i >= DEPTH / TICK)
			CHECK(played(&b, FIRST + i * TICK - DEPTH));
	}
	CHECK_EQ(b.early, 5);
	CHECK_EQ(b.resyncs, 0);
}

TEST(what_waits_is_bounded_when_the_line_stops)
{
	struct bench b;

	start(&b);
	for (unsigned i = 0; i < 500; i++) {
		put(&b, FIRST + i * PACKET, i == 0);
		CHECK(jitter_waiting(&b.j) <= 200 * 8);
	}
	CHECK(b.early > 0);
	for (unsigned i = 0; i < 12; i++)
		take(&b);
	CHECK(!idle(&b));
}

/* What of the next ticks a lost packet would have been, octet by octet. */
static const struct {
	uint32_t stamp; /* of the packet after the first */
	uint32_t late;  /* comes after it; 0: none */
	unsigned from, to;
} losses[] = {
	{ 320, 0, 160, 320 }, { 330, 0, 160, 330 },   { 480, 0, 160, 480 },
	{ 320, 160, 0, 0 },   { 480, 160, 320, 480 }, { 480, 320, 160, 320 },
	{ 1120, 0, 0, 0 }, /* no loss but silence */
};

TEST_ROWS(a_lost_packet_is_a_gap_until_it_comes, losses, row)
{
	struct bench b;

	start(&b);
	put(&b, FIRST, true);
	jitter_lost(&b.j, FIRST + row->stamp);
	put(&b, FIRST + row->stamp, false);
	if (row->late != 0)
		put(&b, FIRST + row->late, false);
	for (unsigned i = 0; i < DEPTH / TICK; i++) {
		take(&b);
		CHECK_EQ(b.gap.len, 0);
	}
	for (unsigned at = 0; at < row->stamp; at += TICK) {
		take(&b);
		for (unsigned i = 0; i < TICK; i++)
			CHECK_EQ(i >= b.gap.at && i < b.gap.at + b.gap.len,
			         at + i >= row->from && at + i < row->to);
	}
}

/* --- adaptive --- */

struct path {
	unsigned delay[4];  /* ms, for a quarter of the minute each */
	unsigned jitter_ms; /* more for each packet, by chance */
};

static const struct {
	const char *name;
	struct path path;
	unsigned lost;        /* packets that may come too late */
	unsigned least, most; /* ms that the last packets may wait */
} paths[] = {
	/* clang-format off */
	{ "steady",             { { 50, 50, 50, 50 }, 0 },    0, 30,  55 },
	{ "slower from now on", { { 50, 130, 130, 130 }, 0 }, 0, 10,  55 },
	{ "slower for a while", { { 50, 130, 50, 50 }, 0 },   0, 30,  60 },
	{ "much jitter",        { { 50, 50, 50, 50 }, 70 },   30, 10, 110 },
	/* clang-format on */
};

/* A minute of packets on their way; each arrives at the tick it is due. */
static void run_path(struct bench *b, const struct path *path, unsigned *waits)
{
	enum { MINUTE = 3000 };
	unsigned due[MINUTE], seed = 5;

	for (unsigned i = 0; i < MINUTE; i++) {
		unsigned more = path->jitter_ms != 0 ? (unsigned)rand_r(&seed) %
		                                               path->jitter_ms
		                                     : 0;

		due[i] = i * 20 + path->delay[i / (MINUTE / 4)] + more;
		if (i > 0 && due[i] < due[i - 1])
			due[i] = due[i - 1]; /* a queue keeps order */
	}
	*waits = 0;
	for (unsigned now = 0, next = 0; next < MINUTE; now += 5) {
		for (; next < MINUTE && due[next] <= now; next++) {
			put(b, FIRST + next * PACKET, next == 0);
			if (next + 50 >= MINUTE)
				*waits = MAX_OF(*waits,
				                jitter_waiting(&b->j) / 8);
		}
		take(b);
	}
}

TEST_ROWS(an_adaptive_buffer_follows_the_network, paths, row)
{
	unsigned waits, fixed_late;
	struct bench b;

	start(&b);
	run_path(&b, &row->path, &waits);
	fixed_late = b.late;
	start(&b);
	b.j.adaptive = true;
	run_path(&b, &row->path, &waits);
	CHECK_EQ(b.resyncs + b.early, 0);
	CHECK(b.late <= row->lost && b.late <= fixed_late);
	CHECK(waits - 20 >= row->least && waits - 20 <= row->most);
}

/* Out of order is not late: the others have come. */
TEST(a_lone_late_packet_slows_nothing)
{
	struct bench b;

	start(&b);
	b.j.adaptive = true;
	for (unsigned i = 0; i < 10; i++) {
		if (i != 3)
			put(&b, FIRST + i * PACKET, i == 0);
		for (unsigned k = 0; k < PACKET / TICK; k++)
			take(&b);
	}
	put(&b, FIRST + 3 * PACKET, false);
	CHECK_EQ(b.late, 1);
	CHECK_EQ(jitter_waiting(&b.j), DEPTH);
}

/* What lay in the socket when the call was answered. */
TEST(a_burst_at_the_start_is_not_waited_for_for_ever)
{
	struct bench b;

	start(&b);
	for (unsigned i = 0; i < 7; i++)
		put(&b, FIRST + i * PACKET, i == 0);
	CHECK_EQ(jitter_waiting(&b.j), DEPTH + 7 * PACKET);
	for (unsigned i = 7; i < 1500; i++) {
		for (unsigned k = 0; k < PACKET / TICK; k++)
			take(&b);
		put(&b, FIRST + i * PACKET, false);
	}
	CHECK(jitter_waiting(&b.j) <= DEPTH + PACKET + 20 * 8);
}

/* Another sender begins: the old one's last words are heard, then the new
 * one's first, wherever its time line lies. */
TEST(what_waits_is_played_before_a_new_time_line)
{
	const uint32_t other = 0xfffffff0;
	const unsigned left = 2 * PACKET - 2 * TICK;
	struct bench b;

	start(&b);
	put(&b, FIRST, true);
	put(&b, FIRST + PACKET, false);
	for (unsigned i = 0; i < DEPTH / TICK + 2; i++)
		take(&b);
	CHECK_EQ(jitter_waiting(&b.j), left);
	jitter_renew(&b.j);
	put(&b, other, false);
	for (unsigned at = 0; at < DEPTH + PACKET; at++) {
		if (at % TICK == 0)
			take(&b);
		CHECK_EQ(b.out[at % TICK],
		         at < left    ? sound_at(FIRST + 2 * TICK + at)
		         : at < DEPTH ? IDLE
		                      : sound_at(other + at - DEPTH));
	}
}

static const struct {
	uint32_t from, to; /* muted */
	bool before;       /* the packets come */
} mutes[] = {
	{ 100, 300, false },
	{ 100, 300, true },
	{ 0, 640, true },
	{ 480, 2000, false },
};

TEST_ROWS(what_is_muted_is_idle_whenever_it_comes, mutes, row)
{
	struct bench b;

	start(&b);
	put(&b, FIRST, true);
	if (!row->before)
		jitter_mute(&b.j, FIRST + row->from, FIRST + row->to);
	for (unsigned i = 1; i < 4; i++)
		put(&b, FIRST + i * PACKET, false);
	if (row->before)
		jitter_mute(&b.j, FIRST + row->from, FIRST + row->to);
	for (unsigned i = 0; i < DEPTH / TICK; i++)
		take(&b);
	for (unsigned at = 0; at < 4 * PACKET; at++) {
		if (at % TICK == 0)
			take(&b);
		CHECK_EQ(b.out[at % TICK], at >= row->from && at < row->to
		                                   ? IDLE
		                                   : sound_at(FIRST + at));
	}
}

static const struct drift {
	int ppm; /* the sender's clock against the line's */
} drifts[] = { { 100 }, { -100 }, { 400 }, { -400 } };

TEST_ROWS(drifting_clocks_cost_single_octets_only, drifts, row)
{
	double due = 0, step = PACKET / (1 + row->ppm / 1e6);
	struct bench b;
	uint32_t sent = 0;

	start(&b);
	for (unsigned i = 0; i < 200 * 600; i++) { /* ten minutes */
		while (due <= i * (double)TICK) {
			put(&b, FIRST + sent, sent == 0);
			sent += PACKET;
			due += step;
		}
		take(&b);
		CHECK(jitter_waiting(&b.j) >= PACKET / 2 || i < 8);
		CHECK(jitter_waiting(&b.j) <= 2 * DEPTH);
	}
	CHECK_EQ(b.late + b.early + b.resyncs + b.underruns, 0);
	CHECK(b.slips > 100);
}

TEST(no_sequence_of_packets_breaks_it)
{
	unsigned seed = test_seed();
	struct bench b;
	uint32_t stamp = 0;

	start(&b);
	for (unsigned i = 0; i < 200000; i++) {
		unsigned r = (unsigned)rand_r(&seed);
		uint8_t sound[JITTER_PACKET + 10] = { 0 };

		if (r % 50 == 0)
			stamp = (uint32_t)rand_r(&seed) * 3u;
		stamp += r % 7 == 0 ? r % 5000 : PACKET;
		(void)jitter_put(&b.j, stamp,
		                 (struct bytes){ sound, r / 8 % sizeof(sound) },
		                 r % 11 == 0);
		if (r % 101 == 0)
			jitter_renew(&b.j);
		if (r % 97 == 0)
			jitter_mute(&b.j, stamp - r % 900, stamp + r % 9000);
		if (r % 3 != 0)
			take(&b);
		CHECK(jitter_waiting(&b.j) <= sizeof(b.ring));
	}
}
