/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The list of registrations, made anew from the configuration and the state of
 * the trunks whenever one of them changes; gateway/sip compares it with what it
 * has. Each number goes to every primary registrar; one secondary stands for
 * all of them.
 *
 * A number of a dial-peer is wanted while one of the trunks it leads to can
 * take calls, an account of a sip-peer while any trunk can. A D channel that is
 * lost for a moment costs no registration: a loss counts when it has lasted
 * five seconds, longer than most flaps that calls survive, a return after one.
 */

#include "gateway/registrar.h"

#include <string.h>

#include "gateway/commands.h"
#include "gateway/gateway.h"
#include "gateway/trunk.h"
#include "kernel/console.h"
#include "kernel/mem.h"
#include "kernel/text.h"

#define SETTLED_DOWN SEC(5)
#define SETTLED_UP   SEC(1)

struct wanted {
	struct gateway *gateway;
	struct sip_register_conf *list;
	unsigned n, lost;
	const char *secondary;
};

static bool is_registrar(const struct options_peer *peer)
{
	return peer->registrar_expires_s != 0 && !peer->shutdown;
}

static const char *secondary_of(const struct gateway *gateway)
{
	const struct conf_instance *i = NULL;

	while ((i = conf_next(gateway->conf, &options_peer_section, i)) !=
	       NULL) {
		const struct options_peer *peer = i->values;

		if (is_registrar(peer) && peer->registrar_secondary)
			return peer->name;
	}
	return "";
}

static void want(struct wanted *w, const struct options_peer *registrar,
                 const char *user, bool usable)
{
	struct sip_register_conf *one;

	for (unsigned i = 0; i < w->n; i++)
		if (strcmp(w->list[i].user, user) == 0 &&
		    strcmp(w->list[i].peer, registrar->name) == 0) {
			w->list[i].wanted |= usable; /* by another trunk */
			return;
		}
	if (w->n == REGISTER_LIST) {
		w->lost++;
		return;
	}
	one = &w->list[w->n++];
	one->wanted = usable;
	one->expires_s = registrar->registrar_expires_s;
	(void)text_copy(one->user, sizeof(one->user), user);
	(void)text_copy(one->peer, sizeof(one->peer), registrar->name);
	(void)text_copy(one->secondary, sizeof(one->secondary), w->secondary);
}

static bool is_usable(struct gateway *gateway, const char *trunk_name)
{
	struct trunk *trunk = gateway_trunk(gateway, trunk_name);

	return !gateway->draining && trunk != NULL &&
	       !trunk->options.shutdown && trunk_is_up(trunk);
}

static bool any_usable(struct gateway *gateway)
{
	LIST_EACH(&gateway->trunks, struct trunk, trunk, list)
	if (is_usable(gateway, trunk->name))
		return true;
	return false;
}

/* What this registrar is to know. */
static void want_all(struct wanted *w, const struct options_peer *registrar)
{
	const struct conf_instance *i = NULL;

	if (registrar->account[0] != '\0')
		want(w, registrar, registrar->account, any_usable(w->gateway));
	while ((i = conf_next(w->gateway->conf, &options_dial_peer_section,
	                      i)) != NULL) {
		const struct options_dial_peer *d = i->values;

		if (d->number[0] != '\0' && !d->shutdown)
			want(w, registrar, d->number,
			     is_usable(w->gateway, d->trunk));
	}
}

void registrar_update(struct gateway *gateway)
{
	const struct conf_instance *i = NULL;
	struct wanted w = {
		.gateway = gateway,
		.list = mem_new_array(struct sip_register_conf, REGISTER_LIST),
		.secondary = secondary_of(gateway),
	};

	timer_stop(&gateway->registrar.settle);
	if (w.list == NULL) {
		registrar_trunk(gateway, true);
		return;
	}
	while ((i = conf_next(gateway->conf, &options_peer_section, i)) !=
	       NULL) {
		const struct options_peer *peer = i->values;

		if (is_registrar(peer) && !peer->registrar_secondary)
			want_all(&w, peer);
	}
	if (w.lost > 0)
		log_error(&area_sip, "registrar",
		          "%u numbers are not registered: %u are all there "
		          "may be",
		          w.lost, REGISTER_LIST);
	if (sip_register_set(gateway->sip, w.list, w.n) < 0)
		registrar_trunk(gateway, true); /* no memory: later */
	(void)mem_free(w.list);
}

static void settled(void *self)
{
	registrar_update(self);
}

void registrar_init(struct gateway *gateway)
{
	timer_init(&gateway->registrar.settle, gateway->loop, "registrar",
	           settled, gateway);
}

void registrar_stop(struct gateway *gateway)
{
	timer_stop(&gateway->registrar.settle);
}

void registrar_trunk(struct gateway *gateway, bool up)
{
	timer_start(&gateway->registrar.settle, up ? SETTLED_UP : SETTLED_DOWN);
}

/* --- show sip-ua register status --- */

static void tell_row(void *self, const struct sip_register_info *info)
{
	struct shell *s = self;

	table_cell(s, "%s", info->user);
	table_cell(s, "%s", info->peer);
	table_cell(s, "%s", info->registered ? "yes" : "no");
	table_cell(s, "%s", info->state);
	table_number(s, info->left_s);
	table_number(s, info->status);
	table_cell(s, "%s", info->why);
}

static void show_register(void *self, struct shell *s,
                          const struct command_args *args ATTR_UNUSED)
{
	static const struct column columns[] = {
		{ "number", NULL, false },     { "registrar", NULL, false },
		{ "registered", NULL, false }, { "state", NULL, false },
		{ "expires_s", NULL, true },   { "status", NULL, true },
		{ "why", NULL, false },
	};
	struct gateway *gateway = self;

	table_begin(s, columns, ARRAY_LEN(columns));
	sip_register_each(gateway->sip, tell_row, s);
	table_end(s);
}

/* clang-format off */
static const struct command commands[] = {
	{ "show sip-ua register status", ROLE_LOOK, show_register,
	  "the numbers behind us, and who knows of them", NULL },
};
/* clang-format on */

int commands_register(struct gateway *gateway, struct console *console)
{
	return console_add(console, commands, ARRAY_LEN(commands), gateway);
}
