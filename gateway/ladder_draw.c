/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The picture of a call: two networks as two walls, what crosses them as arrows
 * in or out of the gateway, what it decided and heard between the walls.
 *
 * A call between ISDN and SIP has ISDN on the left, whoever called, because the
 * eye looks for it there. A call within one network has the caller on the left
 * and whom he reached on the right: whose message it is, is told by the key of
 * its dialogue, and the first message of a call is the caller's. A wall that
 * has one name bears it as its heading; with more (a call that hunted) each
 * message says where it went.
 */

#include "gateway/ladder.h"

#include <stdio.h>
#include <string.h>

#include "kernel/base.h"
#include "kernel/text.h"

enum { LEFT = 24, MIDDLE = 32, PLACE = 48 };

struct side {
	char place[PLACE]; /* the only name it has, so far */
	bool several;
};

struct drawing {
	int64_t first_us;
	ladder_key near;     /* of the call's first message */
	ladder_key far;      /* another one of the same network */
	bool network[2];     /* ISDN, SIP: has messages */
	struct side side[2]; /* left, right */
	bool by_key;         /* one network: near left, far right */
	void (*line)(void *self, const char *text);
	void *self;
};

static unsigned network_of(const struct ladder_line *l)
{
	return l->column == 2;
}

static void look_kinds(void *self, const struct ladder_line *l)
{
	struct drawing *d = self;

	if (d->first_us == 0)
		d->first_us = l->wall_us;
	if (l->key == 0)
		return;
	d->network[network_of(l)] = true;
	if (d->near == 0)
		d->near = l->key;
	else if (d->far == 0 && l->key != d->near)
		d->far = l->key;
}

static unsigned side_of(const struct drawing *d, const struct ladder_line *l)
{
	return d->by_key ? l->key != d->near : network_of(l);
}

static void look_places(void *self, const struct ladder_line *l)
{
	struct drawing *d = self;
	struct side *side;

	if (l->key == 0)
		return;
	side = &d->side[side_of(d, l)];
	if (side->place[0] == '\0')
		(void)snprintf(side->place, sizeof(side->place), "%.40s",
		               l->where);
	else if (strcmp(side->place, l->where) != 0)
		side->several = true;
}

static void draw_line(void *self, const struct ladder_line *l)
{
	struct drawing *d = self;
	char text[400], what[200];
	double s = (double)(l->wall_us - d->first_us) / 1e6;
	struct text t = TEXT(text), w = TEXT(what);
	unsigned side;

	if (l->key == 0) {
		text_add(&w, "%s%s%s", l->where, l->where[0] ? ": " : "",
		         l->what);
		text_add(&t, "%9.3f  %-*s    | %-*s %s", s, LEFT, "", MIDDLE,
		         what, strlen(what) > MIDDLE ? "" : "|");
	} else {
		side = side_of(d, l);
		text_add(&w, "%s", l->what);
		if (d->side[side].several)
			text_add(&w, " [%s]", l->where);
		if (side == 0)
			text_add(&t, "%9.3f  %-*s %s%*s|", s, LEFT, what,
			         l->sent ? "<--|" : "-->|", MIDDLE + 2, "");
		else
			text_add(&t, "%9.3f  %-*s    |%*s%s %s", s, LEFT, "",
			         MIDDLE + 2, "", l->sent ? "|-->" : "|<--",
			         what);
	}
	while (t.len > 0 && text[t.len - 1] == ' ')
		text[--t.len] = '\0';
	d->line(d->self, text);
}

static const char *heading(const struct drawing *d, unsigned side)
{
	if (!d->by_key)
		return side == 0 ? "ISDN" : "SIP";
	if (side == 0)
		return d->network[0] ? "ISDN, caller" : "SIP, caller";
	return d->network[0] ? "ISDN, called" : "SIP, called";
}

static void draw_heading(struct drawing *d)
{
	char text[240], name[2][80];

	for (unsigned i = 0; i < 2; i++)
		(void)snprintf(name[i], sizeof(name[i]), "%s%s%.40s",
		               heading(d, i), d->side[i].several ? "" : " ",
		               d->side[i].several ? "" : d->side[i].place);
	(void)snprintf(text, sizeof(text), "%9s  %-*s    | %-*s |    %s",
	               "seconds", LEFT, name[0], MIDDLE, "gateway", name[1]);
	d->line(d->self, text);
}

void ladder_draw(const struct ladder *ladder, uint32_t call,
                 void (*line)(void *self, const char *text), void *self)
{
	struct drawing d = { .line = line, .self = self };

	ladder_each(ladder, call, look_kinds, &d);
	d.by_key = d.far != 0 && d.network[0] != d.network[1];
	ladder_each(ladder, call, look_places, &d);
	draw_heading(&d);
	ladder_each(ladder, call, draw_line, &d);
}
