/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A ring addressed by RTP time stamp. Its octets are idle unless a packet was
 * put there, and idle again once taken, so that a gap plays as idle without
 * anybody having to notice it, order of arrival does not matter, and old sound
 * cannot come back.
 *
 * The head runs with the line's clock from the first packet on, `depth` behind
 * it, whether packets come or not. So a sender that keeps its time line over a
 * silence fits in again by itself. One that does not is found in three ways: a
 * marker after the buffer ran empty (RFC 3551 4.1: the moment to adapt), a
 * second packet that continues an impossible first one, and nothing but late
 * packets for 100 ms. A lone packet with a mad stamp disturbs nobody.
 *
 * The sender's clock is not the line's. When packets wait longer or shorter
 * than the depth by more than a band, on average over some 64 of them, single
 * octets are left out or said twice, at most eight for each such round: up to
 * some 700 parts in a million. In the band nothing is touched. When they wait
 * much too long (what lay in the socket at the answer) it is more at once.
 *
 * An adaptive buffer lets its packets wait as long as the network needs, and
 * the depth at least. What comes too late when nothing newer has is not
 * dropped: the network has become slower, so the head goes back behind it. And
 * when the last of a whole round still had more than 20 ms to spare, octets are
 * left out until it has not. A fixed one keeps to the depth, for modems.
 */

#include "gateway/media/jitter.h"

#include <string.h>

enum {
	OCTETS_A_MS = 8,
	LATE_MOST = 100 * OCTETS_A_MS, /* late this long: the line moved */
	LOST_MOST = 100 * OCTETS_A_MS, /* more is no loss but silence */
	FORGET = 1000 * OCTETS_A_MS,   /* empty this long: begin afresh */
	ROUND_PACKETS = 64,
	ROUND_ADJUST = 8,
	MUCH = 20 * OCTETS_A_MS, /* so much too long is not drift */
	MUCH_ADJUST = 64,
	SPARE = 20 * OCTETS_A_MS,
	SPARE_LEAST = 10 * OCTETS_A_MS,
	BAND_LEAST = 5 * OCTETS_A_MS,
};

/* No less than the longest usual packet on top of the depth. */
static unsigned most_octets(unsigned depth_ms, unsigned most_ms)
{
	return MAX_OF(most_ms, depth_ms + 60) * OCTETS_A_MS;
}

/* A packet ends within `most`, but the first of a time line, which is put at
 * the depth whatever its length. */
unsigned jitter_size(unsigned depth_ms, unsigned most_ms)
{
	unsigned need = MAX_OF(most_octets(depth_ms, most_ms),
	                       depth_ms * OCTETS_A_MS + JITTER_PACKET);
	unsigned size = 1;

	while (size < need)
		size *= 2;
	return size;
}

void jitter_init(struct jitter *j, uint8_t *ring, unsigned depth_ms,
                 unsigned most_ms, uint8_t idle)
{
	*j = (struct jitter){
		.octets = ring,
		.size = jitter_size(depth_ms, most_ms),
		.depth = depth_ms * OCTETS_A_MS,
		.most = most_octets(depth_ms, most_ms),
	};
	jitter_flush(j, idle);
}

void jitter_flush(struct jitter *j, uint8_t idle)
{
	j->idle = idle;
	memset(j->octets, idle, j->size);
	j->running = j->renewed = j->odd = j->late = j->lost = false;
	j->muted = false;
	j->wait_sum = j->wait_count = 0;
	j->adjust = 0;
	j->tail = j->head;
}

unsigned jitter_waiting(const struct jitter *j)
{
	int32_t waiting = (int32_t)(j->tail - j->head);

	return j->running && waiting > 0 ? (unsigned)waiting : 0;
}

static void begin(struct jitter *j, uint32_t stamp)
{
	jitter_flush(j, j->idle);
	j->head = stamp - j->depth;
	j->tail = j->head;
	j->running = true;
}

void jitter_fix(struct jitter *j)
{
	unsigned room = MAX_OF(j->most, JITTER_PACKET) - JITTER_PACKET;
	unsigned now = j->depth;

	if (!j->adaptive)
		return;
	if (j->wait_count > 0 && j->wait_sum > 0)
		now = (unsigned)(j->wait_sum / j->wait_count);
	j->adaptive = false;
	j->depth = MAX_OF(j->depth, MIN_OF(now, room));
	j->wait_sum = j->wait_count = 0;
	j->adjust = 0;
}

