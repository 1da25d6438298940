/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The statements at the left margin: what the span is, and the head of each
 * block with its options. Options of a call are words in any order; type and
 * plan belong to the number named last.
 */

#include "tools/pbx/words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "pri/channel.h"

static int read_switch(struct words *w, enum isdn_switch *out)
{
	const char *word = words_next(w, "a switch type");

	if (word == NULL)
		return -EBADMSG;
	if (isdn_switch_find(word, out) < 0)
		return words_refuse(w,
		                    "switch type \"%s\" is not known; "
		                    "primary-net5, primary-ni, "
		                    "primary-5ess, primary-4ess, "
		                    "primary-dms100 and primary-qsig are",
		                    word);
	return 0;
}

static int head_span(struct script_reader *r)
{
	struct words *w = &r->words;
	struct settings *s = r->settings;

	if (words_are(w, "e1"))
		s->type = SPAN_E1;
	else if (words_are(w, "t1"))
		s->type = SPAN_T1;
	else
		return words_refuse(w, "span is e1 or t1");
	if (words_are(w, "network"))
		s->side = ISDN_NETWORK;
	else if (words_are(w, "user"))
		s->side = ISDN_USER;
	else
		return words_refuse(w, "the side of a span is network or user");
	s->overlap |= words_are(w, "overlap");
	s->exclusive |= words_are(w, "exclusive");
	return w->at < w->n ? read_switch(w, &s->switch_type) : 0;
}

static int head_wire(struct script_reader *r)
{
	struct words *w = &r->words;
	struct settings *s = r->settings;
	const char *path;

	s->listen = words_are(w, "listen");
	if (!s->listen && !words_are(w, "connect"))
		return words_refuse(w, "wire is listen or connect");
	path = words_next(w, "the path of a socket");
	if (path == NULL)
		return -EBADMSG;
	if (text_copy(s->path, sizeof(s->path), path) < 0)
		return words_refuse(w, "a path has at most 107 octets");
	s->faults = words_are(w, "faults");
	return 0;
}

static int head_dahdi(struct script_reader *r)
{
	return words_number(&r->words, "a span's number", 255,
	                    &r->settings->dahdi);
}

static int head_timeout(struct script_reader *r)
{
	return words_time(&r->words, &r->settings->timeout);
}

static int timer_value(struct words *w, const struct timer_row *row, usec *out)
{
	int rc = words_time(w, out);

	if (rc == 0 && (*out < row->min || *out > row->max))
		return words_refuse(w, "%s is from %.1f s to %.1f s", row->name,
		                    (double)row->min / 1e6,
		                    (double)row->max / 1e6);
	return rc;
}

static int head_timer(struct script_reader *r)
{
	struct words *w = &r->words;
	const char *name = words_next(w, "a timer such as T309");

	if (name == NULL)
		return -EBADMSG;
	for (unsigned i = 0; i < ISDN_TIMERS; i++)
		if (strcmp(isdn_timer_rows[i].name, name) == 0)
			return timer_value(w, &isdn_timer_rows[i],
			                   &r->settings->timers[i]);
	return words_refuse(w, "timer \"%s\" is not known", name);
}

static struct block *new_block(struct script_reader *r, enum block_kind kind)
{
	struct script *s = r->script;
	struct block *b = &s->blocks[s->nblocks++];
	static const char *const names[] = { "call", "answer", "line" };

	b->kind = kind;
	b->line = r->words.line;
	b->times = 1;
	b->steps = &s->steps[s->nsteps];
	(void)snprintf(b->name, sizeof(b->name), "%s%zu", names[kind],
	               s->nblocks);
	r->block = b;
	return b;
}

/* The name of a party, which is shown. */
static int read_shown(struct words *w, char *to, size_t size)
{
	const char *word = words_next(w, "a name");

	if (word == NULL)
		return -EBADMSG;
	if (text_copy(to, size, word) < 0)
		return words_refuse(w, "a name has at most %zu octets",
		                    size - 1);
	return 0;
}

