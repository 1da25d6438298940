/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The reader of session descriptions, RFC 4566. It is ours because libosip2's
 * reads past the end of some texts (an m= line without formats, closed by a
 * bare line feed). It walks the lines once with cursors, keeps what a
 * gateway for sound needs, and passes over the rest: descriptions in the wild
 * carry video, ICE, keys and vendors' words, and none of that is a reason to
 * refuse a call.
 *
 * What holds for the session holds for each medium that does not say
 * otherwise (RFC 4566 5): so each m= line begins as a copy of the session's
 * state. What is malformed in a line we depend on makes the whole malformed;
 * everything is bounded, and too much is malformed too.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/offer.h"
#include "kernel/text.h"

enum { PTIME_MOST = 1000, SEND_RECEIVE = OFFER_SENDS | OFFER_RECEIVES };

static bool is(struct bytes b, const char *word)
{
	return b.len == strlen(word) &&
	       strncasecmp((const char *)b.at, word, b.len) == 0;
}

/* The octets up to a divider, which is consumed; false when nothing is left. */
static bool take_until(struct bytes *in, char divider, struct bytes *out)
{
	const uint8_t *end;

	if (in->len == 0)
		return false;
	end = memchr(in->at, divider, in->len);
	*out = *in;
	if (end == NULL) {
		in->at += in->len;
		in->len = 0;
		return true;
	}
	out->len = (size_t)(end - in->at);
	in->at = end + 1;
	in->len -= out->len + 1;
	return true;
}

/* The next word; blanks before it are passed over. */
static bool take_word(struct bytes *in, struct bytes *out)
{
	while (in->len > 0 && in->at[0] == ' ') {
		in->at++;
		in->len--;
	}
	return take_until(in, ' ', out);
}

static bool number(struct bytes b, unsigned most, unsigned *out)
{
	unsigned n = 0;

	if (b.len == 0 || b.len > 9)
		return false;
	for (size_t i = 0; i < b.len; i++) {
		if (b.at[i] < '0' || b.at[i] > '9')
			return false;
		n = n * 10 + (b.at[i] - (unsigned)'0');
	}
	if (n > most)
		return false;
	*out = n;
	return true;
}

/* "IN IP4 192.0.2.1/127": false when it is malformed; a network or a name we
 * do not know leaves *out unset. */
static bool read_place(struct bytes in, struct addr *out)
{
	struct bytes net, family, host, text;
	char literal[ADDR_TEXT];

	*out = (struct addr){ 0 };
	if (!take_word(&in, &net) || !take_word(&in, &family) ||
	    !take_word(&in, &host) || !take_until(&host, '/', &text))
		return false;
	if (!is(net, "IN") || (!is(family, "IP4") && !is(family, "IP6")))
		return true;
	if (text_copy_bytes(literal, sizeof(literal), text) < 0 ||
	    addr_parse(out, literal, 0) < 0)
		*out = (struct addr){ 0 };
	return true;
}

/* A payload type by its static meaning, RFC 3551 table 4. */
static struct offer_type static_type(unsigned type)
{
	struct offer_type t = { .type = (uint8_t)type };

	if (type == 0)
		t.codec = CODEC_PCMU;
	else if (type == 8)
		t.codec = CODEC_PCMA;
	return t;
}

/* "audio 49170/2 RTP/AVP 0 8 101" */
static bool read_media(struct bytes in, struct offer_media *m)
{
	struct bytes port, first, word;
	unsigned n;

	if (!take_word(&in, &m->kind) || !take_word(&in, &port) ||
	    !take_until(&port, '/', &first) || !number(first, UINT16_MAX, &n) ||
	    !take_word(&in, &m->proto))
		return false;
	m->port = (uint16_t)n;
	m->formats = in;
	m->ntypes = 0;
	while (m->ntypes < OFFER_TYPES && take_word(&in, &word))
		if (number(word, 127, &n))
			m->types[m->ntypes++] = static_type(n);
	return true;
}

/* "101 telephone-event/8000" */
static void read_map(struct bytes in, struct offer_media *m)
{
	struct bytes type, map, name, rate, channels;
	struct offer_type t;
	unsigned n, hz, count = 1;

	if (!take_word(&in, &type) || !number(type, 127, &n) ||
	    !take_word(&in, &map) || !take_until(&map, '/', &name) ||
	    !take_until(&map, '/', &rate) || !number(rate, 999999, &hz))
		return;
	if (take_until(&map, '/', &channels) && !number(channels, 99, &count))
		return;
	t = (struct offer_type){ .type = (uint8_t)n };
	t.event = hz == 8000 && is(name, "telephone-event");
	for (unsigned c = CODEC_NONE + 1; c < CODECS; c++)
		if (hz == 8000 && count == 1 &&
		    is(name, codec_name((enum codec)c)))
			t.codec = (enum codec)c;
	for (unsigned i = 0; i < m->ntypes; i++)
		if (m->types[i].type == n)
			m->types[i] = t;
}

/* "53020 IN IP4 192.0.2.1", RFC 3605 */
static void read_control(struct bytes in, struct offer_media *m)
{
	struct bytes port;
	unsigned n;

	if (!take_word(&in, &port) || !number(port, UINT16_MAX, &n))
		return;
	m->control_port = (uint16_t)n;
	if (in.len > 0)
		(void)read_place(in, &m->control);
}

static void read_attribute(struct bytes in, struct offer_media *m)
{
	static const struct {
		const char *word;
		unsigned direction;
	} directions[] = {
		{ "sendrecv", SEND_RECEIVE },
		{ "sendonly", OFFER_SENDS },
		{ "recvonly", OFFER_RECEIVES },
		{ "inactive", 0 },
	};
	struct bytes name;
	unsigned n;

	if (!take_until(&in, ':', &name))
		return;
	for (size_t i = 0; i < ARRAY_LEN(directions); i++)
		if (is(name, directions[i].word))
			m->direction = directions[i].direction;
	if (is(name, "rtpmap"))
		read_map(in, m);
	else if (is(name, "rtcp"))
		read_control(in, m);
	else if (is(name, "ptime") && number(in, PTIME_MOST, &n))
		m->ptime_ms = n;
	else if (is(name, "maxptime") && number(in, PTIME_MOST, &n))
		m->most_ptime_ms = n;
}

/* One line; `m` is the medium we are in, or the session's state. */
static bool read_line(struct bytes line, struct offer_media *m)
{
	struct bytes value = line;

	if (!take_skip(&value, 2) || line.at[1] != '=')
		return false;
	for (size_t i = 0; i < line.len; i++)
		if (line.at[i] < ' ' && line.at[i] != '\t')
			return false;
	if (line.at[0] == 'c') {
		m->placed = true;
		return read_place(value, &m->at);
	}
	if (line.at[0] == 'm')
		return read_media(value, m);
	if (line.at[0] == 'a')
		read_attribute(value, m);
	return true;
}

int offer_read(struct bytes in, struct offer_text *out)
{
	struct offer_media session = { .direction = SEND_RECEIVE };
	struct offer_media *m = &session;
	struct bytes line;

	out->nmedia = 0;
	if (!take_line(&in, &line) || !is(line, "v=0"))
		return -EBADMSG;
	while (take_line(&in, &line)) {
		if (line.len == 0)
			continue;
		if (line.at[0] == 'm') {
			if (out->nmedia == OFFER_MEDIA)
				return -EBADMSG;
			m = &out->media[out->nmedia++];
			*m = session;
		}
		if (!read_line(line, m))
			return -EBADMSG;
	}
	return 0;
}
