/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

#include "gateway/keep.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "kernel/instant.h"
#include "tests/test.h"

/* A frame of call reference `ref`, as the ladder and the ring see it. */
static void frame(struct keep *keep, struct ladder *ladder, unsigned ref,
                  size_t len)
{
	static const uint8_t octets[400] = { 0x00, 0x01, 0x00, 0x00, 0x08 };
	ladder_key key = ladder_key_isdn("e1 0", ref);

	(void)ladder_message(ladder, key, 0, false, "e1 0", "SETUP", 0);
	keep_isdn(keep, key, "e1 0", false, false,
	          (struct bytes){ octets, len });
}

static long size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

TEST(a_calls_messages_are_exported_and_no_others)
{
	struct keep *keep;
	struct ladder *ladder;
	char path[200], file[220];

	CHECK_EQ(keep_new(&keep, 65536), 0);
	CHECK_EQ(ladder_new(&ladder, 1000), 0);
	ladder_claim(ladder, ladder_key_isdn("e1 0", 1), 7);
	ladder_claim(ladder, ladder_key_isdn("e1 0", 2), 8);
	for (unsigned i = 0; i < 20; i++)
		frame(keep, ladder, 1 + i % 2, 60);
	(void)snprintf(path, sizeof(path), "%s/call", test_folder());
	CHECK_EQ(keep_export(keep, ladder, 7, path), 10);
	(void)snprintf(file, sizeof(file), "%s.pcapng", path);
	/* section 28, interfaces 32 + 32; each packet 32 + 16 + 60 */
	CHECK_EQ(size_of(file), 28 + 2 * 32 + 10 * (32 + 16 + 60));
	(void)snprintf(file, sizeof(file), "%s.txt", path);
	CHECK(size_of(file) > 10 * 40);
	CHECK_EQ(keep_export(keep, ladder, 9, path), -ENOENT);
	CHECK_EQ(keep_export(NULL, ladder, 7, path), -ENOENT);
	keep = keep_free(keep);
	ladder = ladder_free(ladder);
}

TEST(a_full_ring_gives_up_its_oldest_messages)
{
	struct keep *keep;
	struct ladder *ladder;
	char path[200];
	int n;

	CHECK_EQ(keep_new(&keep, 16384), 0);
	CHECK_EQ(ladder_new(&ladder, 5000), 0);
	(void)snprintf(path, sizeof(path), "%s/call", test_folder());
	ladder_claim(ladder, ladder_key_isdn("e1 0", 1), 1);
	ladder_claim(ladder, ladder_key_isdn("e1 0", 2), 2);
	for (unsigned i = 0; i < 3000; i++) {
		frame(keep, ladder, i < 2900 ? 1 : 2, 5 + i * 7 % 300);
		if (i < 2900 && i % 500 == 499) {
			n = keep_export(keep, ladder, 1, path);
			CHECK(n > 20 && n < 80);
		}
	}
	/* a hundred of the other call have pushed them out */
	CHECK_EQ(keep_export(keep, ladder, 1, path), 0);
	n = keep_export(keep, ladder, 2, path);
	CHECK(n > 20 && n < 80);
	keep = keep_free(keep);
	ladder = ladder_free(ladder);
}

TEST(a_message_too_large_for_the_ring_is_not_kept)
{
	struct keep *keep;
	struct ladder *ladder;
	char path[200];

	CHECK_EQ(keep_new(&keep, 1024), 0);
	CHECK_EQ(ladder_new(&ladder, 100), 0);
	(void)snprintf(path, sizeof(path), "%s/call", test_folder());
	ladder_claim(ladder, ladder_key_isdn("e1 0", 1), 1);
	frame(keep, ladder, 1, 399);
	CHECK_EQ(keep_export(keep, ladder, 1, path), 0);
	keep = keep_free(keep);
	ladder = ladder_free(ladder);
}
