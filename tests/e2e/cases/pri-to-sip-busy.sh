# A busy phone (486) is cause 17 at the PBX.
. "$HERE/../flows/pair.sh"
gateway
refusing '486 Busy Here'
sipp_start far refuse
pbx a 'call 5550486 from 3035551000 as A
  expect disconnect cause 17 within 8s'
pbx_done a
sipp_done far
ladders
why_says 'cause 17, user busy.*SIP 486'
saw_lists gateway 1 "isdn in SETUP|isdn out CALL PROCEEDING|$OUT_CLEARS" \
	'sip out INVITE|sip in 486 Busy Here (INVITE)|sip out ACK'
before gateway 1 'sip in 486 Busy Here (INVITE)' 'isdn out DISCONNECT'
stop
