# A fork: two phones ring, with two To tags, and both answer. The PBX hears one
# ALERTING and one CONNECT, of the first; the second answer is acknowledged in its own
# dialog and ended by BYE (RFC 3261 13.2.2.4).
. "$HERE/../flows/pair.sh"
gateway
sipp_start far uas-forks
pbx a 'call 5550100 from 3035551000 as A
  expect alerting within 4s
  expect connect within 4s
  after 1s clear cause 16
  expect released within 5s'
pbx_done a
sipp_done far
ladders
rings='sip in 180 Ringing (INVITE)'
saw_lists gateway 1 "$IN_PBX|$IN_CLEARS" \
	"sip out INVITE|$rings|$rings|sip in 200 OK (INVITE)|sip out ACK|sip in 200 OK (INVITE)|sip out ACK|sip out BYE|sip in 200 OK (BYE)|sip out BYE|sip in 200 OK (BYE)"
stop
said() { fields "$W/gw.pcapng" "sip.Method == $1" sip.to.tag | tr '\n' ' '; }
want 'whose ACKs' "$(said ACK)" 'one two '
want 'whose BYEs' "$(said BYE)" 'two one '
