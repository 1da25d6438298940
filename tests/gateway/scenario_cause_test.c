/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * What a configuration says of causes: a profile, the rows of a peer and of a
 * span, and after which ends the next choice is tried.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "tests/gateway/world.h"

/* One span, two peers behind each other; %s: global, of the span, of the first
 * peer. */
static const char conf[] =
	"%s"
	"controller e1 0\n board sim\n%s!\n"
	"sip-ua\n bind udp $SIP\n!\n"
	"sip-peer carrier\n address $FAR0\n%s!\n"
	"sip-peer second\n address $FAR1\n!\n"
	"dial-peer voice 100 pots\n destination-pattern 1...\n trunk e1 0\n!\n"
	"dial-peer voice 200 voip\n destination-pattern 2...\n"
	" session target sip-peer carrier\n preference 1\n!\n"
	"dial-peer voice 201 voip\n destination-pattern 2...\n"
	" session target sip-peer second\n preference 2\n!\n";

static struct world *open_said(const char *global, const char *span,
                               const char *peer)
{
	static char text[2048];

	(void)snprintf(text, sizeof(text), conf, global, span, peer);
	return world_open(text);
}

/* --- which status, which cause --- */

static const struct {
	const char *global, *span, *peer;
	unsigned cause, status;
} to_status[] = {
	{ "", "", "", 27, 502 },
	{ "cause-map profile cisco\n", "", "", 27, 404 },
	{ "cause-map profile audiocodes\n", "", "", 88, 503 },
	{ "cause-map profile rfc4497\n", "", "", 25, 483 },
	{ "", " cause-map from-isdn 27 480\n", "", 27, 480 },
	{ "", " cause-map from-isdn 27 480\n", " cause-map from-isdn 27 503\n",
	  27, 503 },
	{ "", "", " cause-map from-isdn 21 480\n", 21, 480 },
	{ "cause-map profile cisco\n", "", " cause-map from-isdn 1 484\n", 1,
	  484 },
};

TEST_ROWS(a_cause_is_told_as_configured, to_status, row)
{
	struct world *w = open_said(row->global, row->span, row->peer);
	struct far *f = &w->far[0];
	char begin[24];

	w->exchange[0].manner = EXCHANGE_REJECTS;
	w->exchange[0].cause =
		(struct cause){ (enum q850_cause)row->cause, LOCATION_USER };
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 100"));
	(void)snprintf(begin, sizeof(begin), "SIP/2.0 %u", row->status);
	CHECK(far_hears(f, begin));
	far_ack_refusal(f);
	CHECK(world_ended(w, "ended by the called side", row->cause));
	world_close(w);
}

static const struct {
	const char *global, *span, *peer, *extra;
	unsigned status, cause;
} from_status[] = {
	{ "", "", "", "", 480, 18 },
	{ "cause-map profile cisco\n", "", "", "", 410, 1 },
	{ "cause-map profile audiocodes\n", "", "", "", 400, 31 },
	{ "cause-map profile rfc4497\n", "", "", "", 485, 3 },
	{ "", " cause-map from-sip 480 19\n", "", "", 480, 19 },
	{ "", " cause-map from-sip 480 19\n", " cause-map from-sip 480 20\n",
	  "", 480, 20 },
	/* a cause that was said goes before every row */
	{ "cause-map profile cisco\n", "", " cause-map from-sip 480 20\n",
	  "Reason: Q.850;cause=17;location=U\r\n", 480, 17 },
};

TEST_ROWS(a_status_is_told_as_configured, from_status, row)
{
	struct world *w = open_said(row->global, row->span, row->peer);
	struct exchange *x = &w->exchange[0];
	char status[24];

	(void)snprintf(status, sizeof(status), "%u Refused", row->status);
	world_place(w, "2001");
	far_reply(&w->far[0], status, row->extra, NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "ACK "));
	CHECK(exchange_last(x, ISDN_RELEASED) != NULL);
	CHECK_EQ(exchange_cause(x), row->cause);
	world_close(w);
}

/* --- the location goes with the cause: RFC 8606 --- */

/* Every location Q.850 has, by the name RFC 8606 4 gives it; what a Reason does
 * not say, or says wrongly, is the user's. */
static const struct {
	enum q850_location isdn;
	const char *name;
	enum q850_location heard;
} locations[] = {
	/* clang-format off */
	{ LOCATION_USER,                "U",     LOCATION_USER },
	{ LOCATION_PRIVATE_LOCAL,       "LPN",   LOCATION_PRIVATE_LOCAL },
	{ LOCATION_PUBLIC_LOCAL,        "LN",    LOCATION_PUBLIC_LOCAL },
	{ LOCATION_TRANSIT,             "TN",    LOCATION_TRANSIT },
	{ LOCATION_PUBLIC_REMOTE,       "RLN",   LOCATION_PUBLIC_REMOTE },
	{ LOCATION_PRIVATE_REMOTE,      "RPN",   LOCATION_PRIVATE_REMOTE },
	{ LOCATION_INTERNATIONAL,       "INTL",  LOCATION_INTERNATIONAL },
	{ LOCATION_BEYOND_INTERWORKING, "BI",    LOCATION_BEYOND_INTERWORKING },
	{ (enum q850_location)12,       "LOC-12", (enum q850_location)12 },
	{ LOCATION_TRANSIT,             "tn",    LOCATION_TRANSIT },
	{ LOCATION_USER,                "MARS",  LOCATION_USER },
	/* clang-format on */
};

