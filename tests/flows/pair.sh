# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the Causeway developers
#
# For cases with a second gateway: behind gateway 1 is PBX A with 3035550...,
# behind gateway 2 PBX B with 5550...; each has the other, or what stands
# between them, as its peer "far". And what a ladder must say, for any case.
#
#   two COMMAND...       does it as gateway 2: two gateway, two pbx b '...',
#                        two line_up b, two ladders, two show ..., two stop
#   forwarded_to SCRIPT  both gateways behind a proxy that forwards (with lib.sh)
#   messages N           the messages of call N as its ladder has them, as lines
#                        "isdn in SETUP", "sip out INVITE"; without those said again
#                        and a 100 that came, which a peer may send or not
#   saw WHO N MESSAGE... call N had these messages and no others, in any order
#   before WHO N MESSAGE...  and these of them one after the other
#   saw_lists WHO N LIST...  these and no others, and each list in its order; a list is
#                        MESSAGE|MESSAGE|...: IN_PBX, OUT_PBX, IN_SIP, OUT_SIP are
#                        of a call that is answered, IN_CLEARS, OUT_CLEARS, IN_BYE,
#                        OUT_BYE of its end, TAKEN_BACK of one we took back
#   whole_call_out, whole_call_in: see there
#   replaces NAME        the dialog of the call that SIPp NAME has placed, as it stands
#                        behind the "?" of a Refer-To: once it has sent its ACK
#   frags                after stop: what the NOTIFYs of this gateway said, a line each
#
# A case may set, before "two gateway": SIP2 where gateway 2 listens ($FAR).

SIP2=$FAR GW2=
TWO_PEER=${TWO_PEER:-}

two() {
	local first=$W rc
	local W=$W/two GW=$GW2 DUMPCAP=
	local FAR=${TWO_PEER:-$SIP} SIP=$SIP2 MEDIA=$((MEDIA - 98))
	mkdir -p "$W"
	"$@"
	rc=$?
	GW2=$GW
	[ ! -e "$W/failed" ] || touch "$first/failed"
	return $rc
}

# Gateway 2 has the numbers of gateway 1 the other way round, and sound at ports
# of its own.
gateway_two() {
	mkdir -p "$W"
	gateway_conf "$@" | sed -e 's/^hostname gw/&2/' \
		-e 's/destination-pattern 303/destination-pattern =/' \
		-e 's/destination-pattern 5550/destination-pattern 3035550/' \
		-e 's/destination-pattern =/destination-pattern /' \
		-e "s/port-high .*/port-high $((MEDIA + 179))/" >"$W/gw.conf"
	gateway_start
}

# Both gateways behind a proxy that forwards; gateway 2, where PBX c answers by this
# script, is at $NEXT.
forwarded_to() { # SCRIPT
	kamailio_start forward
	[ ! -e "$W/failed" ] || exit 1
	NEXT=$((PHONE + 1))
	SIP2=$NEXT TWO_PEER=$FAR
	two gateway_two
	gateway
	two pbx c "$1
  alert
  after 200ms connect
  expect disconnect cause 16 within 5s"
	two line_up c
}

messages() {
	show show call "$1" ladder | sed -nE \
		-e 's/^ *[0-9.]+ +(.*[^ ]) +-->\|.*/isdn in \1/p' \
		-e 's/^ *[0-9.]+ +(.*[^ ]) +<--\|.*/isdn out \1/p' \
		-e 's/^ *[0-9.]+ .*\|--> (.*)/sip out \1/p' \
		-e 's/^ *[0-9.]+ .*\|<-- (.*)/sip in \1/p' |
		sed -e 's/ \[[^]]*\]$//' -e '/(again)$/d' -e 's/ 100 .*(INVITE)/ 100 Trying (INVITE)/' \
			-e '/^sip in 100 /d'
}

saw() {
	local who=$1 n=$2
	shift 2
	want "what $who saw of call $n" "$(messages "$n" | sort)" "$(printf '%s\n' "$@" | sort)"
}

before() {
	local who=$1 n=$2
	shift 2
	messages "$n" | awk -v list="$(printf '%s|' "$@")" '
		BEGIN { n = split(list, want, "|") - 1; at = 1 }
		at <= n && $0 == want[at] { at++ }
		END { if (at <= n) { print "not in its place: " want[at]; exit 1 } }' ||
		fail "$who, call $n: not in order: $*"
}

