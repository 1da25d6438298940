/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#include "kernel/mailbox.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "kernel/loop.h"
#include "kernel/thread.h"
#include "tests/test.h"

struct letter {
	uint8_t from;
	uint32_t number;
	char text[7];
};

static bool is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static struct mailbox *open_box(unsigned depth)
{
	struct mailbox *box;

	CHECK_EQ(mailbox_new(&box, sizeof(struct letter), depth), 0);
	return box;
}

static int post(struct mailbox *box, uint32_t number)
{
	struct letter letter = { .number = number, .text = "hello" };

	return mailbox_post(box, &letter);
}

TEST(letters_come_in_order_and_by_value)
{
	struct mailbox *box = open_box(3);
	struct letter letter;

	/* Three waiting in a box of three, many times around. */
	for (uint32_t n = 0; n < 20; n++) {
		CHECK_EQ(post(box, n), 0);
		if (n < 2)
			continue;
		CHECK(mailbox_take(box, &letter));
		CHECK_EQ(letter.number, n - 2);
		CHECK_TEXT(letter.text, "hello");
	}
	CHECK(mailbox_free(box) == NULL);
}

TEST(full_box_refuses_and_counts)
{
	struct mailbox *box = open_box(2);
	struct letter letter;

	CHECK_EQ(post(box, 1), 0);
	CHECK_EQ(post(box, 2), 0);
	CHECK_EQ(post(box, 3), -ENOSPC);
	CHECK_EQ(post(box, 4), -ENOSPC);
	CHECK_EQ(mailbox_refused(box), 2);
	CHECK(mailbox_take(box, &letter));
	CHECK_EQ(post(box, 5), 0);
	CHECK(mailbox_take(box, &letter) && letter.number == 2);
	CHECK(mailbox_take(box, &letter) && letter.number == 5);
	CHECK(!mailbox_take(box, &letter));
	(void)mailbox_free(box);
}

TEST(descriptor_is_readable_exactly_while_letters_wait)
{
	struct mailbox *box = open_box(4);
	struct letter letter;
	int fd = mailbox_fd(box);

	for (int i = 0; i < 3; i++) {
		CHECK(!is_readable(fd));
		CHECK_EQ(post(box, 1), 0);
		CHECK_EQ(post(box, 2), 0);
		CHECK(is_readable(fd));
		CHECK(mailbox_take(box, &letter));
		CHECK(is_readable(fd));
		CHECK(mailbox_take(box, &letter));
	}
	CHECK(!is_readable(fd));
	CHECK(!mailbox_take(box, &letter));
	(void)mailbox_free(box);
}

TEST(what_is_put_is_told_by_one_ring)
{
	const struct letter letter = { .number = 1 };
	struct mailbox *box = open_box(3);
	struct letter got;
	int fd = mailbox_fd(box);

	mailbox_ring(box); /* of nothing */
	CHECK(!is_readable(fd));
	CHECK_EQ(mailbox_put(box, &letter), 0);
	CHECK_EQ(mailbox_put(box, &letter), 0);
	CHECK(!is_readable(fd));
	mailbox_ring(box);
	CHECK(is_readable(fd));
	CHECK(mailbox_take(box, &got) && mailbox_take(box, &got));
	CHECK(!is_readable(fd));
	/* who posts rings for what was put before, and a full box refuses */
	CHECK_EQ(mailbox_put(box, &letter), 0);
	CHECK_EQ(post(box, 2), 0);
	CHECK(is_readable(fd));
	CHECK_EQ(mailbox_put(box, &letter), 0);
	CHECK_EQ(mailbox_put(box, &letter), -ENOSPC);
	mailbox_ring(box);
	for (unsigned i = 0; i < 3; i++)
		CHECK(mailbox_take(box, &got));
	CHECK(!is_readable(fd));
	(void)mailbox_free(box);
}

TEST(a_writer_that_gathers_rings_when_its_turn_is_over)
{
	struct mailbox *box = open_box(4);
	struct letter letter;
	struct loop *loop;
	int fd = mailbox_fd(box);

	CHECK_EQ(loop_new(&loop), 0);
	mailbox_gather(box, loop);
	for (int i = 0; i < 3; i++) {
		CHECK_EQ(post(box, 1), 0);
		CHECK(!is_readable(fd));
		/* taken before the ring, and another put: still one ring */
		CHECK(mailbox_take(box, &letter));
		CHECK_EQ(post(box, 2), 0);
		(void)loop_turn(loop);
		CHECK(is_readable(fd));
		CHECK(mailbox_take(box, &letter));
		CHECK(!is_readable(fd));
	}
	CHECK_EQ(post(box, 3), 0);
	mailbox_gather(box, NULL);
	CHECK(is_readable(fd));
	CHECK(mailbox_take(box, &letter));
	CHECK(!is_readable(fd));
	CHECK_EQ(post(box, 4), 0);
	CHECK(is_readable(fd));
	mailbox_gather(box, loop);
	CHECK_EQ(post(box, 5), 0);
	(void)mailbox_free(box); /* takes the promise along */
	loop = loop_free(loop);
}

struct reader {
	struct loop *loop;
	struct mailbox *box;
	unsigned got, again; /* again: post that many more from the handler */
	uint32_t last[3];    /* by sender */
	unsigned total;
};

