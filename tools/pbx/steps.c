/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The steps of a script, as rows: the words they begin with, what has to
 * follow, what may follow. The rows are the language; README.md here tells
 * them in the same order.
 *
 * Files to be played are read here, once, into memory: the media thread opens
 * nothing.
 */

#include "tools/pbx/words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "board/board.h"
#include "kernel/mem.h"
#include "kernel/text.h"

enum { SOUND_OCTETS = 16 * 1024 * 1024 };

/* What may follow a step, in any order. */
enum {
	MAY_WITHIN = 1 << 0,
	MAY_FOR = 1 << 1,
	MAY_CAUSE = 1 << 2,
	MAY_INBAND = 1 << 3,
	MAY_COUNT = 1 << 4, /* errors N, gaps N */
	MAY_SLOT = 1 << 5,
	MAY_FROM = 1 << 6,
	MAY_BELOW = 1 << 7,
};

enum where { IN_CALL = 1, IN_LINE = 2, IN_BOTH = 3 };

/*
 * What has to follow, a letter each: f frequency or two (440+480), l level,
 * r range of levels, d digits, n number, t time, w word; N and T may be left
 * out.
 */
struct step_row {
	const char *words;
	enum step_kind kind;
	enum where where;
	const char *args;
	unsigned may;
	unsigned number; /* preset of step.number */
	usec within;     /* preset limit */
	usec lasting;    /* preset of `for` */
};

#define SIGNAL SEC(10)
#define SOUND  SEC(5)

