/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * pcapng (the IETF's draft format), written by hand because it is three kinds
 * of block: a section header, an interface description for SIP, for RTP and for
 * each span as it is first seen, and an enhanced packet block per message. The
 * D channel has link type 177, whose pseudo header keeps the direction and the
 * side; SIP and RTP have raw IP headers made from the socket addresses, so that
 * a message sent over TCP is shown whole, as one datagram.
 */

#include "gateway/capture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kernel/instant.h"
#include "kernel/mem.h"
#include "kernel/text.h"

enum {
	LINK_RAW = 101,
	LINK_LAPD = 177,
	INTERFACES = 64,
	NAME = 32,
	PACKET = 65535 + 128,
};

struct capture {
	FILE *file;
	char path[256];
	uint64_t most;
	struct capture_counts counts;
	uint64_t in_file;
	int64_t when; /* of the next packet; 0: now */
	unsigned ninterfaces;
	struct {
		char name[NAME];
		uint16_t link;
	} interface[INTERFACES];
	uint8_t packet[PACKET];
};

/* pcapng is in the writer's byte order, which its magic tells. */
static void put_native32(uint8_t *to, uint32_t v)
{
	memcpy(to, &v, sizeof(v));
}

static void put_native16(uint8_t *to, uint16_t v)
{
	memcpy(to, &v, sizeof(v));
}

static bool block(struct capture *c, uint32_t type, const uint8_t *body,
                  size_t n)
{
	static const uint8_t zeroes[4];
	uint8_t head[8], tail[4];
	size_t padded = (n + 3) / 4 * 4;
	uint32_t total = (uint32_t)(12 + padded);

	put_native32(head, type);
	put_native32(head + 4, total);
	put_native32(tail, total);
	if (fwrite(head, 1, sizeof(head), c->file) != sizeof(head) ||
	    fwrite(body, 1, n, c->file) != n ||
	    fwrite(zeroes, 1, padded - n, c->file) != padded - n ||
	    fwrite(tail, 1, sizeof(tail), c->file) != sizeof(tail)) {
		clearerr(c->file);
		return false;
	}
	c->in_file += total;
	c->counts.octets += total;
	return true;
}

static void section_header(struct capture *c)
{
	uint8_t body[16];

	put_native32(body, 0x1a2b3c4d);
	put_native16(body + 4, 1);
	put_native16(body + 6, 0);
	memset(body + 8, 0xff, 8); /* length not known */
	(void)block(c, 0x0a0d0d0a, body, sizeof(body));
}

static void interface_block(struct capture *c, unsigned i)
{
	const char *name = c->interface[i].name;
	size_t n = strlen(name), padded = (n + 3) / 4 * 4;
	uint8_t body[8 + 4 + NAME + 8] = { 0 };

	put_native16(body, c->interface[i].link);
	put_native32(body + 4, 0); /* no snap length */
	put_native16(body + 8, 2); /* if_name */
	put_native16(body + 10, (uint16_t)n);
	memcpy(body + 12, name, n);
	(void)block(c, 1, body, 12 + padded + 4);
}

static unsigned interface_of(struct capture *c, const char *name, uint16_t link)
{
	for (unsigned i = 0; i < c->ninterfaces; i++)
		if (strcmp(c->interface[i].name, name) == 0)
			return i;
	if (c->ninterfaces == INTERFACES)
		return 0;
	(void)text_copy(c->interface[c->ninterfaces].name, NAME, name);
	c->interface[c->ninterfaces].link = link;
	interface_block(c, c->ninterfaces);
	return c->ninterfaces++;
}

static void begin_file(struct capture *c)
{
	c->in_file = 0;
	section_header(c);
	for (unsigned i = 0; i < c->ninterfaces; i++)
		interface_block(c, i);
}

static void turn_over(struct capture *c)
{
	char old[sizeof(c->path) + 2];
	FILE *next;

	(void)snprintf(old, sizeof(old), "%s.1", c->path);
	(void)rename(c->path, old);
	next = freopen(c->path, "wbe", c->file);
	if (next == NULL) {
		c->file = NULL;
		return;
	}
	c->file = next;
	begin_file(c);
}

struct kind {
	const char *interface;
	uint16_t link;
	bool flush; /* at once: somebody may be reading */
};

/* What was put behind the room for the block's own fields. */
static void packet(struct capture *c, const struct kind *kind, size_t n)
{
	uint64_t us = (uint64_t)(c->when != 0 ? c->when : wall_now());
	uint8_t *body = c->packet;

	if (c->file == NULL) {
		c->counts.lost++;
		return;
	}
	put_native32(body, interface_of(c, kind->interface, kind->link));
	put_native32(body + 4, (uint32_t)(us >> 32));
	put_native32(body + 8, (uint32_t)us);
	put_native32(body + 12, (uint32_t)n);
	put_native32(body + 16, (uint32_t)n);
	if (block(c, 6, body, 20 + n) &&
	    (!kind->flush || fflush(c->file) == 0)) {
		c->counts.packets++;
	} else {
		clearerr(c->file);
		c->counts.lost++;
	}
	if (c->in_file >= c->most)
		turn_over(c);
}

int capture_start(struct capture **out, const char *file, uint64_t most)
{
	struct capture *c = mem_new(struct capture);
	int rc = 0;

	if (c == NULL)
		return -ENOMEM;
	c->most = most;
	rc = text_copy(c->path, sizeof(c->path), file);
	if (rc == 0) {
		c->file = fopen(file, "wbe");
		rc = c->file == NULL ? -errno : 0;
	}
	if (rc < 0) {
		(void)capture_stop(c);
		return rc;
	}
	begin_file(c);
	(void)interface_of(c, "sip", LINK_RAW);
	*out = c;
	return 0;
}

void capture_when(struct capture *c, int64_t wall_us)
{
	c->when = wall_us;
}

struct capture *capture_stop(struct capture *c)
{
	if (c != NULL && c->file != NULL)
		(void)fclose(c->file);
	return mem_free(c);
}

/* The pseudo header of LINKTYPE_LINUX_LAPD: 16 octets, big-endian. */
void capture_isdn(struct capture *c, const char *span, bool network_side,
                  bool sent, struct bytes frame)
{
	const struct kind kind = { span, LINK_LAPD, true };
	struct writer w;

	if (c == NULL || frame.len > 4096)
		return;
	w = (struct writer){ .at = c->packet + 20, .size = PACKET - 20 };
	put_u16(&w, sent ? 4 : 0); /* sll_pkttype: from us, to us */
	put_u16(&w, 8445);         /* ARPHRD_LAPD */
	put_u16(&w, 0);
	put_u8(&w, network_side ? 1 : 0);
	for (unsigned i = 1; i < 8; i++)
		put_u8(&w, 0);
	put_u16(&w, 0x30); /* ETH_P_LAPD */
	put_bytes(&w, frame);
	packet(c, &kind, w.len);
}

/* --- raw IP --- */

static uint16_t ip_sum(const uint8_t *octets, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)octets[i] << 8 | octets[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void put_ip(struct writer *w, const struct addr *from,
                   const struct addr *to, size_t n)
{
	uint8_t *head = w->at + w->len;
	uint16_t sum;

	if (from->sa.sa_family == AF_INET) {
		put_u16(w, 0x4500);
		put_u16(w, (uint16_t)(20 + n));
		put_u32(w, 0);
		put_u16(w, 0x4011); /* TTL 64, UDP */
		put_u16(w, 0);
		put_bytes(w, (struct bytes){ (const void *)&from->in4.sin_addr,
		                             4 });
		put_bytes(w,
		          (struct bytes){ (const void *)&to->in4.sin_addr, 4 });
		sum = ip_sum(head, 20);
		head[10] = (uint8_t)(sum >> 8);
		head[11] = (uint8_t)sum;
		return;
	}
	put_u32(w, 0x60000000);
	put_u16(w, (uint16_t)n);
	put_u16(w, 0x1140); /* UDP, hop limit 64 */
	put_bytes(w, (struct bytes){ (const void *)&from->in6.sin6_addr, 16 });
	put_bytes(w, (struct bytes){ (const void *)&to->in6.sin6_addr, 16 });
}

static void datagram(struct capture *c, const struct kind *kind,
                     const struct addr *from, const struct addr *to,
                     struct bytes payload)
{
	size_t n = payload.len + 8;
	struct writer w;

	if (c == NULL || n > 65000)
		return;
	w = (struct writer){ .at = c->packet + 20, .size = PACKET - 20 };
	put_ip(&w, from, to, n);
	put_u16(&w, addr_port(from));
	put_u16(&w, addr_port(to));
	put_u16(&w, (uint16_t)n);
	put_u16(&w, 0); /* no checksum */
	put_bytes(&w, payload);
	packet(c, kind, w.len);
}

void capture_sip(struct capture *c, const struct debug_sip *seen)
{
	static const struct kind kind = { "sip", LINK_RAW, true };

	datagram(c, &kind, seen->sent ? seen->local : seen->remote,
	         seen->sent ? seen->remote : seen->local, seen->message);
}

void capture_rtp(struct capture *c, const struct addr *from,
                 const struct addr *to, struct bytes payload)
{
	static const struct kind kind = { "rtp", LINK_RAW, false };

	datagram(c, &kind, from, to, payload);
}

struct capture_counts capture_counts(const struct capture *c)
{
	return c->counts;
}

const char *capture_file(const struct capture *c)
{
	return c->path;
}
