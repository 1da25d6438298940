/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */

/*
 * A datagram of anybody's: parsed, given to the transactions, answered. With
 * no socket open nothing leaves, which is one more thing to survive. When the
 * timers have run nothing may be left, in the pool or of libosip2's.
 */

#include <stdlib.h>
#include <string.h>

#include "gateway/sip/transaction.h"
#include "kernel/loop.h"
#include "kernel/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct loop *loop;
static struct transports *transports;
static struct transactions *transactions;
static struct sip_counts counts;
static size_t live;

static void hear_request(void *self, struct transaction *t,
                         const osip_message_t *request)
{
	osip_message_t *m = message_response(request, 180, NULL, "tag");

	(void)self;
	if (m == NULL)
		abort();
	(void)transaction_respond(t, m);
	m = message_response(request, 486, NULL, "tag");
	if (m == NULL)
		abort();
	(void)transaction_respond(t, m);
}

static void hear_cancelled(void *self, struct transaction *invite,
                           const osip_message_t *cancel)
{
	(void)self, (void)invite, (void)cancel;
}

static void hear_stray(void *self, const struct hop *hop,
                       const osip_message_t *message)
{
	(void)self, (void)hop, (void)message;
}

static void hear_ended(void *self, struct transaction *t)
{
	(void)self, (void)t;
}

static void hear_message(void *self, const struct hop *hop, struct bytes raw,
                         usec waited)
{
	(void)self, (void)hop, (void)raw, (void)waited;
}

static void hear_failed(void *self, const struct hop *hop, int error)
{
	(void)self, (void)hop, (void)error;
}

static bool hear_welcome(void *self, const struct addr *from)
{
	(void)self, (void)from;
	return true;
}

static void start(void)
{
	static const struct transports_user below = {
		.message = hear_message,
		.failed = hear_failed,
		.welcome = hear_welcome,
	};
	static const struct transactions_user above = {
		.request = hear_request,
		.cancelled = hear_cancelled,
		.stray = hear_stray,
		.ended = hear_ended,
	};
	struct sip_conf conf;

	sip_conf_preset(&conf);
	conf.transactions_most = 16;
	message_start();
	instant_hold();
	if (loop_new(&loop) < 0 ||
	    transports_open(&transports, loop, &conf, &below, NULL, &counts) <
	            0 ||
	    transactions_new(&transactions, loop, transports, &conf, &above,
	                     NULL, &counts) < 0)
		abort();
	live = mem_live();
}

static void run_out(void)
{
	for (int i = 0; i < 8; i++) {
		instant_turn(SEC(40));
		while (loop_turn(loop))
			;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hop hop = { .transport = SIP_UDP };
	struct bytes raw = { data, size };
	osip_message_t *m;
	int status;

	if (loop == NULL)
		start();
	if (addr_parse(&hop.remote, "192.0.2.1:5060", 0) < 0)
		abort();
	/* Twice: the second one is the first one again. */
	for (int i = 0; i < 2; i++) {
		status = message_parse(&m, raw);
		if (status >= 0)
			transactions_receive(transactions, &hop, m, status);
	}
	run_out();
	if (counts.transactions != 0 || mem_live() != live)
		abort();
	return 0;
}