/* clang-format off */
static const struct step_row rows[] = {
 { "wait",          STEP_WAIT,          IN_BOTH, "t",  0, 0, 0, 0 },
 { "proceed",       STEP_PROCEED,       IN_CALL, "",   MAY_INBAND, 0, 0, 0 },
 { "alert",         STEP_ALERT,         IN_CALL, "",   MAY_INBAND, 0, 0, 0 },
 { "progress",      STEP_PROGRESS,      IN_CALL, "",   MAY_INBAND | MAY_CAUSE,
   0, 0, 0 },
 { "connect",       STEP_CONNECT,       IN_CALL, "",   MAY_FROM, 0, 0, 0 },
 { "digits",        STEP_DIGITS,        IN_CALL, "d",  0, 0, 0, 0 },
 { "notify",        STEP_NOTIFY,        IN_CALL, "n",  0, 0, 0, 0 },
 { "hold",          STEP_HOLD,          IN_CALL, "",   0, 0, 0, 0 },
 { "retrieve",      STEP_RETRIEVE,      IN_CALL, "N",  0, 0, 0, 0 },
 { "uui",           STEP_UUI,           IN_CALL, "w",  0, 0, 0, 0 },
 { "clear",         STEP_CLEAR,         IN_CALL, "",   MAY_CAUSE | MAY_INBAND,
   Q850_NORMAL_CLEARING, 0, 0 },
 { "reject",        STEP_CLEAR,         IN_CALL, "",   MAY_CAUSE,
   Q850_CALL_REJECTED, 0, 0 },
 { "stay silent",   STEP_STAY,          IN_CALL, "",   0, 0, 0, 0 },
 { "play tone",     STEP_PLAY_TONE,     IN_CALL, "fl", 0, 0, 0, 0 },
 { "play file",     STEP_PLAY_FILE,     IN_CALL, "w",  0, 0, 0, 0 },
 { "play pattern",  STEP_PLAY_PATTERN,  IN_CALL, "",   0, 0, 0, 0 },
 { "play dtmf",     STEP_PLAY_DTMF,     IN_CALL, "d",  0, 0, 0, 0 },
 { "play echo",     STEP_PLAY_ECHO,     IN_CALL, "",   0, 0, 0, 0 },
 { "play marker",   STEP_PLAY_MARKER,   IN_CALL, "",   0, 0, 0, 0 },
 { "play silence",  STEP_PLAY_SILENCE,  IN_CALL, "",   0, 0, 0, 0 },
 { "down",          STEP_DOWN,          IN_LINE, "t",  0, 0, 0, 0 },
 { "alarm",         STEP_ALARM,         IN_LINE, "w",  MAY_FOR, 0, 0, SEC(1) },
 { "raw",           STEP_RAW,           IN_LINE, "w",  0, 0, 0, 0 },
 { "fault",         STEP_FAULT,         IN_LINE, "w",  MAY_SLOT, 0, 0, 0 },
 { "mute",          STEP_MUTE,          IN_LINE, "t",  0, 0, 0, 0 },
 { "restart channel", STEP_RESTART,     IN_LINE, "n",  0, 0, 0, 0 },
 { "expect setup-ack",  EXPECT_MESSAGE, IN_CALL, "",   MAY_WITHIN | MAY_INBAND,
   SEEN_SETUP_ACK, SIGNAL, 0 },
 { "expect proceeding", EXPECT_MESSAGE, IN_CALL, "",   MAY_WITHIN | MAY_INBAND,
   SEEN_PROCEEDING, SIGNAL, 0 },
 { "expect alerting",   EXPECT_MESSAGE, IN_CALL, "",   MAY_WITHIN | MAY_INBAND,
   SEEN_ALERTING, SIGNAL, 0 },
 { "expect connect",    EXPECT_MESSAGE, IN_CALL, "",   MAY_WITHIN,
   SEEN_CONNECT, SIGNAL, 0 },
 { "expect connect-ack", EXPECT_MESSAGE, IN_CALL, "",  MAY_WITHIN,
   SEEN_CONNECTED, SIGNAL, 0 },
 { "expect hold",       EXPECT_MESSAGE, IN_CALL, "",   MAY_WITHIN,
   SEEN_HOLD, SIGNAL, 0 },
 { "expect retrieve",   EXPECT_MESSAGE, IN_CALL, "",   MAY_WITHIN,
   SEEN_RETRIEVE, SIGNAL, 0 },
 { "expect held",       EXPECT_MESSAGE, IN_CALL, "",   MAY_WITHIN,
   SEEN_HELD, SIGNAL, 0 },
 { "expect retrieved",  EXPECT_MESSAGE, IN_CALL, "",   MAY_WITHIN,
   SEEN_RETRIEVED, SIGNAL, 0 },
 { "expect progress",   EXPECT_INDICATOR, IN_CALL, "N", MAY_WITHIN | MAY_INBAND,
   0, SIGNAL, 0 },
 { "expect notify",     EXPECT_NOTIFY,  IN_CALL, "n",  MAY_WITHIN, 0, SIGNAL, 0 },
 { "expect disconnect", EXPECT_DISCONNECT, IN_CALL, "",
   MAY_WITHIN | MAY_CAUSE | MAY_INBAND, 0, SEC(30), 0 },
 { "expect released",   EXPECT_RELEASED, IN_CALL, "",  MAY_WITHIN | MAY_CAUSE,
   0, SEC(30), 0 },
 { "expect called",     EXPECT_CALLED,  IN_CALL, "w",  MAY_WITHIN, 0, SIGNAL, 0 },
 { "expect calling",    EXPECT_CALLING, IN_CALL, "w",  0, 0, 0, 0 },
 { "expect connected",  EXPECT_CONNECTED, IN_CALL, "w", MAY_WITHIN,
   0, SIGNAL, 0 },
 { "expect redirected", EXPECT_REDIRECTED, IN_CALL, "w", 0, 0, 0, 0 },
 { "expect uui",        EXPECT_UUI,     IN_CALL, "w",  MAY_WITHIN, 0, SIGNAL, 0 },
 { "expect name",       EXPECT_NAME,    IN_CALL, "w",  0, 0, 0, 0 },
 { "expect type",       EXPECT_TYPE,    IN_CALL, "w",  0, 0, 0, 0 },
 { "expect presentation", EXPECT_PRESENTATION, IN_CALL, "w", 0, 0, 0, 0 },
 { "expect bearer",     EXPECT_BEARER,  IN_CALL, "w",  0, 0, 0, 0 },
 { "expect channel",    EXPECT_CHANNEL, IN_CALL, "n",  MAY_WITHIN, 0, SIGNAL, 0 },
 { "expect tone",       EXPECT_TONE,    IN_CALL, "fr",
   MAY_WITHIN | MAY_FOR | MAY_COUNT, 0, SOUND, MSEC(300) },
 { "expect silence",    EXPECT_SILENCE, IN_CALL, "T",  MAY_WITHIN | MAY_FOR,
   0, SOUND, SEC(1) },
 { "expect pattern",    EXPECT_PATTERN, IN_CALL, "",
   MAY_WITHIN | MAY_FOR | MAY_COUNT, 0, SOUND, SEC(1) },
 { "expect dtmf",       EXPECT_DTMF,    IN_CALL, "d",  MAY_WITHIN, 0, SIGNAL, 0 },
 { "expect marker",     EXPECT_MARKER,  IN_CALL, "",
   MAY_FROM | MAY_BELOW | MAY_WITHIN, 0, SOUND, 0 },
 { "expect up",         EXPECT_UP,      IN_BOTH, "",   MAY_WITHIN, 0, SIGNAL, 0 },
 { "expect down",       EXPECT_DOWN,    IN_BOTH, "",   MAY_WITHIN, 0, SEC(30), 0 },
 { "expect alarm",      EXPECT_ALARM,   IN_BOTH, "w",  MAY_WITHIN, 0, SIGNAL, 0 },
};
/* clang-format on */