void jitter_renew(struct jitter *j)
{
	j->renewed = true;
}

/* From here on by another sender's time: what waits lies before it, as far as
 * it fits into the depth, and the rest of the depth is idle. */
static void renew(struct jitter *j, uint32_t stamp)
{
	uint8_t waiting[JITTER_PACKET];
	unsigned n = MIN_OF(jitter_waiting(j), MIN_OF(j->depth, JITTER_PACKET));

	for (unsigned i = 0; i < n; i++)
		waiting[i] = j->octets[(j->head + i) % j->size];
	begin(j, stamp);
	for (unsigned i = 0; i < n; i++)
		j->octets[(j->head + i) % j->size] = waiting[i];
}

/* How many octets too long packets wait (> 0), or too short. */
static int too_long(const struct jitter *j)
{
	int off = (int)(j->wait_sum / ROUND_PACKETS) - (int)j->depth;
	int band = (int)MAX_OF(j->depth / 4, BAND_LEAST);

	if (j->adaptive && j->wait_least < SPARE_LEAST)
		return j->wait_least - SPARE_LEAST;
	if (j->adaptive && off > 0)
		off = MIN_OF(off, j->wait_least - SPARE);
	return off > band || off < -band ? off : 0;
}

/* Once a round. */
static void watch_drift(struct jitter *j, int32_t wait)
{
	int off;

	if (j->wait_count == 0 || wait < j->wait_least)
		j->wait_least = wait;
	j->wait_sum += wait;
	if (++j->wait_count < ROUND_PACKETS)
		return;
	off = too_long(j);
	j->wait_sum = j->wait_count = 0;
	j->adjust = MAX_OF(off, -ROUND_ADJUST);
	if (off > 0)
		j->adjust =
			MIN_OF(off, off > MUCH ? MUCH_ADJUST : ROUND_ADJUST);
}

/* Nothing newer waits, so the network has become slower: we, too. */
static bool grow(struct jitter *j, uint32_t stamp)
{
	uint32_t by = j->head - stamp + SPARE;

	if (!j->adaptive || jitter_waiting(j) > 0 || by + j->depth > j->most)
		return false;
	j->head -= by;
	j->tail = j->head;
	j->wait_sum = j->wait_count = 0;
	j->adjust = 0;
	return true;
}

/* Idle for what waits of this range. */
static void erase(struct jitter *j, uint32_t from, uint32_t to)
{
	int32_t begin = MAX_OF((int32_t)(from - j->head), 0);
	int32_t end = MIN_OF((int32_t)(to - j->head), (int32_t)j->size);

	for (; begin < end; begin++)
		j->octets[(j->head + (uint32_t)begin) % j->size] = j->idle;
}

void jitter_mute(struct jitter *j, uint32_t from, uint32_t to)
{
	j->muted = true;
	j->muted_from = from;
	j->muted_to = to;
	erase(j, from, to);
}

void jitter_lost(struct jitter *j, uint32_t stamp)
{
	int32_t len = (int32_t)(stamp - j->tail);

	if (!j->running || len <= 0 || len > LOST_MOST)
		return;
	j->lost = true;
	j->lost_from = j->tail;
	j->lost_to = stamp;
}

/* It came after all, out of order. */
static void found(struct jitter *j, uint32_t from, uint32_t to)
{
	if ((int32_t)(from - j->lost_to) >= 0 ||
	    (int32_t)(to - j->lost_from) <= 0)
		return;
	if ((int32_t)(from - j->lost_from) <= 0)
		j->lost_from = to;
	else
		j->lost_to = from;
	j->lost = (int32_t)(j->lost_to - j->lost_from) > 0;
}

static void store(struct jitter *j, uint32_t stamp, struct bytes b)
{
	size_t at = stamp % j->size;
	size_t first = MIN_OF(b.len, j->size - at);

	memcpy(j->octets + at, b.at, first);
	memcpy(j->octets, b.at + first, b.len - first);
	if (j->lost)
		found(j, stamp, stamp + (uint32_t)b.len);
	if (j->muted)
		erase(j, j->muted_from, j->muted_to);
	if ((int32_t)(stamp + (uint32_t)b.len - j->tail) > 0)
		j->tail = stamp + (uint32_t)b.len;
}

