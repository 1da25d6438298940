# Figure B-11 with the gateway as User A: User B rings, the proxy takes the call back
# and rings User C, behind gateway 2: two early dialogs, one ALERTING, the answer of the second.
. "$HERE/../flows/lib.sh"
. "$HERE/../flows/pair.sh"
forwarded_to 'answer 5550... as C'
SIPP_PORT=$PHONE sipp_start b uas-ring
pbx a 'call 5550100 from 3035550100 as A
  expect alerting within 4s
  expect connect within 8s
  after 300ms clear cause 16
  expect released within 4s'
pbx_done a
sipp_done b
two pbx_done c
two nothing_left
ladders
rings='sip in 180 Ringing (INVITE)'
whole_call gateway 1 \
	"$IN_PBX|$IN_CLEARS" \
	"sip out INVITE|$rings|$rings|sip in 200 OK (INVITE)|sip out ACK|$OUT_BYE"
two whole_call_in gateway-2 1 caller
two stop
stop
want 'To tags that rang' "$(fields "$W/gw.pcapng" 'sip.Status-Code == 180' sip.to.tag | sort -u | wc -l)" 2
want 'BYEs to User C' "$(sent_to BYE $NEXT)" '1 0'
