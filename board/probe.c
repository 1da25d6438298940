/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * Which spans there are. What a span is and what looks wrong with it is told
 * from one struct dahdi_port, so that a test can describe a card nobody has.
 *
 * The advice is rows: a condition and a sentence. A sentence names what the
 * installer sees on his own side of the cable and what he can do about it; a
 * state that is merely unusual is not mentioned.
 */

#include "board/probe.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "board/dahdi.h"
#include "board/probe_private.h"
#include "kernel/text.h"

enum { MOST_SPANS = 128, ODD_LINE = 200 };

static bool is_e1(const struct dahdi_port *port)
{
	return port->channels == board_slots(SPAN_E1);
}

static bool is_t1(const struct dahdi_port *port)
{
	return port->channels == board_slots(SPAN_T1);
}

static bool has_line(const struct dahdi_port *port)
{
	return !(port->alarms & ALARM_LOS);
}

/* A dynamic span has no framer and says nothing of framing. */
static bool has_framer(const struct dahdi_port *port)
{
	return strcmp(port->kind, "DYNAM") != 0;
}

static bool is_other(const struct dahdi_port *port)
{
	return !is_e1(port) && !is_t1(port);
}

static bool is_unconfigured(const struct dahdi_port *port)
{
	return port->configured == 0;
}

static bool is_dark(const struct dahdi_port *port)
{
	return !has_line(port);
}

static bool is_unframed(const struct dahdi_port *port)
{
	return has_line(port) && port->alarms & ALARM_LOF &&
	       !port->recovering && !port->looped;
}

static bool is_blue(const struct dahdi_port *port)
{
	return port->alarms & ALARM_AIS;
}

static bool is_yellow(const struct dahdi_port *port)
{
	return port->alarms == ALARM_RAI;
}

static bool has_crc_errors(const struct dahdi_port *port)
{
	return port->crc4 && port->crc_errors > 0;
}

static bool has_code_errors(const struct dahdi_port *port)
{
	return port->code_errors > 0;
}

static bool has_missed(const struct dahdi_port *port)
{
	return port->missed_interrupts > 0;
}

static bool has_no_clock(const struct dahdi_port *port)
{
	return has_framer(port) && has_line(port) && port->configured > 0 &&
	       port->sync_source == 0;
}

static bool is_looped(const struct dahdi_port *port)
{
	return port->looped;
}

static const struct advice {
	bool (*holds)(const struct dahdi_port *port);
	const char *sentence;
} advices[] = {
	/* clang-format off */
	{ is_other, "not an E1 or T1: this gateway does not use it" },
	{ is_unconfigured,
	  "no channel is configured: run dahdi_cfg with the lines of "
	  "'causewayd --system-conf'" },
	{ is_dark,
	  "no signal: is the cable in, and are transmit and receive pairs "
	  "crossed where the far end is wired like this one?" },
	{ is_unframed,
	  "a signal without frames: framing or line coding differs from the far "
	  "end's (crc4 and no-crc4, esf and sf), or one end is E1 and the other "
	  "T1" },
	{ is_blue,
	  "the far end sends all ones: its own uplink or port is down" },
	{ is_yellow,
	  "the far end does not hear us: a broken transmit pair, or its framing "
	  "(crc4 and no-crc4) differs from ours" },
	{ is_looped, "the line is looped back: a test is running or was left on" },
	{ has_crc_errors,
	  "CRC-4 errors: the far end may run without CRC-4 ('framing no-crc4'), "
	  "or the cable is bad" },
	{ has_code_errors,
	  "line code violations: line coding differs or the cable is bad" },
	{ has_no_clock,
	  "no span gives the clock: 'clock source line 1' on the span towards the "
	  "public network, else sound slips" },
	{ has_missed,
	  "the card's interrupts were missed: the machine is too busy, or the "
	  "card shares its interrupt" },
	/* clang-format on */
};

static void say(board_line_fn line, void *self, const char *label,
                const char *value)
{
	char text[ODD_LINE];
	struct text t = TEXT(text);

	if (value[0] == '\0')
		return;
	text_add(&t, " %-13s%s", label, value);
	line(self, text);
}

