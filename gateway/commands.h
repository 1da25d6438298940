/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
#ifndef GATEWAY_COMMANDS_H
#define GATEWAY_COMMANDS_H

/* The console commands of calls, trunks, peers and streams. */

struct command_args;
struct console;
struct gateway;
struct shell;
struct trunk;

/* self of each row is the gateway; they go with the console. */
int commands_show(struct gateway *gateway, struct console *console);
int commands_calls(struct gateway *gateway, struct console *console);
/* Of which these are parts. */
int commands_isdn(struct gateway *gateway, struct console *console);
int commands_controllers(struct gateway *gateway, struct console *console);
int commands_ports(struct gateway *gateway, struct console *console);
int commands_sip(struct gateway *gateway, struct console *console);
int commands_cause(struct gateway *gateway, struct console *console);
int commands_health(struct gateway *gateway, struct console *console);
int commands_register(struct gateway *gateway, struct console *console);
int commands_capture(struct gateway *gateway, struct console *console);
int commands_operate(struct gateway *gateway, struct console *console);

/* The open span that the first two arguments name, "e1" and "0"; NULL: the
 * shell was told why there is none. */
struct trunk *commands_trunk(struct gateway *gateway, struct shell *shell,
                             const struct command_args *args);

#endif
