/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A capture read back block by block, as its format says and without anything
 * of the writer's.
 */
#include "gateway/capture.h"

#include <stdio.h>
#include <string.h>

#include "kernel/addr.h"
#include "tests/test.h"

enum { SECTION = 0x0a0d0d0a, INTERFACE = 1, PACKET = 6 };

struct block {
	uint32_t type, length;
	uint8_t body[70000];
};

static const char *path_of(const char *name)
{
	static char path[300];

	(void)snprintf(path, sizeof(path), "%s/%s", test_folder(), name);
	return path;
}

static bool next_block(FILE *file, struct block *b)
{
	uint32_t tail = 0;

	if (fread(&b->type, 4, 1, file) != 1)
		return false;
	CHECK_EQ(fread(&b->length, 4, 1, file), 1);
	CHECK(b->length >= 12 && b->length % 4 == 0);
	CHECK_EQ(fread(b->body, 1, b->length - 12, file), b->length - 12);
	CHECK_EQ(fread(&tail, 4, 1, file), 1);
	CHECK_EQ(tail, b->length);
	return true;
}

static uint32_t at32(const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, 4);
	return v;
}

static void write_sip(struct capture *c, const char *local, const char *remote,
                      bool sent, const char *message)
{
	struct addr here, there;
	struct debug_sip seen = { .sent = sent,
		                  .local = &here,
		                  .remote = &there,
		                  .message = { (const uint8_t *)message,
		                               strlen(message) } };

	CHECK_EQ(addr_parse(&here, local, 0), 0);
	CHECK_EQ(addr_parse(&there, remote, 0), 0);
	capture_sip(c, &seen);
}

TEST(frames_and_messages_are_packets_with_their_direction)
{
	static const uint8_t frame[] = { 0x00, 0x01, 0x7f };
	static struct block b;
	struct capture *c;
	FILE *file;

	CHECK_EQ(capture_start(&c, path_of("a.pcapng"), 1 << 20), 0);
	CHECK_TEXT(capture_file(c), path_of("a.pcapng"));
	capture_isdn(c, "e1 0", true, true,
	             (struct bytes){ frame, sizeof(frame) });
	capture_isdn(c, "e1 0", false, false,
	             (struct bytes){ frame, sizeof(frame) });
	write_sip(c, "192.0.2.1:5060", "192.0.2.2:5070", true, "INVITE");
	write_sip(c, "[2001:db8::1]:5060", "[2001:db8::2]:5070", false, "BYE");
	CHECK_EQ(capture_counts(c).packets, 4);
	CHECK_EQ(capture_counts(c).lost, 0);
	CHECK(capture_stop(c) == NULL);
	file = fopen(path_of("a.pcapng"), "rb");
	CHECK(file != NULL);
	CHECK(next_block(file, &b) && b.type == SECTION);
	CHECK_EQ(at32(b.body), 0x1a2b3c4d);
	CHECK(next_block(file, &b) && b.type == INTERFACE);
	CHECK_EQ(b.body[0], 101); /* LINKTYPE_RAW */
	CHECK(next_block(file, &b) && b.type == INTERFACE);
	CHECK_EQ(b.body[0], 177); /* LINKTYPE_LINUX_LAPD */
	CHECK_MEM(b.body + 12, "e1 0", 4);
	CHECK(next_block(file, &b) && b.type == PACKET);
	CHECK_EQ(at32(b.body), 1);
	CHECK_EQ(at32(b.body + 12), 16 + 3);
	CHECK_EQ(b.body[20 + 1], 4); /* outgoing */
	CHECK_EQ(b.body[20 + 6], 1); /* the network side */
	CHECK_MEM(b.body + 36, frame, 3);
	CHECK(next_block(file, &b) && b.type == PACKET);
	CHECK_EQ(b.body[20 + 1], 0);
	CHECK_EQ(b.body[20 + 6], 0);
	CHECK(next_block(file, &b) && b.type == PACKET);
	CHECK_EQ(at32(b.body), 0);
	CHECK_EQ(at32(b.body + 12), 20 + 8 + 6);
	CHECK_EQ(b.body[20], 0x45);
	CHECK_MEM(b.body + 20 + 12, "\xc0\x00\x02\x01\xc0\x00\x02\x02", 8);
	CHECK_MEM(b.body + 20 + 20, "\x13\xc4\x13\xce", 4); /* ports */
	CHECK_MEM(b.body + 20 + 28, "INVITE", 6);
	CHECK(next_block(file, &b) && b.type == PACKET);
	CHECK_EQ(at32(b.body + 12), 40 + 8 + 3);
	CHECK_EQ(b.body[20], 0x60);
	CHECK_MEM(b.body + 20 + 40, "\x13\xce\x13\xc4", 4);
	CHECK(!next_block(file, &b));
	(void)fclose(file);
}

