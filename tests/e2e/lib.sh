# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the Causeway developers
#
# What a case of the end-to-end tests, and the demo, may say. A case runs in a
# folder of its own ($W) with ports of its own ($SIP the gateway's, $FAR the
# SIP far end's, $MEDIA its RTP), on loopback, and ends everything it started,
# by pid. $B is the build folder, $HERE tests/e2e.
#
#   gateway [lines]      starts causewayd with the usual configuration and
#                        these lines after it; waits until it is ready
#   pbx NAME SCRIPT      starts causeway-pbx on the span with this script (text)
#   pbx_done NAME        waits for it: its expectations must have held
#   sipp_start NAME SCENARIO [args], sipp_done NAME
#   phone_start NAME [args], phone_done NAME
#   show COMMAND         runs a console command
#   stop                 ends the gateway in order, judges what was captured

PIDS=

fail() {
	echo "FAILED: $*"
	touch "$W/failed"
}

started() { PIDS="$PIDS $1"; }

end_all() {
	for p in $PIDS; do kill "$p" 2>/dev/null; done
	for p in $PIDS; do wait "$p" 2>/dev/null; done
	PIDS=
}

# Waits until a command succeeds: until SECONDS COMMAND...
until_true() {
	local left=$(($1 * 20))
	shift
	while ! "$@" >/dev/null 2>&1; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		sleep 0.05
	done
}

show() { "$B/causeway" -s "$W/console" "$@"; }

SPAN_TYPE=e1 SPAN_OPTIONS=' isdn side user'

gateway_conf() {
	cat <<-EOT
	hostname gw
	logging level info
	controller $SPAN_TYPE 0
	 board wire listen $W/span
	$SPAN_OPTIONS
	!
	media
	 rtp port-low $((MEDIA + 100))
	 rtp port-high $((MEDIA + 299))
	 playout depth 40
	!
	sip-ua
	 bind udp ${HOST:-127.0.0.1}:$SIP
	 bind tcp ${HOST:-127.0.0.1}:$SIP
	${SIP_OPTIONS:-!}
	!
	sip-peer far
	 address ${HOST:-127.0.0.1}:$FAR
	 transport ${TRANSPORT:-udp}
	!
	dial-peer voice 100 pots
	 destination-pattern 3035550...
	 trunk $SPAN_TYPE 0
	!
	dial-peer voice 200 voip
	 destination-pattern 5550...
	 session target sip-peer far
	!
	EOT
	printf '%s\n' "$@"
}

gateway() {
	gateway_conf "$@" >"$W/gw.conf"
	gateway_start
}

gateway_start() {
	"$B/causewayd" -c "$W/gw.conf" --socket "$W/console" 2>"$W/gw.log" &
	GW=$!
	started $GW
	until_true 10 grep -q 'ready: Causeway' "$W/gw.log" || {
		fail "the gateway did not start"
		cat "$W/gw.log"
		exit 1
	}
	show capture start "$W/gw.pcapng" >/dev/null || fail "no capture"
}

pbx() {
	local name=$1
	printf '%s\n' "$2" >"$W/$name.pbx"
	shift 2
	"$B/causeway-pbx" --wire-connect "$W/span" --type $SPAN_TYPE \
		--side ${PBX_SIDE:-network} --capture "$W/$name.pcap" \
		--wire-faults --timeout 60 "$@" "$W/$name.pbx" >"$W/$name.out" 2>&1 &
	eval "PID_$name=$!"
	started $!
}

# The D channel is up, as the exchange of this name sees it, and so do we.
line_up() {
	until_true 10 grep -q 'D channel up' "$W/$1.out" &&
		until_true 10 sh -c "'$B/causeway' -s '$W/console' show isdn status |
			grep -q MULTIPLE_FRAME_ESTABLISHED" ||
		fail "the D channel did not come up"
}

finished() { # name what
	local pid rc
	eval "pid=\$PID_$1"
	wait "$pid"
	rc=$?
	PIDS=$(for p in $PIDS; do [ "$p" = "$pid" ] || printf ' %s' "$p"; done)
	if [ $rc != ${3:-0} ]; then
		fail "$2 $1 ended with $rc"
		tail -n 60 "$W/$1.out"
	fi
}

pbx_done() { finished "$1" causeway-pbx; }

sipp_start() {
	local name=$1 scenario=$2
	shift 2
	case $scenario in /*) ;; *) scenario=$HERE/../sipp/$scenario ;; esac
	sipp "${HOST:-127.0.0.1}:$SIP" -sf "$scenario.xml" -i "${HOST:-127.0.0.1}" \
		-p "${SIPP_PORT:-$FAR}" -t "${SIPP_TRANSPORT:-u1}" -m 1 -nostdin \
		-timeout 45s -timeout_error -key media "${SIPP_MEDIA:-$MEDIA}" \
		-trace_msg -message_file "$W/$name.msg" -trace_err -error_file "$W/$name.err" \
		"$@" >"$W/$name.out" 2>&1 &
	eval "PID_$name=$!"
	started $!
}

# SIPp takes a status line only as it stands: a scenario of our own of it.
refusal() { # "486 Busy Here"
	sed "s/\[status\]/$1/" "$HERE/../sipp/uas-refuse.xml" >"$W/refuse.xml"
	echo "$W/refuse"
}

sipp_done() {
	finished "$1" sipp "${2:-0}"
	[ ! -e "$W/failed" ] || [ ! -s "$W/$1.err" ] || tail -n 20 "$W/$1.err"
}

phone_start() {
	local name=$1
	shift
	"$B/phone" --local "${HOST:-127.0.0.1}:$MEDIA" --remote auto "$@" >"$W/$name.out" 2>&1 &
	eval "PID_$name=$!"
	started $!
}

phone_done() { finished "$1" phone; }

# What must be true when all calls are over. Channels under RESTART are no harm:
# the exchange may be gone already.
no_calls() { [ "$(show show call active voice brief | wc -l)" -le 1 ]; }
no_busy_channels() { ! show show isdn service | grep -qE 'busy|ending'; }
no_dialogs() { show show sip-ua statistics | grep -qE '^dialogs now +0$'; }

nothing_left() {
	until_true 5 no_calls || { fail "calls are left"; show show call active voice brief; }
	until_true 5 no_busy_channels || { fail "channels are left"; show show isdn service; }
	until_true 35 no_dialogs || { fail "dialogs are left"; show show sip-ua statistics; }
}

ladders() {
	for n in $(seq 1 ${1:-1}); do
		show show call $n ladder
		show show call $n why
	done
}

judge() { # file
	local bad
	[ -s "$1" ] || { fail "$1 is empty"; return; }
	bad=$(tshark -r "$1" -d "udp.port==$SIP,sip" -Y _ws.malformed 2>/dev/null | head -n 5)
	[ -z "$bad" ] || { fail "malformed in $1"; echo "$bad"; }
}

stop() {
	nothing_left
	show capture stop >/dev/null
	kill -TERM $GW
	wait $GW
	local rc=$?
	PIDS=$(for p in $PIDS; do [ "$p" = "$GW" ] || printf ' %s' "$p"; done)
	[ $rc = 0 ] || { fail "causewayd ended with $rc"; tail -n 30 "$W/gw.log"; }
	grep -E ' error | <3>' "$W/gw.log" && fail "errors in the log"
	judge "$W/gw.pcapng"
	for f in "$W"/*.pcap; do [ ! -s "$f" ] || judge "$f"; done
}
