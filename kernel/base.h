/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef KERNEL_BASE_H
#define KERNEL_BASE_H

/*
 * What every file of the program may rely on: attributes, the size of an
 * array, the way from a member to its struct, arithmetic that notices when it
 * does not fit.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* By way of a number, so that a pointer to const may be given as well. */
#define container_of(ptr, type, member) \
	((type *)((uintptr_t)(ptr)-offsetof(type, member)))

#define ATTR_PRINTF(format_at, args_at) \
	__attribute__((format(printf, format_at, args_at)))
#define ATTR_MUST_USE __attribute__((warn_unused_result))
#define ATTR_NORETURN __attribute__((noreturn))
#define ATTR_UNUSED   __attribute__((unused))

#define MIN_OF(a, b) ((a) < (b) ? (a) : (b))
#define MAX_OF(a, b) ((a) > (b) ? (a) : (b))

#endif
