/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The root object. It is started bottom up (ladder, media, SIP, trunks) and
 * stopped top down. A new configuration is compared with the running one,
 * section by section, and only what differs is touched: a trunk that can take
 * its new options with calls up takes them, one that cannot is closed and
 * opened again when its last call has ended, a plan is swapped while calls
 * keep the one they hunt in.
 *
 * Once a minute the audit asks every call and every link whether they still
 * know of each other; see audit.c. Who may come in is decided in admit.c.
 */

#include "gateway/gateway.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/admit.h"
#include "gateway/audit.h"
#include "gateway/call.h"
#include "gateway/call_private.h"
#include "gateway/capturing.h"
#include "gateway/debug.h"
#include "gateway/keep.h"
#include "gateway/ladder.h"
#include "gateway/leg_sip.h"
#include "gateway/record.h"
#include "gateway/routes.h"
#include "gateway/trunk.h"
#include "kernel/console.h"
#include "kernel/mem.h"
#include "kernel/text.h"

struct log_area area_call = { "call", LOG_LEVEL_INFO, NULL };
struct log_area area_isdn = { "isdn", LOG_LEVEL_INFO, NULL };
struct log_area area_sip = { "sip", LOG_LEVEL_INFO, NULL };
struct log_area area_gateway = { "gateway", LOG_LEVEL_INFO, NULL };

static void register_areas(void)
{
	static bool done;
	struct log_area *areas[] = { &area_call, &area_isdn, &area_sip,
		                     &area_gateway };

	for (size_t i = 0; i < ARRAY_LEN(areas) && !done; i++)
		log_register(areas[i]);
	done = true;
}

struct trunk *gateway_trunk(struct gateway *gateway, const char *name)
{
	LIST_EACH(&gateway->trunks, struct trunk, trunk, list)
	if (!trunk->dying && strcmp(trunk->name, name) == 0)
		return trunk;
	return NULL;
}

struct call *gateway_call(struct gateway *gateway, uint32_t number)
{
	LIST_EACH(&gateway->calls, struct call, call, list)
	if (call->number == number)
		return call;
	return NULL;
}

/* --- looking after itself --- */

static void audit(void *self)
{
	struct gateway *gateway = self;

	audit_run(gateway);
	timer_start(&gateway->audit, SEC(60));
}

bool gateway_alive(struct gateway *gateway)
{
	return media_engine_alive(gateway->media);
}

/* --- the media engine reports --- */

static void apply_trunks(struct gateway *gateway, const struct conf *conf)
{
	const struct conf_instance *i = NULL;
	struct trunk *trunk;

	while ((i = conf_next(conf, &options_controller_section, i)) != NULL) {
		if (gateway_trunk(gateway, i->name) != NULL)
			continue;
		if (trunk_open(&trunk, gateway, i->name, i->values) < 0)
			log_error(&area_isdn, i->name, "out of memory");
	}
}

/* A place in the pool is used again: what the stream before it still has to
 * say is not for this call. */
static bool same_stream(const struct call *call,
                        const struct media_report *report)
{
	return call->stream.index == report->stream.index &&
	       call->stream.generation == report->stream.generation;
}

static void on_media(void *self, const struct media_report *report)
{
	struct gateway *gateway = self;

	trunks_media(gateway, report);
	if (report->kind == MEDIA_LINE_REMOVED) {
		apply_trunks(gateway, gateway->conf); /* with new options */
		return;
	}
	if (report->kind == MEDIA_LATE) {
		log_warn(&area_gateway, "media", "a media thread was late");
		return;
	}
	LIST_EACH(&gateway->calls, struct call, call, list)
	if (call == report->owner && same_stream(call, report))
		call_media(call, report);
}

/* --- configuration --- */

static int make_plan(const struct conf *conf, struct plan **out,
                     struct conf_error *error)
{
	const struct conf_instance *i = NULL;
	struct dial_peer *peers = mem_new_array(struct dial_peer, PLAN_PEERS);
	size_t n = 0;
	unsigned tag = 0;
	int rc = peers == NULL ? -ENOMEM : 0;

