# BYE while the INVITE is pending: 200 to it, 487 to the INVITE, the PBX is cleared.
. "$HERE/../flows/pair.sh"
gateway
pbx a 'answer 3035550... as B
  alert
  expect disconnect cause 16 within 10s'
line_up a
sipp_start near uac-bye-early -s 3035550100 -d 300
sipp_done near
pbx_done a
ladders
saw_lists gateway 1 "isdn out SETUP|isdn in CALL PROCEEDING|isdn in ALERTING|$OUT_CLEARS" \
	'sip in INVITE|sip out 100 Trying (INVITE)|sip out 180 Ringing (INVITE)|sip in BYE|sip out 200 OK (BYE)|sip out 487 Request Terminated (INVITE)|sip in ACK'
before gateway 1 'sip out 200 OK (BYE)' 'isdn in RELEASE'
stop
