# Figures 9 and B-17: calls through a proxy that stays in the path and asks for a
# digest; ACK and BYE of the gateway go by it, either way, whoever hangs up.
. "$HERE/../flows/lib.sh"
. "$HERE/../flows/pair.sh"
kamailio_start proxy RECORD=1 ASKS=1
PEER_OPTIONS=' authentication username gw password secret realm kamailio'
gateway
routed uas
routed uac
SIPP_PORT=$PHONE sipp_start phone routed-uas
pbx a 'call 5550100 from 3035551000 as A
  expect connect within 10s
  after 500ms clear cause 16
  expect released within 5s
answer 3035550... as B
  connect
  after 1s clear cause 16
  expect released within 5s'
sipp_done phone
line_up a
routed uac-hung-up
SIPP_PORT=$PHONE sipp_start near routed-uac-hung-up -s 3035550100 -rsa "$HOST:$FAR"
sipp_done near
pbx_done a
ladders 2
why_says 'ended by the caller: cause 16'
saw_lists gateway 1 "$IN_PBX|$IN_CLEARS" \
	"sip out INVITE|sip in 407 Proxy Authentication Required (INVITE)|sip out ACK|$OUT_SIP|$OUT_BYE"
stop
want 'INVITEs to the proxy' "$(sent_to INVITE $FAR)" '2 0'
want 'ACKs to the proxy' "$(sent_to ACK $FAR)" '2 1'
want 'BYEs to the proxy' "$(sent_to BYE $FAR)" '2 2'
want 'BYEs to the phone' "$(sent_to BYE $PHONE)" '0 0'
