# A phone that takes none of our codecs (488, Warning 305) is cause 65 at the PBX.
. "$HERE/../flows/pair.sh"
gateway
refusing '488 Not Acceptable Here
Warning: 305 far "Incompatible media format"'
sipp_start far refuse
pbx a 'call 5550488 from 3035551000 as A
  expect disconnect cause 65 within 8s'
pbx_done a
sipp_done far
ladders
saw_lists gateway 1 "isdn in SETUP|isdn out CALL PROCEEDING|$OUT_CLEARS" \
	'sip out INVITE|sip in 488 Not Acceptable Here (INVITE)|sip out ACK'
stop
