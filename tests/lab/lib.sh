# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the Causeway developers
#
# What differs from tests/e2e/lib.sh, which is read before: the spans are the
# DAHDI driver's, in pairs (E1 1 and 2, T1 3 and 4); the gateway has the odd
# one. tshark judges on the host afterwards: it takes seconds to start here.

gateway_span() { [ "$SPAN_TYPE" = e1 ] && echo 1 || echo 3; }
partner() { echo $(($(gateway_span) + 1)); }
board() { echo "dahdi $(gateway_span)"; }
pbx_span() { echo "--dahdi $(partner)"; }
judge() { :; }

# The first channel of a span.
first_channel() {
	case $1 in 1) echo 1 ;; 2) echo 32 ;; 3) echo 63 ;; 4) echo 87 ;; esac
}

# The lines of system.conf for one end of a pair, as dahdi_cfg would read them
# for that span alone.
span_lines() { # span
	case $1 in
	1) printf '%s\n' dynamic=loc,0:0,31,0 bchan=1-15,17-31 dchan=16 alaw=1-15,17-31 ;;
	2) printf '%s\n' dynamic=loc,0:1,31,0 bchan=32-46,48-62 dchan=47 alaw=32-46,48-62 ;;
	3) printf '%s\n' dynamic=loc,1:0,24,0 bchan=63-85 dchan=86 mulaw=63-85 ;;
	4) printf '%s\n' dynamic=loc,1:1,24,0 bchan=87-109 dchan=110 mulaw=87-109 ;;
	esac
	printf '%s\n' loadzone=us defaultzone=us
}

# Takes a span away, its own clock with it, and brings it back. Its channels
# must be closed. dahdi_cfg says 1 when it takes one away.
span_away() {
	span_lines "$1" >"$W/span$1.conf"
	dahdi_cfg -s -c "$W/span$1.conf" >/dev/null 2>&1
	! [ -e "/proc/dahdi/$1" ] || fail "span $1 was not taken away"
}
span_back() {
	dahdi_cfg -c "$W/span$1.conf" >"$W/dahdi_cfg.out" 2>&1 ||
		{ fail "span $1 did not come back"; cat "$W/dahdi_cfg.out"; }
}

# Waiting costs nothing here, looking does: the emulated processor is slow.
until_true() {
	local left=$(($1 * 4))
	shift
	while ! "$@" >/dev/null 2>&1; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		sleep 0.25
	done
}

# Pulls a span's card out while it is in use, and plugs it in again: what was
# configured of it is lost.
place() { echo "/sys/bus/dahdi_devices/devices/dynamic:loc:$(($1 - 1))"; }
span_gone() { echo 1 >"$(place "$1")/unassign_span" || fail "span $1 was not removed"; }
span_again() {
	span_lines "$1" >"$W/span$1.conf"
	sed -i '/^dynamic/d' "$W/span$1.conf"
	echo "1:$1:$(first_channel "$1")" >"$(place "$1")/assign_span" || fail "span $1 did not come back"
}
span_fresh() {
	span_gone "$1"
	span_again "$1"
}
