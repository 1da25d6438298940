/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Any text as a script of causeway-pbx: read, or refused with a sentence that
 * names its place.
 */

#include "tools/pbx/script.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct script *script)
{
	size_t steps = 0;

	for (size_t i = 0; i < script->nblocks; i++) {
		const struct block *b = &script->blocks[i];

		assert(b->steps == script->steps + steps);
		steps += b->n;
	}
	assert(steps == script->nsteps);
	for (size_t i = 0; i < steps; i++)
		assert(script->steps[i].source[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings settings = { .type = SPAN_E1 };
	struct script_error error = { "" };
	struct script *script = NULL;

	if (script_parse(&script, "fuzz.pbx", (struct bytes){ data, size },
	                 &settings, &error) < 0)
		assert(strncmp(error.text, "fuzz.pbx:", 9) == 0);
	else
		check(script);
	script = script_free(script);
	return 0;
}
