/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "tests/kernel/conf_schema.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "tests/test.h"

/* clang-format off */
static const struct conf_choice types[] = {
	{ "e1", 0, "2,048 kbit/s" }, { "t1", 1, "1,544 kbit/s" },
	{ NULL, 0, NULL },
};
static const struct conf_choice sides[] = {
	{ "user", 0, "we are the PBX" },
	{ "network", 1, "we are the exchange" },
	{ NULL, 0, NULL },
};
static const struct conf_choice switches[] = {
	{ "primary-net5", 0, "EuroISDN" }, { "primary-ni", 1, "NI-2" },
	{ "primary-5ess", 2, "AT&T" }, { "primary-qsig", 3, "QSIG" },
	{ NULL, 0, NULL },
};
static const struct conf_choice kinds[] = {
	{ "pots", 0, "to a trunk" }, { "voip", 1, "to the IP network" },
	{ NULL, 0, NULL },
};
static const struct conf_choice codecs[] = {
	{ "pcma", 0, "A-law" }, { "pcmu", 1, "mu-law" },
	{ NULL, 0, NULL },
};

static const struct conf_option top_options[] = {
	{ "hostname", &conf_word, CONF_AT(struct top, hostname), .max = 32,
	  .preset = "gateway", .help = "what we are called", .always = true },
	{ "call limit", &conf_number, CONF_AT(struct top, limit), .min = 1,
	  .max = 960, .preset = "30", .help = "calls at once" },
	{ "loose", &conf_switch, CONF_AT(struct top, loose), .preset = "on",
	  .help = "take more" },
};
static const struct conf_option span_heading[] = {
	{ "type", &conf_one_of, CONF_AT(struct span, type), .choices = types },
	{ "number", &conf_number, CONF_AT(struct span, number), .max = 63 },
};
static const struct conf_option span_options[] = {
	{ "isdn side", &conf_one_of, CONF_AT(struct span, side),
	  .choices = sides, .help = "which end we are" },
	{ "isdn switch-type", &conf_one_of, CONF_AT(struct span, kind),
	  .choices = switches, .help = "the exchange's habits" },
	{ "description", &conf_text, CONF_AT(struct span, note),
	  .help = "for people" },
	{ "shutdown", &conf_switch, CONF_AT(struct span, down),
	  .help = "out of service" },
	{ "hold", &conf_seconds, CONF_AT(struct span, hold),
	  .min = MSEC(100), .max = SEC(60), .preset = "4", .help = "debounce" },
};
static const struct conf_option peer_heading[] = {
	{ "name", &conf_word, CONF_AT(struct peer, name) },
};
static const struct conf_option peer_options[] = {
	{ "address", &conf_addr, CONF_AT(struct peer, address), .max = 5060,
	  .help = "where it is" },
	{ "codec", &conf_words, CONF_AT(struct peer, codecs),
	  .choices = codecs, .help = "in order" },
	{ "seen", &conf_words, CONF_AT(struct peer, seen), .help = "names" },
};
static const struct conf_option dial_heading[] = {
	{ "tag", &conf_number, CONF_AT(struct dial, tag), .min = 1,
	  .max = 2147483647 },
	{ "type", &conf_one_of, CONF_AT(struct dial, kind), .choices = kinds },
};
static const struct conf_option dial_options[] = {
	{ "destination-pattern", &conf_word, CONF_AT(struct dial, pattern),
	  .help = "digits" },
	{ "session target", &conf_text, CONF_AT(struct dial, target),
	  .help = "where to" },
};
/* clang-format on */

static int check_dial(const void *values, char *wrong)
{
	const struct dial *d = values;

	if (d->pattern[0] != '\0')
		return 0;
	(void)snprintf(wrong, CONF_MESSAGE, "a destination-pattern is missing");
	return -EBADMSG;
}

#define ROWS(a) (a), ARRAY_LEN(a)

const struct conf_section test_top = { "", sizeof(struct top), NULL, 0,
	                               0,  ROWS(top_options),  NULL, NULL };
const struct conf_section test_span = { "controller",
	                                sizeof(struct span),
	                                ROWS(span_heading),
	                                2,
	                                ROWS(span_options),
	                                "a span",
	                                NULL };
const struct conf_section test_peer = {
	"sip-peer", sizeof(struct peer), ROWS(peer_heading),
	1,          ROWS(peer_options),  "a far end",
	NULL
};
const struct conf_section test_dial = { "dial-peer voice",  sizeof(struct dial),
	                                ROWS(dial_heading), 1,
	                                ROWS(dial_options), "a route",
	                                check_dial };
const struct conf_section *const test_sections[TEST_SECTIONS] = {
	&test_top, &test_span, &test_peer, &test_dial
};

/* "session target sip-peer X" wants the peer X. */
static int check_whole(const struct conf *conf, struct conf_error *error)
{
	const struct conf_instance *at = NULL;

	while ((at = conf_next(conf, &test_dial, at)) != NULL) {
		const struct dial *d = at->values;

		if (!text_starts(d->target, "sip-peer ") ||
		    conf_find(conf, &test_peer, d->target + 9) != NULL)
			continue;
		conf_blame(error, conf, at,
		           "session target: there is no sip-peer \"%s\"",
		           d->target + 9);
		return -EBADMSG;
	}
	return 0;
}

const struct conf_schema test_schema = { test_sections, TEST_SECTIONS,
	                                 check_whole };

struct bytes test_bytes(const char *text)
{
	const void *at = text;

	return (struct bytes){ at, strlen(text) };
}

struct conf *test_conf(const char *text)
{
	struct conf_error error;
	struct conf *conf = NULL;
	char told[512];
	int rc = conf_parse(&conf, &test_schema, "test.conf", test_bytes(text),
	                    &error);

	conf_error_print(&error, told, sizeof(told));
	ck_assert_msg(rc == 0, "%d: %s", rc, told);
	return conf;
}

static void add_line(void *self, const char *text)
{
	text_add(self, "%s\n", text);
}

const char *test_print(const struct conf *conf, char *to, size_t size)
{
	struct text t = { .at = to, .size = size };

	to[0] = '\0';
	conf_print(conf, add_line, &t);
	CHECK(!t.cut);
	return to;
}
