# Figure B-8 as phones do it today, the gateway as User A and another as User C: phone
# B has A by gateway 1 and C by gateway 2 and sends A to C by REFER with Replaces.
# Gateway 1 calls gateway 2 in the place of B, who is ended on both sides.
. "$HERE/../flows/pair.sh"
PEER_OPTIONS=' transfer'
two gateway_two 'sip-peer b' " address $(host):$((FAR + 2))" ' transfer' '!'
gateway 'sip-peer b' " address $(host):$((FAR + 1))" ' transfer' '!'
two pbx b 'answer 5550109 as C
  alert
  after 200ms connect
  play pattern
  expect pattern for 1s errors 0 within 15s
  expect disconnect cause 16 within 8s'
pbx a 'answer 3035550100 as A
  alert
  after 200ms connect
  play pattern
  expect pattern for 1s errors 0 within 15s
  wait 500ms
  clear
  expect released within 4s'
line_up a
two line_up b
SIPP_PORT=$((FAR + 2)) two sipp_start c uac-hung-up -s 5550109
until_line "$W/two/c.msg" '^ACK ' 8
SIPP_PORT=$((FAR + 1)) sipp_start b uac-refer -s 3035550100 -d 700 \
	-key where "sip:5550109@$(host):$FAR?Replaces=$(two replaces c)"
sipp_done b
sipp_done c
pbx_done a
two pbx_done b
ladders
two ladders
show show call 1 ladder | grep -q 'in a call.s place' || fail 'the ladder does not say whose place it was'
saw_lists gateway-1 1 "$OUT_PBX|$IN_CLEARS" \
	"$IN_SIP|sip in REFER|sip out 202 Accepted (REFER)|sip out NOTIFY|sip out INVITE|sip in 200 OK (INVITE)|sip out ACK|sip out NOTIFY|sip out BYE|sip out BYE" \
	'sip in 200 OK (NOTIFY)|sip in 200 OK (NOTIFY)|sip in 200 OK (BYE)|sip in 200 OK (BYE)'
two saw_lists gateway-2 1 "$OUT_PBX|isdn out FACILITY|$OUT_CLEARS" \
	"$IN_SIP|sip in INVITE|sip out 100 Trying (INVITE)|sip out 200 OK (INVITE)|sip in ACK|$IN_BYE" \
	"$OUT_BYE"
two stop
stop
want 'what the phone was told' "$(frags)" 'refer|active;expires=600|SIP/2.0 100 Trying
refer|terminated;reason=noresource|SIP/2.0 200 OK'
replaced=$(fields "$W/gw.pcapng" "sip.Method == INVITE && udp.srcport == $SIP" sip.Replaces sip.Call-ID)
want 'the dialog replaced' "${replaced%%;*}" "$(tr -d '\r' <"$W/two/c.msg" | sed -n 's/^Call-ID: *//p' | head -n 1)"
