# baresip, a stranger, sends the PBX to another phone by REFER: it takes our NOTIFYs,
# hangs up by itself as we do, the PBX keeps its channel.
BARESIP_SAYS=440
PEER_OPTIONS=' transfer'
. "$HERE/../flows/pair.sh"
gateway 'sip-peer carol' " address $(host):$((FAR + 1))" '!'
pbx a 'answer 3035550... as B
  alert
  after 200ms connect
  play tone 1004 -10
  expect tone 440 -12..-8 for 1s within 8s
  expect tone 697 -12..-8 for 1s within 15s
  clear
  expect released within 5s'
line_up a
SIPP_PORT=$((FAR + 1)) SIPP_MEDIA=$((MEDIA + 24)) sipp_start carol uas
PHONE_PORT=$((MEDIA + 24)) phone_start phone --codec PCMA --send tone:697:-10 --expect tone:1004:-10 --duration 15
baresip_start "/dial sip:3035550100@127.0.0.1:$SIP"
until_line "$W/a.out" 'ok: expect tone'
baresip_told "/transfer sip:5550700@127.0.0.1:$((FAR + 1))"
pbx_done a
sipp_done carol
phone_done phone
baresip_stop
heard_by_baresip 1004
ladders
saw_lists gateway 1 "$OUT_PBX|$IN_CLEARS" \
	"$IN_SIP|sip in REFER|sip out 202 Accepted (REFER)|sip out NOTIFY|sip out INVITE|sip in 180 Ringing (INVITE)|sip in 200 OK (INVITE)|sip out ACK|sip out NOTIFY|sip out BYE|sip out BYE" "$IN_BYE" \
	'sip in 200 OK (NOTIFY)|sip in 200 OK (NOTIFY)|sip in 200 OK (BYE)|sip in 200 OK (BYE)'
stop
want 'what baresip was told' "$(frags)" 'refer|active;expires=600|SIP/2.0 100 Trying
refer|terminated;reason=noresource|SIP/2.0 200 OK'
