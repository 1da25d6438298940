/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * What an installer is told of cards that nobody has here, and the file that
 * follows from a configuration.
 */

#include "board/probe.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "board/dahdi.h"
#include "board/probe_private.h"
#include "kernel/loop.h"
#include "kernel/text.h"
#include "tests/board/wire_end.h"

struct page {
	char octets[8192];
	struct text text;
};

static void page_init(struct page *page)
{
	page->text =
		(struct text){ page->octets, sizeof(page->octets), 0, false };
	page->octets[0] = '\0';
}

static void on_line(void *self, const char *text)
{
	struct page *page = self;

	CHECK(strchr(text, '\n') == NULL);
	text_add(&page->text, "%s\n", text);
	CHECK(!page->text.cut);
}

/* --- one card --- */

static const struct dahdi_port good = {
	.number = 2,
	.spans = 4,
	.name = "TE4/0/2",
	.about = "T4XXP (PCI) Card 0 Span 2",
	.device = "Wildcard TE420",
	.maker = "Digium",
	.location = "PCI Bus 02 Slot 03",
	.kind = "E1",
	.channels = 31,
	.configured = 31,
	.crc4 = true,
	.hdb3 = true,
	.sync_source = 1,
};

TEST(a_good_span_is_described_and_nothing_looks_wrong)
{
	struct page page;

	page_init(&page);
	probe_tell_port(&good, on_line, &page);
	CHECK_TEXT(page.octets, "span 2: TE4/0/2 (T4XXP (PCI) Card 0 Span 2)\n"
	                        " type         E1\n"
	                        " card         Wildcard TE420\n"
	                        " made by      Digium\n"
	                        " location     PCI Bus 02 Slot 03\n"
	                        " channels     31, 31 configured\n"
	                        " framing      crc4\n"
	                        " coding       hdb3\n"
	                        " clock        span 1\n"
	                        " alarms       none\n"
	                        " use it with  controller e1 1\n"
	                        "               board dahdi 2\n");
}

static void make_bri(struct dahdi_port *p)
{
	p->channels = 3;
}

static void make_unconfigured(struct dahdi_port *p)
{
	p->configured = 0;
}

static void make_dark(struct dahdi_port *p)
{
	p->alarms = ALARM_LOS;
}

static void make_unframed(struct dahdi_port *p)
{
	p->alarms = ALARM_LOF;
}

static void make_blue(struct dahdi_port *p)
{
	p->alarms = ALARM_AIS;
}

static void make_yellow(struct dahdi_port *p)
{
	p->alarms = ALARM_RAI;
}

static void make_crc_errors(struct dahdi_port *p)
{
	p->crc_errors = 7;
}

static void make_violations(struct dahdi_port *p)
{
	p->code_errors = 7;
}

static void make_clockless(struct dahdi_port *p)
{
	p->sync_source = 0;
}

static void make_busy(struct dahdi_port *p)
{
	p->missed_interrupts = 1;
}

static void make_looped(struct dahdi_port *p)
{
	p->alarms = ALARM_LOF;
	p->looped = true;
}

static const struct wrong_row {
	void (*make)(struct dahdi_port *port);
	const char *said;
} wrong_rows[] = {
	/* clang-format off */
	{ make_bri,          " look:        not an E1 or T1" },
	{ make_unconfigured, " look:        no channel is configured" },
	{ make_dark,         " look:        no signal" },
	{ make_unframed,     " look:        a signal without frames" },
	{ make_blue,         " look:        the far end sends all ones" },
	{ make_yellow,       " look:        the far end does not hear us" },
	{ make_crc_errors,   " look:        CRC-4 errors" },
	{ make_violations,   " look:        line code violations" },
	{ make_clockless,    " look:        no span gives the clock" },
	{ make_busy,         " look:        the card's interrupts were missed" },
	{ make_looped,       " look:        the line is looped back" },
	/* clang-format on */
};

TEST_ROWS(what_looks_wrong_is_said_once_and_in_words, wrong_rows, row)
{
	struct dahdi_port port = good;
	const char *first;
	struct page page;

	page_init(&page);
	row->make(&port);
	probe_tell_port(&port, on_line, &page);
	first = strstr(page.octets, row->said);
	CHECK(first != NULL);
	first = strstr(page.octets, " look:");
	CHECK(strstr(first + 1, " look:") == NULL);
}

TEST(without_a_driver_it_says_so)
{
	struct page page;

	if (access("/dev/dahdi/ctl", F_OK) == 0)
		return; /* in the lab */
	page_init(&page);
	board_probe(on_line, &page);
	CHECK(strstr(page.octets, "no DAHDI driver is loaded") != NULL);
}

/* --- system.conf --- */

static struct board_conf conf_of(enum span_type type, unsigned number,
                                 const char *name)
{
	struct board_conf conf = { .kind = BOARD_DAHDI };

	board_conf_preset(&conf, type);
	conf.span_number = number;
	strcpy(conf.name, name);
	return conf;
}

