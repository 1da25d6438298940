/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What the phone says. Digits as events last 100 ms with 100 ms of silence
 * between them, three packets carrying each end. A file is raw octets of the
 * codec. The marker is 60 ms of tone after a second of silence: one sudden
 * beginning, whose way can be timed.
 */

#include "tests/phone/phone.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spandsp.h>

enum {
	PATTERN_SEED = 0x1d0f,
	DIGIT_ON = 800,
	DIGIT_OFF = 800,
	MARKER_AT = 8000,
	MARKER_LEN = 480,
};

static const char names[] = "0123456789*#ABCD!";

static int read_file(struct player *p, const char *path)
{
	FILE *f = fopen(path, "rb");
	long size;

	if (f == NULL)
		return -errno;
	if (fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) > 0 &&
	    fseek(f, 0, SEEK_SET) == 0 &&
	    (p->file = malloc((size_t)size)) != NULL)
		p->file_len = fread(p->file, 1, (size_t)size, f);
	(void)fclose(f);
	return p->file_len > 0 ? 0 : -EIO;
}

static int take_digits(struct player *p, const char *digits)
{
	size_t len = strlen(digits);

	if (len == 0 || len >= sizeof(p->digits) ||
	    strspn(digits, names) != len)
		return -EBADMSG;
	memcpy(p->digits, digits, len + 1);
	return 0;
}

static int init_dtmf(struct player *p, const char *digits)
{
	int rc = take_digits(p, digits);

	if (rc < 0)
		return rc;
	p->dtmf = dtmf_tx_init(NULL);
	if (p->dtmf == NULL)
		return -ENOMEM;
	dtmf_tx_set_timing(p->dtmf, 100, 100);
	(void)dtmf_tx_put(p->dtmf, p->digits, -1);
	return 0;
}

int player_init(struct player *p, const char *what, enum law law)
{
	*p = (struct player){
		.law = law, .pattern = PATTERN_SEED, .hz = 1004, .level = -10
	};
	if (strcmp(what, "silence") == 0)
		return 0;
	if (strcmp(what, "pattern") == 0) {
		p->kind = PLAY_PATTERN;
		return 0;
	}
	if (strcmp(what, "marker") == 0) {
		p->kind = PLAY_MARKER;
		return 0;
	}
	if (sscanf(what, "tone:%lf:%lf", &p->hz, &p->level) >= 1) {
		p->kind = PLAY_TONE;
		return p->hz > 0 && p->hz < 4000 ? 0 : -EBADMSG;
	}
	if (strncmp(what, "file:", 5) == 0) {
		p->kind = PLAY_FILE;
		return read_file(p, what + 5);
	}
	if (strncmp(what, "dtmf-events:", 12) == 0) {
		p->kind = PLAY_EVENTS;
		return take_digits(p, what + 12);
	}
	if (strncmp(what, "dtmf:", 5) == 0) {
		p->kind = PLAY_DTMF;
		return init_dtmf(p, what + 5);
	}
	return -EBADMSG;
}

void player_done(struct player *p)
{
	free(p->file);
	if (p->dtmf != NULL)
		(void)dtmf_tx_free(p->dtmf);
}

static uint8_t sine(struct player *p)
{
	uint8_t octet = phone_octet(
		p->law, (int)lrint(sin(p->angle) * phone_peak(p->level)));

	p->angle = fmod(p->angle + 2 * M_PI * p->hz / 8000, 2 * M_PI);
	return octet;
}

static uint8_t next_octet(struct player *p)
{
	unsigned at = p->played++;

	switch (p->kind) {
	case PLAY_TONE:
		return sine(p);
	case PLAY_MARKER:
		if (at >= MARKER_AT && at < MARKER_AT + MARKER_LEN)
			return sine(p);
		break;
	case PLAY_PATTERN:
		p->pattern =
			(uint16_t)(p->pattern << 8 | phone_pattern(p->pattern));
		return (uint8_t)p->pattern;
	case PLAY_FILE:
		if (p->at < p->file_len)
			return p->file[p->at++];
		break;
	case PLAY_SILENCE:
	case PLAY_EVENTS:
	case PLAY_DTMF:
		break;
	}
	return phone_idle(p->law);
}

/* The place in the present digit: on, three ends, off. */
static void next_event(struct player *p, unsigned n, struct play_event *e)
{
	unsigned since = p->played;

	if (p->digits[p->digit] == '\0')
		return;
	if (since < DIGIT_ON + 3 * n) {
		e->now = true;
		e->first = since == 0;
		e->end = since + n >= DIGIT_ON + n;
		e->code = (uint8_t)(strchr(names, p->digits[p->digit]) - names);
		e->duration = (uint16_t)MIN_OF(since + n, DIGIT_ON);
	}
	p->played += n;
	if (p->played >= DIGIT_ON + DIGIT_OFF) {
		p->played = 0;
		p->digit++;
	}
}

bool player_fill(struct player *p, uint8_t *to, unsigned n,
                 struct play_event *event)
{
	bool marker = p->kind == PLAY_MARKER && p->played <= MARKER_AT &&
	              p->played + n > MARKER_AT;
	int16_t samples[PHONE_PACKET] = { 0 };

	*event = (struct play_event){ 0 };
	if (p->kind == PLAY_DTMF) {
		(void)dtmf_tx(p->dtmf, samples, (int)n);
		for (unsigned i = 0; i < n; i++)
			to[i] = phone_octet(p->law, samples[i]);
		return false;
	}
	if (p->kind == PLAY_EVENTS) {
		memset(to, phone_idle(p->law), n);
		next_event(p, n, event);
		return false;
	}
	for (unsigned i = 0; i < n; i++)
		to[i] = next_octet(p);
	return marker;
}