# A call that was answered, of a gateway that a PBX calls (out) or that calls a
# PBX (in), and who ended it; before what follows the last INVITE there may be
# more. No message but these, in this order on either side. The ACK waits for no
# CONNECT ACKNOWLEDGE, the 200 to a BYE for no RELEASE, a RELEASE for no 200.
whole_call_out() { # WHO N caller|called [MESSAGES BEFORE]
	local end=$IN_CLEARS ended=$OUT_BYE
	[ "$3" = caller ] || { end=$OUT_CLEARS ended=$IN_BYE; }
	whole_call "$1" "$2" \
		"$IN_PBX|$end" "${4:+$4|}$OUT_SIP|$ended"
	before "$1" "$2" 'sip in 180 Ringing (INVITE)' 'isdn out ALERTING' 'sip in 200 OK (INVITE)' \
		'sip out ACK' 'isdn in CONNECT ACKNOWLEDGE'
	before "$1" "$2" 'isdn in SETUP' 'sip out INVITE' 'sip in 200 OK (INVITE)' 'isdn out CONNECT'
}

whole_call_in() { # WHO N caller|called
	local end=$OUT_CLEARS ended=$IN_BYE
	[ "$3" = caller ] || { end=$IN_CLEARS ended=$OUT_BYE; }
	whole_call "$1" "$2" \
		"$OUT_PBX|$end" "$IN_SIP|$ended"
	before "$1" "$2" 'sip in INVITE' 'isdn out SETUP' 'isdn in ALERTING' 'sip out 180 Ringing (INVITE)' \
		'isdn in CONNECT' 'sip out 200 OK (INVITE)'
}

IN_PBX='isdn in SETUP|isdn out CALL PROCEEDING|isdn out ALERTING|isdn out CONNECT|isdn in CONNECT ACKNOWLEDGE'
OUT_SIP='sip out INVITE|sip in 180 Ringing (INVITE)|sip in 200 OK (INVITE)|sip out ACK'
IN_SIP='sip in INVITE|sip out 100 Trying (INVITE)|sip out 180 Ringing (INVITE)|sip out 200 OK (INVITE)|sip in ACK'
OUT_PBX='isdn out SETUP|isdn in CALL PROCEEDING|isdn in ALERTING|isdn in CONNECT|isdn out CONNECT ACKNOWLEDGE'
IN_CLEARS='isdn in DISCONNECT|isdn out RELEASE|isdn in RELEASE COMPLETE'
OUT_CLEARS='isdn out DISCONNECT|isdn in RELEASE|isdn out RELEASE COMPLETE'
TAKEN_BACK='sip out INVITE|sip in 180 Ringing (INVITE)|sip out CANCEL|sip in 200 OK (CANCEL)|sip in 487 Request Terminated (INVITE)|sip out ACK'
IN_BYE='sip in BYE|sip out 200 OK (BYE)'
OUT_BYE='sip out BYE|sip in 200 OK (BYE)'

# These messages and no others, each list in its order.
saw_lists() { # WHO N LIST...
	local who=$1 n=$2 list IFS='|'
	shift 2
	saw "$who" "$n" $*
	for list; do before "$who" "$n" $list; done
}

whole_call() { # WHO N ISDN SIP
	local who=$1 n=$2
	saw_lists "$@"
	case $4 in
	*"$IN_BYE") before "$who" "$n" 'sip in BYE' 'sip out 200 OK (BYE)' 'isdn in RELEASE' ;;
	*) before "$who" "$n" 'isdn in DISCONNECT' 'isdn out RELEASE' 'sip in 200 OK (BYE)' ;;
	esac
}

# to-tag is the gateway's, from-tag the phone's.
replaces() {
	tr -d '\r' <"$W/$1.msg" | awk -F': *' '
		/^ACK / { ack = 1 }
		ack && $1 == "From" { sub(/.*;tag=/, "", $0); from = $0 }
		ack && $1 == "To" { sub(/.*;tag=/, "", $0); to = $0 }
		ack && $1 == "Call-ID" { id = $2 }
		ack && $0 == "" { printf "%s%%3Bto-tag%%3D%s%%3Bfrom-tag%%3D%s", id, to, from; exit }'
}

frags() {
	fields "$W/gw.pcapng" "sip.Method == NOTIFY && udp.srcport == $SIP" sip.Call-ID sip.CSeq.seq \
		sip.Event sip.Subscription-State sipfrag.line | awk -F'|' '!n[$1 " " $2]++ { print $3 "|" $4 "|" $5 }'
}
