/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What switches differ in, as rows, and the presets of a link.
 *
 * libpri knows most habits of a switch type by itself. The columns here are
 * those it leaves to its user: whether our SETUP says Sending Complete (ETSI
 * EN 300 403 wants it for en-bloc sending, the North American types do not know
 * it), whether names and diversions travel in Facility elements, whether hold
 * and service messages exist.
 *
 * The timer rows are the program's and its manual's. Presets are Q.931 tables
 * 9-1 and 9-2; T309 is the user side's 90 s because a call that talks is worth
 * more than a channel. T302 at 10 s is the lower end, a caller hears nothing
 * meanwhile.
 */
#include <errno.h>
#include <string.h>

#include "pri/private.h"

/* clang-format off */
static const struct variant variants[] = {
	{ .name = "primary-net5",   .type = SWITCH_NET5,
	  .libpri_type = PRI_SWITCH_EUROISDN_E1, .complete = true,
	  .hold = true },
	{ .name = "primary-ni",     .type = SWITCH_NI2,
	  .libpri_type = PRI_SWITCH_NI2, .service = true, .facility = true },
	{ .name = "primary-5ess",   .type = SWITCH_5ESS,
	  .libpri_type = PRI_SWITCH_LUCENT5E, .service = true },
	{ .name = "primary-4ess",   .type = SWITCH_4ESS,
	  .libpri_type = PRI_SWITCH_ATT4ESS, .service = true },
	{ .name = "primary-dms100", .type = SWITCH_DMS100,
	  .libpri_type = PRI_SWITCH_DMS100, .service = true },
	{ .name = "primary-qsig",   .type = SWITCH_QSIG,
	  .libpri_type = PRI_SWITCH_QSIG, .facility = true, .hold = true },
};

const struct timer_row isdn_timer_rows[ISDN_TIMERS] = {
	[ISDN_T200] = { "T200", SEC(1),   MSEC(100), SEC(10),
	                "a frame waits for its acknowledgement" },
	[ISDN_T203] = { "T203", SEC(10),  SEC(1),    SEC(60),
	                "the D channel is silent before it is polled" },
	[ISDN_T301] = { "T301", SEC(180), SEC(10),   SEC(1200),
	                "ALERTING was heard, nobody answers" },
	[ISDN_T302] = { "T302", SEC(10),  SEC(1),    SEC(30),
	                "no more digits come" },
	[ISDN_T303] = { "T303", SEC(4),   SEC(1),    SEC(60),
	                "SETUP was sent, no answer; sent twice" },
	[ISDN_T304] = { "T304", SEC(30),  SEC(1),    SEC(120),
	                "digits were sent, the far end says nothing" },
	[ISDN_T305] = { "T305", SEC(30),  SEC(1),    SEC(120),
	                "DISCONNECT was sent, no answer" },
	[ISDN_T308] = { "T308", SEC(4),   SEC(1),    SEC(60),
	                "RELEASE was sent, no answer; sent twice" },
	[ISDN_T309] = { "T309", SEC(90),  SEC(1),    SEC(300),
	                "the D channel is lost, talking calls are kept" },
	[ISDN_T310] = { "T310", SEC(30),  SEC(1),    SEC(120),
	                "CALL PROCEEDING was heard, then nothing" },
	[ISDN_T313] = { "T313", SEC(4),   SEC(1),    SEC(60),
	                "CONNECT was sent, not acknowledged" },
	[ISDN_T316] = { "T316", SEC(120), SEC(1),    SEC(600),
	                "RESTART was sent, not acknowledged" },
};
/* clang-format on */

const struct variant *isdn_variant(enum isdn_switch type)
{
	for (size_t i = 0; i < ARRAY_LEN(variants); i++)
		if (variants[i].type == type)
			return &variants[i];
	return &variants[0];
}

const char *isdn_switch_name(enum isdn_switch type)
{
	return isdn_variant(type)->name;
}

int isdn_switch_find(const char *name, enum isdn_switch *out)
{
	for (size_t i = 0; i < ARRAY_LEN(variants); i++) {
		if (strcmp(variants[i].name, name) == 0) {
			*out = variants[i].type;
			return 0;
		}
	}
	return -ENOENT;
}

usec isdn_timer_length(const struct isdn_conf *conf, enum isdn_timer timer)
{
	usec length = conf->timers[timer];

	return length > 0 ? length : isdn_timer_rows[timer].preset;
}

void isdn_conf_preset(struct isdn_conf *conf, enum span_type span)
{
	bool e1 = span == SPAN_E1;

	*conf = (struct isdn_conf){
		.switch_type = e1 ? SWITCH_NET5 : SWITCH_NI2,
		.side = ISDN_USER,
		.span = span,
		.law = e1 ? LAW_ALAW : LAW_ULAW,
		.dslot = e1 ? 16 : 24,
		/* E1: slots 1 to 15 and 17 to 31; T1: 1 to 23. */
		.bearers = e1 ? 0xfffefffeu : 0x00fffffeu,
		.order = ORDER_DESCENDING,
		.restart_on_up = true,
		.restart_tries = 2,
		.calls_most = e1 ? 60 : 46,
		.setups_per_second = 20,
	};
}
