/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

#include "kernel/flow.h"

#include <assert.h>

static const char *const codec_names[] = {
	[CODEC_NONE] = "none",
	[CODEC_PCMU] = "PCMU",
	[CODEC_PCMA] = "PCMA",
};
static_assert(ARRAY_LEN(codec_names) == CODECS, "a codec has no name");

const char *codec_name(enum codec codec)
{
	return (unsigned)codec < CODECS ? codec_names[codec] : "?";
}
