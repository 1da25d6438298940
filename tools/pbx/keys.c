/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * DTMF, made and heard by spandsp. One of each is made per slot at start, on
 * one thread: spandsp fills its tables on first use.
 */

#include "tools/pbx/sound.h"

#include <errno.h>
#include <string.h>

#include "kernel/mem.h"

#include <spandsp.h>

struct keys {
	dtmf_tx_state_t *tx;
	dtmf_rx_state_t *rx;
	char heard[64];
};

static void heard_digits(void *self, const char *digits, int n)
{
	struct keys *keys = self;
	size_t len = strlen(keys->heard);

	for (int i = 0; i < n && len + 1 < sizeof(keys->heard); i++)
		keys->heard[len++] = digits[i];
	keys->heard[len] = '\0';
}

int keys_new(struct keys **out)
{
	struct keys *keys = mem_new(struct keys);

	if (keys == NULL)
		return -ENOMEM;
	keys->tx = dtmf_tx_init(NULL);
	keys->rx = dtmf_rx_init(NULL, heard_digits, keys);
	if (keys->tx == NULL || keys->rx == NULL) {
		keys = keys_free(keys);
		return -ENOMEM;
	}
	dtmf_tx_set_timing(keys->tx, 80, 80);
	*out = keys;
	return 0;
}

struct keys *keys_free(struct keys *keys)
{
	if (keys == NULL)
		return NULL;
	if (keys->tx != NULL)
		(void)dtmf_tx_free(keys->tx);
	if (keys->rx != NULL)
		(void)dtmf_rx_free(keys->rx);
	return mem_free(keys);
}

void keys_play(struct keys *keys, const char *digits)
{
	(void)dtmf_tx_put(keys->tx, digits, -1);
}

bool keys_make(struct keys *keys, int16_t *to, unsigned n)
{
	int made = dtmf_tx(keys->tx, to, (int)n);

	memset(to + made, 0, (n - (unsigned)made) * sizeof(*to));
	return made > 0;
}

void keys_hear(struct keys *keys, const int16_t *from, unsigned n)
{
	(void)dtmf_rx(keys->rx, from, (int)n);
}

const char *keys_heard(const struct keys *keys)
{
	return keys->heard;
}

void keys_forget(struct keys *keys)
{
	keys->heard[0] = '\0';
	(void)dtmf_tx_init(keys->tx);
	(void)dtmf_rx_init(keys->rx, heard_digits, keys);
	dtmf_tx_set_timing(keys->tx, 80, 80);
}
