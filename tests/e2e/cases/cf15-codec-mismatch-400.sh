# Step 11 of figure 7 as it is written: without a codec in common the answer is 400
# with a Warning where that is configured; and such a 400 is cause 65 for the PBX.
. "$HERE/../flows/pair.sh"
PEER_OPTIONS=' codec-mismatch 400'
gateway
refusing '400 Bad Request
Warning: 304 far "Media type not available"'
sipp_start far refuse
pbx a 'call 5550400 from 3035550100 as A
  expect disconnect cause 65 within 8s'
pbx_done a
sipp_done far
sipp_start near uac-refused -s 3035550101 -key types '18 4'
sipp_done near
ladders
saw_lists gateway 1 "isdn in SETUP|isdn out CALL PROCEEDING|$OUT_CLEARS" \
	'sip out INVITE|sip in 400 Bad Request (INVITE)|sip out ACK'
stop
case $(final 3035550101) in
400\|*\|30[45]\ *) ;;
*) fail "G.729 alone is answered with $(final 3035550101)" ;;
esac