	while (rc == 0 &&
	       (i = conf_next(conf, &options_dial_peer_section, i)) != NULL) {
		if (n == PLAN_PEERS)
			rc = -ENOSPC;
		else
			options_to_dial_peer(i->values, &peers[n++]);
	}
	if (rc == 0)
		rc = plan_new(out, peers, n, error->message,
		              sizeof(error->message), &tag);
	else
		(void)text_copy(error->message, sizeof(error->message),
		                rc == -ENOMEM ? "out of memory"
		                              : "too many dial-peers");
	(void)mem_free(peers);
	return rc;
}

static int apply_plan(struct gateway *gateway, const struct conf *conf,
                      struct conf_error *error)
{
	struct route_table *table;
	struct plan *plan;
	int rc = make_plan(conf, &plan, error);

	if (rc < 0)
		return rc;
	rc = route_table_new(&table, plan);
	if (rc < 0) {
		(void)plan_free(plan);
		return rc;
	}
	route_table_retire(gateway->routes);
	gateway->routes = table;
	return 0;
}

/* Peers that session targets make by themselves. */
static void apply_targets(struct gateway *gateway, const struct conf *conf,
                          bool set)
{
	const struct conf_instance *i = NULL;
	struct sip_peer_conf made;
	char name[48];
	bool is_made;

	while ((i = conf_next(conf, &options_dial_peer_section, i)) != NULL) {
		const struct options_dial_peer *d = i->values;

		if (options_target_peer(d->target, name, sizeof(name), &made,
		                        &is_made) < 0 ||
		    !is_made)
			continue;
		if (set)
			(void)sip_peer_set(gateway->sip, &made);
		else
			sip_peer_remove(gateway->sip, name);
	}
}

static void set_credentials(struct gateway *gateway,
                            const struct options_peer *peer)
{
	const struct options_credentials *list = &peer->credentials;

	if (sip_peer_credentials(gateway->sip, peer->name, list->one, list->n) <
	    0)
		log_error(&area_sip, peer->name, "no memory for credentials");
}

static void apply_peers(struct gateway *gateway, const struct conf *conf)
{
	const struct conf_instance *i = NULL;
	struct sip_peer_conf peer;

	while ((i = conf_next(conf, &options_peer_section, i)) != NULL) {
		options_to_peer(i->values, &peer);
		(void)sip_peer_set(gateway->sip, &peer);
		set_credentials(gateway, i->values);
	}
	apply_targets(gateway, conf, true);
}

static void clear_trunk(struct gateway *gateway, struct trunk *trunk)
{
	struct release why = { .by = RELEASE_BY_OPERATOR,
		               .cause = { Q850_NETWORK_OUT_OF_ORDER,
		                          LOCATION_PRIVATE_LOCAL },
		               .detail = "reload: the span changed" };

	LIST_EACH(&gateway->calls, struct call, call, list)
	for (unsigned k = 0; k < 2; k++)
		if (call->leg[k].open && call->leg[k].kind == PEER_POTS &&
		    call->leg[k].isdn.trunk == trunk && !call->emergency)
			call_clear(call, &why);
}

/* One section differs: peers and spans that are gone, changed ones. */
static void on_difference(void *self, const struct conf_section *section,
                          const char *name, const void *old ATTR_UNUSED,
                          const void *now)
{
	struct gateway *gateway = self;
	struct trunk *trunk;

	if (section == &options_peer_section && now == NULL)
		sip_peer_remove(gateway->sip, name);
	if (section != &options_controller_section)
		return;
	trunk = gateway_trunk(gateway, name);
	if (trunk == NULL || (now != NULL && trunk_change(trunk, now) == 0))
		return;
	if (now != NULL)
		log_notice(&area_isdn, name,
		           "options changed that close the span");
	clear_trunk(gateway, trunk);
	trunk->doomed = true;
	if (trunk->calls == 0)
		trunk_close(trunk);
}

static void take_globals(struct gateway *gateway, const struct conf *conf)
{
	gateway->global = *(const struct options_global *)conf_find(
		conf, &options_global_section, "");
	gateway->sound = *(const struct options_media *)options_or_preset(
		conf, &options_media_section);
	area_call.level = area_isdn.level = area_sip.level =
		area_gateway.level = (enum log_level)gateway->global.log_level;
	log_set_privacy(gateway->global.privacy);
	overload_change(&gateway->overload, MSEC(gateway->global.lag_most_ms));
	if (gateway->console != NULL)
		console_set_prompt(gateway->console, gateway->global.hostname);
}

