/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What an operator sees of the tables that say what an end of a call means:
 * causes and statuses of a profile with what differs from the default marked,
 * the rows that peers and spans have of their own, and what is hunted after.
 */

#include <string.h>

#include "gateway/commands.h"
#include "gateway/gateway.h"
#include "kernel/console.h"

static const char *const ways[] = { "sip to isdn", "isdn to sip" };

static void map_row(struct shell *s, const char *scope, bool to_status,
                    const struct cause_look *look)
{
	table_cell(s, "%s", scope);
	table_cell(s, "%s", ways[to_status]);
	table_number(s, look->cause);
	table_cell(s, "%s",
	           look->cause == Q850_NONE ? "as the Warning header says"
	                                    : q850_cause_name(look->cause));
	table_number(s, (int64_t)look->status);
	table_cell(s, "%s", look->differs ? "*" : "");
}

static void own_rows(struct shell *s, const char *scope, bool to_status,
                     const struct cause_rules *rules)
{
	for (unsigned i = 0; i < rules->n; i++) {
		struct cause_look look = {
			.cause = rules->row[i].cause,
			.status = rules->row[i].status,
			.differs = true,
		};

		map_row(s, scope, to_status, &look);
	}
}

static void rows_of_owners(struct shell *s, const struct conf *conf)
{
	const struct conf_instance *i = NULL;

	while ((i = conf_next(conf, &options_peer_section, i)) != NULL) {
		const struct options_peer *p = i->values;

		own_rows(s, i->name, true, &p->cause_to_status);
		own_rows(s, i->name, false, &p->cause_from_status);
	}
	while ((i = conf_next(conf, &options_controller_section, i)) != NULL) {
		const struct options_controller *c = i->values;

		own_rows(s, i->name, true, &c->cause_to_status);
		own_rows(s, i->name, false, &c->cause_from_status);
	}
}

static void show_map(const struct gateway *g, struct shell *s,
                     enum cause_profile profile)
{
	static const struct column columns[] = {
		{ "scope", NULL, false }, { "direction", NULL, false },
		{ "cause", NULL, true },  { "name", NULL, false },
		{ "status", NULL, true }, { "differs", NULL, false },
	};
	const char *name = cause_profile_name(profile);
	struct cause_look look;

	table_begin(s, columns, ARRAY_LEN(columns));
	for (size_t i = 0; cause_look_to_status(profile, i, &look); i++)
		map_row(s, name, true, &look);
	for (size_t i = 0; cause_look_from_status(profile, i, &look); i++)
		map_row(s, name, false, &look);
	rows_of_owners(s, g->conf);
	table_end(s);
}

static void show_causes(void *self, struct shell *s,
                        const struct command_args *args)
{
	const struct gateway *g = self;
	const struct conf_choice *c = options_cause_profiles;

	if (args->n == 0) {
		show_map(g, s, (enum cause_profile)g->global.cause_profile);
		return;
	}
	while (c->word != NULL && strcmp(c->word, args->text[0]) != 0)
		c++;
	if (c->word == NULL)
		shell_error(s, "there is no profile \"%s\"", args->text[0]);
	else
		show_map(g, s, (enum cause_profile)c->value);
}

static void hunt_row(struct shell *s, const char *kind, unsigned value,
                     bool hunts, bool preset)
{
	if (!hunts && !preset)
		return;
	table_cell(s, "%s", kind);
	table_number(s, value);
	table_cell(s, "%s",
	           strcmp(kind, "cause") == 0 ? q850_cause_name(value) : "");
	table_cell(s, "%s", hunts ? "yes" : "no");
	table_cell(s, "%s", hunts != preset ? "*" : "");
}

/* Of the 5xx, which all are hunted after, only those with a name. */
static void show_hunts(void *self, struct shell *s,
                       const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "after", NULL, false },   { "value", NULL, true },
		{ "name", NULL, false },    { "hunts", NULL, false },
		{ "differs", NULL, false },
	};
	const struct options_global *said = &((struct gateway *)self)->global;

	table_begin(s, columns, ARRAY_LEN(columns));
	for (unsigned i = 1; i < 128; i++)
		hunt_row(s, "cause", i,
		         plan_hunts_cause(&said->hunt_causes,
		                          (enum q850_cause)i),
		         plan_hunts_cause(NULL, (enum q850_cause)i));
	for (unsigned i = 300; i < 700; i++) {
		bool hunts = plan_hunts_status(&said->hunt_statuses, i);

		if (hunts && i > 505 && i < 600 && i != 513 && i != 580)
			continue;
		hunt_row(s, "status", i, hunts, plan_hunts_status(NULL, i));
	}
	table_end(s);
}

/* clang-format off */
static const struct command commands[] = {
	{ "show cause-map [<profile>]", ROLE_LOOK, show_causes,
	  "Q.850 causes and SIP statuses, both ways; * is not the default",
	  NULL },
	{ "show voice hunt", ROLE_LOOK, show_hunts,
	  "the causes and statuses after which the next choice is tried", NULL },
};
/* clang-format on */

int commands_cause(struct gateway *gateway, struct console *console)
{
	return console_add(console, commands, ARRAY_LEN(commands), gateway);
}
