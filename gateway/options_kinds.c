/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Kinds of option values that only a gateway has: where a span is, timers by
 * name, bind addresses, codecs, digit patterns, session targets. Each reads
 * words, refuses with a sentence that says what would have been accepted, and
 * prints back what it read.
 */

#include "gateway/options.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/text.h"

static int refuse(char *wrong, int *at, int word, const char *sentence)
{
	(void)text_copy(wrong, CONF_MESSAGE, sentence);
	*at = word;
	return -EBADMSG;
}

/* A path as it can be written back: visible ASCII. */
static bool is_plain(const char *word)
{
	for (; *word != '\0'; word++)
		if (*word <= ' ' || *word > '~' || *word == '"')
			return false;
	return true;
}

/* --- board wire listen|connect PATH, board dahdi N, board sim --- */

static int board_parse(const struct conf_option *option ATTR_UNUSED,
                       void *value, int n, char **words, char *wrong, int *at)
{
	static const char accepted[] =
		"a board is \"wire listen PATH\", "
		"\"wire connect PATH\", \"dahdi <1-256>\""
		" or \"sim\"";
	struct options_board b = { .kind = BOARD_SIM };
	uint64_t number;

	if (n == 3 && strcmp(words[0], "wire") == 0) {
		b.kind = BOARD_WIRE;
		b.listen = strcmp(words[1], "listen") == 0;
		if (!b.listen && strcmp(words[1], "connect") != 0)
			return refuse(wrong, at, 1, accepted);
		if (!is_plain(words[2]) ||
		    text_copy(b.path, sizeof(b.path), words[2]) < 0)
			return refuse(wrong, at, 2,
			              "the path of a socket has at most 107 "
			              "visible ASCII characters");
	} else if (n == 2 && strcmp(words[0], "dahdi") == 0) {
		b.kind = BOARD_DAHDI;
		if (text_number(words[1], 1, 256, &number) < 0)
			return refuse(wrong, at, 1, accepted);
		b.span_number = (unsigned)number;
	} else if (n != 1 || strcmp(words[0], "sim") != 0) {
		return refuse(wrong, at, 0, accepted);
	}
	memcpy(value, &b, sizeof(b));
	return 0;
}

static bool board_print(const struct conf_option *option ATTR_UNUSED,
                        const void *value, unsigned index, char *to,
                        size_t size)
{
	const struct options_board *b = value;
	struct text t = { .at = to, .size = size };

	if (index > 0)
		return false;
	if (b->kind == BOARD_WIRE)
		text_add(&t, "wire %s %s", b->listen ? "listen" : "connect",
		         b->path);
	else if (b->kind == BOARD_DAHDI)
		text_add(&t, "dahdi %u", b->span_number);
	else
		text_add(&t, "sim");
	return true;
}

static void board_help(const struct conf_option *option ATTR_UNUSED,
                       void (*tell)(void *self, const char *word,
                                    const char *meaning),
                       void *self)
{
	tell(self, "wire", "a span over a unix socket: listen|connect PATH");
	tell(self, "dahdi", "a span of a card, by its DAHDI number");
	tell(self, "sim", "a span in memory");
}

const struct conf_kind options_kind_board = {
	.name = "board",
	.accepts = "wire listen PATH | wire connect PATH | dahdi <1-256> | sim",
	.parse = board_parse,
	.print = board_print,
	.help = board_help,
};

/* --- clock source line [1-n] | internal --- */

static int clock_parse(const struct conf_option *option ATTR_UNUSED,
                       void *value, int n, char **words, char *wrong, int *at)
{
	struct options_clock c = { 0 };
	uint64_t priority = 1;

	if (n < 1 || n > 2 ||
	    (strcmp(words[0], "line") != 0 &&
	     (n > 1 || strcmp(words[0], "internal") != 0)))
		return refuse(wrong, at, 0,
		              "a clock source is \"line\", \"line <1-32>\" or "
		              "\"internal\"");
	if (n == 2 && text_number(words[1], 1, 32, &priority) < 0)
		return refuse(wrong, at, 1, "a clock's priority is 1 to 32");
	c.line = words[0][0] == 'l';
	c.priority = c.line ? (unsigned)priority : 0;
	memcpy(value, &c, sizeof(c));
	return 0;
}

