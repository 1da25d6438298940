# The PBX rings for ever: T301 ends it, 480 with cause 19 at the phone.
. "$HERE/../flows/pair.sh"
SPAN_OPTIONS="$SPAN_OPTIONS
 isdn timer T301 10"
gateway
pbx a 'answer 3035550... as B
  alert
  expect disconnect cause 19 within 20s'
line_up a
sipp_start near uac-refused -s 3035550100 -key types 8
sipp_done near
pbx_done a
ladders
why_says 'T301'
saw_lists gateway 1 "isdn out SETUP|isdn in CALL PROCEEDING|isdn in ALERTING|$OUT_CLEARS" \
	'sip in INVITE|sip out 100 Trying (INVITE)|sip out 180 Ringing (INVITE)|sip out 480 Temporarily Unavailable (INVITE)|sip in ACK'
stop
case $(final 3035550100) in
480\|*cause=19*) ;;
*) fail "the phone was told $(final 3035550100)" ;;
esac
