/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * A registration's machine. It refreshes in time to ask twice before the
 * binding expires, does what 423 says about how short it may be, and answers
 * challenges. One Call-ID for as long as we run, CSeq counting up (RFC 3261
 * 10.2.4).
 *
 * A registrar that is silent, unreachable or answers 5xx is dead for now: the
 * other one is asked at once, and when both are dead, or one refuses, after a
 * while that doubles from 5 s to 5 min. A number kept at the secondary is
 * brought home at the next refresh.
 *
 * A number that is not wanted (its trunk is down) is taken back with Expires 0,
 * so that the network sends its calls elsewhere. What is asked while a REGISTER
 * is under way waits for its answer: a registrar must not see two at once
 * (10.2).
 */
#include "gateway/sip/register.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/sip/stack.h"
#include "kernel/mem.h"

enum { REGISTRARS = 2, AGAIN_MOST_S = 1800, RAISES = 3 /* of a try */ };

#define BACKOFF_FIRST SEC(5)
#define BACKOFF_LAST  SEC(300)

enum state {
	IDLE,
	ASKING,      /* REGISTER is out */
	ASKING_LAST, /* and it is not wanted any more */
	REGISTERED,
	WAITING,      /* refused, or nobody answers */
	LEAVING,      /* Expires 0 is out */
	LEAVING_BACK, /* and it is wanted again */
	STATES
};

enum event { WANTED, UNWANTED, ACCEPTED, FAILED, DUE, EVENTS };

struct registration {
	struct list list;
	struct register_list *owner;
	struct sip_register_conf conf;
	struct fsm fsm;
	struct timer timer;
	struct deferred funeral;
	bool removed;  /* to be freed when it is idle */
	unsigned at;   /* which registrar is asked */
	unsigned dead; /* registrars in a row that were */
	unsigned asked_s, granted_s, status;
	bool raised;     /* asked_s is what a 423 wanted */
	unsigned raises; /* of this try */
	usec backoff;
	struct instant until;
	char call_id[27], tag[17];
	uint32_t cseq;
	struct transaction *transaction;
	struct digest *digest;
	char why[64];
};

struct register_list {
	struct sip_stack *stack;
	struct list all;
};

static void ask(void *self, const void *detail);
static void keep(void *self, const void *detail);
static void leave(void *self, const void *detail);

static const char *const states[] = { "not registered", "registering",
	                              "registering",    "registered",
	                              "waiting",        "leaving",
	                              "leaving" };
static_assert(ARRAY_LEN(states) == STATES, "a name for each state");

static const char *const events[] = { "wanted", "unwanted", "accepted",
	                              "failed", "due" };
static_assert(ARRAY_LEN(events) == EVENTS, "a name for each event");

/* clang-format off */
static const struct fsm_row rows[] = {
	/* in state      on event   do      then be in   */
	{ IDLE,          WANTED,    ask,    ASKING       },
	{ ASKING,        UNWANTED,  NULL,   ASKING_LAST  },
	{ ASKING,        ACCEPTED,  keep,   REGISTERED   },
	{ ASKING,        FAILED,    NULL,   WAITING      },
	{ ASKING_LAST,   WANTED,    NULL,   ASKING       },
	{ ASKING_LAST,   ACCEPTED,  leave,  LEAVING      },
	{ ASKING_LAST,   FAILED,    NULL,   IDLE         },
	{ REGISTERED,    DUE,       ask,    ASKING       },
	{ REGISTERED,    UNWANTED,  leave,  LEAVING      },
	{ WAITING,       DUE,       ask,    ASKING       },
	{ WAITING,       UNWANTED,  leave,  LEAVING      },
	{ LEAVING,       ACCEPTED,  NULL,   IDLE         },
	{ LEAVING,       FAILED,    NULL,   IDLE         },
	{ LEAVING,       WANTED,    NULL,   LEAVING_BACK },
	{ LEAVING_BACK,  UNWANTED,  NULL,   LEAVING      },
	{ LEAVING_BACK,  ACCEPTED,  ask,    ASKING       },
	{ LEAVING_BACK,  FAILED,    ask,    ASKING       },
};
/* clang-format on */

/* Asked a quarter before the end, and so early that a registrar which has just
 * died can be given up (timer F) and the other one asked. */
static usec refresh_after(unsigned granted_s)
{
	unsigned margin = MAX_OF(granted_s / 4, 40u);

	if (granted_s <= 2 * margin)
		margin = granted_s / 2;
	return SEC(MAX_OF(granted_s - margin, 1u));
}

/* Whatever waits for a response ends with its transaction; IDLE waits for
 * somebody to want it. */
