/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * User-to-user information, service 1 implicit (Q.957.1): octets that SETUP,
 * ALERTING, CONNECT and the first message that clears carry from one user to
 * the other.
 *
 * libpri knows them as a text of 35 letters in protocol 4, and says what it has
 * heard again in its own next message. So it never sees the element: it is read
 * from the frame and cut out, and the frame editor writes ours. Where the link
 * is not told to carry it nothing is taken and nothing told.
 */
#include <string.h>

#include "pri/element.h"
#include "pri/private.h"

void isdn_uui_take(struct isdn_link *link)
{
	struct seen *seen = &link->seen;
	struct bytes said = seen->user_user;

	if (said.at == NULL || link->conf.uui_most == 0)
		return;
	if (said.len == 0 || said.len > link->conf.uui_most) {
		link->counts.uui_dropped++;
		return;
	}
	seen->uui.len = (uint8_t)said.len;
	memcpy(seen->uui.octets, said.at, said.len);
}

size_t isdn_uui_hide(uint8_t *frame, size_t n, struct bytes body)
{
	size_t hidden = 0;
	struct bytes e;

	while (element_take(&body, &e)) {
		size_t at = (size_t)(e.at - frame);

		if ((e.at[0] & SHIFT_MASK) == SHIFT_LOCKING)
			break;
		if ((e.at[0] & SHIFT_MASK) == SHIFT_ONCE) {
			if (!element_take(&body, &e))
				break;
			continue;
		}
		if (e.at[0] != ELEMENT_USER_USER)
			continue;
		hidden += e.len;
		memmove(frame + at, frame + at + e.len, n - hidden - at);
		body.at -= e.len; /* what follows moved with it */
	}
	return hidden;
}

const struct uui *isdn_uui_of(const struct uui *uui)
{
	return uui->len > 0 ? uui : NULL;
}

static void order(struct isdn_call *call, uint8_t message,
                  const struct uui *uui)
{
	uint8_t element[2 + UUI_OCTETS] = { ELEMENT_USER_USER, uui->len };

	if (uui->len == 0)
		return;
	if (uui->len > call->link->conf.uui_most) {
		call->link->counts.uui_dropped += call->link->conf.uui_most > 0;
		return;
	}
	memcpy(element + 2, uui->octets, uui->len);
	isdn_order_also(call, message,
	                (struct bytes){ element, 2u + uui->len });
}

void isdn_uui_setup(struct isdn_call *call)
{
	order(call, MSG_SETUP, &call->setup.uui);
}

void isdn_uui_order(struct isdn_call *call, uint8_t message)
{
	order(call, message, &call->uui);
	call->uui.len = 0;
}

void isdn_call_uui(struct isdn_call *call, const struct uui *uui)
{
	call->uui = *uui;
}
