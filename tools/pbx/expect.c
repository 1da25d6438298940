/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The steps that judge.
 *
 * Each judge looks at what the call has seen and heard so far and says that
 * the expectation holds, cannot hold any more, or has to wait; `why` tells what
 * there is, so that a failure says what was found instead. Sound is judged a
 * window at a time, each window once.
 */

#include "tools/pbx/pbx.h"

#include <string.h>

enum { WINDOW_MS = SOUND_WINDOW / 8 };

#define QUIET_DBM0 (-50.0)

typedef enum outcome (*judge_fn)(struct pbx_call *call, const struct step *step,
                                 struct text *why);

/* Holds now, or has to be waited for. */
static enum outcome wait_for(bool holds)
{
	return holds ? OUTCOME_HELD : OUTCOME_WAIT;
}

/* Holds, or never will: it came with the SETUP. */
static enum outcome once(bool holds)
{
	return holds ? OUTCOME_HELD : OUTCOME_FAILED;
}

static void say_seen(struct pbx_call *call, struct text *why)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
		{ SEEN_SETUP_ACK, "SETUP ACKNOWLEDGE" },
		{ SEEN_PROCEEDING, "CALL PROCEEDING" },
		{ SEEN_PROGRESS, "PROGRESS" },
		{ SEEN_ALERTING, "ALERTING" },
		{ SEEN_CONNECT, "CONNECT" },
		{ SEEN_HOLD, "HOLD" },
		{ SEEN_RETRIEVE, "RETRIEVE" },
		{ SEEN_HELD, "HOLD ACKNOWLEDGE" },
		{ SEEN_RETRIEVED, "RETRIEVE ACKNOWLEDGE" },
		{ SEEN_DISCONNECT, "DISCONNECT" },
	};
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if ((call->seen & names[i].bit) == 0)
			continue;
		text_add(why, "%s%s", any ? ", " : "", names[i].name);
		any = true;
	}
	for (unsigned i = 1; i < 16; i++)
		if (call->progress >> i & 1)
			text_add(why, " progress %u", i);
	text_add(why, "%s", any ? " came" : "nothing came");
}

static enum outcome judge_message(struct pbx_call *call,
                                  const struct step *step, struct text *why)
{
	unsigned came = step->inband ? call->inband : call->seen;

	say_seen(call, why);
	return wait_for((came & step->number) != 0);
}

static enum outcome judge_indicator(struct pbx_call *call,
                                    const struct step *step, struct text *why)
{
	unsigned came = step->inband ? call->inband : call->seen;

	say_seen(call, why);
	if (step->number > 0 && step->number < 16)
		return wait_for((call->progress >> step->number & 1) != 0);
	return wait_for((came & SEEN_PROGRESS) != 0);
}

static enum outcome judge_notify(struct pbx_call *call, const struct step *step,
                                 struct text *why)
{
	text_add(why, "notification %u", call->notification);
	return wait_for(call->notification == step->number);
}

static void say_cause(struct pbx_call *call, struct text *why)
{
	if (call->seen & (SEEN_DISCONNECT | SEEN_RELEASED))
		text_add(why, "cause %u (%s)", call->cause.value,
		         q850_cause_name(call->cause.value));
	else
		text_add(why, "the call stands");
}

static enum outcome judge_disconnect(struct pbx_call *call,
                                     const struct step *step, struct text *why)
{
	bool cause = step->number == 0 ||
	             (unsigned)call->cause.value == step->number;

	say_cause(call, why);
	if ((call->seen & SEEN_DISCONNECT) == 0)
		return OUTCOME_WAIT;
	if (step->inband && (call->inband & SEEN_DISCONNECT) == 0)
		return OUTCOME_FAILED;
	return once(cause);
}

static enum outcome judge_released(struct pbx_call *call,
                                   const struct step *step, struct text *why)
{
	say_cause(call, why);
	if ((call->seen & SEEN_RELEASED) == 0)
		return OUTCOME_WAIT;
	return once(step->number == 0 ||
	            (unsigned)call->cause.value == step->number);
}

/* `none` is no element at all. */
static bool number_is(const struct number *number, const char *text,
                      struct text *why)
{
	text_add(why, "%s", number->present ? number->digits : "none");
	if (strcmp(text, "none") == 0)
		return !number->present;
	return number->present && strcmp(number->digits, text) == 0;
}

static enum outcome judge_called(struct pbx_call *call, const struct step *step,
                                 struct text *why)
{
	return wait_for(number_is(&call->setup.called.number, step->text, why));
}

static enum outcome judge_calling(struct pbx_call *call,
                                  const struct step *step, struct text *why)
{
	return once(number_is(&call->setup.calling.number, step->text, why));
}

static enum outcome judge_connected(struct pbx_call *call,
                                    const struct step *step, struct text *why)
{
	if ((call->seen & SEEN_CONNECT) == 0) {
		say_seen(call, why);
		return OUTCOME_WAIT;
	}
	return wait_for(number_is(&call->connected.number, step->text, why));
}

