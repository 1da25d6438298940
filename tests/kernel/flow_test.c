/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/* The names of codecs are those of rtpmap. */

#include "kernel/flow.h"

#include "tests/test.h"

static const struct {
	enum codec codec;
	const char *name;
} rows[] = {
	/* clang-format off */
	{ CODEC_NONE, "none" },
	{ CODEC_PCMU, "PCMU" },
	{ CODEC_PCMA, "PCMA" },
	{ CODECS,     "?"    },
	/* clang-format on */
};

TEST_ROWS(codecs_have_the_names_of_rtpmap, rows, row)
{
	CHECK_TEXT(codec_name(row->codec), row->name);
}
