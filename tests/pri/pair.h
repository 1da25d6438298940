/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_PRI_PAIR_H
#define TESTS_PRI_PAIR_H

/*
 * Two links joined: real libpri at both ends, frames carried by a queue, the
 * clock held and turned. What each end's handler heard is kept for judging.
 */

#include "kernel/loop.h"
#include "pri/channel.h"
#include "pri/isdn.h"
#include "pri/q931.h"
#include "tests/test.h"

enum { PAIR_FRAMES = 2048, PAIR_HEARD = 512, PAIR_TRACE = 4096 };

/* An event with all it pointed to. */
struct heard {
	struct isdn_event event;
	struct isdn_setup setup;
	struct party connected;
	struct release release;
	struct uui uui;
	char digits[64];
};

struct pair;

struct end {
	struct pair *pair;
	struct isdn_link *link;
	struct end *other;
	struct heard heard[PAIR_HEARD];
	unsigned nheard;
	struct isdn_call *call; /* of the last event with one */
	/* runs inside the handler, after the event was kept */
	void (*act)(struct end *end, const struct isdn_event *event);
	bool keep_channels; /* do not say that the stream stopped */
	bool cut;           /* frames to this end vanish */
	int send_result;
	char sent[PAIR_TRACE][40]; /* names of layer 3 messages sent */
	unsigned nsent;
	uint8_t last[PAIR_TRACE][64]; /* beginnings of them */
	size_t last_len[PAIR_TRACE];
	unsigned notes;
	char note[256];
};

struct pair {
	struct loop *loop;
	struct end user, network;
	struct {
		struct end *to;
		size_t len;
		uint8_t octets[320];
	} frames[PAIR_FRAMES];
	unsigned first, nframes;
	/* may change a frame on its way; false: it vanishes */
	bool (*pass)(struct end *to, uint8_t *octets, size_t *len);
};

/* Configurations that fit each other. */
void pair_conf(struct isdn_conf *user, struct isdn_conf *network,
               enum isdn_switch type);
/* 0, or what isdn_link_open() said; brought up unless it failed. */
int pair_open(struct pair *p, const struct isdn_conf *user,
              const struct isdn_conf *network);
void pair_open_plain(struct pair *p, enum isdn_switch type);
void pair_settle(struct pair *p);         /* carries frames, no time passes */
void pair_run(struct pair *p, usec time); /* and lets time pass */
void pair_close(struct pair *p);          /* fails when libpri holds a call */
void pair_drop(struct pair *p);           /* closes without looking */

void pair_setup(struct isdn_setup *setup, const char *called);
/* From `end`, up to the named event at the other end's call. */
struct isdn_call *pair_place(struct end *end, const char *called);
struct isdn_call *pair_ring(struct end *end); /* ... and ALERTING */
struct isdn_call *pair_talk(struct end *end); /* ... and CONNECT */
void pair_clear(struct isdn_call *call, unsigned cause);

const struct heard *heard_last(const struct end *end,
                               enum isdn_event_kind kind);
unsigned heard_count(const struct end *end, enum isdn_event_kind kind);
/* The n-th message of this name an end sent, NULL: none. */
const uint8_t *sent_find(const struct end *end, const char *name, size_t *len);
unsigned sent_count(const struct end *end, const char *name);
/* An element of codeset 0 in an I frame: its contents' first octet. */
const uint8_t *element_find(const uint8_t *frame, size_t len, uint8_t id);
unsigned pair_channels(struct end *end, enum isdn_channel_state state);

#endif
