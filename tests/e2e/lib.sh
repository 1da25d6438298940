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
#   calls_each_way CODEC a call in each direction, heard bit by bit
#   until_true 10 has_rtp, rtp_here   where it may speak first
#   show COMMAND         runs a console command
#   want WHAT GOT WANTED two texts are the same
#   final NUMBER         what SIP said of the call to NUMBER: status|Reason|Warning
#   why_says PATTERN     the history has a call that ended so
#   stop                 ends the gateway in order, judges what was captured
#
# A case may set, before these: SPAN_TYPE, SPAN_OPTIONS, PBX_SIDE, PBX_SWITCH,
# HOST, TRANSPORT, SIPP_TRANSPORT.

PIDS=

fail() {
	echo "FAILED: $*"
	touch "$W/failed"
}

started() { PIDS="$PIDS $1"; }

forget() { PIDS=$(for p in $PIDS; do [ "$p" = "$1" ] || printf ' %s' "$p"; done); }

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

# Waits until a file has a line: until_line FILE PATTERN [SECONDS]
until_line() {
	until_true "${3:-10}" grep -qE -- "$2" "$1" ||
		fail "no line '$2' in ${1##*/}"
}

show() { timeout 10 "$B/causeway" -s "$W/console" "$@"; }

want() { [ "$2" = "$3" ] || fail "$1 is '$2', wanted '$3'"; }

SPAN_TYPE=e1 SPAN_OPTIONS=' isdn side user' PBX_SIDE=network PBX_SWITCH=
HOST=127.0.0.1 TRANSPORT=udp SIPP_TRANSPORT=u1

# A host as it stands before a port.
host() { case $HOST in *:*) echo "[$HOST]" ;; *) echo "$HOST" ;; esac; }

# The two ends of the span, for the gateway and for the exchange; the lab has
# its own.
board() { echo "wire listen $W/span"; }
pbx_span() { echo "--wire-connect $W/span --wire-faults"; }

gateway_conf() {
	cat <<-EOT
	hostname gw
	user $(id -un)
	logging level info
	! a busy machine is not what is tested
	call lag 5000
	controller $SPAN_TYPE 0
	 board $(board)
	$SPAN_OPTIONS
	 isdn timer T200 200ms
	!
	media
	 rtp port-low $((MEDIA + 100))
	 rtp port-high $((MEDIA + 299))
	 playout depth 40
	${MEDIA_OPTIONS:-!}
	!
	sip-ua
	 bind udp $(host):$SIP
	 bind tcp $(host):$SIP
	${SIP_OPTIONS:-!}
	!
	sip-peer far
	 address $(host):$FAR
	 transport $TRANSPORT
	${PEER_OPTIONS:-!}
	!
	dial-peer voice 100 pots
	 destination-pattern 3035550...
	 trunk $SPAN_TYPE 0
	${POTS_OPTIONS:-!}
	!
	dial-peer voice 200 voip
	 destination-pattern 5550...
	 session target sip-peer far
	${VOIP_OPTIONS:-!}
	!
	EOT
	printf '%s\n' "$@"
}

gateway() {
	gateway_conf "$@" >"$W/gw.conf"
	lo_start
	gateway_start
}

# What passes on loopback between the ports of this case, RTP and RTCP too.
lo_start() {
	[ "${CAPTURE:-no}" = yes ] || return 0
	dumpcap -q -i lo -f "udp portrange $SIP-$((MEDIA + 299)) or tcp portrange $SIP-$((SIP + 9))" \
		-w "$W/lo.pcapng" >"$W/dumpcap.out" 2>&1 &
	DUMPCAP=$!
	started $DUMPCAP
	until_true 5 test -s "$W/lo.pcapng" || fail "dumpcap does not capture"
}

lo_stop() {
	[ -n "${DUMPCAP:-}" ] || return 0
	kill -INT "$DUMPCAP" 2>/dev/null
	wait "$DUMPCAP"
	forget "$DUMPCAP"
	DUMPCAP=
}

