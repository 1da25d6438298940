# A call agent that does not answer our offer in its ACK: BYE with cause 127.
. "$HERE/../flows/pair.sh"
gateway
pbx a 'answer 3035550... as B
  connect
  expect disconnect cause 127 within 10s'
line_up a
sipp_start near uac-delayed-silent -s 3035550100
sipp_done near
pbx_done a
ladders
why_says 'no answer to our offer in the ACK'
saw_lists gateway 1 "isdn out SETUP|isdn in CALL PROCEEDING|isdn in CONNECT|isdn out CONNECT ACKNOWLEDGE|$OUT_CLEARS" \
	"sip in INVITE|sip out 100 Trying (INVITE)|sip out 200 OK (INVITE)|sip in ACK|$OUT_BYE"
stop
