/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TOOLS_PBX_SCRIPT_H
#define TOOLS_PBX_SCRIPT_H

/*
 * A script as read: settings, and blocks of steps. A statement stands on a line
 * of its own; a line that begins with a blank is a step of the block above it.
 * The language is described in README.md here.
 */

#include "kernel/instant.h"
#include "pri/isdn.h"

/* What --options and top statements set; the options win. */
struct settings {
	enum span_type type;
	enum isdn_side side;
	enum isdn_switch switch_type;
	char path[108]; /* wire; "" none */
	bool listen;
	bool faults;    /* obey fault packets */
	unsigned dahdi; /* 1 based; 0 none */
	bool overlap;   /* a SETUP to us may grow */
	bool exclusive; /* our SETUP insists on its channel */
	usec timeout;   /* the whole run; 0: none */
	usec timers[ISDN_TIMERS];
};

enum step_kind {
	STEP_WAIT,
	STEP_PROCEED,
	STEP_ALERT,
	STEP_PROGRESS,
	STEP_CONNECT,
	STEP_DIGITS,
	STEP_NOTIFY,
	STEP_HOLD,
	STEP_RETRIEVE,
	STEP_UUI,
	STEP_CLEAR,
	STEP_STAY,
	STEP_PLAY_TONE,
	STEP_PLAY_FILE,
	STEP_PLAY_PATTERN,
	STEP_PLAY_DTMF,
	STEP_PLAY_ECHO,
	STEP_PLAY_MARKER,
	STEP_PLAY_SILENCE,
	STEP_DOWN, /* from here on: the line's own */
	STEP_ALARM,
	STEP_RAW,
	STEP_FAULT,
	STEP_MUTE,
	STEP_RESTART,
	EXPECT_MESSAGE, /* from here on: expectations */
	EXPECT_INDICATOR,
	EXPECT_NOTIFY,
	EXPECT_DISCONNECT,
	EXPECT_RELEASED,
	EXPECT_CALLED,
	EXPECT_CALLING,
	EXPECT_CONNECTED,
	EXPECT_REDIRECTED,
	EXPECT_UUI,
	EXPECT_NAME,
	EXPECT_TYPE,
	EXPECT_PRESENTATION,
	EXPECT_BEARER,
	EXPECT_CHANNEL,
	EXPECT_TONE,
	EXPECT_SILENCE,
	EXPECT_PATTERN,
	EXPECT_DTMF,
	EXPECT_MARKER,
	EXPECT_UP,
	EXPECT_DOWN,
	EXPECT_ALARM,
};

/* What a call has seen, as bits. */
enum {
	SEEN_SETUP_ACK = 1 << 0,
	SEEN_PROCEEDING = 1 << 1,
	SEEN_PROGRESS = 1 << 2,
	SEEN_ALERTING = 1 << 3,
	SEEN_CONNECT = 1 << 4,
	SEEN_CONNECTED = 1 << 5,
	SEEN_HOLD = 1 << 6,
	SEEN_RETRIEVE = 1 << 7,
	SEEN_DISCONNECT = 1 << 8,
	SEEN_RELEASED = 1 << 9,
	SEEN_HELD = 1 << 10, /* ours was acknowledged */
	SEEN_RETRIEVED = 1 << 11,
};

struct step {
	enum step_kind kind;
	unsigned line;       /* in the file */
	const char *source;  /* the statement as written; the script's */
	usec after;          /* wait first */
	usec within;         /* an expectation's limit */
	usec lasting;        /* `for` */
	usec below;          /* of a delay */
	double hz[2];        /* hz[1] 0: one tone */
	const char *hz_text; /* as written */
	double low, high;    /* dBm0; what is played has low */
	unsigned number;     /* cause, notification, channel, bit ... */
	unsigned most;       /* errors or gaps allowed */
	bool count;          /* most was given */
	bool inband;
	unsigned slot;
	const char *text;   /* digits, path, hex, name; the script's */
	const char *from;   /* whose marker, who answers; NULL */
	struct bytes sound; /* a file's octets; owned by the step */
	struct uui uui;
};

enum block_kind { BLOCK_CALL, BLOCK_ANSWER, BLOCK_LINE };

struct block {
	enum block_kind kind;
	unsigned line;
	char name[24];
	char pattern[64];        /* answer: called number; . one digit, T any */
	struct isdn_setup setup; /* call */
	usec after, every;
	unsigned times;     /* how often; 0: as often as calls come */
	struct step *steps; /* in the script's array */
	size_t n;
};

struct script {
	char *body, *copy; /* the file's text, split in words; in lines */
	struct block *blocks;
	size_t nblocks;
	struct step *steps;
	size_t nsteps;
};

struct script_error {
	char text[300]; /* "file:3: what" */
};

/* Reads a script; top statements change *settings. -EBADMSG or the file's
 * -errno, with a sentence. */
int script_read(struct script **out, const char *path,
                struct settings *settings, struct script_error *error);

/* The same from memory; path is for messages, and sounds lie beside it. */
int script_parse(struct script **out, const char *path, struct bytes text,
                 struct settings *settings, struct script_error *error);
struct script *script_free(struct script *script);

/* Words and what they stand for; tables end with a NULL word. */
struct script_choice {
	const char *word;
	unsigned value;
};
extern const struct script_choice script_types[], script_presentations[],
	script_bearers[];
const char *script_choice_name(const struct script_choice *choices,
                               unsigned value);

bool step_is_expectation(const struct step *step);

#endif