static void enter(void *self, unsigned state)
{
	struct registration *r = self;

	timer_stop(&r->timer);
	if (state == REGISTERED)
		timer_start(&r->timer, refresh_after(r->granted_s));
	else if (state == WAITING)
		timer_start(&r->timer, r->backoff);
	else if (state == IDLE && r->removed)
		loop_defer(r->owner->stack->loop, &r->funeral);
}

static void stray(void *self, unsigned event, const void *detail)
{
	struct registration *r = self;

	(void)event; /* said twice: it is so already */
	(void)detail;
	if (r->removed && fsm_state(&r->fsm) == IDLE)
		loop_defer(r->owner->stack->loop, &r->funeral);
}

static const struct fsm_type machine = {
	.name = "registration",
	.states = states,
	.events = events,
	.nstates = STATES,
	.nevents = EVENTS,
	.rows = rows,
	.nrows = ARRAY_LEN(rows),
	.enter = enter,
	.stray = stray,
};

static bool is_registered(const struct registration *r)
{
	return r->granted_s != 0 && instant_since(r->until, instant_now()) > 0;
}

/* --- asking --- */

static const char *registrar(const struct registration *r)
{
	return r->at == 0 ? r->conf.peer : r->conf.secondary;
}

static void say(struct registration *r, const char *what)
{
	(void)text_copy(r->why, sizeof(r->why), what);
}

static void fill_request(struct text *text, struct registration *r,
                         const struct peer *peer, const char *own,
                         unsigned expires_s)
{
	const struct sip_stack *stack = r->owner->stack;
	char host[96], port[8] = "", proxy[128];
	struct text where = TEXT(host), at = TEXT(port), by = TEXT(proxy);

	peer_print_host(&where, peer->conf.host, 0);
	if (peer->conf.port != 0 && peer->conf.port != 5060)
		text_add(&at, ":%u", peer->conf.port);
	peer_print_host(&by, peer->conf.proxy, peer->conf.proxy_port);
	text_add(text,
	         "REGISTER sip:%s%s SIP/2.0\r\n"
	         "From: <sip:%s@%s>;tag=%s\r\nTo: <sip:%s@%s>\r\n"
	         "Call-ID: %s\r\nCSeq: %u REGISTER\r\nMax-Forwards: %u\r\n"
	         "Contact: <sip:%s@%s%s>\r\nExpires: %u\r\n",
	         host, port, r->conf.user, host, r->tag, r->conf.user, host,
	         r->call_id, ++r->cseq, stack->conf.max_forwards, r->conf.user,
	         own, peer->transport == SIP_TCP ? ";transport=tcp" : "",
	         expires_s);
	if (peer->conf.proxy[0] != '\0')
		text_add(text, "Route: <sip:%s;lr>\r\n", proxy);
	if (stack->conf.user_agent[0] != '\0')
		text_add(text, "User-Agent: %s\r\n", stack->conf.user_agent);
}

/* Where we are for this registrar: host and port. */
static int own_place(struct registration *r, const struct peer *peer,
                     struct hop *hop, char *to, size_t size)
{
	struct transports *transports = r->owner->stack->transports;
	struct addr targets[PEER_ADDRS], own;
	unsigned n = peer_targets(peer, targets);
	int rc = -EHOSTUNREACH;

	for (unsigned i = 0; i < n && rc < 0; i++) {
		*hop = (struct hop){ .transport = peer->transport,
			             .local = peer->conf.bind,
			             .remote = targets[i] };
		rc = transports_choose(transports, hop);
	}
	if (rc == 0)
		rc = transports_local(transports, hop, &own);
	if (rc < 0)
		return rc;
	if (addr_is_set(&peer->conf.external)) {
		uint16_t port = addr_port(&own);

		own = peer->conf.external;
		if (addr_port(&own) == 0)
			addr_set_port(&own, port);
	}
	dialog_print_host(&own, to, size);
	return 0;
}

static const struct transaction_user user;

static int send_request(struct registration *r, const struct hop *hop,
                        osip_message_t *m)
{
	struct sip_stack *stack = r->owner->stack;
	int rc = digest_put(r->digest, peers_at(stack->peers, &hop->remote), m);

	if (rc < 0) {
		(void)message_free(m);
		return rc;
	}
	return transaction_request(&r->transaction, stack->transactions, hop, m,
	                           &user, r);
}