static const char *framing_of(const struct dahdi_port *port)
{
	if (!has_framer(port))
		return "none (not a line of its own)";
	if (is_e1(port))
		return port->crc4 ? "crc4" : "no-crc4";
	return port->esf ? "esf" : "sf";
}

static const char *coding_of(const struct dahdi_port *port)
{
	if (!has_framer(port))
		return "";
	if (port->hdb3)
		return "hdb3";
	return port->b8zs ? "b8zs" : "ami";
}

static void say_clock(const struct dahdi_port *port, board_line_fn line,
                      void *self)
{
	char text[64];
	struct text t = TEXT(text);

	if (port->sync_source == 0)
		text_add(&t, "the card's own");
	else if ((unsigned)port->sync_source == port->number)
		text_add(&t, "this line");
	else
		text_add(&t, "span %d", port->sync_source);
	say(line, self, "clock", text);
}

static void say_alarms(const struct dahdi_port *port, board_line_fn line,
                       void *self)
{
	char text[64];
	struct text t = TEXT(text);

	for (unsigned bit = 1; bit <= ALARM_RAI; bit <<= 1)
		if (port->alarms & bit)
			text_add(&t, "%s%s", t.len > 0 ? ", " : "",
			         board_alarm_name(bit));
	say(line, self, "alarms", port->alarms == 0 ? "none" : text);
}

static void say_channels(const struct dahdi_port *port, board_line_fn line,
                         void *self)
{
	char text[64];
	struct text t = TEXT(text);

	text_add(&t, "%u, %u configured", port->channels, port->configured);
	say(line, self, "channels", text);
}

static void say_use(const struct dahdi_port *port, board_line_fn line,
                    void *self)
{
	char text[64];
	struct text t = TEXT(text);

	if (is_other(port))
		return;
	text_add(&t, "controller %s %u", is_e1(port) ? "e1" : "t1",
	         port->number - 1);
	say(line, self, "use it with", text);
	t = TEXT(text);
	text_add(&t, " board dahdi %u", port->number);
	say(line, self, "", text);
}

void probe_tell_port(const struct dahdi_port *port, board_line_fn line,
                     void *self)
{
	char text[ODD_LINE];
	struct text t = TEXT(text);

	text_add(&t, "span %u: %s (%s)", port->number, port->name, port->about);
	line(self, text);
	say(line, self, "type",
	    is_e1(port)   ? "E1"
	    : is_t1(port) ? "T1"
	                  : port->kind);
	say(line, self, "card", port->device);
	say(line, self, "made by", port->maker);
	say(line, self, "location", port->location);
	say_channels(port, line, self);
	say(line, self, "framing", framing_of(port));
	say(line, self, "coding", coding_of(port));
	say_clock(port, line, self);
	say_alarms(port, line, self);
	for (size_t i = 0; i < ARRAY_LEN(advices); i++)
		if (advices[i].holds(port))
			say(line, self, "look:", advices[i].sentence);
	say_use(port, line, self);
}

static void tell_no_driver(int rc, board_line_fn line, void *self)
{
	if (rc == -EACCES || rc == -EPERM) {
		line(self, "the DAHDI driver is there, and this user may not "
		           "use it: the group of /dev/dahdi/ctl may");
		return;
	}
	line(self, "no DAHDI driver is loaded (there is no /dev/dahdi/ctl): "
	           "no cards can be used");
	line(self, "virtual spans need none: 'board wire listen PATH' in a "
	           "controller");
}

void board_probe(board_line_fn line, void *self)
{
	struct dahdi_port port;
	unsigned seen = 0;
	int control = dahdi_control_open();

	if (control < 0) {
		tell_no_driver(control, line, self);
		return;
	}
	for (unsigned number = 1; number <= MOST_SPANS; number++) {
		if (dahdi_port_read(control, number, &port) < 0)
			continue;
		probe_tell_port(&port, line, self);
		seen++;
	}
	if (seen == 0)
		line(self,
		     "the DAHDI driver is loaded and has no span: is the "
		     "card's module loaded (dahdi_hardware lists cards)?");
	(void)close(control);
}
