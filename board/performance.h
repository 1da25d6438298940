/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef BOARD_PERFORMANCE_H
#define BOARD_PERFORMANCE_H

/*
 * How good a line was, second by second, gathered in intervals of a quarter of
 * an hour as G.826 and RFC 4805 define them: the interval that runs, and the 96
 * before it, which are a day. Of the near end only. It knows no clock: whoever
 * has one tells it of each second.
 */

#include "kernel/base.h"

enum {
	PERFORMANCE_SECONDS = 900,  /* of an interval */
	PERFORMANCE_INTERVALS = 96, /* whole ones that are kept */
	PERFORMANCE_TURN = 10,      /* seconds to become unavailable, or back */
};

/* What a second brought. */
struct performance_second {
	bool los, lof, ais; /* at any time in it */
	unsigned slips;     /* octets or frames lost or said twice */
	unsigned lcv;       /* line code violations, of HDB3, AMI, B8ZS */
	unsigned pcv;       /* path code violations: CRC-4, CRC-6, frame bits */
};

/* All numbers are of one interval, or of several added up. */
struct performance_counts {
	uint64_t seconds; /* that were watched */
	uint64_t lcv, pcv, slips;
	uint64_t slip_s;        /* seconds with a slip (CSS) */
	uint64_t frame_s;       /* with no frames to be had: a defect (SEFS) */
	uint64_t line_s;        /* with an LCV, or no signal (LES) */
	uint64_t errored_s;     /* with anything wrong (ES) */
	uint64_t bursty_s;      /* with few PCV: 2 to 319 (BES) */
	uint64_t severe_s;      /* with many, or none to be had (SES) */
	uint64_t unavailable_s; /* from ten severe ones to ten others (UAS) */
	uint64_t degraded_minutes; /* more than one error in a million bits */
};

enum performance_line { PERFORMANCE_E1, PERFORMANCE_T1 };

struct performance {
	/* what is severe depends on these */
	enum performance_line line;
	bool checked; /* CRC-4 or ESF: pcv says all there is to say */

	uint64_t now; /* seconds since it began */
	struct performance_counts intervals[PERFORMANCE_INTERVALS + 1];
	/* the last seconds as they were added, should they turn out to belong
	 * to the other kind of time */
	struct performance_counts recent[PERFORMANCE_TURN];
	bool unavailable;
	unsigned run; /* seconds in a row that speak for a change of it */
	uint64_t minute_errors;
};

void performance_init(struct performance *p, enum performance_line line,
                      bool checked);

/* A second has gone by. */
void performance_second(struct performance *p,
                        const struct performance_second *second);

/* The interval that runs is 0, the one before it 1, up to 96. False: nothing
 * was watched then. */
bool performance_interval(const struct performance *p, unsigned ago,
                          struct performance_counts *out);

/* All whole intervals, and how many they are. */
unsigned performance_day(const struct performance *p,
                         struct performance_counts *out);

#endif
