# SPDX-License-Identifier: GPL-2.0-or-later
# For cases with Kamailio: kamailio_start FILE [DEFINE...] runs it at $FAR, a
# phone behind it is at $PHONE. The gateway's peer "far" then is the proxy.
PHONE=$((FAR + 1))

kamailio_start() {
	local cfg=$HERE/../flows/kamailio/$1.cfg list=
	shift
	for d; do list="$list -A $d"; done
	mkdir -p "$W/kamailio"
	kamailio -f "$cfg" -DD -E -m 32 -M 8 -Y "$W/kamailio" -P "$W/kamailio/pid" -w "$W/kamailio" \
		-A "PORT=$FAR" -A "PHONE=$PHONE" -A "GATEWAY=$SIP" $list \
		>"$W/kamailio.out" 2>&1 &
	KAMAILIO=$!
	started $KAMAILIO
	until_true 10 sh -c "ss -lun | grep -q ':$FAR '" || {
		fail "kamailio did not start"
		tail -n 20 "$W/kamailio.out"
	}
}

# A phone of tests/sipp that repeats Record-Route and keeps to the route set.
routed() { # NAME
	sed -e 's/^\[last_Via:\]$/[last_Via:]\n[last_Record-Route:]/' \
		-e 's/^Max-Forwards: 70$/[routes]\nMax-Forwards: 70/' \
		-e '/^INVITE/,/^]]/{/^\[routes\]$/d}' \
		"$HERE/../sipp/$1.xml" >"$W/routed-$1.xml"
}

# A phone of tests/sipp whose proxy leaves the path. SIPp answers to where a call
# began, whatever Via says (RFC 3261 18.2.2): the 200 to a BYE would go to the
# proxy, which cannot use it.
left() { # NAME
	sed -e "s|<recv request=\"BYE\"/>|<recv request=\"BYE\"><action><setdest host=\"$HOST\" port=\"$SIP\" protocol=\"udp\"/></action></recv>|" \
		"$HERE/../sipp/$1.xml" >"$W/left-$1.xml"
}

# How many requests of this method the gateway sent to this port, and with how
# many Route headers among them: "1 1".
sent_to() { # METHOD PORT
	fields "$W/gw.pcapng" "sip.Method == $1 && udp.srcport == $SIP && udp.dstport == $2" \
		sip.CSeq.seq sip.Route | sort -u | awk -F'|' '{ n++; if ($2 != "") r++ } END { print n + 0, r + 0 }'
}
