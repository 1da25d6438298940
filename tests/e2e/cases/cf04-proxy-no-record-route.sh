# Figures 10 and 4-2: a proxy that leaves the path between the gateways: ACK and BYE go
# straight to the other gateway.
PROXY=
. "$HERE/../flows/proxied.sh"
want 'ACKs of gateway 1 past the proxy' "$(sent_to ACK $SIP2)" '1 0'
want 'ACKs of gateway 2 past the proxy' "$(two sent_to ACK $SIP)" '1 0'
want 'BYEs of gateway 2 past the proxy' "$(two sent_to BYE $SIP)" '2 0'
