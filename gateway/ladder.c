/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * One ring of fixed lines for all calls. A message is kept when it crosses the
 * network; whose it was is often known only afterwards (an INVITE is traced
 * before there is a call), so lines carry the key of their dialogue (trunk and
 * call reference, or Call-ID) until a call claims it. Claims are a small table
 * of their own: those of calls that are over give way, the oldest first. The
 * lines of a dialogue hang together, the newest first, so that nobody walks
 * through those of all others to find them; lines are numbered from 1, and a
 * number too old names a line that is gone.
 *
 * A message that is said again, because a timer ran out or a datagram was
 * lost, is marked: it carries a print of what it is made of, and the same print
 * in the same dialogue, shortly before, is the same message.
 */

#include "gateway/ladder.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/gateway.h"
#include "kernel/instant.h"
#include "kernel/log.h"
#include "kernel/mem.h"
#include "kernel/text.h"

enum { WHERE = 48, WHAT = 120, CLAIM_BITS = 13 };
enum { CLAIMS = 1 << CLAIM_BITS, CLAIM_PLACES = 16 };

enum column { COLUMN_ISDN, COLUMN_BETWEEN, COLUMN_SIP };

struct entry {
	int64_t wall_us;
	struct instant at;
	uint64_t older; /* the line before this one in its chain */
	ladder_key key; /* 0: none */
	uint32_t call;  /* 0: nobody's yet */
	uint8_t column;
	bool sent;
	uint64_t print; /* 0: none */
	char where[WHERE], what[WHAT];
};

struct claim {
	ladder_key key;
	uint32_t call;
	bool over; /* the call is; what comes late is still its */
};

struct ladder {
	size_t size;
	uint64_t kept; /* lines ever: the number of the last */
	struct entry *entries;
	struct claim claims[CLAIMS];
	uint64_t newest[CLAIMS]; /* of each chain, by its keys' place */
	ladder_listen_fn listen; /* NULL: nobody does */
	void *listener;
};

int ladder_new(struct ladder **out, unsigned lines)
{
	struct ladder *ladder = mem_new(struct ladder);

	if (ladder == NULL)
		return -ENOMEM;
	ladder->size = lines;
	ladder->entries = mem_new_array(struct entry, lines);
	if (ladder->entries == NULL) {
		(void)ladder_free(ladder);
		return -ENOMEM;
	}
	mem_touch(ladder->entries, lines * sizeof(struct entry));
	*out = ladder;
	return 0;
}

struct ladder *ladder_free(struct ladder *ladder)
{
	if (ladder != NULL)
		(void)mem_free(ladder->entries);
	return mem_free(ladder);
}

/* --- keys --- */

/* A call reference is used again by a later call, a Call-ID never: what comes
 * late (a 487, the 200 of a BYE) still belongs to the call. */
enum { KEY_REUSED = 1 };

/* FNV-1a, 64 bits: short texts, no enemy gains by a collision but a wrong line
 * in a picture. */
static ladder_key hash(ladder_key key, const void *data, size_t n)
{
	const uint8_t *octets = data;

	for (size_t i = 0; i < n; i++)
		key = (key ^ octets[i]) * 0x100000001b3ULL;
	return key;
}

ladder_key ladder_key_isdn(const char *trunk, unsigned callref)
{
	uint16_t ref = (uint16_t)callref;

	return hash(hash(0xcbf29ce484222325ULL, trunk, strlen(trunk)), &ref,
	            sizeof(ref)) |
	       KEY_REUSED;
}

ladder_key ladder_key_sip(const char *call_id)
{
	return (hash(0xcbf29ce484222325ULL, call_id, strlen(call_id)) << 1) |
	       (ladder_key)2;
}

/* Call references count up and so do their hashes, nearly: multiplied by 2^64
 * over the golden ratio they lie far apart. */
static size_t place_of(ladder_key key)
{
	return (size_t)(key * 0x9e3779b97f4a7c15ULL >> (64 - CLAIM_BITS));
}

/* The line of this number, NULL when it is gone. */
static struct entry *entry_at(const struct ladder *ladder, uint64_t number)
{
	if (number == 0 || ladder->kept - number >= ladder->size)
		return NULL;
	return &ladder->entries[number % ladder->size];
}