gateway_start() {
	rm -f "$W/gw.log"
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
	printf 'timer T200 200ms\n%s\n' "$2" >"$W/$name.pbx"
	shift 2
	"$B/causeway-pbx" $(pbx_span) --type $SPAN_TYPE \
		--side $PBX_SIDE ${PBX_SWITCH:+--switch $PBX_SWITCH} --capture "$W/$name.pcap" \
		--timeout 60 "$@" "$W/$name.pbx" >"$W/$name.out" 2>&1 &
	eval "PID_$name=$!"
	started $!
}

# Our D channel carries calls (layer 2 may be up a moment before).
d_channel_up() { grep -o 'D channel is [a-z]*' "$W/gw.log" | tail -n 1 | grep -q up; }

# The D channel is up, as the exchange of this name sees it, and so do we.
line_up() {
	until_true 10 grep -q 'D channel up' "$W/$1.out" && until_true 10 d_channel_up ||
		fail "the D channel did not come up"
}

finished() { # name what
	local pid rc
	eval "pid=\$PID_$1"
	wait "$pid"
	rc=$?
	forget "$pid"
	if [ $rc != ${3:-0} ]; then
		fail "$2 $1 ended with $rc"
		tail -n 60 "$W/$1.out"
	fi
}

pbx_done() { finished "$1" causeway-pbx; }

# SIPp can run without a screen only with its output elsewhere; a scenario of
# the case's own ($W/NAME.xml) goes before those of tests/sipp.
sipp_start() {
	local name=$1 scenario=$HERE/../sipp/$2.xml
	[ ! -e "$W/$2.xml" ] || scenario=$W/$2.xml
	shift 2
	sipp "$(host):$SIP" -sf "$scenario" -i "$HOST" \
		-p "${SIPP_PORT:-$FAR}" -t "$SIPP_TRANSPORT" -m 1 -nostdin \
		-timeout 45s -timeout_error -key media "${SIPP_MEDIA:-$MEDIA}" \
		-trace_msg -message_file "$W/$name.msg" -trace_err -error_file "$W/$name.err" \
		"$@" >"$W/$name.out" 2>&1 &
	eval "PID_$name=$!"
	started $!
}

# Writes $W/refuse.xml: a network that refuses the number ending in each of these
# statuses with it. A status may be followed by more lines of the response. (SIPp
# does not take a status line from a variable.)
refusing() {
	local row status
	{
		echo '<?xml version="1.0" encoding="ISO-8859-1" ?>'
		echo '<scenario name="refuse"><recv request="INVITE"><action>'
		for row; do
			status=${row%% *}
			echo "<ereg regexp=\"sip:[0-9]*$status@\" search_in=\"hdr\" header=\"To:\" assign_to=\"is$status\"/>"
		done
		echo '</action></recv>'
		for row; do
			status=${row%% *}
			echo "<nop next=\"$status\" test=\"is$status\"/>"
		done
		for row; do
			status=${row%% *}
			printf '<label id="%s"/><send retrans="500"><![CDATA[\nSIP/2.0 %s\n' "$status" "$row"
			printf '%s\n' '[last_Via:]' '[last_From:]' '[last_To:];tag=[call_number]' \
				'[last_Call-ID:]' '[last_CSeq:]' 'Content-Length: 0' '' ']]></send>'
			echo '<recv request="ACK" next="1000"/>'
		done
		echo '<label id="1000"/></scenario>'
	} >"$W/refuse.xml"
}

sipp_done() {
	finished "$1" sipp "${2:-0}"
	[ ! -e "$W/failed" ] || [ ! -s "$W/$1.err" ] || tail -n 20 "$W/$1.err"
}

phone_start() {
	local name=$1
	shift
	"$B/phone" --local "$(host):${PHONE_PORT:-$MEDIA}" --remote auto "$@" >"$W/$name.out" 2>&1 &
	eval "PID_$name=$!"
	started $!
}

phone_done() { finished "$1" phone; }

