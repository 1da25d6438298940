/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * /etc/dahdi/system.conf from the gateway's own configuration, so that framing,
 * coding and clock are written in one place.
 *
 * That file numbers channels through the whole system: a span's first channel
 * follows from the sizes of all spans before it, configured or not. Where the
 * driver is loaded it is asked for them. Before that (the file is wanted to
 * load the driver with) they are known only of configured spans, and a gap
 * among them is an error, not a guess.
 *
 * The order of the lines matters to dahdi_cfg: a span before its channels,
 * their use before their law and canceller. Tones are made by the gateway
 * itself; the zone is only what the driver asks for.
 */

#include <errno.h>
#include <unistd.h>

#include "board/dahdi.h"
#include "board/probe_private.h"
#include "kernel/text.h"

enum { MOST_SPANS = 128, CONF_LINE = 160 };

/* `framing,coding` as dahdi_cfg wants them; E1 with CCS signalling. */
static void add_framing(struct text *t, const struct board_conf *conf)
{
	const char *coding = conf->linecode == LINECODE_HDB3   ? "hdb3"
	                     : conf->linecode == LINECODE_B8ZS ? "b8zs"
	                                                       : "ami";

	switch (conf->framing) {
	case FRAMING_CRC4:
		text_add(t, "ccs,%s,crc4", coding);
		break;
	case FRAMING_NO_CRC4:
		text_add(t, "ccs,%s", coding);
		break;
	case FRAMING_ESF:
		text_add(t, "esf,%s", coding);
		break;
	case FRAMING_SF:
		text_add(t, "d4,%s", coding);
		break;
	}
}

/* "1-15,17-31" with the span's first channel added; bits are slots. */
static void add_ranges(struct text *t, uint32_t slots, unsigned first)
{
	const char *comma = "";

	for (unsigned slot = 1; slot < TICK_SLOTS; slot++) {
		unsigned last = slot;

		if (!(slots >> slot & 1))
			continue;
		while (last + 1 < TICK_SLOTS && slots >> (last + 1) & 1)
			last++;
		text_add(t, "%s%u", comma, first + slot - 1);
		if (last > slot)
			text_add(t, "-%u", first + last - 1);
		comma = ",";
		slot = last;
	}
}

static void tell_ranges(const char *word, const char *after, uint32_t slots,
                        unsigned first, board_line_fn line, void *self)
{
	char text[CONF_LINE];
	struct text t = TEXT(text);

	text_add(&t, "%s=%s", word, after);
	add_ranges(&t, slots, first);
	line(self, text);
}

static void tell_span(const struct board_conf *conf, unsigned first,
                      board_line_fn line, void *self)
{
	uint32_t bearers = board_bearer_slots(conf->type, conf->dslot);
	char text[CONF_LINE];
	struct text t = TEXT(text);

	text_add(&t, "# %s", conf->name);
	line(self, text);
	/* span=number,timing,length of line,framing,coding: a timing of 0
	 * gives the line our clock and never takes it from there. */
	t = TEXT(text);
	text_add(&t, "span=%u,%u,0,", conf->span_number,
	         conf->clock_line ? conf->clock_priority : 0);
	add_framing(&t, conf);
	line(self, text);
	tell_ranges("bchan", "", bearers, first, line, self);
	if (conf->dslot != 0)
		/* HDLC by the driver works on every card; hardhdlc is refused
		 * by those that cannot, and by dynamic spans. */
		tell_ranges("dchan", "", UINT32_C(1) << conf->dslot, first,
		            line, self);
	tell_ranges(conf->law == LAW_ALAW ? "alaw" : "mulaw", "", bearers,
	            first, line, self);
	tell_ranges("echocanceller", "mg2,", bearers, first, line, self);
}

static const struct board_conf *find(const struct board_conf *confs, size_t n,
                                     unsigned number)
{
	for (size_t i = 0; i < n; i++)
		if (confs[i].kind == BOARD_DAHDI &&
		    confs[i].span_number == number)
			return &confs[i];
	return NULL;
}

static int check_numbers(const struct board_conf *confs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (confs[i].kind != BOARD_DAHDI)
			continue;
		if (confs[i].span_number == 0 ||
		    confs[i].span_number > MOST_SPANS ||
		    find(confs, n, confs[i].span_number) != &confs[i])
			return -EINVAL;
	}
	return 0;
}

/* A span's first channel, 1 based; 0: a span before it is unknown. */
static unsigned first_channel(const struct board_conf *confs, size_t n,
                              const unsigned *channels, unsigned number)
{
	unsigned first = 1;

	for (unsigned before = 1; before < number; before++) {
		const struct board_conf *conf = find(confs, n, before);

		if (channels[before - 1] != 0)
			first += channels[before - 1];
		else if (conf != NULL)
			first += board_slots(conf->type);
		else
			return 0;
	}
	return first;
}

int probe_system_conf(const struct board_conf *confs, size_t n,
                      const unsigned *channels, size_t nspans,
                      board_line_fn line, void *self)
{
	unsigned known[MOST_SPANS] = { 0 };
	int rc = check_numbers(confs, n);

	for (size_t i = 0; i < MIN_OF(nspans, (size_t)MOST_SPANS); i++)
		known[i] = channels[i];
	/* All or nothing: half a file would be fed to dahdi_cfg. */
	for (unsigned number = 1; rc == 0 && number <= MOST_SPANS; number++)
		if (find(confs, n, number) != NULL &&
		    first_channel(confs, n, known, number) == 0)
			rc = -EINVAL;
	if (rc < 0)
		return rc;
	line(self, "# written by causewayd --system-conf; changes are lost");
	for (unsigned number = 1; number <= MOST_SPANS; number++) {
		const struct board_conf *conf = find(confs, n, number);

		if (conf != NULL)
			tell_span(conf, first_channel(confs, n, known, number),
			          line, self);
	}
	line(self, "loadzone=us");
	line(self, "defaultzone=us");
	return 0;
}

int board_system_conf(const struct board_conf *confs, size_t n,
                      board_line_fn line, void *self)
{
	unsigned channels[MOST_SPANS] = { 0 };
	struct dahdi_port port;
	int control = dahdi_control_open();

	for (unsigned number = 1; control >= 0 && number <= MOST_SPANS;
	     number++)
		if (dahdi_port_read(control, number, &port) == 0)
			channels[number - 1] = port.channels;
	if (control >= 0)
		(void)close(control);
	return probe_system_conf(confs, n, channels, MOST_SPANS, line, self);
}
