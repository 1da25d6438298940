/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_MAILBOX_H
#define KERNEL_MAILBOX_H

/*
 * Bounded messages between threads, by value, from any number of writers to
 * one reader. The reader is either the signalling loop (the handler is called
 * there, once a message) or a thread that asks. A full mailbox refuses, and
 * counts that it did.
 */

#include "kernel/base.h"

struct loop;
struct mailbox;

/* Messages of `size` octets, at most `depth` waiting. */
int mailbox_new(struct mailbox **out, size_t size, unsigned depth);
struct mailbox *mailbox_free(struct mailbox *box);

/* Deliver on the loop from now on; before other threads know the box. */
int mailbox_attach(struct mailbox *box, struct loop *loop,
                   void (*fn)(void *self, const void *message), void *self);

/* All posts come from this loop's thread, which may be about to post more: the
 * reader is woken once, when the turn is over. NULL: at once again. The box
 * goes before the loop. */
void mailbox_gather(struct mailbox *box, struct loop *loop);

/* Any thread. -ENOSPC when full. */
int mailbox_post(struct mailbox *box, const void *message);

/* As mailbox_post(), but the reader need not know before mailbox_ring(), which
 * the same thread calls when it has put all it has. */
int mailbox_put(struct mailbox *box, const void *message);
void mailbox_ring(struct mailbox *box);

/* The reader's thread; false when empty. */
bool mailbox_take(struct mailbox *box, void *message);

/* Readable while messages wait of which the reader was told; for one that
 * polls. -1 if attached. */
int mailbox_fd(const struct mailbox *box);

uint64_t mailbox_refused(const struct mailbox *box);

#endif