static bool clock_print(const struct conf_option *option ATTR_UNUSED,
                        const void *value, unsigned index, char *to,
                        size_t size)
{
	const struct options_clock *c = value;
	struct text t = { .at = to, .size = size };

	if (c->line)
		text_add(&t, "line %u", c->priority);
	else
		text_add(&t, "internal");
	return index == 0;
}

const struct conf_kind options_kind_clock = {
	.name = "clock",
	.accepts = "line <1-32> | internal",
	.parse = clock_parse,
	.print = clock_print,
};

/* --- timers by their standard's name --- */

/* "timer B" is written after the option's own word: "timer B 10". */
static const char *timer_word(const struct timer_row *row)
{
	return text_starts(row->name, "timer ") ? row->name + 6 : row->name;
}

static void timers_say(const struct timer_row *rows, size_t n, char *wrong)
{
	struct text t = { .at = wrong, .size = CONF_MESSAGE };

	text_add(&t, "a timer is one of");
	for (size_t i = 0; i < n; i++)
		text_add(&t, "%s %s", i ? "," : "", timer_word(&rows[i]));
	text_add(&t, ", and its length in seconds or as 200ms");
}

static int timers_parse(const struct timer_row *rows, size_t n, usec *values,
                        int nwords, char **words, char *wrong, int *at)
{
	size_t i = 0;
	double length = 0;
	char *end = NULL;

	while (i < n && nwords > 0 &&
	       text_casecmp(timer_word(&rows[i]), words[0]) != 0)
		i++;
	if (i == n || nwords == 0) {
		timers_say(rows, n, wrong);
		*at = 0;
		return -EBADMSG;
	}
	if (nwords == 2)
		length = strtod(words[1], &end) * 1e6;
	if (end != NULL && strcmp(end, "ms") == 0)
		length /= 1000, end += 2;
	if (end == NULL || end == words[1] || *end != '\0' ||
	    !(length >= (double)rows[i].min && length <= (double)rows[i].max)) {
		struct text t = { .at = wrong, .size = CONF_MESSAGE };

		text_add(&t, "%s is %g to %g seconds, usually %g (%s)",
		         rows[i].name, (double)rows[i].min / 1e6,
		         (double)rows[i].max / 1e6,
		         (double)rows[i].preset / 1e6, rows[i].meaning);
		*at = MIN_OF(nwords - 1, 1);
		return -EBADMSG;
	}
	values[i] = llround(length);
	return 0;
}

static bool timers_print(const struct timer_row *rows, size_t n,
                         const usec *values, unsigned index, char *to,
                         size_t size)
{
	struct text t = { .at = to, .size = size };

	for (size_t i = 0; i < n; i++) {
		if (values[i] == 0 || index-- > 0)
			continue;
		text_add(&t, "%s %.12g", timer_word(&rows[i]),
		         (double)values[i] / 1e6);
		return true;
	}
	return false;
}

static int isdn_timers_parse(const struct conf_option *option ATTR_UNUSED,
                             void *value, int n, char **words, char *wrong,
                             int *at)
{
	struct options_timers *t = value;

	return timers_parse(isdn_timer_rows, ISDN_TIMERS, t->value, n, words,
	                    wrong, at);
}

static bool isdn_timers_print(const struct conf_option *option ATTR_UNUSED,
                              const void *value, unsigned index, char *to,
                              size_t size)
{
	const struct options_timers *t = value;

	return timers_print(isdn_timer_rows, ISDN_TIMERS, t->value, index, to,
	                    size);
}

