/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Digit patterns.
 *
 * A pattern is compiled into a row of elements, each a set of symbols that may
 * be skipped (?) or taken again and again (%). Matching walks the digits once
 * and keeps, for each place in the row, the best way to have come there: a
 * small machine in all its states at once. So its cost is bounded by digits
 * times elements, whatever somebody writes: 1%1%1%1% is as quick as 1111.
 *
 * As in IOS a pattern is matched by the digits in front: 555 takes 5551234
 * too, what follows is passed on. `$` at the end forbids that; T at the end
 * says that digits are expected to follow, and that one has to wait for them.
 *
 * The score of a match is its explicit digits, then the classes, then the
 * dots, packed into one number so that adding and comparing stay plain: with
 * 32 digits at most no field overflows into the next. The lowest bit is set
 * where the pattern does not end with T.
 */

#include "dialplan/private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel/mem.h"

enum {
	WEIGHT_CLOSED = 1,
	WEIGHT_DOT = 1 << 1,
	WEIGHT_CLASS = 1 << 9,
	WEIGHT_LITERAL = 1 << 17,
	WEIGHT_MANY = 1 << 28, /* more than any number of digits gives */
};

/* What a dot stands for: all but '#', which ends a number. A plus can only be
 * in front, and catch-alls shall catch it. */
#define DOT_SET ((uint32_t)(SYMBOLS_ALL & ~SYMBOL_HASH))

/* A pattern being compiled. */
struct compiler {
	const char *text, *at;
	struct pattern *p;
	struct pattern_element e[PEER_PATTERN];
	unsigned n;
	bool may_repeat; /* the element before takes a % ? or + */
	char *wrong;
	size_t size;
};

static int refuse(const struct compiler *c, const char *what)
{
	(void)snprintf(c->wrong, c->size, "pattern \"%.64s\", place %u: %s",
	               c->text, (unsigned)(c->at - c->text) + 1, what);
	return -EBADMSG;
}

static void add_element(struct compiler *c, uint32_t set, uint32_t weight)
{
	c->e[c->n++] = (struct pattern_element){ .set = set, .weight = weight };
	c->may_repeat = true;
}

static int compile_repeat(struct compiler *c, char how)
{
	struct pattern_element *last;

	if (!c->may_repeat)
		return refuse(c, "nothing in front that could be repeated");
	last = &c->e[c->n - 1];
	if (how == '+') { /* once, then any number of times */
		add_element(c, last->set, last->weight);
		last++;
	}
	last->skip = true;
	last->loop = how != '?';
	c->may_repeat = false;
	return 0;
}

/* One member or range of a class; c->at is on its first character. */
static int compile_range(struct compiler *c, uint32_t *set)
{
	uint32_t low = number_symbol(*c->at), high = low;

	if (low == 0 || low == SYMBOL_PLUS)
		return refuse(c, "a class holds digits, *, # and A to D");
	if (c->at[1] == '-' && c->at[2] != ']' && c->at[2] != '\0') {
		c->at += 2;
		high = number_symbol(*c->at);
		if (high == SYMBOL_PLUS || high < low)
			return refuse(c, "a range goes from less to more");
	}
	for (uint32_t s = low; s <= high; s <<= 1)
		*set |= s;
	return 0;
}

static int compile_class(struct compiler *c)
{
	bool inverse = c->at[1] == '^';
	uint32_t set = 0;
	int rc = 0;

	c->at += inverse ? 2 : 1;
	for (; rc == 0 && *c->at != ']' && *c->at != '\0'; c->at++)
		if (*c->at != ',')
			rc = compile_range(c, &set);
	if (rc < 0)
		return rc;
	if (*c->at == '\0')
		return refuse(c, "the class is not closed by ]");
	if (inverse)
		set = DOT_SET & ~SYMBOL_PLUS & ~set;
	if (set == 0)
		return refuse(c, "the class holds nothing");
	add_element(c, set, WEIGHT_CLASS);
	return 0;
}

static int compile_end(struct compiler *c, bool *end)
{
	if (c->at[1] != '\0')
		return refuse(c, "T and $ stand at the end");
	*end = true;
	return 0;
}

/* The element, mark or repetition at c->at. */
static int compile_one(struct compiler *c)
{
	uint32_t symbol = number_symbol(*c->at);

	switch (*c->at) {
	case '.':
		add_element(c, DOT_SET, WEIGHT_DOT);
		return 0;
	case '[':
		return compile_class(c);
	case 'T':
	case 't':
		return compile_end(c, &c->p->open);
	case '$':
		return compile_end(c, &c->p->exact);
	case '%':
	case '?':
		return compile_repeat(c, *c->at);
	case '+':
		if (c->n > 0)
			return compile_repeat(c, '+');
		break;
	default:
		break;
	}
	if (symbol == 0)
		return refuse(c, "a pattern is made of digits, *, #, A to D, "
		                 ". [ ] % ? + T and $");
	add_element(c, symbol, WEIGHT_LITERAL);
	if (symbol == SYMBOL_PLUS)
		c->may_repeat = false;
	return 0;
}

/* What can come first, and how much each place can still add. */
static void look_ahead(struct pattern *p)
{
	uint32_t rest = 0;
	bool reached = true;

	for (unsigned i = p->n; i-- > 0;) {
		rest += p->at[i].loop ? WEIGHT_MANY : p->at[i].weight;
		rest = MIN_OF(rest, (uint32_t)WEIGHT_MANY);
		p->at[i].rest = rest;
	}
	for (unsigned i = 0; i < p->n && reached; i++) {
		p->first |= p->at[i].set;
		reached = p->at[i].skip;
	}
	if (reached)
		p->first = SYMBOLS_ALL; /* nothing has to come at all */
}