static int read_name(struct words *w, struct block *b)
{
	const char *word = words_next(w, "a name");

	if (word == NULL)
		return -EBADMSG;
	if (text_copy(b->name, sizeof(b->name), word) < 0)
		return words_refuse(w, "a name has at most 23 characters");
	return 0;
}

const struct script_choice script_types[] = {
	{ "unknown", NUMBER_UNKNOWN },
	{ "international", NUMBER_INTERNATIONAL },
	{ "national", NUMBER_NATIONAL },
	{ "network", NUMBER_NETWORK },
	{ "subscriber", NUMBER_SUBSCRIBER },
	{ "abbreviated", NUMBER_ABBREVIATED },
	{ NULL, 0 },
};
static const struct script_choice plans[] = {
	{ "unknown", PLAN_UNKNOWN },
	{ "isdn", PLAN_ISDN },
	{ "data", PLAN_DATA },
	{ "telex", PLAN_TELEX },
	{ "national", PLAN_NATIONAL },
	{ "private", PLAN_PRIVATE },
	{ NULL, 0 },
};
const struct script_choice script_presentations[] = {
	{ "allowed", PRESENTATION_ALLOWED },
	{ "restricted", PRESENTATION_RESTRICTED },
	{ "unavailable", PRESENTATION_UNAVAILABLE },
	{ NULL, 0 },
};
static const struct script_choice screenings[] = {
	{ "unscreened", SCREENING_USER_UNSCREENED },
	{ "passed", SCREENING_USER_PASSED },
	{ "failed", SCREENING_USER_FAILED },
	{ "network", SCREENING_NETWORK },
	{ NULL, 0 },
};
const struct script_choice script_bearers[] = {
	{ "speech", BEARER_SPEECH },     { "3k1", BEARER_AUDIO_3K1 },
	{ "data", BEARER_UNRESTRICTED }, { "restricted", BEARER_RESTRICTED },
	{ "video", BEARER_VIDEO },       { NULL, 0 },
};

int words_choice(struct words *w, const char *what,
                 const struct script_choice *choices, unsigned *out)
{
	const char *word = words_next(w, what);
	char known[160];
	struct text t = TEXT(known);

	if (word == NULL)
		return -EBADMSG;
	for (; choices->word != NULL; choices++) {
		if (strcmp(choices->word, word) == 0) {
			*out = choices->value;
			return 0;
		}
		text_add(&t, " %s", choices->word);
	}
	return words_refuse(w, "%s \"%s\" is not known, these are:%s", what,
	                    word, known);
}

static int read_digits(struct words *w, struct number *number)
{
	const char *digits;
	int rc = words_digits(w, &digits);

	if (rc < 0)
		return rc;
	number->present = true;
	number->plan = PLAN_ISDN;
	return text_copy(number->digits, sizeof(number->digits), digits);
}

/* Options of a call that stand for a number on its own. */
static int call_number_option(struct words *w, struct isdn_setup *s, bool *took)
{
	struct number *last = s->calling.number.present ? &s->calling.number
	                                                : &s->called.number;
	unsigned value = 0;
	int rc = 0;

	*took = true;
	if (words_are(w, "type")) {
		rc = words_choice(w, "type of number", script_types, &value);
		last->type = (enum number_type)value;
	} else if (words_are(w, "plan")) {
		rc = words_choice(w, "numbering plan", plans, &value);
		last->plan = (enum number_plan)value;
	} else if (words_are(w, "presentation")) {
		rc = words_choice(w, "presentation", script_presentations,
		                  &value);
		s->calling.number.presentation = (enum presentation)value;
	} else if (words_are(w, "screening")) {
		rc = words_choice(w, "screening", screenings, &value);
		s->calling.number.screening = (enum screening)value;
	} else {
		*took = false;
	}
	return rc;
}