static void isdn_timers_help(const struct conf_option *option ATTR_UNUSED,
                             void (*tell)(void *self, const char *word,
                                          const char *meaning),
                             void *self)
{
	for (size_t i = 0; i < ISDN_TIMERS; i++)
		tell(self, isdn_timer_rows[i].name, isdn_timer_rows[i].meaning);
}

const struct conf_kind options_kind_timers = {
	.name = "timer",
	.accepts = "NAME SECONDS",
	.list = true,
	.parse = isdn_timers_parse,
	.print = isdn_timers_print,
	.help = isdn_timers_help,
};

static int sip_timers_parse(const struct conf_option *option ATTR_UNUSED,
                            void *value, int n, char **words, char *wrong,
                            int *at)
{
	struct options_sip_timers *t = value;

	return timers_parse(sip_timer_rows, SIP_TIMERS, t->value, n, words,
	                    wrong, at);
}

static bool sip_timers_print(const struct conf_option *option ATTR_UNUSED,
                             const void *value, unsigned index, char *to,
                             size_t size)
{
	const struct options_sip_timers *t = value;

	return timers_print(sip_timer_rows, SIP_TIMERS, t->value, index, to,
	                    size);
}

static void sip_timers_help(const struct conf_option *option ATTR_UNUSED,
                            void (*tell)(void *self, const char *word,
                                         const char *meaning),
                            void *self)
{
	for (size_t i = 0; i < SIP_TIMERS; i++)
		tell(self, timer_word(&sip_timer_rows[i]),
		     sip_timer_rows[i].meaning);
}

const struct conf_kind options_kind_sip_timers = {
	.name = "timer",
	.accepts = "NAME SECONDS",
	.list = true,
	.parse = sip_timers_parse,
	.print = sip_timers_print,
	.help = sip_timers_help,
};

/* --- bind udp|tcp ADDRESS --- */

static const char *const transports[] = {
	[SIP_UDP] = "udp",
	[SIP_TCP] = "tcp",
};

static int binds_parse(const struct conf_option *option ATTR_UNUSED,
                       void *value, int n, char **words, char *wrong, int *at)
{
	static const char accepted[] =
		"a bind is \"udp\" or \"tcp\" and an address, as in "
		"\"udp 0.0.0.0:5060\" or \"tcp [::]:5060\"";
	struct options_binds *binds = value;
	struct sip_bind bind;
	size_t i = 0;

	memset(&bind, 0, sizeof(bind));
	while (n > 0 && i < ARRAY_LEN(transports) &&
	       strcmp(transports[i], words[0]) != 0)
		i++;
	if (n == 0 || i == ARRAY_LEN(transports))
		return refuse(wrong, at, 0, accepted);
	if (n != 2 || addr_parse(&bind.addr, words[1], 5060) < 0)
		return refuse(wrong, at, MIN_OF(1, n - 1), accepted);
	if (binds->n == SIP_BINDS)
		return refuse(wrong, at, 0, "there are 8 binds already");
	bind.transport = (enum sip_transport)i;
	for (unsigned k = 0; k < binds->n; k++)
		if (binds->bind[k].transport == bind.transport &&
		    addr_equal(&binds->bind[k].addr, &bind.addr))
			return 0;
	binds->bind[binds->n++] = bind;
	return 0;
}

static bool binds_print(const struct conf_option *option ATTR_UNUSED,
                        const void *value, unsigned index, char *to,
                        size_t size)
{
	const struct options_binds *binds = value;
	struct text t = { .at = to, .size = size };
	char text[ADDR_TEXT];

	if (index >= binds->n)
		return false;
	addr_print(&binds->bind[index].addr, text, sizeof(text));
	text_add(&t, "%s %s", transports[binds->bind[index].transport], text);
	return true;
}

const struct conf_kind options_kind_binds = {
	.name = "bind",
	.accepts = "udp|tcp ADDRESS:PORT",
	.list = true,
	.parse = binds_parse,
	.print = binds_print,
};

/* --- codec pcma pcmu --- */