/* A free place before one of a call that is over, that before the older. */
static bool gives_way(const struct claim *a, const struct claim *b)
{
	if ((a->key == 0) != (b->key == 0))
		return a->key == 0;
	if (a->over != b->over)
		return a->over;
	return a->call < b->call;
}

/* A key has sixteen places. */
static struct claim *claim_of(struct ladder *ladder, ladder_key key,
                              bool to_put)
{
	size_t at = place_of(key);
	struct claim *least = NULL, *c;

	for (size_t i = 0; i < CLAIM_PLACES; i++) {
		c = &ladder->claims[(at + i) % CLAIMS];
		if (c->key == key)
			return c;
		if (least == NULL || gives_way(c, least))
			least = c;
	}
	return to_put ? least : NULL;
}

/* What came before the call had a number is not older than a message may wait
 * to be looked at. */
void ladder_claim(struct ladder *ladder, ladder_key key, uint32_t call)
{
	struct instant since = instant_add(instant_now(), -MSEC(200));
	struct claim *claim;

	if (ladder == NULL || key == 0)
		return;
	claim = claim_of(ladder, key, true);
	*claim = (struct claim){ key, call, false };
	for (struct entry *e = entry_at(ladder, ladder->newest[place_of(key)]);
	     e != NULL && instant_since(e->at, since) >= 0;
	     e = entry_at(ladder, e->older))
		if (e->call == 0 && e->key == key)
			e->call = call;
}

void ladder_disown(struct ladder *ladder, uint32_t call)
{
	if (ladder == NULL)
		return;
	for (size_t i = 0; i < CLAIMS; i++) {
		struct claim *c = &ladder->claims[i];

		if (c->call == call)
			c->over = true;
	}
}

/* Whose is it? A RELEASE COMPLETE may wait in the window of layer 2 until the
 * call is buried, so its reference is its own until a SETUP has it again. */
static uint32_t owner_of(struct ladder *ladder, ladder_key key,
                         const char *what)
{
	struct claim *claim = claim_of(ladder, key, false);

	if (claim == NULL)
		return 0;
	if (claim->over && (key & KEY_REUSED) && strcmp(what, "SETUP") == 0)
		*claim = (struct claim){ 0 };
	return claim->call;
}

/* --- keeping --- */

static struct entry *entry_new(struct ladder *ladder)
{
	struct entry *e = &ladder->entries[++ladder->kept % ladder->size];

	memset(e, 0, sizeof(*e));
	e->wall_us = wall_now();
	e->at = instant_now();
	return e;
}

/* Long texts are cut: a ladder is a picture. */
static void keep(char *to, size_t size, const char *from)
{
	(void)snprintf(to, size, "%s", from);
}

uint64_t ladder_mark(const void *data, size_t n)
{
	return hash(0xcbf29ce484222325ULL, data, n) | 1;
}

/* The newest line goes at the head of its chain. */
static void chain(struct ladder *ladder, struct entry *e)
{
	uint64_t *newest = &ladder->newest[place_of(e->key)];

	e->older = *newest;
	*newest = ladder->kept;
}

/* Was the same said before: in this call, this way, within 64 T1? */
static bool is_again(const struct ladder *ladder, const struct entry *e)
{
	const struct entry *had = entry_at(ladder, e->older);

	for (; e->print != 0 && had != NULL;
	     had = entry_at(ladder, had->older)) {
		if (instant_since(e->at, had->at) > SEC(32))
			break;
		if (had->print == e->print && had->key == e->key &&
		    had->call == e->call && had->sent == e->sent)
			return true;
	}
	return false;
}

uint32_t ladder_message(struct ladder *ladder, ladder_key key, unsigned network,
                        bool sent, const char *where, const char *what,
                        uint64_t print)
{
	struct entry *e;

	if (ladder == NULL)
		return 0;
	e = entry_new(ladder);
	e->key = key;
	e->call = owner_of(ladder, key, what);
	e->column = network == 0 ? COLUMN_ISDN : COLUMN_SIP;
	e->sent = sent;
	e->print = print;
	chain(ladder, e);
	keep(e->where, sizeof(e->where), where);
	(void)snprintf(e->what, sizeof(e->what), "%s%s", what,
	               is_again(ladder, e) ? " (again)" : "");
	return e->call;
}

