/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Seconds judged, added up in a ring of intervals.
 *
 * Ten severely errored seconds in a row make a line unavailable from the first
 * of them on, ten others available again from the first of those (G.826 annex
 * A). So the last ten are kept as they were added and, when the verdict turns,
 * taken out and added again as the other kind; some may be in the interval
 * before. While a line is unavailable only that is counted in seconds (RFC 4805
 * 3.3), errors always.
 *
 * What makes a second severe is RFC 4805's: a defect, or as many code
 * violations as stand in the table below. A defect is as the line shows it,
 * before any debounce.
 */

#include "board/performance.h"

#include <string.h>

enum { RING = PERFORMANCE_INTERVALS + 1, A_MINUTE = 60, BURSTY_MOST = 319 };

/* RFC 4805 3.3: severely errored; and bits of a minute / 1,000,000. */
static const struct limits {
	unsigned pcv, lcv, degraded;
} limits[] = {
	/* clang-format off */
	[PERFORMANCE_E1] = { 832, 2048, 122 },
	[PERFORMANCE_T1] = { 320, 1544,  92 },
	/* clang-format on */
};

void performance_init(struct performance *p, enum performance_line line,
                      bool checked)
{
	memset(p, 0, sizeof(*p));
	p->line = line;
	p->checked = checked;
}

static struct performance_counts *interval_of(struct performance *p,
                                              uint64_t second)
{
	return &p->intervals[second / PERFORMANCE_SECONDS % RING];
}

static bool is_severe(const struct performance *p,
                      const struct performance_second *s)
{
	const struct limits *most = &limits[p->line];

	if (s->los || s->lof || s->ais)
		return true;
	return p->checked ? s->pcv >= most->pcv : s->lcv >= most->lcv;
}

/* What this second adds, were the line available. */
static struct performance_counts judge(const struct performance *p,
                                       const struct performance_second *s)
{
	bool defect = s->los || s->lof || s->ais;
	bool severe = is_severe(p, s);

	return (struct performance_counts){
		.seconds = 1,
		.lcv = s->lcv,
		.pcv = s->pcv,
		.slips = s->slips,
		.slip_s = s->slips > 0,
		.frame_s = defect, /* no signal has no frames */
		.line_s = s->lcv > 0 || s->los,
		.errored_s = defect || s->pcv > 0 || s->slips > 0 ||
		             (!p->checked && s->lcv > 0),
		.bursty_s = !defect && s->pcv > 1 && s->pcv <= BURSTY_MOST,
		.severe_s = severe,
	};
}

/* The same second as part of unavailable time. */
static struct performance_counts unavailable(const struct performance_counts *c)
{
	return (struct performance_counts){ .seconds = c->seconds,
		                            .lcv = c->lcv,
		                            .pcv = c->pcv,
		                            .slips = c->slips,
		                            .unavailable_s = 1 };
}

enum { NUMBERS = sizeof(struct performance_counts) / sizeof(uint64_t) };

static void add(struct performance_counts *to,
                const struct performance_counts *what, bool take_away)
{
	uint64_t sums[NUMBERS], parts[NUMBERS];

	memcpy(sums, to, sizeof(sums));
	memcpy(parts, what, sizeof(parts));
	for (size_t i = 0; i < NUMBERS; i++)
		sums[i] += take_away ? 0 - parts[i] : parts[i];
	memcpy(to, sums, sizeof(sums));
}

/* The last ten seconds, of which this is the tenth, are what was not thought
 * of them. */
static void turn(struct performance *p)
{
	for (uint64_t s = p->now + 1 - PERFORMANCE_TURN; s <= p->now; s++) {
		const struct performance_counts *c =
			&p->recent[s % PERFORMANCE_TURN];
		struct performance_counts other = unavailable(c);

		add(interval_of(p, s), p->unavailable ? &other : c, true);
		add(interval_of(p, s), p->unavailable ? c : &other, false);
	}
	p->unavailable = !p->unavailable;
	p->run = 0;
}

/* A minute is degraded by more than one error in a million bits; severe and
 * unavailable seconds are not looked at (RFC 4805 3.3). */
static void minute(struct performance *p, const struct performance_counts *c)
{
	if (!p->unavailable && c->severe_s == 0)
		p->minute_errors += p->checked ? c->pcv : c->lcv;
	if ((p->now + 1) % A_MINUTE != 0)
		return;
	if (p->minute_errors > limits[p->line].degraded)
		interval_of(p, p->now)->degraded_minutes++;
	p->minute_errors = 0;
}

void performance_second(struct performance *p,
                        const struct performance_second *second)
{
	struct performance_counts c = judge(p, second), other = unavailable(&c);

	if (p->now % PERFORMANCE_SECONDS == 0)
		memset(interval_of(p, p->now), 0, sizeof(c));
	p->recent[p->now % PERFORMANCE_TURN] = c;
	add(interval_of(p, p->now), p->unavailable ? &other : &c, false);
	p->run = (c.severe_s != 0) != p->unavailable ? p->run + 1 : 0;
	if (p->run == PERFORMANCE_TURN)
		turn(p);
	minute(p, &c);
	p->now++;
}

bool performance_interval(const struct performance *p, unsigned ago,
                          struct performance_counts *out)
{
	uint64_t current = p->now / PERFORMANCE_SECONDS;

	if (ago > PERFORMANCE_INTERVALS || ago > current)
		return false;
	/* at the very end of one the next has not begun */
	if (ago == 0 && p->now % PERFORMANCE_SECONDS == 0) {
		memset(out, 0, sizeof(*out));
		return true;
	}
	*out = p->intervals[(current - ago) % RING];
	return true;
}

unsigned performance_day(const struct performance *p,
                         struct performance_counts *out)
{
	struct performance_counts one;
	unsigned n = 0;

	memset(out, 0, sizeof(*out));
	while (n < PERFORMANCE_INTERVALS &&
	       performance_interval(p, n + 1, &one)) {
		add(out, &one, false);
		n++;
	}
	return n;
}
