# RFC 3578: every length of the number is answered 484 and no more digits come:
# T302, then cause 28.
SPAN_OPTIONS="$SPAN_OPTIONS
 isdn overlap-receiving
 isdn timer T302 1"
PEER_OPTIONS=' overlap invites'
gateway 'dial-peer voice 300 voip' ' destination-pattern 77.T' \
	' session target sip-peer far' '!'
refusing '484 Address Incomplete'
sipp_start far refuse
pbx a 'call 77484 overlap from 3035551000 as A
  expect setup-ack within 4s
  expect disconnect cause 28 within 5s'
pbx_done a
sipp_done far
ladders
why_says 'SIP 484'
stop
