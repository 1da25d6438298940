/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_SIP_PRIVATE_H
#define GATEWAY_SIP_PRIVATE_H

/*
 * What the files of this folder share. From below upwards:
 *
 *   message      octets <-> osip_message_t, behind our own check
 *   transport    sockets; hands up whole messages with where they came from
 *   arrival      where what begins something waits its turn
 *   transaction  the four machines of RFC 3261 17 with RFC 6026
 *   offer        SDP offers and answers, as flows; description.c reads SDP
 *   header       Reason and kin <-> headers; party.c: who calls, is called
 *   locate       from a name to addresses: NAPTR, SRV, A and AAAA
 *   keepalive    OPTIONS to a far end: is it there?
 *   peer         the far ends: who may speak, where they are
 *   digest       who we are, for those who ask
 *   gate         may a new call come in?
 *   dialog       what two ends agree on: tags, sequence, routes, target
 *   session      a dialog with an INVITE in it: session.c has the machine,
 *                session_*.c what it does in each role
 *   stack        all of them brought together; request.c judges what begins
 *
 * libosip2's own headers come through osip.h.
 */

#include "gateway/sip/challenge.h"
#include "gateway/sip/dialog.h"
#include "gateway/sip/digest.h"
#include "gateway/sip/header.h"
#include "gateway/sip/message.h"
#include "gateway/sip/offer.h"
#include "gateway/sip/osip.h"
#include "gateway/sip/peer.h"
#include "gateway/sip/register.h"
#include "gateway/sip/sip.h"
#include "gateway/sip/transaction.h"
#include "gateway/sip/transport.h"
#include "kernel/bytes.h"
#include "kernel/fsm.h"
#include "kernel/list.h"
#include "kernel/log.h"
#include "kernel/loop.h"

#endif