static unsigned call_count(const struct gateway *gateway)
{
	const struct conf_instance *i = NULL;
	unsigned channels = 0;

	while ((i = conf_next(gateway->conf, &options_controller_section, i)) !=
	       NULL) {
		const struct options_controller *c = i->values;

		channels += board_slots((enum span_type)c->type);
	}
	if (gateway->global.max_calls != 0)
		return gateway->global.max_calls;
	return MAX_OF(64, channels * 2);
}

/* The pools stay as they were made: a limit above them needs a new start. */
static void change_limit(struct gateway *gateway)
{
	unsigned wanted = call_count(gateway);

	gateway->calls_most = MIN_OF(wanted, gateway->calls_room);
	if (wanted > gateway->calls_room)
		log_warn(&area_gateway, gateway->global.hostname,
		         "%u calls at once until the next start, then %u",
		         gateway->calls_room, wanted);
}

static bool has_none(const struct conf *conf, const struct conf_section *kind)
{
	return conf_next(conf, kind, NULL) == NULL;
}

static bool carries_nothing(const struct conf *conf)
{
	return has_none(conf, &options_controller_section) &&
	       has_none(conf, &options_peer_section) &&
	       has_none(conf, &options_dial_peer_section);
}

/* A file that was cut off, by a full disk or a hand that slipped, would end
 * every call. */
static int check_cut_off(const struct gateway *gateway, const struct conf *conf,
                         struct conf_error *error)
{
	if (!carries_nothing(conf) || carries_nothing(gateway->conf))
		return 0;
	(void)text_copy(error->message, sizeof(error->message),
	                "there is no controller, no sip-peer and no dial-peer "
	                "in it: was it cut off?");
	return -ENODATA;
}

int gateway_apply(struct gateway *gateway, struct conf *conf,
                  struct conf_error *error)
{
	struct conf *old = gateway->conf;
	struct sip_conf sip;
	int rc = conf_check(conf, error);

	if (rc == 0)
		rc = check_cut_off(gateway, conf, error);
	if (rc == 0)
		rc = apply_plan(gateway, conf, error);
	if (rc < 0) {
		gateway->counts.reloads_refused++;
		(void)conf_free(conf);
		return rc;
	}
	apply_targets(gateway, old, false);
	conf_compare(old, conf, on_difference, gateway);
	gateway->conf = conf;
	take_globals(gateway, conf);
	change_limit(gateway);
	options_to_sip(options_or_preset(conf, &options_sip_section),
	               gateway->global.hostname, &sip);
	if (sip_stack_change(gateway->sip, &sip) < 0)
		log_error(&area_sip, "sip", "some sockets were not opened");
	apply_peers(gateway, conf);
	apply_trunks(gateway, conf);
	registrar_update(gateway);
	busyout_review(gateway);
	capturing_review(gateway);
	(void)conf_free(old);
	gateway->counts.reloads++;
	gateway->file.applied_wall = wall_now();
	log_notice(&area_gateway, gateway->global.hostname,
	           "configuration applied");
	return 0;
}

/* --- start and stop --- */