static int codecs_parse(const struct conf_option *option ATTR_UNUSED,
                        void *value, int n, char **words, char *wrong, int *at)
{
	struct options_codecs codecs = { 0 };

	for (int i = 0; i < n && i < SIP_CODECS; i++) {
		int c = CODEC_NONE + 1;

		while (c < CODECS &&
		       text_casecmp(codec_name((enum codec)c), words[i]) != 0)
			c++;
		if (c == CODECS)
			return refuse(wrong, at, i,
			              "codecs are \"pcmu\" and \"pcma\", the "
			              "preferred one first");
		codecs.codec[codecs.n++] = (enum codec)c;
	}
	if (codecs.n == 0)
		return refuse(wrong, at, 0,
		              "name at least one codec: \"pcmu\""
		              " or \"pcma\"");
	memcpy(value, &codecs, sizeof(codecs));
	return 0;
}

static bool codecs_print(const struct conf_option *option ATTR_UNUSED,
                         const void *value, unsigned index, char *to,
                         size_t size)
{
	const struct options_codecs *codecs = value;
	struct text t = { .at = to, .size = size };

	if (index > 0 || codecs->n == 0)
		return false;
	for (unsigned i = 0; i < codecs->n; i++)
		for (const char *c = codec_name(codecs->codec[i]); *c; c++)
			text_add(&t, "%s%c",
			         i && c == codec_name(codecs->codec[i]) ? " "
			                                                : "",
			         *c | 0x20);
	return true;
}

const struct conf_kind options_kind_codecs = {
	.name = "codecs",
	.accepts = "pcmu|pcma ...",
	.parse = codecs_parse,
	.print = codecs_print,
};

/* --- digit patterns and session targets: words, checked where written --- */

static bool word_print(const struct conf_option *option ATTR_UNUSED,
                       const void *value, unsigned index, char *to, size_t size)
{
	if (index > 0 || *(const char *)value == '\0')
		return false;
	return text_copy(to, size, value) == 0;
}

static int pattern_parse(const struct conf_option *option, void *value, int n,
                         char **words, char *wrong, int *at)
{
	if (n != 1)
		return refuse(wrong, at, 0,
		              "a pattern is one word: digits, "
		              ". [ ] T + % ?");
	if (plan_check_pattern(words[0], wrong, CONF_MESSAGE) < 0) {
		if (wrong[0] == '\0') /* it found no room to look at it */
			(void)text_copy(wrong, CONF_MESSAGE, "out of memory");
		*at = 0;
		return -EBADMSG;
	}
	if (text_copy(value, option->size, words[0]) < 0)
		return refuse(wrong, at, 0,
		              "a pattern has at most 63 "
		              "characters");
	return 0;
}

const struct conf_kind options_kind_pattern = {
	.name = "pattern",
	.accepts = "digits . [ ] T + % ?",
	.parse = pattern_parse,
	.print = word_print,
};

static int target_parse(const struct conf_option *option, void *value, int n,
                        char **words, char *wrong, int *at)
{
	struct text t = { .at = value, .size = option->size };
	char text[PEER_TARGET] = "", name[48];
	struct sip_peer_conf made;
	bool is_made;

	t = TEXT(text);
	for (int i = 0; i < n; i++)
		text_add(&t, "%s%s", i ? " " : "", words[i]);
	if (t.cut ||
	    options_target_peer(text, name, sizeof(name), &made, &is_made) < 0)
		return refuse(wrong, at, 0,
		              "a session target is \"sip-peer NAME\", "
		              "\"ipv4:ADDRESS[:PORT]\", "
		              "\"ipv6:[ADDRESS]:PORT\" or "
		              "\"dns:NAME[:PORT]\"");
	return text_copy(value, option->size, text);
}

const struct conf_kind options_kind_target = {
	.name = "target",
	.accepts = "sip-peer NAME | ipv4:A:P | ipv6:[A]:P | dns:NAME",
	.parse = target_parse,
	.print = word_print,
};