static enum outcome judge_redirected(struct pbx_call *call,
                                     const struct step *step, struct text *why)
{
	return once(number_is(&call->setup.redirection.from.number, step->text,
	                      why));
}

static enum outcome judge_uui(struct pbx_call *call, const struct step *step,
                              struct text *why)
{
	const struct uui *came = &call->uui, *wanted = &step->uui;

	text_add(why, "user-to-user");
	for (unsigned i = 0; i < MIN_OF(came->len, 40u); i++)
		text_add(why, " %02x", came->octets[i]);
	text_add(why, "%s", came->len == 0 ? " none" : "");
	return wait_for(came->len == wanted->len &&
	                memcmp(came->octets, wanted->octets, came->len) == 0);
}

static enum outcome judge_name(struct pbx_call *call, const struct step *step,
                               struct text *why)
{
	const char *name = call->setup.calling.name;

	text_add(why, "%s", name[0] == '\0' ? "none" : name);
	return once(strcmp(name[0] == '\0' ? "none" : name, step->text) == 0);
}

static enum outcome judge_type(struct pbx_call *call, const struct step *step,
                               struct text *why)
{
	text_add(why, "%s",
	         script_choice_name(script_types,
	                            call->setup.called.number.type));
	return once((unsigned)call->setup.called.number.type == step->number);
}

static enum outcome judge_presentation(struct pbx_call *call,
                                       const struct step *step,
                                       struct text *why)
{
	unsigned is = call->setup.calling.number.presentation;

	text_add(why, "%s", script_choice_name(script_presentations, is));
	return once(is == step->number);
}

static enum outcome judge_bearer(struct pbx_call *call, const struct step *step,
                                 struct text *why)
{
	text_add(why, "%s",
	         script_choice_name(script_bearers, call->setup.bearer));
	return once((unsigned)call->setup.bearer == step->number);
}

static enum outcome judge_channel(struct pbx_call *call,
                                  const struct step *step, struct text *why)
{
	if (call->slot == 0) {
		text_add(why, "no channel");
		return OUTCOME_WAIT;
	}
	text_add(why, "channel %u", call->slot);
	return once(call->slot == step->number);
}

/* --- sound --- */

static void say_sound(const struct sound_report *s, struct text *why)
{
	if (s->slot == 0)
		text_add(why, "nothing was heard");
	else if (s->level < QUIET_DBM0)
		text_add(why, "silence (%.1f dBm0)", s->level);
	else if (s->strongest > 0)
		text_add(why, "%.0f Hz at %.1f dBm0", s->strongest, s->level);
	else
		text_add(why, "sound at %.1f dBm0", s->level);
}

/* A window that is as wanted adds to the time it has been so. */
static enum outcome lasts(struct pbx_call *call, const struct step *step,
                          bool as_wanted)
{
	if (call->fresh)
		call->good = as_wanted ? call->good + MSEC(WINDOW_MS) : 0;
	call->fresh = false;
	call->longest = MAX_OF(call->longest, call->good);
	return wait_for(call->good >= step->lasting);
}

static enum outcome judge_tone(struct pbx_call *call, const struct step *step,
                               struct text *why)
{
	const struct sound_report *s = &call->sound;
	bool mine = s->slot != 0 && s->hz[0] == step->hz[0] &&
	            s->hz[1] == step->hz[1];
	/* nearly all of it (1 dB) is the tone */
	bool pure = mine && s->watched > s->level - 1.0;
	uint64_t gaps = s->gaps - call->base.gaps;
	enum outcome outcome;

	if (pure && s->level >= QUIET_DBM0)
		text_add(why, "%s Hz at %.1f dBm0", step->hz_text, s->level);
	else
		say_sound(s, why);
	if (pure && !call->based) {
		call->base = *s; /* gaps count from here */
		call->based = true;
		gaps = 0;
	}
	outcome =
		lasts(call, step,
	              pure && s->level >= step->low && s->level <= step->high);
	if (!call->based)
		return outcome;
	if (step->count || outcome == OUTCOME_WAIT)
		text_add(why, ", %u gaps", (unsigned)gaps);
	if (outcome == OUTCOME_WAIT)
		text_add(why, ", as wanted for %.1f s at most",
		         (double)call->longest / SEC(1));
	return step->count && gaps > step->most ? OUTCOME_FAILED : outcome;
}

static enum outcome judge_silence(struct pbx_call *call,
                                  const struct step *step, struct text *why)
{
	const struct sound_report *s = &call->sound;

	say_sound(s, why);
	return lasts(call, step, s->slot != 0 && s->level < QUIET_DBM0);
}

