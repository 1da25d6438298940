# Figure B-14: after a 4xx the same place is not asked again, after a 5xx the next
# dial-peer's is, after a 6xx nobody.
. "$HERE/../flows/pair.sh"
VOIP_OPTIONS=' preference 1'
NEXT=$((FAR + 1))
gateway 'dial-peer voice 201 voip' ' destination-pattern 5550...' ' preference 2' \
	" session target ipv4:127.0.0.1:$NEXT" '!'
refusing '403 Forbidden' '500 Server Internal Error' '503 Service Unavailable' '603 Decline'
sipp_start far refuse -m 4
SIPP_PORT=$NEXT sipp_start next uas -m 2
pbx a 'call 5550403 from 3035550100 as s403
  expect disconnect cause 21 within 4s
call 5550603 from 3035550100 after 300ms as s603
  expect disconnect cause 21 within 4s
call 5550500 from 3035550100 after 600ms as s500
  expect connect within 4s
  clear
  expect released within 4s
call 5550503 from 3035550100 after 1s as s503
  expect connect within 4s
  clear
  expect released within 4s'
pbx_done a
sipp_done far
sipp_done next
show show call history voice
before gateway 1 'sip out INVITE' 'sip in 403 Forbidden (INVITE)' 'sip out ACK' 'isdn out DISCONNECT'
for call in 3 4; do # the order they came in: 403, 603, 500, 503
	before gateway $call 'sip out INVITE' "sip in $([ $call = 3 ] && echo '500 Server Internal Error' || echo '503 Service Unavailable') (INVITE)" \
		'sip out ACK' 'sip out INVITE' 'sip in 200 OK (INVITE)' 'isdn out CONNECT'
done
before gateway 2 'sip out INVITE' 'sip in 603 Decline (INVITE)' 'sip out ACK' 'isdn out DISCONNECT'
stop
asked() { fields "$W/gw.pcapng" "sip.Method == INVITE && sip.to.user == $1" udp.dstport sip.CSeq.seq | sort -u | cut -d'|' -f1 | tr '\n' ' '; }
want 'who was asked for 403' "$(asked 5550403)" "$FAR "
want 'who was asked for 603' "$(asked 5550603)" "$FAR "
want 'who was asked for 500' "$(asked 5550500)" "$FAR $NEXT "
want 'who was asked for 503' "$(asked 5550503)" "$FAR $NEXT "
