/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TOOLS_CAUSEWAY_H
#define TOOLS_CAUSEWAY_H

/*
 * Between causeway.c, which speaks with the daemon and the screen, and
 * causeway_edit.c, which edits lines.
 */

#include <signal.h>

#include "kernel/base.h"

enum {
	EXIT_GOOD,
	EXIT_FAILED,
	EXIT_USAGE,
	LINE = 65536, /* the daemon's longest line fits many times */
	TYPED = 1024, /* what the daemon takes */
	WORDS = 128,
	WORD = 64,
	HISTORY = 500
};

struct client {
	int fd;
	int patience; /* ms without a word from the daemon; -1: for ever */
	char in[LINE];
	size_t in_len;
	char prompt[200];
	bool json, terminal; /* a person sits there */
	int page;            /* lines; -1: what the window has; 0: none */
	int shown;           /* lines since the last page ended */
	bool silent;         /* the daemon was, for too long */
	bool quiet;          /* the rest of this answer is not wanted */
	char words[WORDS][WORD];
	unsigned nwords;
	struct editor *editor; /* causeway_edit.c's */
};

/* Ctrl-C was pressed and nobody has obeyed it yet. */
extern volatile sig_atomic_t interrupted;

/* Sends a request and shows its answer: EXIT_GOOD, EXIT_FAILED, or -1 when the
 * daemon went away. */
int ask(struct client *c, char what, const char *text);

/* The same for a line as typed; one that ends with ? asks for help. */
int run_line(struct client *c, char *line);

/* Would this line end the session? */
bool is_exit(const struct client *c, const char *line);

/* What the daemon sent: receives what is there, takes a whole line out of it.
 * False: it went away; there is none. */
bool receive(struct client *c);
bool next_whole(struct client *c, char *line);

/* A person at a terminal, until he leaves; the exit status. */
int talk(struct client *c);

#endif
