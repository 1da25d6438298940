# The first peer is silent, the second refuses with 503, the third answers: one
# call for the PBX.
. "$HERE/../flows/pair.sh"
SIP_OPTIONS=' timer B 1'
VOIP_OPTIONS=' preference 1'
gateway 'dial-peer voice 201 voip' ' destination-pattern 5550...' ' preference 2' \
	" session target ipv4:127.0.0.1:$((FAR + 1))" '!' \
	'dial-peer voice 202 voip' ' destination-pattern 5550...' ' preference 3' \
	" session target ipv4:127.0.0.1:$((FAR + 2))" '!'
sipp_start far uas-mute
refusing '503 Try Elsewhere'
SIPP_PORT=$((FAR + 1)) sipp_start second refuse
SIPP_PORT=$((FAR + 2)) sipp_start third uas
pbx a 'call 5550503 from 3035551000 as A
  expect connect within 8s
  clear
  expect released within 5s'
pbx_done a
sipp_done far
sipp_done second
sipp_done third
ladders
saw_lists gateway 1 "$IN_PBX|$IN_CLEARS" \
	"sip out INVITE|sip out INVITE|sip in 503 Try Elsewhere (INVITE)|sip out ACK|$OUT_SIP|$OUT_BYE"
stop