TEST(rtp_has_an_interface_of_its_own)
{
	static const uint8_t rtp[] = { 0x80, 8, 0, 1 };
	static struct block b;
	struct addr here, there;
	struct capture *c;
	FILE *file;

	CHECK_EQ(addr_parse(&here, "192.0.2.1:16384", 0), 0);
	CHECK_EQ(addr_parse(&there, "192.0.2.2:6000", 0), 0);
	CHECK_EQ(capture_start(&c, path_of("r.pcapng"), 1 << 20), 0);
	capture_when(c, 0x123456789);
	capture_rtp(c, &there, &here, (struct bytes){ rtp, sizeof(rtp) });
	CHECK_EQ(capture_counts(c).packets, 1);
	CHECK(capture_stop(c) == NULL);
	file = fopen(path_of("r.pcapng"), "rb");
	CHECK(file != NULL);
	CHECK(next_block(file, &b) && b.type == SECTION);
	CHECK(next_block(file, &b) && b.type == INTERFACE); /* sip */
	CHECK(next_block(file, &b) && b.type == INTERFACE);
	CHECK_EQ(b.body[0], 101); /* LINKTYPE_RAW */
	CHECK_MEM(b.body + 12, "rtp", 3);
	CHECK(next_block(file, &b) && b.type == PACKET);
	CHECK_EQ(at32(b.body), 1);
	CHECK_EQ(at32(b.body + 4), 1);
	CHECK_EQ(at32(b.body + 8), 0x23456789);
	CHECK_EQ(at32(b.body + 12), 20 + 8 + 4);
	CHECK_MEM(b.body + 20 + 20, "\x17\x70\x40\x00", 4); /* ports */
	CHECK_MEM(b.body + 20 + 28, rtp, sizeof(rtp));
	CHECK(!next_block(file, &b));
	(void)fclose(file);
}

TEST(a_full_file_is_turned_over_and_begins_anew)
{
	static const uint8_t frame[100];
	static struct block b;
	struct capture *c;
	FILE *file;
	unsigned packets = 0;

	CHECK_EQ(capture_start(&c, path_of("b.pcapng"), 1000), 0);
	for (unsigned i = 0; i < 30; i++)
		capture_isdn(c, "e1 0", false, true,
		             (struct bytes){ frame, sizeof(frame) });
	CHECK_EQ(capture_counts(c).packets, 30);
	CHECK(capture_stop(c) == NULL);
	file = fopen(path_of("b.pcapng.1"), "rb");
	CHECK(file != NULL);
	CHECK(next_block(file, &b) && b.type == SECTION);
	while (next_block(file, &b))
		packets += b.type == PACKET;
	CHECK(packets >= 5 && packets < 10);
	(void)fclose(file);
	file = fopen(path_of("b.pcapng"), "rb");
	CHECK(file != NULL);
	CHECK(next_block(file, &b) && b.type == SECTION);
	CHECK(next_block(file, &b) && b.type == INTERFACE);
	CHECK(next_block(file, &b) && b.type == INTERFACE);
	(void)fclose(file);
}

TEST(what_cannot_be_written_is_counted)
{
	static const uint8_t frame[2000];
	struct capture *c;

	CHECK(capture_start(&c, "/nowhere/at/all", 1000) < 0);
	CHECK_EQ(capture_start(&c, "/dev/full", 1 << 20), 0);
	for (unsigned i = 0; i < 10; i++)
		capture_isdn(c, "e1 0", false, true,
		             (struct bytes){ frame, sizeof(frame) });
	CHECK(capture_counts(c).lost > 0);
	CHECK(capture_stop(c) == NULL);
}

TEST(no_capture_is_fine_everywhere)
{
	capture_isdn(NULL, "e1 0", false, false, (struct bytes){ 0 });
	CHECK(capture_stop(NULL) == NULL);
}