TEST(the_file_for_dahdi_cfg_follows_from_the_controllers)
{
	struct board_conf confs[3] = { conf_of(SPAN_T1, 2, "t1 0"),
		                       { .kind = BOARD_WIRE },
		                       conf_of(SPAN_E1, 1, "e1 0") };
	struct page page;

	confs[0].clock_line = false;
	page_init(&page);
	CHECK_EQ(probe_system_conf(confs, 3, NULL, 0, on_line, &page), 0);
	CHECK_TEXT(page.octets,
	           "# written by causewayd --system-conf; changes are lost\n"
	           "# e1 0\n"
	           "span=1,1,0,ccs,hdb3,crc4\n"
	           "bchan=1-15,17-31\n"
	           "dchan=16\n"
	           "alaw=1-15,17-31\n"
	           "echocanceller=mg2,1-15,17-31\n"
	           "# t1 0\n"
	           "span=2,0,0,esf,b8zs\n"
	           "bchan=32-54\n"
	           "dchan=55\n"
	           "mulaw=32-54\n"
	           "echocanceller=mg2,32-54\n"
	           "loadzone=us\n"
	           "defaultzone=us\n");
}

static const struct framing_row {
	enum span_type type;
	enum board_framing framing;
	enum board_linecode linecode;
	const char *line;
} framing_rows[] = {
	/* clang-format off */
	{ SPAN_E1, FRAMING_CRC4,    LINECODE_HDB3, "span=1,1,0,ccs,hdb3,crc4\n" },
	{ SPAN_E1, FRAMING_NO_CRC4, LINECODE_HDB3, "span=1,1,0,ccs,hdb3\n" },
	{ SPAN_E1, FRAMING_NO_CRC4, LINECODE_AMI,  "span=1,1,0,ccs,ami\n" },
	{ SPAN_T1, FRAMING_ESF,     LINECODE_B8ZS, "span=1,1,0,esf,b8zs\n" },
	{ SPAN_T1, FRAMING_SF,      LINECODE_AMI,  "span=1,1,0,d4,ami\n" },
	/* clang-format on */
};

TEST_ROWS(framing_and_coding_are_as_configured, framing_rows, row)
{
	struct board_conf conf = conf_of(row->type, 1, "x");
	struct page page;

	conf.framing = row->framing;
	conf.linecode = row->linecode;
	page_init(&page);
	CHECK_EQ(probe_system_conf(&conf, 1, NULL, 0, on_line, &page), 0);
	CHECK(strstr(page.octets, row->line) != NULL);
}

TEST(a_span_without_a_d_channel_bears_in_all_slots)
{
	struct board_conf conf = conf_of(SPAN_E1, 1, "e1 0");
	struct page page;

	conf.dslot = 0;
	page_init(&page);
	CHECK_EQ(probe_system_conf(&conf, 1, NULL, 0, on_line, &page), 0);
	CHECK(strstr(page.octets, "bchan=1-31\n") != NULL);
	CHECK(strstr(page.octets, "dchan") == NULL);
}

TEST(the_drivers_spans_say_where_channels_begin)
{
	static const unsigned channels[] = { 4, 24 };
	struct board_conf conf = conf_of(SPAN_E1, 3, "e1 0");
	struct page page;

	page_init(&page);
	CHECK_EQ(probe_system_conf(&conf, 1, channels, 2, on_line, &page), 0);
	CHECK(strstr(page.octets, "bchan=29-43,45-59\n") != NULL);
}

TEST(a_number_that_cannot_be_right_gives_no_file)
{
	struct board_conf confs[2] = { conf_of(SPAN_E1, 2, "a"),
		                       conf_of(SPAN_E1, 2, "b") };
	struct page page;

	page_init(&page);
	CHECK_EQ(probe_system_conf(confs, 1, NULL, 0, on_line, &page),
	         -EINVAL); /* span 1 is unknown */
	CHECK_EQ(probe_system_conf(confs, 2, NULL, 0, on_line, &page),
	         -EINVAL); /* twice the same */
	CHECK_TEXT(page.octets, "");
}

/* --- a span whose card is not there --- */

TEST(without_a_driver_a_span_waits_in_los_and_says_why_once)
{
	struct board_conf conf = conf_of(SPAN_E1, 1, "e1 0");
	static const uint8_t frame[] = { 0, 1, 0x7f };
	struct wire_end end;

	if (access("/dev/dahdi/ctl", F_OK) == 0)
		return; /* in the lab */
	end_init(&end, true);
	end.conf = conf;
	CHECK_EQ(board_span_open(&end.span, end.loop, &end.conf, &end_handler,
	                         &end),
	         0);
	CHECK_EQ(end.nnotices, 0);
	for (unsigned i = 0; i < 10; i++)
		end_turn(&end, SEC(1));
	CHECK_EQ(end.nnotices, 1);
	CHECK_TEXT(end.notice, "DAHDI span 1: the DAHDI driver is not there "
	                       "(No such file or directory)");
	CHECK_EQ(board_span_alarms(end.span), ALARM_LOS);
	CHECK_EQ(board_span_send(end.span, BYTES(frame)), -ENETDOWN);
	CHECK_EQ(board_chan_open(end.span, 1, true), -ENODEV);
	CHECK_EQ(board_span_send_fault(end.span, 2, 16), -ENOTSUP);
	CHECK(board_span_fd(end.span) >= 0);
	end_close(&end);
}

LADDER(a_card_span_survives_want_of_memory)
{
	struct board_conf conf = conf_of(SPAN_T1, 1, "t1 0");
	struct board_span *span = NULL;
	struct wire_end end = { .fd = -1 };
	struct loop *loop = NULL;
	int rc = loop_new(&loop);

	if (rc == 0)
		rc = board_span_open(&span, loop, &conf, &end_handler, &end);
	if (ladder_ok())
		CHECK_EQ(rc, 0);
	board_span_close(span);
	loop_free(loop);
}
