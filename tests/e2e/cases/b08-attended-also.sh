# Figure B-8 as drawn, the gateway as User A and another as User C: A calls phone B,
# who holds A, calls C, ends that call and hangs up on A by BYE with Also. A's gateway
# calls C's in a call of its own and copies Requested-By; if it was there.
. "$HERE/../flows/pair.sh"
PEER_OPTIONS=' transfer'
two gateway_two 'sip-peer b' " address $(host):$((FAR + 2))" '!'
gateway 'sip-peer b' " address $(host):$((FAR + 1))" ' transfer' '!' \
	'dial-peer voice 210 voip' ' destination-pattern 556....' ' session target sip-peer b' '!'
attended() { # N HEADER
	local n=$1
	two pbx b$n 'answer 5550109 as C1
  alert
  after 100ms connect
  expect disconnect cause 16 within 10s
answer 5550109 as C2
  expect calling 3035550100
  alert
  after 200ms connect
  play pattern
  expect pattern for 1s errors 0 within 8s
  expect disconnect cause 16 within 8s'
	two line_up b$n
	SIPP_PORT=$((FAR + 1)) sipp_start b uas-also -d 1400 -key where "sip:5550109@$(host):$FAR" -key by "$2"
	pbx a$n 'call 5560100 from 3035550100 as A
  expect connect within 6s
  play pattern
  expect pattern for 1s errors 0 within 15s
  wait 300ms
  clear
  expect released within 4s'
	until_line "$W/b.msg" 'CSeq: 1 ACK' 8
	SIPP_PORT=$((FAR + 2)) two sipp_start consults uac -s 5550109 -d 300
	sipp_done consults
	sipp_done b
	pbx_done a$n
	two pbx_done b$n
}
attended 1 "Requested-By: <sip:5560100@$(host):$((FAR + 1))>"
attended 2 'Subject: none'
ladders 2
two ladders 4
for call in 1 2; do
	saw_lists gateway-1 $call \
		"$IN_PBX|$IN_CLEARS" \
		"$OUT_SIP|sip in INVITE|sip out 200 OK (INVITE)|sip in ACK|$IN_BYE|sip out INVITE|sip in 180 Ringing (INVITE)|sip in 200 OK (INVITE)|sip out ACK|$OUT_BYE"
	two whole_call_in gateway-2 $((2 * call - 1)) caller
	two whole_call_in gateway-2 $((2 * call)) caller
done
two stop
stop
asked=$(tshark -r "$W/gw.pcapng" -d "udp.port==$SIP,sip" -d "udp.port==$FAR,sip" -Y "sip.Method == INVITE && udp.dstport == $FAR" -T fields -e sip.msg_hdr 2>/dev/null |
	grep -o 'Requested-By: <[^>]*>' | sort | uniq -c | sed 's/^ *//')
want 'who asked, as C is told' "$asked" "1 Requested-By: <sip:5560100@$(host):$((FAR + 1))>"
want 'Call-IDs towards B and C' "$(fields "$W/gw.pcapng" "sip.Method == INVITE && udp.srcport == $SIP" sip.Call-ID | sort -u | wc -l)" 4
