# A phone rings and nobody answers: CANCEL, 200, 487, ACK, and cause 19 at the PBX.
. "$HERE/../flows/pair.sh"
SIP_OPTIONS=' timer ring 2'
gateway
sipp_start far uas-ring
pbx a 'call 5550100 from 3035551000 as A
  expect alerting within 8s
  expect disconnect cause 19 within 8s'
pbx_done a
sipp_done far
ladders
why_says 'ended by timer.*cause 19'
saw_lists gateway 1 "isdn in SETUP|isdn out CALL PROCEEDING|isdn out ALERTING|$OUT_CLEARS" "$TAKEN_BACK"
before gateway 1 'sip in 180 Ringing (INVITE)' 'isdn out ALERTING' 'sip out CANCEL' 'isdn out RELEASE COMPLETE'
stop
