# Figure 9: a proxy that stays in the path between the gateways. A calls B and B hangs
# up; B calls A and B hangs up: ACK and BYE of either gateway go by the proxy.
. "$HERE/../flows/lib.sh"
. "$HERE/../flows/pair.sh"
kamailio_start proxy RECORD=1
SIP2=$PHONE TWO_PEER=$FAR
two gateway_two
gateway
two pbx b 'answer 5550... as B1
  alert
  after 200ms connect
  wait 300ms
  clear cause 16
  expect released within 4s
call 3035550101 from 5550100 after 2s as B2
  expect connect within 4s
  after 300ms clear cause 16
  expect released within 4s'
pbx a 'answer 3035550... as A2
  expect calling 5550100
  alert
  after 200ms connect
  expect disconnect cause 16 within 8s
call 5550100 from 3035550100 after 1s as A1
  expect connect within 6s
  expect disconnect cause 16 within 8s'
pbx_done a
two pbx_done b
two nothing_left
ladders 2
two ladders 2
out=$(show show call history voice | awk '$5 == "5550100" { print $1 }')
in=$((3 - out))
whole_call_out gateway-1 $out called
two whole_call_in gateway-2 $out called
whole_call_in gateway-1 $in caller
two whole_call_out gateway-2 $in caller
two stop
stop
want 'INVITEs of gateway 1' "$(sent_to INVITE $FAR)" '1 0'
want 'ACKs of gateway 1 by the proxy' "$(sent_to ACK $FAR)" '1 1'
want 'INVITEs of gateway 2' "$(two sent_to INVITE $FAR)" '1 0'
want 'ACKs of gateway 2 by the proxy' "$(two sent_to ACK $FAR)" '1 1'
want 'BYEs of gateway 2 by the proxy' "$(two sent_to BYE $FAR)" '2 2'
want 'what went past the proxy' "$(fields "$W/gw.pcapng" "sip && udp.port == $SIP2" sip.CSeq)" ''
