# Figure 9: a proxy that stays in the path between the gateways: ACK and BYE of either
# go by the proxy.
PROXY=RECORD=1
. "$HERE/../flows/proxied.sh"
want 'ACKs of gateway 1 by the proxy' "$(sent_to ACK $FAR)" '1 1'
want 'ACKs of gateway 2 by the proxy' "$(two sent_to ACK $FAR)" '1 1'
want 'BYEs of gateway 2 by the proxy' "$(two sent_to BYE $FAR)" '2 2'
want 'what went past the proxy' "$(fields "$W/gw.pcapng" "sip && udp.port == $SIP2" sip.CSeq)" ''
