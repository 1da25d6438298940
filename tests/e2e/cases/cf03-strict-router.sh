# Figure 9 with a proxy of the time of RFC 2543: a route without ;lr. ACK and BYE of the
# gateway carry that route in their first line and the phone's address in the last
# Route (RFC 3261 12.2.1.1).
. "$HERE/../flows/pair.sh"
gateway
sed "s/^\[last_CSeq:\]$/[last_CSeq:]\nRecord-Route: <sip:proxy@$(host):$FAR>/" "$HERE/../sipp/uas.xml" >"$W/strict.xml"
sipp_start far strict
pbx a 'call 5550100 from 3035551000 as A
  expect connect within 10s
  after 300ms clear cause 16
  expect released within 5s'
pbx_done a
sipp_done far
ladders
whole_call_out gateway 1 caller
stop
for method in ACK BYE; do
	want "the first line and Route of $method" \
		"$(fields "$W/gw.pcapng" "sip.Method == $method" sip.r-uri sip.Route | sort -u)" \
		"sip:proxy@$(host):$FAR|<sip:$(host):$FAR;transport=UDP>"
done
