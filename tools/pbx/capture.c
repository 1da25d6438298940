/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The D channel in a file that tshark reads: classic pcap, link type 177
 * (Linux LAPD), which keeps the direction. The pseudo header is that of a
 * Linux packet socket: outgoing or not, ARPHRD_LAPD, an address whose first
 * octet says whether we are the network, ETH_P_LAPD.
 */

#include "tools/pbx/pbx.h"

#include <errno.h>
#include <stdio.h>

#include "kernel/mem.h"

enum { LINKTYPE_LINUX_LAPD = 177, PSEUDO = 16, ARPHRD_LAPD = 8445 };

struct capture {
	FILE *file;
	bool network;
};

struct pcap_file {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, accuracy, snap, link;
};

struct pcap_packet {
	uint32_t seconds, micros, kept, length;
};

int capture_open(struct capture **out, const char *path, bool network)
{
	const struct pcap_file head = { 0xa1b2c3d4,         2, 4, 0, 0, 65535,
		                        LINKTYPE_LINUX_LAPD };
	struct capture *c = mem_new(struct capture);
	int rc = 0;

	if (c == NULL)
		return -ENOMEM;
	c->network = network;
	c->file = fopen(path, "we");
	if (c->file == NULL || fwrite(&head, sizeof(head), 1, c->file) != 1)
		rc = -errno;
	if (rc < 0)
		c = capture_close(c);
	else
		*out = c;
	return rc;
}

void capture_frame(struct capture *capture, bool sent, struct bytes frame)
{
	uint8_t pseudo[PSEUDO] = { 0 };
	struct writer w = WRITER(pseudo);
	int64_t now = wall_now();
	uint32_t length = (uint32_t)(PSEUDO + frame.len);
	struct pcap_packet head = { (uint32_t)(now / 1000000),
		                    (uint32_t)(now % 1000000), length, length };

	if (capture == NULL)
		return;
	put_u16(&w, sent ? 4 : 0);
	put_u16(&w, ARPHRD_LAPD);
	put_u16(&w, 1);
	put_u8(&w, capture->network);
	pseudo[PSEUDO - 1] = 0x30; /* ETH_P_LAPD */
	(void)fwrite(&head, sizeof(head), 1, capture->file);
	(void)fwrite(pseudo, sizeof(pseudo), 1, capture->file);
	(void)fwrite(frame.at, 1, frame.len, capture->file);
	(void)fflush(capture->file);
}

struct capture *capture_close(struct capture *capture)
{
	if (capture != NULL && capture->file != NULL)
		(void)fclose(capture->file);
	return mem_free(capture);
}