void ladder_listen(struct ladder *ladder, ladder_listen_fn fn, void *self)
{
	if (ladder == NULL)
		return;
	ladder->listen = fn;
	ladder->listener = self;
}

void ladder_decide(struct ladder *ladder, uint32_t call, const char *format,
                   ...)
{
	struct entry *e;
	va_list args;

	if (ladder == NULL)
		return;
	e = entry_new(ladder);
	e->call = call;
	e->column = COLUMN_BETWEEN;
	va_start(args, format);
	(void)vsnprintf(e->what, sizeof(e->what), format, args);
	va_end(args);
	if (ladder->listen != NULL)
		ladder->listen(ladder->listener, call, e->what);
}

void ladder_media(struct ladder *ladder, uint32_t call, unsigned end,
                  const char *format, ...)
{
	char line[WHERE + WHAT + 2];
	struct entry *e;
	va_list args;

	if (ladder == NULL)
		return;
	e = entry_new(ladder);
	e->call = call;
	e->column = COLUMN_BETWEEN;
	keep(e->where, sizeof(e->where),
	     end == 0 ? "sound of the caller" : "sound of the called");
	va_start(args, format);
	(void)vsnprintf(e->what, sizeof(e->what), format, args);
	va_end(args);
	if (ladder->listen == NULL)
		return;
	(void)snprintf(line, sizeof(line), "%s: %s", e->where, e->what);
	ladder->listen(ladder->listener, call, line);
}

/* --- reading --- */

void ladder_each(const struct ladder *ladder, uint32_t call,
                 void (*tell)(void *self, const struct ladder_line *line),
                 void *self)
{
	if (ladder == NULL)
		return;
	for (size_t i = MIN_OF(ladder->kept, ladder->size); i > 0; i--) {
		const struct entry *e = entry_at(ladder, ladder->kept - i + 1);
		struct ladder_line line = {
			.wall_us = e->wall_us,
			.call = e->call,
			.column = e->column,
			.sent = e->sent,
			.key = e->key,
			.where = e->where,
			.what = e->what,
		};

		if (e->call == call)
			tell(self, &line);
	}
}

/* --- words between legs and calls --- */

static const char *const word_names[] = {
	[LEG_SETUP] = "setup",         [LEG_PROCEEDING] = "proceeding",
	[LEG_ALERTING] = "alerting",   [LEG_PROGRESS] = "progress",
	[LEG_ANSWER] = "answer",       [LEG_MEDIA] = "media",
	[LEG_HOLD] = "hold",           [LEG_RETRIEVE] = "retrieve",
	[LEG_DIGITS] = "digits",       [LEG_TRANSFER] = "transfer",
	[LEG_REDIRECT] = "redirect",   [LEG_INFO] = "info",
	[LEG_CONNECTED] = "connected", [LEG_DISCONNECT] = "disconnect",
	[LEG_RELEASED] = "released",
};

const char *leg_word_name(enum leg_word_kind kind)
{
	return (size_t)kind < ARRAY_LEN(word_names) ? word_names[kind] : "?";
}

static void word_tell(const struct ladder *ladder, const struct leg *leg,
                      const struct leg_word *word, const char *direction)
{
	static const char *const sides[] = { "near", "far", "third" };
	char name[16], where[48], line[128];

	if (ladder == NULL ||
	    (ladder->listen == NULL && area_call.level < LOG_LEVEL_DEBUG))
		return;
	leg_name(leg, where, sizeof(where));
	(void)snprintf(name, sizeof(name), "call %u", leg->call->number);
	(void)snprintf(line, sizeof(line), "%s leg (%s %s) %s %s%s",
	               sides[leg->which], leg->ops->network, where, direction,
	               leg_word_name(word->kind),
	               word->sound ? ", with sound" : "");
	log_debug(&area_call, name, "%s", line);
	if (ladder->listen != NULL)
		ladder->listen(ladder->listener, leg->call->number, line);
}

void ladder_word(struct ladder *ladder, const struct leg *leg,
                 const struct leg_word *word)
{
	word_tell(ladder, leg, word, "reports");
}

void ladder_told(struct ladder *ladder, const struct leg *leg,
                 const struct leg_word *word)
{
	word_tell(ladder, leg, word, "is told");
}