bool step_is_expectation(const struct step *step)
{
	return step->kind >= EXPECT_MESSAGE;
}

static int arg_frequency(struct words *w, struct step *s)
{
	const char *word = words_next(w, "a frequency in Hz");
	int end = 0, both = 0, n;

	if (word == NULL)
		return -EBADMSG;
	s->hz_text = word;
	n = sscanf(word, "%lf%n+%lf%n", &s->hz[0], &end, &s->hz[1], &both);
	if (n < 1 || word[n == 2 ? both : end] != '\0' ||
	    !(s->hz[0] >= 50 && s->hz[0] <= 3900) ||
	    (n == 2 && !(s->hz[1] >= 50 && s->hz[1] <= 3900)))
		return words_refuse(w,
		                    "\"%s\" is no frequency from 50 to "
		                    "3900, nor two such as 440+480",
		                    word);
	return 0;
}

static bool read_level(const char *from, size_t len, double *out)
{
	char text[16];
	int end = 0;

	return text_copy_bytes(text, sizeof(text),
	                       (struct bytes){ (const uint8_t *)from, len }) ==
	               0 &&
	       sscanf(text, "%lf%n", out, &end) == 1 && text[end] == '\0' &&
	       *out >= -70 && *out <= 3.2;
}

/* A level, or two with .. between them. */
static int arg_levels(struct words *w, struct step *s, bool range)
{
	const char *word = words_next(w, "a level in dBm0");
	const char *dots = word == NULL ? NULL : strstr(word, "..");
	bool good;

	if (word == NULL)
		return -EBADMSG;
	if (range)
		good = dots != NULL &&
		       read_level(word, (size_t)(dots - word), &s->low) &&
		       read_level(dots + 2, strlen(dots + 2), &s->high) &&
		       s->low <= s->high;
	else
		good = read_level(word, strlen(word), &s->low);
	if (!good)
		return words_refuse(w, "\"%s\" is no %s in dBm0, -70 to 3",
		                    word,
		                    range ? "range such as -20..-5" : "level");
	return 0;
}

static int arg_number(struct words *w, struct step *s)
{
	return words_number(w, "a value", 255, &s->number);
}

static bool next_begins_with_digit(const struct words *w)
{
	return w->at < w->n && w->word[w->at][0] >= '0' &&
	       w->word[w->at][0] <= '9';
}

