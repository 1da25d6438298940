/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef TESTS_KERNEL_CONF_SCHEMA_H
#define TESTS_KERNEL_CONF_SCHEMA_H

/*
 * A small schema with every kind in it, for the tests of the configuration
 * and of the console's `configure terminal`.
 */

#include "kernel/addr.h"
#include "kernel/conf.h"
#include "kernel/instant.h"

struct top {
	char hostname[33];
	unsigned limit;
	bool loose;
};

struct span {
	int type;
	unsigned number;
	int side, kind;
	char note[64];
	bool down;
	usec hold;
};

struct peer {
	char name[33];
	struct addr address;
	struct conf_list codecs, seen;
};

struct dial {
	unsigned tag;
	int kind;
	char pattern[25];
	char target[64];
};

enum { TEST_SECTIONS = 4 };

extern const struct conf_section test_top, test_span, test_peer, test_dial;
extern const struct conf_section *const test_sections[TEST_SECTIONS];
extern const struct conf_schema test_schema;

struct bytes test_bytes(const char *text);

/* Reads a text that must be good. */
struct conf *test_conf(const char *text);

/* As a file; `to` is returned. */
const char *test_print(const struct conf *conf, char *to, size_t size);

#endif
