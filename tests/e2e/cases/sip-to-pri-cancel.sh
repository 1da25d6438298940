# A phone takes its call back while the PBX rings: 200, 487, and DISCONNECT.
. "$HERE/../flows/pair.sh"
gateway
pbx a 'answer 3035550... as B
  alert
  expect disconnect cause 16 within 10s'
line_up a
sipp_start near uac-cancel -s 3035550100 -d 400
sipp_done near
pbx_done a
ladders
why_says 'ended by the caller: cause 16'
saw_lists gateway 1 "isdn out SETUP|isdn in CALL PROCEEDING|isdn in ALERTING|$OUT_CLEARS" \
	'sip in INVITE|sip out 100 Trying (INVITE)|sip out 180 Ringing (INVITE)|sip in CANCEL|sip out 200 OK (CANCEL)|sip out 487 Request Terminated (INVITE)|sip in ACK'
stop
