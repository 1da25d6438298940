# "Basic Call Flow", F1 to F18, with the gateway as Caller A: the first of two proxies
# asks for a digest, both stay in the path, User B hangs up. The ACK has both in its
# route set, and the BYE comes by both.
. "$HERE/../flows/lib.sh"
. "$HERE/../flows/pair.sh"
PEER_OPTIONS=' authentication username gw password secret realm kamailio'
kamailio_start proxy RECORD=1 ASKS=1
B_PHONE=$((PHONE + 1))
(W=$W/second FAR=$PHONE PHONE=$B_PHONE
	mkdir -p "$W"
	kamailio_start proxy RECORD=1
	echo "$KAMAILIO" >"$W/pid")
started "$(cat "$W/second/pid")"
gateway
sed -e 's/^\[last_Via:\]$/[last_Via:]\n[last_Record-Route:]/' \
	-e 's/^BYE \[\$contact\] SIP.*/&\n[routes]/' "$HERE/../sipp/uas-hangs-up.xml" >"$W/routed-b.xml"
SIPP_PORT=$B_PHONE sipp_start b routed-b -d 300
pbx a 'call 5550100 from 3035550100 as A
  expect connect within 5s
  expect disconnect cause 16 within 5s'
pbx_done a
sipp_done b
ladders
whole_call_out gateway 1 called \
	'sip out INVITE|sip in 407 Proxy Authentication Required (INVITE)|sip out ACK'
stop
want 'INVITEs to the first proxy' "$(sent_to INVITE $FAR)" '2 0'
want 'the CSeqs and Call-IDs of them' "$(fields "$W/gw.pcapng" "sip.Method == INVITE" sip.CSeq.seq sip.Call-ID | sort -u | awk -F'|' '{ n[$2]++; s = s $1 " " } END { print s length(n) }')" '1 2 1'
want 'routes of the ACK' "$(tshark -r "$W/gw.pcapng" -d "udp.port==$SIP,sip" -Y 'sip.Method == ACK && sip.Route' -T fields -e sip.Route 2>/dev/null | grep -oE "sip:127[^;>]*" | tr '\n' ' ')" \
	"sip:127.0.0.1:$FAR sip:127.0.0.1:$PHONE "
want 'who sent the BYE' "$(fields "$W/gw.pcapng" 'sip.Method == BYE' udp.srcport)" "$FAR"
