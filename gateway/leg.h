/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_LEG_H
#define GATEWAY_LEG_H

/*
 * A leg is one side of a call, and is told and reports the same few words
 * whatever network it is on. A word is a value: complete in itself and good
 * until the function it was given to returns.
 *
 * Promises: LEG_RELEASED is reported exactly once and is the last a leg says.
 * LEG_DISCONNECT told to a leg is always followed by its LEG_RELEASED, at
 * once or later. What a leg cannot express on its network it leaves out.
 *
 * Signalling thread only.
 */

#include "dialplan/dialplan.h"
#include "gateway/media/media.h"
#include "kernel/phone.h"

struct call;
struct gateway;
struct isdn_call;
struct leg;
struct sip_session;
struct trunk;

enum leg_word_kind {
	LEG_SETUP,      /* setup */
	LEG_PROCEEDING, /* the far end has all it needs */
	LEG_ALERTING,   /* it rings; `sound` when there is something to hear */
	LEG_PROGRESS,   /* something to hear, or a cause, before an answer */
	LEG_ANSWER,     /* party: who answered */
	LEG_MEDIA,      /* the leg's end changed, nothing else did */
	LEG_HOLD,       /* the far end took the sound away for a while; `sound`:
	                 * but may play some; `mute`: offer none */
	LEG_RETRIEVE,
	LEG_DIGITS,     /* more of the called number; complete */
	LEG_TRANSFER,   /* reported: the far end sends the other side to
	                 * `transfer` (NULL: it may not); told: taken, or
	                 * when complete, done, or failed by `release` */
	LEG_REDIRECT,   /* digits: where the far end sends the call */
	LEG_INFO,       /* digits pressed in the call, out of band */
	LEG_CONNECTED,  /* party: who is at the far end now, in the call */
	LEG_DISCONNECT, /* release; reported: clears with a tone; told: clear,
	                 * with `sound` after what is played */
	LEG_RELEASED,   /* release: why */
	LEG_WORDS,
};

struct leg_setup {
	struct party calling, called;
	struct redirection redirection;
	struct uui uui;
	enum bearer bearer;
	unsigned progress; /* PROGRESS_*: what the caller's side is */
	bool complete;     /* no more digits will come */
	bool emergency;
	unsigned forwards;  /* it may be passed on so often; 0: no limit */
	bool weighed;       /* against overload; see admit.h */
	const char *target; /* to place: the trunk's name, or the peer's */
	const struct transfer
		*transfer; /* who asked for it, and how; or NULL */
};

struct leg_word {
	enum leg_word_kind kind;
	const struct leg_setup *setup;
	const char *digits;
	bool complete;
	bool sound; /* ALERTING, PROGRESS: there is in-band sound */
	bool mute;
	unsigned progress;
	struct cause cause;
	const struct party *party;
	const struct uui *uui; /* of its user, with ALERTING, ANSWER and ends */
	const struct transfer *transfer;
	struct leg *beside; /* TRANSFER: of another call, whose place it is */
	const struct release *release;
};

/* The third of a call takes the place of one of the two, or had it. */
enum { LEG_THIRD = 2, CALL_LEGS };

struct leg_ops {
	const char *network; /* "isdn", "sip" */
	/* Tell it a word. A leg that has been released hears nothing. */
	void (*tell)(struct leg *leg, const struct leg_word *word);
	/* Its media end as it stands; END_NONE while there is none. Called
	 * with `answered` just before LEG_ANSWER is told, when the end must
	 * be what the answer will say. */
	void (*end)(struct leg *leg, bool answered, struct media_end *end);
	/* Let go without a word: the leg hears no more of its network. */
	void (*abandon)(struct leg *leg);
	/* It lies at another place in memory now. */
	void (*moved)(struct leg *leg);
	/* "e1 0:5" or "carrier": for log, ladder and console */
	void (*name)(const struct leg *leg, char *to, size_t size);
};

struct leg {
	const struct leg_ops *ops;
	struct call *call;
	unsigned which; /* 0: came in; 1: goes out; LEG_THIRD */
	bool open;      /* has not said its last word yet */
	enum peer_kind kind;
	unsigned peer_tag; /* dial-peer; 0: the default */
	union {
		struct {
			struct trunk *trunk;
			struct isdn_call *call;
			unsigned channel; /* kept after the call is gone */
			bool alerted, in_band;
			char waiting[NUMBER_DIGITS + 1]; /* for SETUP ACK */
			bool parked; /* held: its channel is not used */
		} isdn;
		struct {
			struct gateway *gateway;
			struct sip_session *session;
			struct media_socket *socket;
			struct flow flow;
			bool agreed, early;
			bool by_info; /* digits go by INFO */
			char peer[48];
		} sip;
	};
};

/* Starts the outgoing side: 0, and words follow; or -errno and the cause why
 * not, and the leg never was. */
int leg_isdn_place(struct leg *leg, struct trunk *trunk,
                   const struct leg_setup *setup, struct cause *cause);
int leg_sip_place(struct leg *leg, struct gateway *gateway,
                  const struct leg_setup *setup, struct cause *cause);

/* Reports a word to the call; leg_isdn.c and leg_sip.c only. */
void leg_report(struct leg *leg, const struct leg_word *word);

/* Digits towards this leg go by INFO, not by sound or events. */
bool leg_by_info(const struct leg *leg);

/* "e1 0:5", "carrier"; "" when it never was one. */
void leg_name(const struct leg *leg, char *to, size_t size);

const char *leg_word_name(enum leg_word_kind kind); /* "alerting" */

#endif
