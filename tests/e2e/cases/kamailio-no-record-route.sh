# Figures 10 and 4-2: a proxy that leaves the path once the call is up: ACK and
# BYE go straight to the phone. It asks for a digest with SHA-256.
. "$HERE/../flows/lib.sh"
. "$HERE/../flows/pair.sh"
kamailio_start proxy ASKS=1 SHA256=1
PEER_OPTIONS=' authentication username gw password secret realm kamailio'
# who rings from behind the proxy is let in by his dialog alone
gateway
left uas
SIPP_PORT=$PHONE sipp_start phone left-uas
pbx a 'call 5550100 from 3035551000 as A
  expect connect within 10s
  after 500ms clear cause 16
  expect released within 5s'
sipp_done phone
pbx_done a
ladders 1
why_says 'ended by the caller: cause 16'
saw_lists gateway 1 "$IN_PBX|$IN_CLEARS" \
	"sip out INVITE|sip in 407 Proxy Authentication Required (INVITE)|sip out ACK|$OUT_SIP|$OUT_BYE"
stop
want 'INVITEs to the proxy' "$(sent_to INVITE $FAR)" '2 0'
want 'ACKs to the proxy' "$(sent_to ACK $FAR)" '1 0'
want 'ACKs to the phone' "$(sent_to ACK $PHONE)" '1 0'
want 'BYEs to the phone' "$(sent_to BYE $PHONE)" '1 0'
