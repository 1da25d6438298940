/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_UTF8_H
#define KERNEL_UTF8_H

/*
 * Text from strangers on its way to a terminal, a log or JSON: what is not
 * printable UTF-8 must not pass as it is. An escape sequence in a calling
 * name would otherwise run on the operator's terminal.
 */

#include "kernel/base.h"

/* How many octets the printable character at `at` has (1 to 4); 0 when there
 * is none: a control character (C0, DEL, C1), a broken or overlong sequence,
 * a surrogate, the closing NUL. */
size_t utf8_printable(const char *at);

/* Copies, with each octet that is not printable as \xNN; what does not fit is
 * cut between characters. Returns the length written. */
size_t utf8_clean(char *to, size_t size, const char *from);

#endif
