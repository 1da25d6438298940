# A phone calls the PBX, and the PBX hangs up with cause 31: BYE with that Reason.
. "$HERE/../flows/pair.sh"
gateway
pbx a 'answer 3035550... as B
  connect
  expect connect-ack within 4s
  after 300ms clear cause 31
  expect released within 5s'
line_up a
sipp_start near uac-hung-up -s 3035550100
sipp_done near
pbx_done a
ladders
why_says 'ended by the called side: cause 31'
saw_lists gateway 1 "isdn out SETUP|isdn in CALL PROCEEDING|isdn in CONNECT|isdn out CONNECT ACKNOWLEDGE|$IN_CLEARS" \
	"sip in INVITE|sip out 100 Trying (INVITE)|sip out 200 OK (INVITE)|sip in ACK|$OUT_BYE"
stop
want 'Reason of BYE' "$(fields "$W/gw.pcapng" 'sip.Method == BYE' sip.Reason)" \
	'Q.850;cause=31;text="normal, unspecified";location=U'