static int start_parts(struct gateway *gateway, struct conf_error *error)
{
	unsigned calls = call_count(gateway);
	struct media_conf media;
	struct sip_conf sip;
	const char *part = "memory";
	int rc;

	options_to_media(&gateway->sound, &gateway->global, &media);
	gateway->calls_most = gateway->calls_room = calls;
	media.streams_most = calls + CALLS_BEYOND;
	if (gateway->media_threads != 0)
		media.threads = gateway->media_threads;
	options_to_sip(options_or_preset(gateway->conf, &options_sip_section),
	               gateway->global.hostname, &sip);
	rc = pool_new(&gateway->pool, "call", sizeof(struct call),
	              calls + CALLS_BEYOND);
	if (rc == 0)
		rc = pool_new(&gateway->moves, "transfer",
		              sizeof(struct call_move), calls);
	if (rc == 0)
		rc = ladder_new(&gateway->ladder, gateway->global.ladder_lines);
	if (rc == 0)
		rc = history_new(&gateway->history, gateway->global.history);
	if (rc == 0 && gateway->global.keep_kb > 0)
		rc = keep_new(&gateway->keep,
		              (size_t)gateway->global.keep_kb * 1024);
	if (rc == 0)
		rc = debug_new(&gateway->debug, gateway);
	if (rc == 0) {
		part = "media";
		rc = media_engine_new(&gateway->media, gateway->loop, &media,
		                      on_media, gateway);
	}
	if (rc == 0) {
		part = "the SIP side (is the address in use?)";
		rc = sip_stack_open(&gateway->sip, gateway->loop, &sip,
		                    &leg_sip_handler, gateway);
	}
	if (rc < 0)
		(void)snprintf(error->message, sizeof(error->message),
		               "%s did not start: %s", part, strerror(-rc));
	return rc;
}

int gateway_new(struct gateway **out, const struct gateway_start *start,
                struct conf_error *error)
{
	struct gateway *gateway = mem_new(struct gateway);
	int rc;

	if (gateway == NULL) {
		(void)conf_free(start->conf);
		return -ENOMEM;
	}
	register_areas();
	gateway->loop = start->loop;
	gateway->console = start->console;
	gateway->conf = start->conf;
	gateway->media_threads = start->media_turned ? MEDIA_TURNED : 0;
	gateway->started = instant_now();
	gateway->file.applied_wall = wall_now();
	list_init(&gateway->trunks);
	list_init(&gateway->calls);
	registrar_init(gateway);
	timer_init(&gateway->audit, gateway->loop, "audit", audit, gateway);
	timer_init(&gateway->drain, gateway->loop, "drain", NULL, gateway);
	take_globals(gateway, gateway->conf);
	admit_init(gateway);
	rc = start_parts(gateway, error);
	if (rc == 0)
		rc = apply_plan(gateway, gateway->conf, error);
	if (rc < 0) {
		(void)gateway_free(gateway);
		return rc;
	}
	apply_peers(gateway, gateway->conf);
	apply_trunks(gateway, gateway->conf);
	registrar_update(gateway);
	timer_start(&gateway->pulse, OVERLOAD_PERIOD);
	timer_start(&gateway->audit, SEC(60));
	*out = gateway;
	return 0;
}

static void drop_calls(struct gateway *gateway)
{
	LIST_EACH(&gateway->calls, struct call, call, list)
	{
		call_routes_done(call);
		call_put(call);
	}
}

/* Said before anything closes: no call may look for its next choice then, and
 * both networks are told. */
static void clear_calls(struct gateway *gateway)
{
	static const struct release why = {
		.by = RELEASE_BY_OPERATOR,
		.cause = { Q850_NORMAL_UNSPECIFIED, LOCATION_PRIVATE_LOCAL },
		.detail = "shutdown",
	};

	LIST_EACH(&gateway->calls, struct call, call, list)
	call_clear(call, &why);
}

struct gateway *gateway_free(struct gateway *gateway)
{
	if (gateway == NULL)
		return NULL;
	registrar_stop(gateway);
	timer_stop(&gateway->audit);
	timer_stop(&gateway->pulse);
	timer_stop(&gateway->drain);
	clear_calls(gateway);
	capturing_stop(gateway);
	gateway->sip = sip_stack_close(gateway->sip);
	gateway->media = media_engine_free(gateway->media);
	drop_calls(gateway);
	LIST_EACH(&gateway->trunks, struct trunk, trunk, list)
	trunk_drop(trunk);
	route_table_retire(gateway->routes);
	gateway->debug = debug_free(gateway->debug);
	gateway->history = history_free(gateway->history);
	gateway->keep = keep_free(gateway->keep);
	gateway->ladder = ladder_free(gateway->ladder);
	gateway->pool = pool_free(gateway->pool);
	gateway->moves = pool_free(gateway->moves);
	gateway->conf = conf_free(gateway->conf);
	return mem_free(gateway);
}