static void read_letter(void *self, const void *message)
{
	struct reader *reader = self;
	const struct letter *letter = message;

	CHECK_EQ(letter->number, reader->last[letter->from] + 1);
	reader->last[letter->from] = letter->number;
	reader->got++;
	if (reader->again > 0) {
		reader->again--;
		CHECK_EQ(post(reader->box, letter->number + 1), 0);
	}
	if (reader->got == reader->total)
		loop_stop(reader->loop);
}

static void open_reader(struct reader *reader, unsigned depth)
{
	*reader = (struct reader){ .box = open_box(depth) };
	CHECK_EQ(loop_new(&reader->loop), 0);
}

static void close_reader(struct reader *reader)
{
	reader->box = mailbox_free(reader->box);
	reader->loop = loop_free(reader->loop);
}

TEST(attached_box_delivers_on_the_loop_what_waited_and_what_comes)
{
	struct reader reader;

	open_reader(&reader, 4);
	CHECK_EQ(post(reader.box, 1), 0);
	CHECK_EQ(mailbox_attach(reader.box, reader.loop, read_letter, &reader),
	         0);
	CHECK_EQ(mailbox_fd(reader.box), -1);
	CHECK_EQ(reader.got, 0);
	CHECK(loop_turn(reader.loop));
	CHECK_EQ(reader.got, 1);
	CHECK(!loop_turn(reader.loop));
	CHECK_EQ(post(reader.box, 2), 0);
	CHECK_EQ(post(reader.box, 3), 0);
	CHECK(loop_turn(reader.loop));
	CHECK_EQ(reader.got, 3);
	close_reader(&reader);
}

TEST(one_turn_delivers_no_more_than_a_boxful)
{
	struct reader reader;

	open_reader(&reader, 4);
	CHECK_EQ(mailbox_attach(reader.box, reader.loop, read_letter, &reader),
	         0);
	reader.again = 9; /* each letter brings another one */
	CHECK_EQ(post(reader.box, 1), 0);
	CHECK(loop_turn(reader.loop));
	CHECK_EQ(reader.got, 4);
	CHECK(loop_turn(reader.loop));
	CHECK_EQ(reader.got, 8);
	CHECK(loop_turn(reader.loop));
	CHECK_EQ(reader.got, 10);
	close_reader(&reader);
}

TEST(box_may_go_with_letters_in_it)
{
	struct reader reader;

	open_reader(&reader, 4);
	CHECK_EQ(mailbox_attach(reader.box, reader.loop, read_letter, &reader),
	         0);
	CHECK_EQ(post(reader.box, 1), 0);
	close_reader(&reader);
	CHECK_EQ(reader.got, 0);
	CHECK(mailbox_free(NULL) == NULL);
}

enum { LETTERS = 3000, WRITERS = 2 };

struct sender {
	struct mailbox *box;
	uint8_t from;
};

static void send_letters(void *self)
{
	struct sender *sender = self;
	struct letter letter = { .from = sender->from };

	for (letter.number = 1; letter.number <= LETTERS; letter.number++)
		while (mailbox_post(sender->box, &letter) == -ENOSPC)
			(void)poll(NULL, 0, 1);
}

TEST(writers_on_two_threads_lose_nothing)
{
	struct reader reader;
	struct sender senders[WRITERS];
	struct thread *threads[WRITERS];

	open_reader(&reader, 64);
	reader.total = WRITERS * LETTERS;
	CHECK_EQ(mailbox_attach(reader.box, reader.loop, read_letter, &reader),
	         0);
	for (uint8_t i = 0; i < WRITERS; i++) {
		senders[i] = (struct sender){ reader.box, i };
		CHECK_EQ(thread_start(&threads[i], "writer", false,
		                      send_letters, &senders[i]),
		         0);
	}
	loop_run(reader.loop);
	for (int i = 0; i < WRITERS; i++)
		threads[i] = thread_join(threads[i]);
	CHECK_EQ(reader.got, WRITERS * LETTERS);
	close_reader(&reader);
}

TEST(polling_thread_takes_all_that_another_posts)
{
	struct mailbox *box = open_box(16);
	struct sender sender = { box, 0 };
	struct thread *thread;
	struct letter letter;
	uint32_t expected = 1;

	CHECK_EQ(thread_start(&thread, "writer", false, send_letters, &sender),
	         0);
	while (expected <= LETTERS) {
		struct pollfd p = { mailbox_fd(box), POLLIN, 0 };

		CHECK_EQ(poll(&p, 1, 10000), 1);
		while (mailbox_take(box, &letter))
			CHECK_EQ(letter.number, expected++);
	}
	thread = thread_join(thread);
	(void)mailbox_free(box);
}

LADDER(mailbox_survives_want_of_memory)
{
	struct mailbox *box = NULL;
	struct loop *loop = NULL;
	int rc = mailbox_new(&box, sizeof(struct letter), 8);

	if (rc == 0)
		rc = loop_new(&loop);
	if (rc == 0) {
		rc = mailbox_attach(box, loop, read_letter, NULL);
		/* Refused, it still can be polled. */
		CHECK_EQ(mailbox_fd(box) >= 0, rc < 0);
	}
	CHECK_EQ(rc, ladder_ok() ? 0 : -ENOMEM);
	box = mailbox_free(box);
	(void)loop_free(loop);
}

TEST(boxes_beyond_memory_are_refused)
{
	struct mailbox *box;

	CHECK_EQ(mailbox_new(&box, SIZE_MAX, 2), -ENOMEM);
	CHECK_EQ(mailbox_new(&box, SIZE_MAX / 4, 2), -ENOMEM);
}