/* Too late: dropped, unless it has been so for long. */
static bool line_moved_back(struct jitter *j)
{
	if (!j->late) {
		j->late = true;
		j->late_since = j->head;
	}
	return j->head - j->late_since >= LATE_MOST;
}

/* Too early: dropped, unless it continues the one dropped before. */
static bool line_moved_on(struct jitter *j, uint32_t stamp, size_t len)
{
	bool again = j->odd && stamp == j->odd_next;

	j->odd = true;
	j->odd_next = stamp + (uint32_t)len;
	return again;
}

unsigned jitter_put(struct jitter *j, uint32_t stamp, struct bytes payload,
                    bool marker)
{
	unsigned result = JITTER_KEPT;
	int32_t wait, end;

	if (payload.len == 0)
		return JITTER_KEPT;
	if (payload.len > JITTER_PACKET)
		return JITTER_EARLY;
	if (!j->running)
		begin(j, stamp);
	else if (j->renewed)
		renew(j, stamp);
	wait = (int32_t)(stamp - j->head);
	end = (int32_t)(stamp + (uint32_t)payload.len - j->head);
	if (end <= 0)
		result = JITTER_LATE;
	else if (wait > (int32_t)j->most || end > (int32_t)j->most)
		result = JITTER_EARLY;
	if ((marker && jitter_waiting(j) == 0 &&
	     (result != JITTER_KEPT || wait < (int32_t)j->depth / 2)) ||
	    (result == JITTER_LATE && line_moved_back(j)) ||
	    (result == JITTER_EARLY && line_moved_on(j, stamp, payload.len))) {
		begin(j, stamp);
		wait = (int32_t)j->depth;
		result = JITTER_RESYNC;
	} else if (wait < 0 && grow(j, stamp)) {
		wait = SPARE;
		result = JITTER_GREW;
	}
	if (result == JITTER_LATE || result == JITTER_EARLY)
		return result;
	j->odd = j->late = false;
	watch_drift(j, wait);
	if (wait < 0) {
		payload.at += -wait;
		payload.len -= (size_t)-wait;
		stamp = j->head;
	}
	store(j, stamp, payload);
	return result;
}

/* Octets out of the ring, which becomes idle behind them. */
static void drain(struct jitter *j, uint8_t *to, unsigned n)
{
	size_t at = j->head % j->size;
	size_t first = MIN_OF(n, j->size - at);

	memcpy(to, j->octets + at, first);
	memset(j->octets + at, j->idle, first);
	memcpy(to + first, j->octets, n - first);
	memset(j->octets, j->idle, n - first);
	j->head += n;
}

/* Which of the next n octets a lost packet would have been. */
static struct jitter_gap gap_of(const struct jitter *j, unsigned n)
{
	int32_t from = (int32_t)(j->lost_from - j->head);
	int32_t to = (int32_t)(j->lost_to - j->head);

	from = MAX_OF(from, 0);
	to = MIN_OF(to, (int32_t)n);
	if (!j->lost || from >= to)
		return (struct jitter_gap){ 0 };
	return (struct jitter_gap){ (unsigned)from, (unsigned)(to - from) };
}

static unsigned take_nothing(struct jitter *j, uint8_t *to, unsigned n)
{
	memset(to, j->idle, n);
	if (!j->running)
		return 0;
	j->head += n;
	if (j->head - j->tail > FORGET)
		j->running = false;
	return JITTER_UNDERRUN;
}

unsigned jitter_take(struct jitter *j, uint8_t *to, unsigned n,
                     struct jitter_gap *gap)
{
	unsigned waiting = jitter_waiting(j), result = 0;

	*gap = (struct jitter_gap){ 0, j->running ? n : 0 };
	if (j->muted && (int32_t)(j->head - j->muted_to) >= 0)
		j->muted = false;
	if (waiting == 0 || n == 0 || n > JITTER_PACKET)
		return take_nothing(j, to, n);
	if (j->adjust > 0 && waiting > n) {
		j->octets[j->head++ % j->size] = j->idle;
		j->adjust--;
		result = JITTER_SLIP;
	}
	*gap = gap_of(j, n);
	if (waiting < n) {
		*gap = (struct jitter_gap){ waiting, n - waiting };
		result |= JITTER_UNDERRUN;
	}
	if (j->adjust < 0 && n > 1) {
		drain(j, to, n - 1);
		to[n - 1] = to[n - 2];
		j->adjust++;
		return JITTER_SLIP;
	}
	drain(j, to, n);
	return result;
}