static int call_setup_option(struct words *w, struct isdn_setup *s, bool *took)
{
	unsigned value = 0;
	const char *name;

	*took = true;
	if (words_are(w, "from"))
		return read_digits(w, &s->calling.number);
	if (words_are(w, "redirected"))
		return read_digits(w, &s->redirection.from.number);
	if (words_are(w, "uui")) {
		name = words_next(w, "octets in hex");
		return name == NULL ? -EBADMSG : words_uui(w, name, &s->uui);
	}
	if (words_are(w, "bearer")) {
		int rc = words_choice(w, "bearer", script_bearers, &value);

		s->bearer = (enum bearer)value;
		return rc;
	}
	if (words_are(w, "channel")) {
		int rc = words_number(w, "a channel", 31, &s->channel);

		s->exclusive = words_are(w, "exclusive");
		return rc;
	}
	if (words_are(w, "name")) {
		return read_shown(w, s->calling.name, sizeof(s->calling.name));
	}
	if (words_are(w, "overlap")) {
		s->complete = false;
		return 0;
	}
	return call_number_option(w, s, took);
}

static int block_option(struct words *w, struct block *b, bool *took)
{
	*took = true;
	if (words_are(w, "as"))
		return read_name(w, b);
	if (b->kind == BLOCK_CALL && words_are(w, "repeat"))
		return words_number(w, "how often", 1000000, &b->times);
	if (b->kind == BLOCK_CALL && words_are(w, "every"))
		return words_time(w, &b->every);
	if (b->kind == BLOCK_CALL && words_are(w, "after"))
		return words_time(w, &b->after);
	if (b->kind == BLOCK_ANSWER && words_are(w, "times"))
		return words_number(w, "how often", 1000000, &b->times);
	if (b->kind == BLOCK_ANSWER && words_are(w, "always")) {
		b->times = 0;
		return 0;
	}
	if (b->kind == BLOCK_CALL)
		return call_setup_option(w, &b->setup, took);
	*took = false;
	return 0;
}

static int read_block_options(struct words *w, struct block *b)
{
	bool took = true;
	int rc = 0;

	while (rc == 0 && took && w->at < w->n)
		rc = block_option(w, b, &took);
	return rc;
}

static int head_call(struct script_reader *r)
{
	struct block *b = new_block(r, BLOCK_CALL);
	int rc = 0;

	b->setup.complete = true;
	b->setup.bearer = BEARER_SPEECH;
	if (!words_are(&r->words, "none"))
		rc = read_digits(&r->words, &b->setup.called.number);
	return rc < 0 ? rc : read_block_options(&r->words, b);
}

static int head_answer(struct script_reader *r)
{
	struct words *w = &r->words;
	struct block *b = new_block(r, BLOCK_ANSWER);
	const char *pattern = words_next(w, "a pattern of called numbers");
	size_t dialled;

	if (pattern == NULL)
		return -EBADMSG;
	dialled = strspn(pattern, "0123456789*#.+");
	if (pattern[dialled] == 'T')
		dialled++;
	if (pattern[dialled] != '\0' ||
	    text_copy(b->pattern, sizeof(b->pattern), pattern) < 0)
		return words_refuse(w,
		                    "\"%s\" is no pattern: digits, . for "
		                    "any one, T at the end for any more",
		                    pattern);
	return read_block_options(w, b);
}

static int head_line(struct script_reader *r)
{
	return read_block_options(&r->words, new_block(r, BLOCK_LINE));
}

static const struct {
	const char *word;
	int (*read)(struct script_reader *r);
} heads[] = {
	{ "span", head_span },     { "wire", head_wire },
	{ "dahdi", head_dahdi },   { "timeout", head_timeout },
	{ "timer", head_timer },   { "call", head_call },
	{ "answer", head_answer }, { "line", head_line },
};

int head_parse(struct script_reader *r)
{
	struct words *w = &r->words;

	r->block = NULL;
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		if (words_are(w, heads[i].word))
			return heads[i].read(r);
	return words_refuse(w,
	                    "\"%s\" does not begin a statement; span, wire, "
	                    "dahdi, timeout, timer, call, answer and line "
	                    "do, and a step begins with a blank",
	                    w->word[0]);
}

const char *script_choice_name(const struct script_choice *choices,
                               unsigned value)
{
	for (; choices->word != NULL; choices++)
		if (choices->value == value)
			return choices->word;
	return "other";
}