static int parse_arg(struct words *w, char letter, struct step *s)
{
	bool given = next_begins_with_digit(w);

	switch (letter) {
	case 'f':
		return arg_frequency(w, s);
	case 'l':
		return arg_levels(w, s, false);
	case 'r':
		return arg_levels(w, s, true);
	case 'd':
		return words_digits(w, &s->text);
	case 'n':
		return arg_number(w, s);
	case 'N':
		return given ? arg_number(w, s) : 0;
	case 't':
		return words_time(w, &s->lasting);
	case 'T':
		return given ? words_time(w, &s->lasting) : 0;
	default:
		s->text = words_next(w, "a word");
		return s->text == NULL ? -EBADMSG : 0;
	}
}

static int option_count(struct words *w, struct step *s)
{
	s->count = true;
	return words_number(w, "how many are allowed", 1000000, &s->most);
}

static int parse_option(struct words *w, unsigned may, struct step *s)
{
	if ((may & MAY_WITHIN) && words_are(w, "within"))
		return words_time(w, &s->within);
	if ((may & MAY_FOR) && words_are(w, "for"))
		return words_time(w, &s->lasting);
	if ((may & MAY_CAUSE) && words_are(w, "cause"))
		return words_number(w, "a cause", 127, &s->number);
	if ((may & MAY_COUNT) &&
	    words_are(w, s->kind == EXPECT_TONE ? "gaps" : "errors"))
		return option_count(w, s);
	if ((may & MAY_SLOT) && words_are(w, "slot"))
		return words_number(w, "a slot", 31, &s->slot);
	if ((may & MAY_BELOW) && words_are(w, "below"))
		return words_time(w, &s->below);
	if ((may & MAY_FROM) && words_are(w, "from")) {
		s->from = words_next(w, "a name or number");
		return s->from == NULL ? -EBADMSG : 0;
	}
	if ((may & MAY_INBAND) && words_are(w, "inband")) {
		s->inband = true;
		return 0;
	}
	return words_refuse(w, "\"%s\" is not understood here", w->word[w->at]);
}

/* The words of a row one by one; the cursor stays where it was if not. */
static bool row_begins(struct words *w, const char *words)
{
	int was = w->at;

	while (*words != '\0' && w->at < w->n) {
		size_t n = strcspn(words, " ");

		if (strlen(w->word[w->at]) != n ||
		    strncmp(w->word[w->at], words, n) != 0)
			break;
		w->at++;
		words += n + (words[n] == ' ');
	}
	if (*words == '\0')
		return true;
	w->at = was;
	return false;
}

/* A path that does not begin at the root begins where the script lies. */
static const char *beside_script(const struct words *w, const char *name,
                                 char *path, size_t size)
{
	const char *slash = strrchr(w->path, '/');
	struct text t = { .at = path, .size = size };

	if (name[0] == '/' || slash == NULL)
		return name;
	path[0] = '\0';
	text_add_bytes(&t, (struct bytes){ (const uint8_t *)w->path,
	                                   (size_t)(slash - w->path) + 1 });
	text_add(&t, "%s", name);
	return t.cut ? "" : path;
}

