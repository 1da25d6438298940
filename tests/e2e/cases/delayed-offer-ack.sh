# Figure 4-4: a call agent calls without an offer; ours is in the 183 and the 200, the
# answer of a third party in the ACK. No sound before it, none clipped after.
. "$HERE/../flows/pair.sh"
gateway
pbx a 'answer 3035550... as B
  progress inband
  after 1000ms connect
  play tone 440 -10
  expect tone 1004 -12..-8 for 1s within 8s
  expect disconnect cause 16 within 10s'
line_up a
HOST=127.0.0.2 phone_start phone --codec PCMA --send tone:1004:-10 --expect tone:440:-10 --duration 4
sipp_start near uac-delayed -s 3035550100 -d 2500 -key third 127.0.0.2
sipp_done near
pbx_done a
phone_done phone
ladders
saw_lists gateway 1 "isdn out SETUP|isdn in CALL PROCEEDING|isdn in PROGRESS|isdn in CONNECT|isdn out CONNECT ACKNOWLEDGE|$OUT_CLEARS" \
	"sip in INVITE|sip out 100 Trying (INVITE)|sip out 183 Session Progress (INVITE)|sip out 200 OK (INVITE)|sip in ACK|$IN_BYE"
stop
[ $CAPTURE = no ] || {
	ack=$(fields "$W/lo.pcapng" 'sip.Method == ACK' frame.time_epoch | head -n 1)
	rtp=$(fields "$W/lo.pcapng" "udp.dstport == $MEDIA && ip.dst == 127.0.0.2" frame.time_epoch | head -n 1)
	awk -v a="$ack" -v r="$rtp" 'BEGIN { exit !(r > a && r < a + 0.1) }' ||
		fail "ACK at $ack, sound from $rtp"
}