static int request(struct registration *r, unsigned expires_s)
{
	const struct peer *peer =
		peers_find(r->owner->stack->peers, registrar(r));
	char room[REQUEST_TEXT], own[ADDR_TEXT];
	struct text text = TEXT(room);
	osip_message_t *m;
	struct hop hop;
	int rc;

	if (peer == NULL || peer->conf.shutdown)
		return -ENOENT;
	rc = own_place(r, peer, &hop, own, sizeof(own));
	if (rc < 0)
		return rc;
	fill_request(&text, r, peer, own, expires_s);
	rc = dialog_finish(&m, &text, NULL);
	return rc < 0 ? rc : send_request(r, &hop, m);
}

static void back_off(struct registration *r, unsigned again_s)
{
	r->backoff = r->backoff == 0 ? BACKOFF_FIRST
	                             : MIN_OF(2 * r->backoff, BACKOFF_LAST);
	if (again_s != 0)
		r->backoff = MAX_OF(r->backoff, SEC(again_s));
	fsm_post(&r->fsm, FAILED, NULL);
}

/* This registrar is dead: the other one, or later. */
static void dead(struct registration *r, unsigned again_s)
{
	unsigned n = r->conf.secondary[0] != '\0' ? REGISTRARS : 1;
	bool asking = fsm_state(&r->fsm) == ASKING;

	r->at = (r->at + 1) % n;
	r->dead++;
	if (asking && r->dead < n && request(r, r->asked_s) == 0)
		return;
	r->dead = 0;
	r->at = 0;
	back_off(r, again_s);
}

static void ask(void *self, const void *detail)
{
	struct registration *r = self;

	(void)detail;
	r->at = r->dead = r->raises = 0;
	if (!r->raised)
		r->asked_s = r->conf.expires_s;
	if (request(r, r->asked_s) == 0)
		return;
	say(r, "the registrar can not be reached");
	r->at = r->conf.secondary[0] != '\0';
	if (r->at == 0 || request(r, r->asked_s) < 0)
		back_off(r, 0);
}

static void leave(void *self, const void *detail)
{
	struct registration *r = self;

	(void)detail;
	r->granted_s = 0;
	r->backoff = 0;
	say(r, "taken back");
	if (request(r, 0) < 0)
		fsm_post(&r->fsm, FAILED, NULL);
}

/* --- answers --- */

static void keep(void *self, const void *detail)
{
	struct registration *r = self;

	(void)detail;
	r->backoff = 0;
	r->why[0] = '\0';
	r->until = instant_add(instant_now(), SEC(r->granted_s));
}

static bool challenged(struct registration *r, const struct transaction *t,
                       const osip_message_t *response)
{
	struct hop hop = *transaction_hop(t);
	const osip_message_t *sent = transaction_request_of(t);
	osip_message_t *again;
	int rc;

	if (response->status_code != 401 && response->status_code != 407)
		return false;
	rc = digest_hear(&r->digest,
	                 peers_at(r->owner->stack->peers, &hop.remote), sent,
	                 response);
	if (rc < 0) {
		say(r, rc == -EACCES ? "our credentials are refused"
		                     : "credentials are asked for that we do "
		                       "not have");
		return false;
	}
	again = digest_renew(sent, ++r->cseq);
	return again != NULL && send_request(r, &hop, again) == 0;
}

/* RFC 3261 10.2.8 */
static bool too_brief(struct registration *r, const osip_message_t *response)
{
	unsigned least = header_get_number(response, "Min-Expires", 0);

	if (response->status_code != 423 || least <= r->asked_s ||
	    r->raises == RAISES || fsm_state(&r->fsm) != ASKING)
		return false;
	r->asked_s = least;
	r->raised = true;
	r->raises++;
	return request(r, r->asked_s) == 0;
}

static void refused(struct registration *r, const osip_message_t *response)
{
	unsigned again = header_get_number(response, "Retry-After", 0);
	struct text text = TEXT(r->why);

	again = MIN_OF(again, (unsigned)AGAIN_MOST_S);
	text_add(&text, "%d %.40s", response->status_code,
	         response->reason_phrase != NULL ? response->reason_phrase
	                                         : "");
	if (response->status_code >= 500 && response->status_code < 600)
		dead(r, again);
	else
		back_off(r, again);
}

static void hear_response(void *self, struct transaction *t,
                          const osip_message_t *response)
{
	struct registration *r = self;
	const osip_message_t *sent = transaction_request_of(t);
	unsigned state = fsm_state(&r->fsm);

	if (response->status_code < 200)
		return;
	r->transaction = NULL;
	r->status = (unsigned)response->status_code;
	if (response->status_code < 300)
		digest_next(r->digest,
		            peers_at(r->owner->stack->peers,
		                     &transaction_hop(t)->remote),
		            response);
	if (challenged(r, t, response) || too_brief(r, response))
		return;
	if (response->status_code >= 300) {
		if (response->status_code != 401 &&
		    response->status_code != 407)
			refused(r, response);
		else
			back_off(r, 0);
		return;
	}
	if (state == ASKING || state == ASKING_LAST)
		r->granted_s = MAX_OF(
			header_get_expires(response,
		                           osip_list_get(&sent->contacts, 0),
		                           r->asked_s),
			1u);
	fsm_post(&r->fsm, ACCEPTED, response);
}

