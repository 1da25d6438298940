/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Option values that say what an end of a call means: a cause's status, a
 * status's cause, and after which of them the next choice is tried. They are
 * lists of pairs whose first word is the key: said again it is the new row.
 */

#include "gateway/options.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "kernel/text.h"

const struct conf_choice options_cause_profiles[] = {
	{ "rfc3398", CAUSES_RFC3398, "the standard for ISUP and SIP" },
	{ "cisco", CAUSES_CISCO, "as IOS voice gateways have it" },
	{ "audiocodes", CAUSES_AUDIOCODES, "as AudioCodes Mediant have it" },
	{ "rfc4497", CAUSES_RFC4497, "the standard for QSIG and SIP" },
	{ 0 },
};

static int refuse(char *wrong, int *at, int word, const char *sentence)
{
	(void)text_copy(wrong, CONF_MESSAGE, sentence);
	*at = word;
	return -EBADMSG;
}

/* --- cause-map from-isdn CAUSE STATUS, from-sip STATUS CAUSE --- */

enum { STATUS_LEAST = 400, STATUS_MOST = 699, CAUSE_MOST = 127 };

static bool read_range(const char *word, unsigned least, unsigned most,
                       unsigned *out)
{
	uint64_t number;

	if (text_number(word, least, most, &number) < 0)
		return false;
	*out = (unsigned)number;
	return true;
}

static int put_row(struct cause_rules *rules, unsigned at, unsigned cause,
                   unsigned status)
{
	if (at == CAUSE_RULES)
		return -ENOSPC;
	rules->row[at].cause = (enum q850_cause)cause;
	rules->row[at].status = status;
	rules->n = MAX_OF(rules->n, at + 1);
	return 0;
}

static int to_status_parse(const struct conf_option *option ATTR_UNUSED,
                           void *value, int n, char **words, char *wrong,
                           int *at)
{
	struct cause_rules *rules = value;
	unsigned cause, status, i = 0;

	if (n < 1 || !read_range(words[0], 1, CAUSE_MOST, &cause))
		return refuse(wrong, at, 0, "a Q.850 cause is 1 to 127");
	if (n != 2 || !read_range(words[1], STATUS_LEAST, STATUS_MOST, &status))
		return refuse(wrong, at, MIN_OF(1, n - 1),
		              "a cause is told as one status, 400 to 699");
	while (i < rules->n && rules->row[i].cause != cause)
		i++;
	if (put_row(rules, i, cause, status) < 0)
		return refuse(wrong, at, 0, "there are 16 such rows already");
	return 0;
}

static int from_status_parse(const struct conf_option *option ATTR_UNUSED,
                             void *value, int n, char **words, char *wrong,
                             int *at)
{
	struct cause_rules *rules = value;
	unsigned cause, status, i = 0;

	if (n < 1 || !read_range(words[0], 300, STATUS_MOST, &status))
		return refuse(wrong, at, 0, "a final status is 300 to 699");
	if (n != 2 || !read_range(words[1], 1, CAUSE_MOST, &cause))
		return refuse(wrong, at, MIN_OF(1, n - 1),
		              "a status is told as one Q.850 cause, 1 to 127");
	while (i < rules->n && rules->row[i].status != status)
		i++;
	if (put_row(rules, i, cause, status) < 0)
		return refuse(wrong, at, 0, "there are 16 such rows already");
	return 0;
}

static bool to_status_print(const struct conf_option *option ATTR_UNUSED,
                            const void *value, unsigned index, char *to,
                            size_t size)
{
	const struct cause_rules *rules = value;
	struct text t = { .at = to, .size = size };

	if (index >= rules->n)
		return false;
	text_add(&t, "%u %u", (unsigned)rules->row[index].cause,
	         rules->row[index].status);
	return true;
}

static bool from_status_print(const struct conf_option *option ATTR_UNUSED,
                              const void *value, unsigned index, char *to,
                              size_t size)
{
	const struct cause_rules *rules = value;
	struct text t = { .at = to, .size = size };

	if (index >= rules->n)
		return false;
	text_add(&t, "%u %u", rules->row[index].status,
	         (unsigned)rules->row[index].cause);
	return true;
}

const struct conf_kind options_kind_cause_to_status = {
	.name = "cause-status",
	.accepts = "<1-127> <400-699>",
	.list = true,
	.parse = to_status_parse,
	.print = to_status_print,
};

const struct conf_kind options_kind_cause_from_status = {
	.name = "status-cause",
	.accepts = "<300-699> <1-127>",
	.list = true,
	.parse = from_status_parse,
	.print = from_status_print,
};

/* --- voice hunt cause|status add|remove NUMBER --- */

static int hunts_parse(const struct conf_option *option, void *value, int n,
                       char **words, char *wrong, int *at)
{
	struct plan_hunts *hunts = value;
	struct text t = { .at = wrong, .size = CONF_MESSAGE };
	unsigned number, i = 0;
	bool adds = n > 0 && strcmp(words[0], "add") == 0;

	if (n < 1 || (!adds && strcmp(words[0], "remove") != 0))
		return refuse(wrong, at, 0,
		              "hunting is told to \"add\" or \"remove\" a "
		              "number");
	if (n != 2 || !read_range(words[1], (unsigned)option->min,
	                          (unsigned)option->max, &number)) {
		text_add(&t, "a number here is %" PRId64 " to %" PRId64,
		         option->min, option->max);
		*at = MIN_OF(1, n - 1);
		return -EBADMSG;
	}
	while (i < hunts->n && hunts->said[i].value != number)
		i++;
	if (i == PLAN_HUNTS)
		return refuse(wrong, at, 0, "there are 32 such rows already");
	hunts->said[i].value = number;
	hunts->said[i].hunts = adds;
	hunts->n = MAX_OF(hunts->n, i + 1);
	return 0;
}

static bool hunts_print(const struct conf_option *option ATTR_UNUSED,
                        const void *value, unsigned index, char *to,
                        size_t size)
{
	const struct plan_hunts *hunts = value;
	struct text t = { .at = to, .size = size };

	if (index >= hunts->n)
		return false;
	text_add(&t, "%s %u", hunts->said[index].hunts ? "add" : "remove",
	         hunts->said[index].value);
	return true;
}

static void hunts_help(const struct conf_option *option ATTR_UNUSED,
                       void (*tell)(void *self, const char *word,
                                    const char *meaning),
                       void *self)
{
	tell(self, "add", "after it the next choice is tried");
	tell(self, "remove", "it ends the search");
}

const struct conf_kind options_kind_hunts = {
	.name = "hunts",
	.accepts = "add NUMBER | remove NUMBER",
	.list = true,
	.parse = hunts_parse,
	.print = hunts_print,
	.help = hunts_help,
};
