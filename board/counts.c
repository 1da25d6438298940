/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What a span counts, as rows: name and meaning of each number for console,
 * JSON and metrics.
 */

#include <assert.h>

#include "board/private.h"
#include "kernel/stats.h"

/* clang-format off */
const struct stat_row board_count_rows[] = {
	STAT(struct board_counts, ticks_in, "ticks received"),
	STAT(struct board_counts, ticks_out, "ticks sent"),
	STAT(struct board_counts, slips, "ticks or octets lost, gaps filled"),
	STAT(struct board_counts, late, "ticks not newer than the last"),
	STAT(struct board_counts, frames_in, "good D-channel frames received"),
	STAT(struct board_counts, frames_out, "D-channel frames sent"),
	STAT(struct board_counts, frames_bad, "frames with bad FCS, aborted, overrun"),
	STAT(struct board_counts, frames_dropped, "frames dropped under an alarm"),
	STAT(struct board_counts, malformed, "malformed packets dropped"),
	STAT(struct board_counts, unknown, "packets of unknown type ignored"),
	STAT(struct board_counts, refused, "connections closed at once"),
	STAT(struct board_counts, send_full, "sends dropped for want of room"),
	STAT(struct board_counts, faults, "fault packets obeyed"),
	STAT(struct board_counts, faults_ignored, "fault packets ignored"),
	STAT(struct board_counts, alarms_seen, "times the span went into alarm"),
	STAT(struct board_counts, connects, "times the line came up"),
	STAT(struct board_counts, hellos_bad, "connections closed for a hello that was wrong, twice or missing"),
	STAT(struct board_counts, code_violations, "line code violations (bipolar)"),
	STAT(struct board_counts, crc_errors, "CRC-4 or CRC-6 errors"),
	STAT(struct board_counts, frame_errors, "frame alignment signals with errors"),
};
/* clang-format on */

const size_t board_count_nrows = ARRAY_LEN(board_count_rows);

static_assert(ARRAY_LEN(board_count_rows) * sizeof(uint64_t) ==
                      sizeof(struct board_counts),
              "a row for each number");

const struct board_counts *board_span_counters(const struct board_span *span)
{
	return &span->counts;
}