static enum outcome judge_pattern(struct pbx_call *call,
                                  const struct step *step, struct text *why)
{
	const struct sound_report *s = &call->sound;
	uint64_t errors, slips;

	if (!call->based && (!s->locked || !call->fresh)) {
		text_add(why, "no pattern: ");
		say_sound(s, why);
		return OUTCOME_WAIT;
	}
	if (!call->based)
		call->base = *s;
	call->based = true;
	errors = s->errors - call->base.errors;
	slips = s->slips - call->base.slips;
	text_add(why, "%llu octets, %llu errors, %llu slips",
	         (unsigned long long)(s->compared - call->base.compared),
	         (unsigned long long)errors, (unsigned long long)slips);
	if (errors + slips > step->most)
		return OUTCOME_FAILED;
	return wait_for(s->compared - call->base.compared >=
	                (uint64_t)step->lasting / 125);
}

static enum outcome judge_keys(struct pbx_call *call, const struct step *step,
                               struct text *why)
{
	const char *heard = call->sound.keys + call->keys_used;
	size_t want = strlen(step->text);

	text_add(why, "%s", heard[0] == '\0' ? "no digits" : heard);
	if (strncmp(heard, step->text, MIN_OF(want, strlen(heard))) != 0)
		return OUTCOME_FAILED;
	if (strlen(heard) < want)
		return OUTCOME_WAIT;
	call->keys_used += want;
	return OUTCOME_HELD;
}

static const struct run *run_named(const struct pbx *pbx, const char *name)
{
	for (size_t i = 0; i < pbx->nruns; i++)
		if (strcmp(pbx->runs[i].block->name, name) == 0)
			return &pbx->runs[i];
	return NULL;
}

static enum outcome judge_marker(struct pbx_call *call, const struct step *step,
                                 struct text *why)
{
	const struct run *from = run_named(call->pbx, step->from);
	usec delay;

	if (from == NULL || !from->sent_marker) {
		text_add(why, "%s sent no marker", step->from);
		return OUTCOME_WAIT;
	}
	delay = instant_since(call->onset, from->marker);
	if (!call->heard_onset || delay < 0) {
		text_add(why, "no marker was heard");
		return OUTCOME_WAIT;
	}
	text_add(why, "one-way delay %.2f ms", (double)delay / 1e3);
	return once(step->below == 0 || delay < step->below);
}

/* --- the line --- */

static enum outcome judge_up(struct pbx_call *call,
                             const struct step *step ATTR_UNUSED,
                             struct text *why)
{
	text_add(why, "the D channel is %s", call->pbx->up ? "up" : "down");
	return wait_for(call->pbx->up);
}

static enum outcome judge_down(struct pbx_call *call,
                               const struct step *step ATTR_UNUSED,
                               struct text *why)
{
	text_add(why, "the D channel is %s", call->pbx->up ? "up" : "down");
	return wait_for(!call->pbx->up);
}

static enum outcome judge_alarm(struct pbx_call *call, const struct step *step,
                                struct text *why)
{
	unsigned alarms = board_span_alarms(call->pbx->span);

	text_add(why, "alarm %s", board_alarm_name(alarms));
	return wait_for(step->number == 0 ? alarms == 0
	                                  : (alarms & step->number) != 0);
}

static const judge_fn judges[] = {
	/* clang-format off */
	[EXPECT_MESSAGE]      = judge_message,
	[EXPECT_INDICATOR]    = judge_indicator,
	[EXPECT_NOTIFY]       = judge_notify,
	[EXPECT_DISCONNECT]   = judge_disconnect,
	[EXPECT_RELEASED]     = judge_released,
	[EXPECT_CALLED]       = judge_called,
	[EXPECT_CALLING]      = judge_calling,
	[EXPECT_CONNECTED]    = judge_connected,
	[EXPECT_REDIRECTED]   = judge_redirected,
	[EXPECT_UUI]          = judge_uui,
	[EXPECT_NAME]         = judge_name,
	[EXPECT_TYPE]         = judge_type,
	[EXPECT_PRESENTATION] = judge_presentation,
	[EXPECT_BEARER]       = judge_bearer,
	[EXPECT_CHANNEL]      = judge_channel,
	[EXPECT_TONE]         = judge_tone,
	[EXPECT_SILENCE]      = judge_silence,
	[EXPECT_PATTERN]      = judge_pattern,
	[EXPECT_DTMF]         = judge_keys,
	[EXPECT_MARKER]       = judge_marker,
	[EXPECT_UP]           = judge_up,
	[EXPECT_DOWN]         = judge_down,
	[EXPECT_ALARM]        = judge_alarm,
	/* clang-format on */
};

void expect_begin(struct pbx_call *call, const struct step *step)
{
	struct sound_command watch = { .verb = SOUND_WATCH,
		                       .slot = call->slot,
		                       .turn = call->turn,
		                       .hz = { step->hz[0], step->hz[1] } };

	call->good = call->longest = 0;
	call->fresh = call->based = false;
	if (step->kind == EXPECT_TONE && call->sounding)
		(void)sound_send(call->pbx->sound, &watch);
}

enum outcome expect_judge(struct pbx_call *call, const struct step *step,
                          struct text *why)
{
	return judges[step->kind](call, step, why);
}
