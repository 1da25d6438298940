/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The configurations of the worlds. A test says what is special about its own:
 * the rest is one of these, and its lines are added as `configure terminal`
 * would take them.
 */
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "tests/gateway/world.h"

const char world_conf[] = "hostname gw1\n"
			  "controller e1 0\n"
			  " board sim\n"
			  " isdn switch-type primary-net5\n"
			  " isdn side user\n"
			  "!\n"
			  "sip-ua\n"
			  " bind udp $SIP\n"
			  "!\n"
			  "sip-peer carrier\n"
			  " address $FAR0\n"
			  "!\n"
			  "dial-peer voice 100 pots\n"
			  " destination-pattern 1...\n"
			  " trunk e1 0\n"
			  "!\n"
			  "dial-peer voice 200 voip\n"
			  " destination-pattern 2...\n"
			  " session target sip-peer carrier\n"
			  "!\n";

const char world_conf_same_kind[] = "hostname gw1\n"
				    "controller e1 0\n"
				    " board sim\n"
				    "!\n"
				    "controller e1 1\n"
				    " board sim\n"
				    " isdn side network\n"
				    "!\n"
				    "sip-ua\n"
				    " bind udp $SIP\n"
				    "!\n"
				    "sip-peer carrier\n"
				    " address $FAR0\n"
				    "!\n"
				    "sip-peer office\n"
				    " address $FAR1\n"
				    "!\n"
				    "dial-peer voice 100 pots\n"
				    " destination-pattern 1...\n"
				    " trunk e1 0\n"
				    " allow-same-kind\n"
				    "!\n"
				    "dial-peer voice 110 pots\n"
				    " destination-pattern 3...\n"
				    " trunk e1 1\n"
				    " allow-same-kind\n"
				    "!\n"
				    "dial-peer voice 200 voip\n"
				    " destination-pattern 2...\n"
				    " session target sip-peer carrier\n"
				    " allow-same-kind\n"
				    "!\n"
				    "dial-peer voice 210 voip\n"
				    " destination-pattern 4...\n"
				    " session target sip-peer office\n"
				    " allow-same-kind\n"
				    "!\n";

const char world_conf_two_peers[] =
	"controller e1 0\n board sim\n!\n"
	"sip-ua\n bind udp $SIP\n!\n"
	"sip-peer first\n address $FAR0\n!\n"
	"sip-peer second\n address $FAR1\n!\n"
	"dial-peer voice 1 voip\n destination-pattern 2...\n"
	" session target sip-peer first\n preference 1\n!\n"
	"dial-peer voice 2 voip\n destination-pattern 2...\n"
	" session target sip-peer second\n preference 2\n!\n";

const char world_conf_overlap[] =
	"controller e1 0\n board sim\n"
	" isdn overlap-receiving\n isdn overlap-sending\n!\n"
	"controller e1 1\n board sim\n isdn overlap-receiving\n!\n"
	"sip-ua\n bind udp $SIP\n!\n"
	"sip-peer carrier\n address $FAR0\n overlap invites\n!\n"
	"sip-peer office\n address $FAR1\n!\n"
	"dial-peer voice 100 pots\n destination-pattern 1.T\n trunk e1 0\n"
	" allow-same-kind\n!\n"
	"dial-peer voice 300 pots\n destination-pattern 3.T\n trunk e1 1\n"
	" allow-same-kind\n!\n"
	"dial-peer voice 200 voip\n destination-pattern 2.T\n"
	" session target sip-peer carrier\n allow-same-kind\n!\n"
	"dial-peer voice 210 voip\n destination-pattern 2.T\n preference 1\n"
	" session target sip-peer office\n allow-same-kind\n!\n"
	"dial-peer voice 400 voip\n destination-pattern 4.T\n"
	" session target sip-peer office\n!\n";

static const char *place_of(const struct world *w, const char **at, char *room,
                            size_t size)
{
	static const char *const names[] = { "$SIP", "$FAR0", "$FAR1" };
	const uint16_t ports[] = { w->port, w->far[0].port, w->far[1].port };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!text_starts(*at, names[i]))
			continue;
		*at += strlen(names[i]);
		(void)snprintf(room, size, "127.0.0.1:%u", ports[i]);
		return room;
	}
	return NULL;
}

void world_text(const struct world *w, const char *text, char *to, size_t size)
{
	struct text out = { .at = to, .size = size };
	char room[32];

	to[0] = '\0';
	while (*text != '\0') {
		const char *place = place_of(w, &text, room, sizeof(room));

		if (place != NULL)
			text_add(&out, "%s", place);
		else
			text_add(&out, "%c", *text++);
	}
	ck_assert(!out.cut);
}

/* The rings are taken whole at start; a test that opens a world again and again
 * should not wait for pages it never writes to. */
static const char small_rings[] = "!\nmessage memory 256\nladder lines 2000\n";

static int read_basis(struct world *w, const char *text, struct conf **out)
{
	static char room[16384];
	size_t n;

	world_text(w, text, room, sizeof(room) - sizeof(small_rings));
	n = strlen(room);
	memcpy(room + n, small_rings, sizeof(small_rings));
	memset(&w->error, 0, sizeof(w->error));
	return conf_parse(out, &options_schema, "world.conf",
	                  (struct bytes){ (const uint8_t *)room, strlen(room) },
	                  &w->error);
}

static int add_lines(struct world *w, struct conf *conf, const char *more)
{
	struct conf_context context = { .section = NULL };
	char room[4096], *rest = room, *line;
	int rc = 0;

	world_text(w, more, room, sizeof(room));
	while (rc == 0 && (line = strtok_r(rest, "\n", &rest)) != NULL)
		rc = conf_line(conf, &context, line[0] == '!' ? "exit" : line,
		               &w->error);
	return rc == 0 ? conf_check(conf, &w->error) : rc;
}

int world_read(struct world *w, const char *conf, const char *more,
               struct conf **out)
{
	int rc = read_basis(w, conf, out);

	if (rc == 0 && *more != '\0')
		rc = add_lines(w, *out, more);
	if (rc < 0)
		*out = conf_free(*out);
	return rc;
}

struct world *world_open_options(const char *span, const char *peer)
{
	char more[1024];

	(void)snprintf(more, sizeof(more),
	               "controller e1 0\n%s!\nsip-peer carrier\n%s!\n", span,
	               peer);
	return world_open_with(world_conf, more);
}

int world_reload_with(struct world *w, const char *conf, const char *more)
{
	struct conf *now = NULL;
	int rc = world_read(w, conf, more, &now);

	return rc < 0 ? rc : gateway_apply(w->gateway, now, &w->error);
}

int world_reload(struct world *w, const char *conf)
{
	return world_reload_with(w, conf, "");
}
