/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What differs between two configurations. A reload walks this and touches
 * nothing else, so the order is part of the promise: first everything that
 * goes, beginning with the last section (what refers to others stands behind
 * them in the schema), then everything that comes, in the schema's order, then
 * what changed in place. In between nothing refers to what is not there.
 */

#include <string.h>

#include "kernel/conf_private.h"

typedef void (*tell_fn)(void *self, const struct conf_section *section,
                        const char *name, const void *old_values,
                        const void *new_values);

/* The instances of `in` that `other` has not. */
static void tell_missing(const struct conf *in, const struct conf *other,
                         const struct conf_section *s, bool removed,
                         tell_fn tell, void *self)
{
	const struct conf_instance *at = NULL;

	while (in != NULL && (at = conf_next(in, s, at)) != NULL) {
		if (other != NULL && conf_find(other, s, at->name) != NULL)
			continue;
		tell(self, s, at->name, removed ? at->values : NULL,
		     removed ? NULL : at->values);
	}
}

static void tell_changed(const struct conf *old, const struct conf *now,
                         const struct conf_section *s, tell_fn tell, void *self)
{
	const struct conf_instance *at = NULL;

	while ((at = conf_next(now, s, at)) != NULL) {
		const void *before = conf_find(old, s, at->name);

		if (before != NULL && memcmp(before, at->values, s->size) != 0)
			tell(self, s, at->name, before, at->values);
	}
}

void conf_compare(const struct conf *old, const struct conf *now, tell_fn tell,
                  void *self)
{
	const struct conf *any = old != NULL ? old : now;
	const struct conf_schema *schema;

	if (any == NULL)
		return;
	schema = any->schema;
	for (size_t i = schema->nsections; i > 0; i--)
		tell_missing(old, now, schema->sections[i - 1], true, tell,
		             self);
	for (size_t i = 0; i < schema->nsections; i++)
		tell_missing(now, old, schema->sections[i], false, tell, self);
	for (size_t i = 0; old && now && i < schema->nsections; i++)
		tell_changed(old, now, schema->sections[i], tell, self);
}
