# The same with a call agent that can: our offer in a reliable 183, the third party's
# answer in the PRACK, and what the PBX plays before the answer is heard.
. "$HERE/../flows/pair.sh"
gateway
pbx a 'answer 3035550... as B
  progress inband
  play tone 440 -10
  after 2000ms connect
  expect tone 1004 -12..-8 for 500ms within 8s
  expect disconnect cause 16 within 10s'
line_up a
HOST=127.0.0.2 phone_start phone --codec PCMA --send tone:1004:-10 --expect tone:440:-10 --duration 4
sipp_start near uac-delayed-prack -s 3035550100 -d 1500 -key third 127.0.0.2
sipp_done near
pbx_done a
phone_done phone
ladders
saw_lists gateway 1 "isdn out SETUP|isdn in CALL PROCEEDING|isdn in PROGRESS|isdn in CONNECT|isdn out CONNECT ACKNOWLEDGE|$OUT_CLEARS" \
	"sip in INVITE|sip out 100 Trying (INVITE)|sip out 183 Session Progress (INVITE)|sip in PRACK|sip out 200 OK (PRACK)|sip out 200 OK (INVITE)|sip in ACK|$IN_BYE"
before gateway 1 'sip out 200 OK (PRACK)' 'isdn in CONNECT' 'sip out 200 OK (INVITE)'
stop
[ $CAPTURE = no ] || {
	ok=$(fields "$W/lo.pcapng" 'sip.Status-Code == 200 && sip.CSeq.method == INVITE' frame.time_epoch | head -n 1)
	rtp=$(fields "$W/lo.pcapng" "udp.dstport == $MEDIA && ip.dst == 127.0.0.2" frame.time_epoch | head -n 1)
	awk -v a="$ok" -v r="$rtp" 'BEGIN { exit !(r > 0 && r < a - 1) }' ||
		fail "200 at $ok, sound from $rtp only"
}