# A call each way at once: SIPp calls PBX a, which judges the sound as the phone at
# $MEDIA does; PBX a calls SIPp, whose sound has a port of its own.
calls_each_way() { # CODEC [UAC [UAS]]
	SIPP_MEDIA=$((MEDIA + 10)) sipp_start far "${3:-uas}"
	pbx a 'answer 3035550... as B
  connect
  play pattern
  expect pattern for 1s errors 0 within 6s
  expect disconnect cause 16 within 10s
call 5550100 from 3035551000 after 1s as A
  expect connect within 10s
  clear
  expect released within 5s'
	line_up a
	phone_start phone --codec "$1" --send pattern --expect pattern --duration 4
	SIPP_PORT=$((FAR + 1)) sipp_start near "${2:-uac}" -s 3035550100 -d 3000
	sipp_done near
	sipp_done far
	pbx_done a
	phone_done phone
	ladders 2
}

# Where the gateway hears the RTP of the only call: for a phone that speaks first.
rtp_here() { show --json show voip rtp connections | grep -oE '"local": *"[^"]*"' | cut -d '"' -f 4 | head -n 1; }
has_rtp() { [ -n "$(rtp_here)" ]; }

# A SIP phone by other people: says a tone of $BARESIP_SAYS Hz at -10 dBm0 for
# 20 s, answers by itself, writes what it hears to a file, and does what it is told.
# baresip_start [COMMAND], baresip_told COMMAND
baresip_start() {
	mkdir -p "$W/baresip"
	python3 - "$W/baresip/says.wav" "$BARESIP_SAYS" <<-'EOT'
		import array, math, sys, wave
		file = wave.open(sys.argv[1], "wb")
		file.setparams((1, 2, 8000, 0, "NONE", ""))
		step = 2 * math.pi * float(sys.argv[2]) / 8000
		peak = 32768 * 10 ** ((-10 - 3.14) / 20)
		file.writeframes(array.array("h", (round(peak * math.sin(i * step)) for i in range(160000))).tobytes())
	EOT
	cat >"$W/baresip/config" <<-EOT
		sip_listen 127.0.0.1:$FAR
		rtp_ports $MEDIA-$((MEDIA + 20))
		audio_source aufile,$W/baresip/says.wav
		net_interface 127.0.0.1
		snd_path $W/baresip
		ausrc_srate 8000
		auplay_srate 8000
		module_path $(dirname "$(find /usr/lib -name aufile.so -path '*baresip*' | head -n 1)")
		module g711.so
		module aufile.so
		module sndfile.so
		module cons.so
		cons_listen 127.0.0.1:$((FAR + 2))
		module_tmp account.so
		module_app menu.so
	EOT
	echo "<sip:5550100@127.0.0.1:$FAR;transport=udp>;regint=0;answermode=auto;audio_codecs=PCMA/8000/1" \
		>"$W/baresip/accounts"
	: >"$W/baresip/contacts"
	baresip -f "$W/baresip" ${1:+-e "$1"} >"$W/baresip.out" 2>&1 &
	BARESIP=$!
	started $BARESIP
	until_line "$W/baresip.out" 'baresip is ready'
}

baresip_told() { printf '%s\n' "$1" >"/dev/udp/127.0.0.1/$((FAR + 2))"; }

baresip_stop() {
	kill -TERM "$BARESIP"
	wait "$BARESIP"
	forget "$BARESIP"
}

# It calls PBX a through what is at this port, each hears the other's tone, it hangs up.
baresip_calls() { # PORT
	BARESIP_SAYS=440
	pbx a 'answer 3035550... as B
  alert
  after 200ms connect
  play tone 1004 -10
  expect tone 440 -12..-8 for 1s within 8s
  expect disconnect cause 16 within 15s'
	line_up a
	baresip_start "/dial sip:3035550100@127.0.0.1:$1"
	until_line "$W/a.out" 'ok: expect tone'
	sleep 1.5
	baresip_stop
	pbx_done a
	heard_by_baresip 1004
	ladders
}

