/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * Descriptions as the world sends them, and what we make of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/sip/offer.h"
#include "tests/test.h"

static struct bytes text_bytes(const char *text)
{
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

static struct offer_local both(void)
{
	struct offer_local local = {
		.ncodecs = 2,
		.codecs = { CODEC_PCMA, CODEC_PCMU },
		.ptime_ms = 20,
		.event_type = 101,
		.send = true,
		.receive = true,
		.session_id = 4711,
		.version = 1,
	};

	(void)addr_parse(&local.rtp, "192.0.2.1", 30000);
	return local;
}

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\n"
#define AT   "c=IN IP4 192.0.2.9\r\nt=0 0\r\n"

static const struct {
	const char *sdp;
	int rc;
	unsigned warning;
	enum codec codec;
	unsigned type, event, port, ptime;
} offers[] = {
	/* clang-format off */
	/* a Cisco gateway */
	{ "v=0\r\no=CiscoSystemsSIP-GW-UserAgent 8265 3466 IN IP4 192.0.2.9\r\n"
	  "s=SIP Call\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
	  "m=audio 17254 RTP/AVP 18 0 8 101\r\nc=IN IP4 192.0.2.9\r\n"
	  "a=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\n"
	  "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
	  "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\n",
	  0, 0, CODEC_PCMU, 0, 101, 17254, 20 },
	/* Asterisk, chan_pjsip */
	{ "v=0\r\no=- 1234 1234 IN IP4 192.0.2.9\r\ns=Asterisk\r\n" AT
	  "m=audio 11016 RTP/AVP 8 0 3 101\r\na=rtpmap:8 PCMA/8000\r\n"
	  "a=rtpmap:0 PCMU/8000\r\na=rtpmap:3 GSM/8000\r\n"
	  "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
	  "a=ptime:20\r\na=maxptime:150\r\na=sendrecv\r\n",
	  0, 0, CODEC_PCMA, 8, 101, 11016, 20 },
	/* Linphone: opus first, video behind */
	{ "v=0\r\no=bob 3 1 IN IP4 192.0.2.9\r\ns=Talk\r\n" AT
	  "a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics\r\n"
	  "m=audio 7078 RTP/AVP 96 97 98 0 8 18 101 99 100\r\n"
	  "a=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n"
	  "a=rtpmap:97 speex/16000\r\na=rtpmap:98 speex/8000\r\n"
	  "a=rtpmap:101 telephone-event/48000\r\n"
	  "a=rtpmap:99 telephone-event/16000\r\n"
	  "a=rtpmap:100 telephone-event/8000\r\na=rtcp-fb:* trr-int 5000\r\n"
	  "m=video 9078 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n",
	  0, 0, CODEC_PCMU, 0, 100, 7078, 20 },
	/* baresip */
	{ "v=0\r\no=- 3911 1 IN IP4 192.0.2.9\r\ns=-\r\n" AT
	  "a=tool:baresip 1.0.0\r\nm=audio 10098 RTP/AVP 0 8 101\r\n"
	  "b=AS:125\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
	  "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
	  "a=rtcp:10099\r\na=sendrecv\r\na=label:1\r\na=minptime:20\r\n"
	  "a=ptime:20\r\na=rtcp-rsize\r\na=ssrc:1 cname:sip:a@b\r\n",
	  0, 0, CODEC_PCMU, 0, 101, 10098, 20 },
	/* an SBC before Teams: SAVP and AVP lines, ICE */
	{ HEAD AT "a=ice-lite\r\n"
	  "m=audio 50000 RTP/SAVP 8 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"
	  "m=audio 50002 RTP/AVP 8 0 97\r\na=rtpmap:97 telephone-event/8000\r\n"
	  "a=candidate:1 1 UDP 2130706431 192.0.2.9 50002 typ host\r\n"
	  "a=ice-ufrag:abcd\r\na=ice-pwd:efgh\r\n",
	  0, 0, CODEC_PCMA, 8, 97, 50002, 20 },
	/* only keys */
	{ HEAD AT "m=audio 50000 RTP/SAVP 8 0\r\n", -ENOTSUP, 304, 0, 0, 0, 0, 0 },
	/* video first, audio behind; bare line feeds */
	{ "v=0\no=- 1 1 IN IP4 192.0.2.9\ns=-\nc=IN IP4 192.0.2.9\nt=0 0\n"
	  "m=video 5000 RTP/AVP 31\nm=audio 5002 RTP/AVP 8\n",
	  0, 0, CODEC_PCMA, 8, 0, 5002, 20 },
	/* G.711 under dynamic numbers, ptime bounded */
	{ HEAD AT "m=audio 5002/1 RTP/AVP 111 110\r\na=rtpmap:111 pcma/8000/1\r\n"
	  "a=rtpmap:110 TELEPHONE-EVENT/8000\r\na=ptime:60\r\na=maxptime:40\r\n",
	  0, 0, CODEC_PCMA, 111, 110, 5002, 40 },
	{ HEAD AT "m=audio 5002 RTP/AVP 8\r\na=ptime:30\r\n",
	  0, 0, CODEC_PCMA, 8, 0, 5002, 30 },
	{ HEAD AT "m=audio 5002 RTP/AVP 8\r\na=ptime:400\r\n",
	  0, 0, CODEC_PCMA, 8, 0, 5002, 60 },
	{ HEAD AT "m=audio 5002 RTP/AVP 8\r\na=ptime:0\r\n",
	  0, 0, CODEC_PCMA, 8, 0, 5002, 20 },
	/* a static number redefined is no longer ours */
	{ HEAD AT "m=audio 5002 RTP/AVP 8\r\na=rtpmap:8 L16/8000\r\n",
	  -ENOTSUP, 305, 0, 0, 0, 0, 0 },
	{ HEAD AT "m=audio 5002 RTP/AVP 18 4\r\n", -ENOTSUP, 305, 0, 0, 0, 0, 0 },
	{ HEAD AT "m=image 5002 udptl t38\r\n", -ENOTSUP, 304, 0, 0, 0, 0, 0 },
	{ HEAD AT "m=audio 0 RTP/AVP 8\r\n", -ENOTSUP, 304, 0, 0, 0, 0, 0 },
	{ HEAD AT, -ENOTSUP, 304, 0, 0, 0, 0, 0 },
	/* nowhere, by name, another network */
	{ HEAD "t=0 0\r\nm=audio 5002 RTP/AVP 8\r\n", -ENOTSUP, 300, 0, 0, 0, 0, 0 },
	{ HEAD "c=IN IP4 host.example.com\r\nt=0 0\r\nm=audio 5002 RTP/AVP 8\r\n",
	  -ENOTSUP, 300, 0, 0, 0, 0, 0 },
	{ HEAD "c=IN IP6 2001:db8::1\r\nt=0 0\r\nm=audio 5002 RTP/AVP 8\r\n",
	  -ENOTSUP, 300, 0, 0, 0, 0, 0 },
	/* not SDP */
	{ "", -EBADMSG, 0, 0, 0, 0, 0, 0 },
	{ "v=1\r\n", -EBADMSG, 0, 0, 0, 0, 0, 0 },
	{ "hello", -EBADMSG, 0, 0, 0, 0, 0, 0 },
	{ "v=0\r\nhello\r\n", -EBADMSG, 0, 0, 0, 0, 0, 0 },
	{ HEAD AT "m=audio\n", -EBADMSG, 0, 0, 0, 0, 0, 0 },
	{ HEAD AT "m=audio x RTP/AVP 8\n", -EBADMSG, 0, 0, 0, 0, 0, 0 },
	{ HEAD AT "m=audio 70000 RTP/AVP 8\n", -EBADMSG, 0, 0, 0, 0, 0, 0 },
	{ HEAD "c=IN\r\n", -EBADMSG, 0, 0, 0, 0, 0, 0 },
	/* what libosip2 reads past: no formats, a bare line end */
	{ HEAD AT "m=audio 1 RTP/AVP\n", -ENOTSUP, 305, 0, 0, 0, 0, 0 },
	{ HEAD AT "m=audio 1 RTP/AVP\r", -EBADMSG, 0, 0, 0, 0, 0, 0 },
	/* clang-format on */
};

TEST_ROWS(offers_of_the_world_are_agreed_to_or_refused, offers, row)
{
	struct offer_local local = both();
	struct flow flow = { 0 };
	unsigned warning = 0;
	int rc = offer_agree(&local, text_bytes(row->sdp), &flow, &warning);

	CHECK_EQ(rc, row->rc);
	CHECK_EQ(warning, row->warning);
	if (rc < 0)
		return;
	CHECK_EQ(flow.codec, row->codec);
	CHECK_EQ(flow.send_type, row->type);
	CHECK_EQ(flow.receive_type, row->type);
	CHECK_EQ(flow.send_event, row->event);
	CHECK_EQ(addr_port(&flow.remote), row->port);
	CHECK_EQ(flow.ptime_ms, row->ptime);
	CHECK(flow.send && flow.receive);
}

static const struct {
	const char *sdp;
	bool send, receive, somewhere;
} directions[] = {
	/* clang-format off */
	{ HEAD AT "a=sendonly\r\nm=audio 5 RTP/AVP 8\r\n", false, true, true },
	{ HEAD AT "a=sendonly\r\nm=audio 5 RTP/AVP 8\r\na=sendrecv\r\n",
	  true, true, true },
	{ HEAD AT "m=audio 5 RTP/AVP 8\r\na=recvonly\r\n", true, false, true },
	{ HEAD AT "m=audio 5 RTP/AVP 8\r\na=inactive\r\n", false, false, true },
	{ HEAD AT "m=audio 5 RTP/AVP 8\r\nc=IN IP4 0.0.0.0\r\n",
	  false, true, false },
	/* clang-format on */
};

TEST_ROWS(directions_hold_for_the_session_or_the_medium, directions, row)
{
	struct offer_local local = both();
	struct flow flow;
	unsigned warning;

	CHECK_EQ(offer_agree(&local, text_bytes(row->sdp), &flow, &warning), 0);
	CHECK_EQ(flow.send, row->send);
	CHECK_EQ(flow.receive, row->receive);
	CHECK_EQ(addr_is_set(&flow.remote), row->somewhere);
}

TEST(an_rtcp_attribute_says_where_control_goes)
{
	struct offer_local local = both();
	struct flow flow;
	unsigned warning;
	char host[ADDR_TEXT];

	CHECK_EQ(offer_agree(&local,
	                     text_bytes(HEAD AT "m=audio 5 RTP/AVP 8\r\n"
	                                        "a=rtcp:99 IN IP4 "
	                                        "192.0.2.77\r\n"),
	                     &flow, &warning),
	         0);
	addr_print(&flow.remote_control, host, sizeof(host));
	CHECK_TEXT(host, "192.0.2.77:99");
}

TEST(every_line_of_an_offer_is_answered_in_its_place)
{
	static const char offered[] =
		HEAD AT "m=video 5000 RTP/AVP 31 34\r\n"
			"m=audio 5002 RTP/AVP 18 8 0 96\r\n"
			"a=rtpmap:96 telephone-event/8000\r\na=ptime:30\r\n"
			"m=audio 5004 RTP/AVP 8\r\nm=image 1 udptl t38\r\n";
	static const char wanted[] =
		"v=0\r\no=causeway 4711 1 IN IP4 192.0.2.1\r\ns=-\r\n"
		"c=IN IP4 192.0.2.1\r\nt=0 0\r\n"
		"m=video 0 RTP/AVP 31 34\r\n"
		"m=audio 30000 RTP/AVP 8 96\r\na=rtpmap:8 PCMA/8000\r\n"
		"a=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-15\r\n"
		"a=ptime:30\r\na=sendrecv\r\n"
		"m=audio 0 RTP/AVP 8\r\nm=image 0 udptl t38\r\n";
	struct offer_local local = both();
	struct flow flow;
	unsigned warning;
	char room[OFFER_TEXT];

	CHECK_EQ(offer_agree(&local, text_bytes(offered), &flow, &warning), 0);
	CHECK_EQ(offer_print(&local, &flow, text_bytes(offered), room,
	                     sizeof(room)),
	         strlen(wanted));
	CHECK_TEXT(room, wanted);
	CHECK_EQ(offer_print(&local, &flow, text_bytes(offered), room, 100),
	         -ENOSPC);
}

static const struct {
	const char *sdp;
	int rc;
	enum codec codec;
	unsigned send_type, receive_type, send_event, receive_event;
} answers[] = {
	/* clang-format off */
	{ HEAD AT "m=audio 5 RTP/AVP 0 96\r\na=rtpmap:96 telephone-event/8000\r\n",
	  0, CODEC_PCMU, 0, 0, 96, 101 },
	{ HEAD AT "m=audio 5 RTP/AVP 8\r\n", 0, CODEC_PCMA, 8, 8, 0, 0 },
	{ HEAD AT "m=audio 5 RTP/AVP 97\r\na=rtpmap:97 PCMA/8000\r\n",
	  0, CODEC_PCMA, 97, 8, 0, 0 },
	{ HEAD AT "m=audio 0 RTP/AVP 8\r\n", -ENOTSUP, 0, 0, 0, 0, 0 },
	{ HEAD AT "m=audio 5 RTP/AVP 18\r\n", -ENOTSUP, 0, 0, 0, 0, 0 },
	{ HEAD AT, -ENOTSUP, 0, 0, 0, 0, 0 },
	{ "x", -EBADMSG, 0, 0, 0, 0, 0 },
	/* clang-format on */
};

TEST_ROWS(an_answer_says_what_is_sent_under_which_number, answers, row)
{
	struct offer_local local = both();
	struct flow flow = { 0 };
	unsigned warning;

	CHECK_EQ(offer_answered(&local, text_bytes(row->sdp), &flow, &warning),
	         row->rc);
	CHECK_EQ(flow.codec, row->codec);
	CHECK_EQ(flow.send_type, row->send_type);
	CHECK_EQ(flow.receive_type, row->receive_type);
	CHECK_EQ(flow.send_event, row->send_event);
	CHECK_EQ(flow.receive_event, row->receive_event);
}

TEST(what_we_offer_we_agree_to)
{
	struct offer_local local = both(), other = both();
	struct flow flow;
	unsigned warning;
	char room[OFFER_TEXT], back[OFFER_TEXT];

	CHECK(offer_print(&local, NULL, (struct bytes){ 0 }, room,
	                  sizeof(room)) > 0);
	other.codecs[0] = CODEC_PCMU;
	other.ncodecs = 1;
	CHECK_EQ(offer_agree(&other, text_bytes(room), &flow, &warning), 0);
	CHECK_EQ(flow.codec, CODEC_PCMU);
	CHECK(offer_print(&other, &flow, text_bytes(room), back, sizeof(back)) >
	      0);
	CHECK_EQ(offer_answered(&local, text_bytes(back), &flow, &warning), 0);
	CHECK_EQ(flow.codec, CODEC_PCMU);
	CHECK_EQ(flow.send_event, 101);
}

/* Bytes changed at random never do more than change the answer. */
TEST(changed_descriptions_are_survived)
{
	struct offer_local local = both();
	struct flow flow;
	unsigned warning, seed = test_seed();
	char room[OFFER_TEXT];

	for (unsigned i = 0; i < 20000; i++) {
		const char *sdp = offers[i % ARRAY_LEN(offers)].sdp;
		size_t len = strlen(sdp), n = len == 0 ? 0 : 1 + i % 4;
		char *copy = malloc(len + 1);

		CHECK(copy != NULL);
		memcpy(copy, sdp, len);
		while (n-- > 0)
			copy[(size_t)rand_r(&seed) % len] = (char)rand_r(&seed);
		if (offer_agree(&local, (struct bytes){ (uint8_t *)copy, len },
		                &flow, &warning) == 0)
			(void)offer_print(
				&local, &flow,
				(struct bytes){ (uint8_t *)copy, len }, room,
				sizeof(room));
		free(copy);
	}
}

TEST(too_many_lines_are_malformed)
{
	struct offer_local local = both();
	struct flow flow;
	unsigned warning;
	char room[4096] = HEAD AT;

	for (unsigned i = 0; i < OFFER_MEDIA + 1; i++)
		strcat(room, "m=audio 5 RTP/AVP 8\r\n");
	CHECK_EQ(offer_agree(&local, text_bytes(room), &flow, &warning),
	         -EBADMSG);
}