int pattern_init(struct pattern *p, const char *text, char *wrong, size_t size)
{
	struct compiler c = { .text = text, .at = text, .p = p };
	int rc = 0;

	c.wrong = wrong;
	c.size = size;
	*p = (struct pattern){ 0 };
	if (strlen(text) >= PEER_PATTERN)
		return refuse(&c, "longer than 63 characters");
	for (; rc == 0 && *c.at != '\0'; c.at++)
		rc = compile_one(&c);
	if (rc < 0)
		return rc;
	if (c.n > 0) {
		p->at = mem_new_array(struct pattern_element, c.n);
		if (p->at == NULL)
			return -ENOMEM;
		memcpy(p->at, c.e, c.n * sizeof(c.e[0]));
	}
	p->n = c.n;
	p->set = text[0] != '\0';
	look_ahead(p);
	return 0;
}

void pattern_done(struct pattern *p)
{
	(void)mem_free(p->at);
	*p = (struct pattern){ 0 };
}

/* The best way to stand before an element. */
struct cell {
	bool live;
	uint8_t literal, lead;
	uint32_t score;
};

/* All places at once; live ones lie in low to high, none when low is above.
 * What lies outside has no value. */
struct front {
	struct cell cells[PEER_PATTERN + 1];
	unsigned low, high;
};

static void better(struct cell *to, struct cell from)
{
	if (!to->live || from.score > to->score)
		*to = from;
}

/* From each place on over what may be skipped; then the ends are drawn in. */
static void reach(const struct pattern *p, struct front *f)
{
	for (unsigned i = f->low; i <= f->high && i < p->n; i++) {
		if (!f->cells[i].live || !p->at[i].skip)
			continue;
		if (i == f->high)
			f->cells[++f->high] = (struct cell){ 0 };
		better(&f->cells[i + 1], f->cells[i]);
	}
	while (f->low <= f->high && !f->cells[f->low].live)
		f->low++;
}

/* One digit. */
static void step(const struct pattern *p, const struct front *now,
                 struct front *next, char digit, unsigned place)
{
	uint32_t symbol = number_symbol(digit);

	next->low = now->low;
	next->high = MIN_OF(now->high + 1, p->n);
	memset(&next->cells[next->low], 0,
	       (next->high - next->low + 1) * sizeof(next->cells[0]));
	for (unsigned i = now->low; i <= now->high && i < p->n; i++) {
		const struct pattern_element *e = &p->at[i];
		struct cell cell = now->cells[i];

		if (!cell.live || (e->set & symbol) == 0)
			continue;
		cell.score += e->weight;
		if (e->weight == WEIGHT_LITERAL) {
			cell.lead += cell.lead == place;
			cell.literal++;
		}
		better(&next->cells[i + 1], cell);
		if (e->loop)
			better(&next->cells[i], cell);
	}
	reach(p, next);
}

static bool at_end(const struct pattern *p, const struct front *f)
{
	return f->low <= p->n && f->high == p->n && f->cells[p->n].live;
}

static void accept(const struct pattern *p, const struct front *f,
                   struct pattern_match *out)
{
	const struct cell *end = &f->cells[p->n];
	uint32_t closed = p->open ? 0 : WEIGHT_CLOSED;

	if (!at_end(p, f) || (out->matched && end->score + closed < out->score))
		return;
	out->matched = true;
	out->score = end->score + closed;
	out->literal = end->literal;
	out->lead = end->lead;
}

/* After the last digit: what stands where, and what could still come. */
static void look_at_end(const struct pattern *p, const struct front *f,
                        struct pattern_match *out)
{
	out->took_all = f->low <= f->high;
	for (unsigned i = f->low; i <= f->high && i < p->n; i++) {
		uint32_t most;

		if (!f->cells[i].live)
			continue;
		most = f->cells[i].score + p->at[i].rest + WEIGHT_CLOSED;
		out->more = true;
		out->more_score = MAX_OF(out->more_score, most);
	}
}

void pattern_match(const struct pattern *p, const char *digits,
                   struct pattern_match *out)
{
	struct front front[2], *now = &front[0], *next = &front[1];

	*out = (struct pattern_match){ 0 };
	if (!p->set ||
	    (digits[0] != '\0' && (p->first & number_symbol(digits[0])) == 0))
		return;
	now->low = now->high = 0;
	now->cells[0] = (struct cell){ .live = true };
	reach(p, now);
	for (unsigned at = 0; digits[at] != '\0'; at++) {
		struct front *was = now;

		if (!p->exact)
			accept(p, now, out);
		step(p, now, next, digits[at], at);
		now = next;
		next = was;
		if (now->low > now->high)
			return;
	}
	accept(p, now, out);
	look_at_end(p, now, out);
}

int pattern_shortest(const struct pattern *p)
{
	int n = 0;

	for (unsigned i = 0; i < p->n; i++)
		n += !p->at[i].skip;
	return n;
}

unsigned pattern_spelled(const struct pattern *p)
{
	unsigned n = 0;

	while (n < p->n && !p->at[n].skip && p->at[n].weight == WEIGHT_LITERAL)
		n++;
	return n;
}

bool pattern_covers(const struct pattern *a, const struct pattern *b)
{
	if (!a->set || !b->set || a->n != b->n || a->open != b->open ||
	    (a->exact && !b->exact))
		return false;
	for (unsigned i = 0; i < a->n; i++) {
		const struct pattern_element *x = &a->at[i], *y = &b->at[i];

		if (x->weight != y->weight || (y->set & ~x->set) != 0 ||
		    x->skip != y->skip || x->loop != y->loop)
			return false;
	}
	return true;
}
