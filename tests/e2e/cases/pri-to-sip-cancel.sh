# The PBX hangs up while the phone rings: CANCEL, 200, 487, ACK.
. "$HERE/../flows/pair.sh"
gateway
sipp_start far uas-ring
pbx a 'call 5550100 from 3035551000 as A
  expect alerting within 8s
  after 300ms clear cause 16
  expect released within 5s'
pbx_done a
sipp_done far
ladders
why_says 'ended by the caller: cause 16'
saw_lists gateway 1 "isdn in SETUP|isdn out CALL PROCEEDING|isdn out ALERTING|$IN_CLEARS" "$TAKEN_BACK"
before gateway 1 'isdn in DISCONNECT' 'sip out CANCEL'
stop
