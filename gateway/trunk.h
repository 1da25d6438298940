/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_TRUNK_H
#define GATEWAY_TRUNK_H

/*
 * A trunk: a span of a board, the ISDN link on its D channel, its line in the
 * media engine. It alone decides when a B channel is free: when its call has
 * been released and its stream has let go of it.
 */

#include "board/board.h"
#include "gateway/busyout.h"
#include "gateway/gateway.h"
#include "pri/channel.h"

struct trunk_slot {
	struct stream_ref stream; /* that may still touch the slot */
	unsigned leaving;         /* serial at which it has let go; 0: stays */
	bool open;                /* board_chan_open() was done */
	bool released;            /* its call has ended */
};

struct trunk {
	struct list list; /* in gateway.trunks */
	struct gateway *gateway;
	char name[32];
	struct options_controller options;
	struct board_span *span;
	struct isdn_link *link;
	unsigned line;           /* in the media engine */
	struct board_media sink; /* of a simulated span's turns */
	bool line_added;
	char notice[96];    /* what the board said last; "" the line is up */
	int error;          /* why it is not open, -errno */
	bool doomed;        /* closes when its last call has ended */
	bool dying;         /* closing: the media engine is asked to let go */
	struct timer retry; /* the span could not be opened yet */
	struct busyout busyout;
	unsigned calls;
	struct trunk_slot slot[TICK_SLOTS];
	uint64_t calls_in, calls_out;
	struct board_counts cleared; /* the span's, at `clear counters` */
};

int trunk_open(struct trunk **out, struct gateway *gateway, const char *name,
               const struct options_controller *options);

/* Its calls must have been cleared. Closes when the media engine has let go of
 * the line. */
void trunk_close(struct trunk *trunk);

/* At once, without the media engine's word: it is gone already. */
void trunk_drop(struct trunk *trunk);

/* New options; -EBUSY: they take closing and opening. */
int trunk_change(struct trunk *trunk, const struct options_controller *options);

/* Shut down, or about to be closed by a reload: only emergency calls. */
bool trunk_is_closed(const struct trunk *trunk);

/* May calls be placed on it? */
bool trunk_is_up(const struct trunk *trunk);

/* Could any trunk take a call, were a channel free, or would it but for our own
 * busyout? True too when there is none: then calls are not meant for trunks. */
bool trunks_any_up(const struct gateway *gateway);

/* A stream uses this channel from now on; or lets go of it with this serial;
 * its call has been released. */
int trunk_channel_join(struct trunk *trunk, unsigned channel,
                       struct stream_ref stream);
void trunk_channel_leave(struct trunk *trunk, unsigned channel,
                         unsigned serial);
void trunk_channel_released(struct trunk *trunk, unsigned channel);

/* MEDIA_SET and MEDIA_STOPPED pass here first; MEDIA_LINE_REMOVED too. */
void trunks_media(struct gateway *gateway, const struct media_report *report);

#endif