# The strongest frequency of a whole second of what baresip wrote, by Goertzel.
heard_by_baresip() { # HZ
	python3 - "$(ls "$W"/baresip/dump-*-dec.wav | head -n 1)" "$1" <<-'EOT' || fail "baresip did not hear $1 Hz"
		import array, math, sys
		octets = open(sys.argv[1], "rb").read()[44:]
		sound = array.array("h", octets[: len(octets) & ~1])
		hz, best = float(sys.argv[2]), (0.0, 0.0)
		for at in range(0, len(sound) - 8000, 2000):
		    part = sound[at : at + 8000]
		    power = sum(x * x for x in part) / 8000
		    a = sum(x * math.cos(2 * math.pi * hz * i / 8000) for i, x in enumerate(part))
		    b = sum(x * math.sin(2 * math.pi * hz * i / 8000) for i, x in enumerate(part))
		    share = 2 * (a * a + b * b) / (8000 * 8000) / power if power else 0
		    level = 10 * math.log10(power / (32768 ** 2 / 2)) + 3.14 if power else -99
		    best = max(best, (share, level))
		print("baresip heard %g Hz with %.0f %% of the power at %.1f dBm0" % (hz, best[0] * 100, best[1]))
		sys.exit(not (best[0] > 0.9 and -12 < best[1] < -8))
	EOT
}

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

# Fields of captured packets: fields FILE FILTER FIELD...
fields() {
	local file=$1 filter=$2 list=
	shift 2
	for f in "$@"; do list="$list -e $f"; done
	tshark -r "$file" -d "udp.port==$SIP,sip" -d "udp.port==$FAR,sip" \
		-d "tcp.port==$SIP,sip" -d "tcp.port==$FAR,sip" -Y "$filter" -T fields \
		-E separator='|' -E occurrence=f $list 2>/dev/null
}

# What the last final response to the INVITE for this number said, after stop.
final() {
	[ -e "$W/finals" ] || fields "$W/gw.pcapng" 'sip.Status-Code >= 200 && sip.CSeq.method == INVITE' \
		sip.to.user sip.Status-Code sip.Reason sip.Warning >"$W/finals"
	sed -n "s/^$1|//p" "$W/finals" | tail -n 1
}

why_says() {
	show show call history voice | grep -qE -- "$1" || {
		fail "no call ended with '$1'"
		show show call history voice
	}
}

counter() { show show "$1" | awk -v n="$2" '$1 == n { print $NF }'; }

# tshark reads all that was captured: SIP and SDP twice (by us, by dumpcap), RTP
# and RTCP as the SDP says, the D channel from both ends.
judge() { # files
	local bad
	for f in "$@"; do
		[ -s "$f" ] || { fail "$f is empty"; return; }
	done
	mergecap -w "$W/all.pcapng" "$@" || { fail "mergecap"; return; }
	bad=$(tshark -r "$W/all.pcapng" -d "udp.port==$SIP,sip" -d "udp.port==$FAR,sip" \
		-d "tcp.port==$SIP,sip" -d "tcp.port==$FAR,sip" -Y _ws.malformed 2>/dev/null | head -n 5)
	[ -z "$bad" ] || { fail "malformed in all.pcapng"; echo "$bad"; }
}

captured() {
	local list=$W/gw.pcapng
	[ ! -e "$W/lo.pcapng" ] || list="$list $W/lo.pcapng"
	for f in "$W"/*.pcap; do [ ! -s "$f" ] || list="$list $f"; done
	echo "$list"
}

stop() {
	nothing_left
	show capture stop >/dev/null
	kill -TERM $GW
	wait $GW
	local rc=$?
	forget $GW
	[ $rc = 0 ] || { fail "causewayd ended with $rc"; tail -n 30 "$W/gw.log"; }
	grep -E ' error | <3>' "$W/gw.log" | grep -vE "${MEANT:-^$}" && fail "errors in the log"
	lo_stop
	judge $(captured)
}
