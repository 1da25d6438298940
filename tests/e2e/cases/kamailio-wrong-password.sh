# Figure B-17 with a wrong password: it is tried once, and the caller hears 21.
. "$HERE/../flows/lib.sh"
. "$HERE/../flows/pair.sh"
kamailio_start proxy ASKS=1
PEER_OPTIONS=' authentication username gw password wrong'
gateway
pbx a 'call 5550100 from 3035551000 as A
  expect disconnect cause 21 within 8s'
pbx_done a
ladders 1
why_says 'far refuses our credentials'
asked='sip out INVITE|sip in 407 Proxy Authentication Required (INVITE)|sip out ACK'
saw_lists gateway 1 "isdn in SETUP|isdn out CALL PROCEEDING|$OUT_CLEARS" "$asked|$asked"
stop
want 'INVITEs to the proxy' "$(sent_to INVITE $FAR)" '2 0'
