/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

/*
 * The root object: owns everything, starts and stops it in order, applies a
 * new configuration to what it changes and to nothing else. Signalling thread
 * only.
 */

#include "gateway/options.h"
#include "gateway/overload.h"
#include "gateway/registrar.h"
#include "kernel/list.h"
#include "kernel/log.h"
#include "kernel/timer.h"

struct call;
struct capture;
struct console;
struct debug;
struct history;
struct keep;
struct ladder;
struct loop;
struct route_table;
struct trunk;

/* Calls there is room for above `call limit`: emergency calls, and those that
 * are only refused. */
enum { CALLS_BEYOND = 16 };

struct gateway_counts {
	uint64_t calls, answered, refused_limit, refused_rate;
	uint64_t refused_overload;
	uint64_t refused_drain, no_route, no_number, barred, hunted;
	uint64_t audits, audit_cleared, stuck, emergency, strays;
	uint64_t reloads, reloads_refused;
};

/* Where the configuration came from, and what became of the file since. */
struct gateway_file {
	char path[200]; /* "": of no file */
	int64_t applied_wall;
	int64_t refused_wall; /* 0: what is on disk was not refused */
	char refused[300];
};

struct gateway {
	struct loop *loop;
	struct conf *conf; /* running */
	struct options_global global;
	struct options_media sound;
	struct list trunks, calls;
	struct pool *pool, *moves;  /* calls; where transfers lead */
	unsigned calls_most;        /* over it only emergency calls */
	unsigned calls_room;        /* what the pools were made for at start */
	struct route_table *routes; /* the plan in force */
	struct sip_stack *sip;
	struct media_engine *media;
	struct console *console; /* not ours: main's */
	struct ladder *ladder;
	struct history *history;
	struct debug *debug;
	struct keep *keep;       /* the last messages of all calls */
	struct capture *capture; /* NULL: none runs */
	struct timer audit, pulse, drain;
	struct registrar registrar;
	struct overload overload;
	struct log_limit overloads;
	unsigned overloads_missed;
	unsigned second_calls; /* new calls in this second */
	struct instant second;
	uint32_t next_call;
	bool draining;
	struct instant drain_since;
	void (*drained)(void *self);
	void *drained_self;
	struct gateway_counts counts;
	struct gateway_file file;
	struct instant started;
	unsigned media_threads; /* MEDIA_TURNED in tests, else configured */
};

struct gateway_start {
	struct loop *loop;
	struct console *console; /* may be NULL */
	struct conf *conf;       /* taken over, also when it fails */
	bool media_turned;       /* tests: no media threads */
};

/* Brings everything up; what cannot be opened now (a span without its other
 * end) is tried again by itself, what can never be is an error. */
int gateway_new(struct gateway **out, const struct gateway_start *start,
                struct conf_error *error);

/* Ends every call without waiting, closes all. NULL is fine; returns NULL. */
struct gateway *gateway_free(struct gateway *gateway);

/* Takes over a checked configuration: only what differs is touched. */
int gateway_apply(struct gateway *gateway, struct conf *conf,
                  struct conf_error *error);

/*
 * No new calls (but emergency ones); done(self) when the last has ended. Those
 * left after `after` are cleared; an emergency call is waited for as long as it
 * lasts. (drain.c)
 */
void gateway_drain(struct gateway *gateway, usec after,
                   void (*done)(void *self), void *self);

/* "takes calls", "stopping for 65 s: waits for 1 call, 1 of them emergency" */
void gateway_state_print(const struct gateway *gateway, char *to, size_t size);

/* Everything moved since it was asked last: feeds the watchdog. */
bool gateway_alive(struct gateway *gateway);

struct trunk *gateway_trunk(struct gateway *gateway, const char *name);
struct call *gateway_call(struct gateway *gateway, uint32_t number);

/* The areas gateway/ logs under. */
extern struct log_area area_call, area_isdn, area_sip, area_gateway;

#endif
