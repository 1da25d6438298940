# The phone answers in the instant the PBX hangs up: the 200 crosses the CANCEL, and
# is followed by ACK and BYE.
. "$HERE/../flows/pair.sh"
gateway
sipp_start far uas-crossing
pbx a 'call 5550100 from 3035551000 as A
  expect alerting within 8s
  after 300ms clear cause 16
  expect released within 5s'
pbx_done a
sipp_done far
ladders
saw_lists gateway 1 "isdn in SETUP|isdn out CALL PROCEEDING|isdn out ALERTING|$IN_CLEARS" \
	'sip out INVITE|sip in 180 Ringing (INVITE)|sip out CANCEL|sip in 200 OK (INVITE)|sip out ACK|sip out BYE|sip in 200 OK (BYE)' \
	'sip in 200 OK (CANCEL)'
stop