TEST_ROWS(every_location_is_told_and_heard, locations, row)
{
	struct world *w = open_said("", "", "");
	struct exchange *x = &w->exchange[0];
	struct far *f = &w->far[0];
	struct isdn_call *call;
	char reason[64];
	const struct release *ended;

	/* heard in a refusal, and in a BYE */
	(void)snprintf(reason, sizeof(reason),
	               "Reason: Q.850;cause=21;location=%s\r\n", row->name);
	call = exchange_place(x, "2001");
	world_run(w, MSEC(20));
	CHECK(far_hears(f, "INVITE "));
	far_reply(f, "603 Decline", reason, NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "ACK "));
	ended = &exchange_last(x, ISDN_RELEASED)->release;
	CHECK_EQ(ended->cause.value, 21);
	CHECK_EQ(ended->cause.location, row->heard);
	call = world_call_out(w);
	CHECK(call != NULL);
	far_request(f, "BYE", reason, NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 200"));
	ended = &exchange_last(x, ISDN_RELEASED)->release;
	CHECK_EQ(ended->cause.location, row->heard);
	/* told in a BYE, and in a refusal */
	(void)snprintf(reason, sizeof(reason), "location=%s",
	               row->isdn == LOCATION_USER      ? "U"
	               : row->isdn == LOCATION_TRANSIT ? "TN"
	                                               : row->name);
	call = world_call_out(w);
	CHECK(call != NULL);
	isdn_call_clear(call, &(struct release){ .by = RELEASE_BY_FAR,
	                                         .cause = { 31, row->isdn } });
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "BYE "));
	CHECK(strstr(far_header(f, "Reason"), reason) != NULL);
	far_reply(f, "200 OK", "", NULL);
	x->manner = EXCHANGE_REJECTS;
	x->cause = (struct cause){ Q850_CALL_REJECTED, row->isdn };
	far_invite(f, "1001", "", world_sdp(w, 0, "sendrecv"));
	world_run(w, MSEC(50));
	CHECK(far_hears(f, "SIP/2.0 100") && far_hear(f));
	CHECK(strstr(far_header(f, "Reason"), reason) != NULL);
	far_ack_refusal(f);
	world_run(w, MSEC(50));
	world_close(w);
}

/* --- after which ends the next choice is tried --- */

static const struct {
	const char *global, *status;
	bool hunts;
} hunts[] = {
	{ "", "486 Busy", false },
	{ "", "503 No", true },
	{ "voice hunt status add 486\n", "486 Busy", true },
	{ "voice hunt status remove 503\n", "503 No", false },
	{ "voice hunt status add 486\nvoice hunt status remove 486\n",
	  "486 Busy", false },
	{ "voice hunt cause add 17\n", "486 Busy", false },
};

TEST_ROWS(the_next_peer_is_tried_as_configured, hunts, row)
{
	struct world *w = open_said(row->global, "", "");

	world_place(w, "2001");
	far_reply(&w->far[0], row->status, "", NULL);
	world_run(w, MSEC(50));
	CHECK(far_hears(&w->far[0], "ACK "));
	CHECK_EQ(far_hear(&w->far[1]), row->hunts);
	if (row->hunts) {
		far_reply(&w->far[1], "404 Not Found", "", NULL);
		world_run(w, MSEC(50));
		CHECK(far_hears(&w->far[1], "ACK "));
	}
	world_close(w);
}

TEST(the_console_tells_own_rows_and_hunting)
{
	static char text[32768];
	struct world *w = open_said("voice hunt cause add 17\n"
	                            "cause-map profile cisco\n",
	                            " cause-map from-isdn 27 480\n",
	                            " cause-map from-sip 480 20\n");

	CHECK_EQ(world_console(w, "show cause-map | include e1 0", false, text,
	                       sizeof(text)),
	         0);
	CHECK(strstr(text, "isdn to sip") != NULL);
	CHECK(strstr(text, "480") != NULL);
	CHECK_EQ(world_console(w, "show cause-map | include carrier", false,
	                       text, sizeof(text)),
	         0);
	CHECK(strstr(text, "sip to isdn") != NULL);
	CHECK_EQ(world_console(w, "show cause-map", false, text, sizeof(text)),
	         0);
	CHECK(strstr(text, "cisco") != NULL);
	CHECK_EQ(world_console(w, "show voice hunt | include user busy", false,
	                       text, sizeof(text)),
	         0);
	CHECK(strstr(text, "yes") != NULL);
	CHECK(strstr(text, "*") != NULL);
	CHECK(world_console(w, "show cause-map nobody", false, text,
	                    sizeof(text)) != 0);
	world_close(w);
}