static int load_sound(struct words *w, struct step *s)
{
	struct stat st = { 0 };
	char path[300];
	int fd = open(beside_script(w, s->text, path, sizeof(path)),
	              O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	uint8_t *octets = NULL;
	int rc = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		rc = words_refuse(w, "%.100s: %s", s->text, strerror(errno));
	else if (!S_ISREG(st.st_mode) || st.st_size < 1 ||
	         st.st_size > SOUND_OCTETS)
		rc = words_refuse(w,
		                  "%.100s: a sound is a file of 1 octet to "
		                  "16 MiB",
		                  s->text);
	if (rc == 0) {
		octets = mem_new_array(uint8_t, (size_t)st.st_size);
		rc = octets == NULL ? -ENOMEM : 0;
	}
	s->sound = (struct bytes){ octets, (size_t)st.st_size };
	if (rc == 0 && read(fd, octets, s->sound.len) != st.st_size)
		rc = words_refuse(w, "%.100s: cannot be read", s->text);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

int words_uui(struct words *w, const char *text, struct uui *out)
{
	int n = bytes_from_hex(out->octets, sizeof(out->octets), text);

	if (n < 1)
		return words_refuse(w,
		                    "\"%.40s\" is not 1 to 129 octets in hex, "
		                    "the protocol discriminator first",
		                    text);
	out->len = (uint8_t)n;
	return 0;
}

static const struct script_choice alarms[] = {
	{ "none", 0 },        { "LOS", ALARM_LOS }, { "LOF", ALARM_LOF },
	{ "AIS", ALARM_AIS }, { "RAI", ALARM_RAI }, { NULL, 0 },
};

/* The word of a step as its value. */
static int word_of(struct words *w, const char *what,
                   const struct script_choice *choices, struct step *s)
{
	struct words one = { .path = w->path, .line = w->line, .n = 1 };

	one.error = w->error;
	one.word[0] = (char *)(uintptr_t)s->text;
	return words_choice(&one, what, choices, &s->number);
}

/* What a row cannot say. */
static int check_step(struct words *w, struct step *s)
{
	static const char *const faults[] = { "slip", "lose", "fcs", "flip" };
	static uint8_t raw[512];
	int n;

	switch (s->kind) {
	case STEP_PLAY_FILE:
		return load_sound(w, s);
	case STEP_FAULT:
		for (unsigned i = 0; i < ARRAY_LEN(faults); i++)
			if (strcmp(faults[i], s->text) == 0)
				s->number = i + 1;
		if (s->number == 0)
			return words_refuse(w, "fault is slip, lose, fcs or "
			                       "flip");
		return 0;
	case EXPECT_TYPE:
		return word_of(w, "type of number", script_types, s);
	case EXPECT_PRESENTATION:
		return word_of(w, "presentation", script_presentations, s);
	case EXPECT_BEARER:
		return word_of(w, "bearer", script_bearers, s);
	case STEP_ALARM:
	case EXPECT_ALARM:
		return word_of(w, "alarm", alarms, s);
	case EXPECT_MARKER:
		return s->from != NULL ? 0
		                       : words_refuse(w, "expect marker needs "
		                                         "from NAME");
	case STEP_RAW:
		n = bytes_from_hex(raw, sizeof(raw), s->text);
		if (n < 3)
			return words_refuse(w, "raw is a frame of 3 to 512 "
			                       "octets in hex without blanks, "
			                       "or in quotes");
		return 0;
	case STEP_UUI:
		return words_uui(w, s->text, &s->uui);
	case EXPECT_UUI:
		return strcmp(s->text, "none") == 0
		               ? 0
		               : words_uui(w, s->text, &s->uui);
	default:
		return 0;
	}
}

static int parse_row(struct words *w, const struct step_row *row,
                     struct step *s)
{
	int rc = 0;

	s->kind = row->kind;
	s->number = row->number;
	s->within = row->within;
	s->lasting = row->lasting;
	for (const char *arg = row->args; rc == 0 && *arg != '\0'; arg++)
		rc = parse_arg(w, *arg, s);
	while (rc == 0 && w->at < w->n)
		rc = parse_option(w, row->may, s);
	/* what has to last longer than the limit could never hold */
	if (step_is_expectation(s) && s->within <= s->lasting)
		s->within = s->lasting + SEC(2);
	return rc < 0 ? rc : check_step(w, s);
}

int step_parse(struct words *w, bool line, struct step *step)
{
	enum where where = line ? IN_LINE : IN_CALL;
	int rc = words_are(w, "after") ? words_time(w, &step->after) : 0;

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if ((rows[i].where & where) != 0 &&
		    row_begins(w, rows[i].words))
			return parse_row(w, &rows[i], step);
	if (w->at == w->n)
		return words_refuse(w, "a step is missing after the time");
	return words_refuse(w,
	                    "\"%s%s%s\" is no step of a %s; README.md "
	                    "lists them",
	                    w->word[w->at], w->at + 1 < w->n ? " " : "",
	                    w->at + 1 < w->n ? w->word[w->at + 1] : "",
	                    line ? "line" : "call");
}