static void hear_nothing(void *self, struct transaction *t, unsigned status)
{
	struct registration *r = self;

	(void)t;
	r->transaction = NULL;
	r->status = status;
	say(r, "the registrar does not answer");
	dead(r, 0);
}

static const struct transaction_user user = {
	.response = hear_response,
	.gave_up = hear_nothing,
};

/* --- the list --- */

static void registration_free(struct registration *r)
{
	if (r->transaction != NULL)
		transaction_forget(r->transaction);
	timer_stop(&r->timer);
	deferred_cancel(&r->funeral);
	(void)digest_free(r->digest);
	list_remove(&r->list);
	mem_free(r);
}

static void funeral(void *self)
{
	struct registration *r = self;

	if (r->removed && fsm_state(&r->fsm) == IDLE)
		registration_free(r);
}

static void due(void *self)
{
	struct registration *r = self;

	fsm_post(&r->fsm, DUE, NULL);
}

static struct registration *find(const struct register_list *list,
                                 const struct sip_register_conf *conf)
{
	LIST_EACH(&list->all, struct registration, r, list)
	if (strcmp(r->conf.user, conf->user) == 0 &&
	    strcmp(r->conf.peer, conf->peer) == 0)
		return r;
	return NULL;
}

static struct registration *add(struct register_list *list,
                                const struct sip_register_conf *conf)
{
	struct registration *r = mem_new(struct registration);

	if (r == NULL)
		return NULL;
	r->owner = list;
	r->conf = *conf;
	message_random(r->call_id, sizeof(r->call_id));
	message_random(r->tag, sizeof(r->tag));
	fsm_init(&r->fsm, &machine, r);
	timer_init(&r->timer, list->stack->loop, "registration", due, r);
	deferred_init(&r->funeral, funeral, r);
	list_append(&list->all, &r->list);
	return r;
}

static int set_one(struct register_list *list,
                   const struct sip_register_conf *conf)
{
	struct registration *r = find(list, conf);

	if (r == NULL)
		r = add(list, conf);
	if (r == NULL)
		return -ENOMEM;
	if (r->conf.expires_s != conf->expires_s)
		r->raised = false;
	r->conf = *conf;
	r->removed = false;
	fsm_post(&r->fsm, conf->wanted ? WANTED : UNWANTED, NULL);
	return 0;
}

int sip_register_set(struct sip_stack *stack,
                     const struct sip_register_conf *confs, unsigned n)
{
	struct register_list *list = stack->registers;
	int rc = 0;

	if (list == NULL && n == 0)
		return 0;
	if (list == NULL) {
		list = mem_new(struct register_list);
		if (list == NULL)
			return -ENOMEM;
		list->stack = stack;
		list_init(&list->all);
		stack->registers = list;
	}
	LIST_EACH(&list->all, struct registration, r, list)
	r->removed = true;
	for (unsigned i = 0; i < n; i++)
		if (set_one(list, &confs[i]) < 0)
			rc = -ENOMEM;
	LIST_EACH(&list->all, struct registration, r, list)
	if (r->removed)
		fsm_post(&r->fsm, UNWANTED, NULL);
	return rc;
}

void sip_register_each(struct sip_stack *stack,
                       void (*tell)(void *self,
                                    const struct sip_register_info *info),
                       void *self)
{
	if (stack->registers == NULL)
		return;
	LIST_EACH(&stack->registers->all, struct registration, r, list)
	{
		struct sip_register_info info = {
			.user = r->conf.user,
			.state = fsm_state_name(&r->fsm),
			.peer = registrar(r),
			.registered = is_registered(r),
			.status = r->status,
			.why = r->why,
		};

		if (info.registered)
			info.left_s = (unsigned)(instant_since(r->until,
			                                       instant_now()) /
			                         SEC(1));
		tell(self, &info);
	}
}

struct register_list *register_list_free(struct register_list *list)
{
	if (list == NULL)
		return NULL;
	LIST_EACH(&list->all, struct registration, r, list)
	{
		if (fsm_state(&r->fsm) != LEAVING && is_registered(r) &&
		    r->transaction == NULL)
			(void)request(r, 0);
		registration_free(r);
	}
	return mem_free(list);
}
