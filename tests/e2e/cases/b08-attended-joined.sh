# Figure B-8 with the gateway as User A and as User C, as phones do it today: phone B
# has A and C by two calls of one gateway and sends A to C by REFER with Replaces.
# The two channels are joined bit by bit, both calls of the phone are ended.
. "$HERE/../flows/pair.sh"
PEER_OPTIONS=' transfer'
gateway 'sip-peer consults' " address $(host):$((FAR + 1))" ' transfer' '!'
pbx a 'answer 3035550109 as C
  alert
  after 200ms connect
  play pattern
  expect pattern for 1s errors 0 within 15s
  expect disconnect cause 16 within 8s
answer 3035550100 as A
  alert
  after 200ms connect
  play pattern
  expect pattern for 1s errors 0 within 15s
  wait 500ms
  clear
  expect released within 4s'
line_up a
SIPP_PORT=$((FAR + 1)) sipp_start c uac-hung-up -s 3035550109
until_line "$W/c.msg" '^ACK ' 8
sipp_start b uac-refer -s 3035550100 -d 700 -key where "sip:3035550109@$(host):$SIP?Replaces=$(replaces c)"
sipp_done b
sipp_done c
want 'calls while A and C talk' "$(show show call active voice brief | grep -c ' talking')" 1
pbx_done a
ladders 2
why_says 'transferred \(joined in call 1\): cause 16'
# A hangs up; C is told, in the call that was C's; each has been told of the other
saw_lists gateway 1 "$OUT_PBX|isdn out FACILITY|isdn out FACILITY|$IN_CLEARS|$OUT_CLEARS" "$IN_SIP|$OUT_BYE"
saw_lists gateway 2 "$OUT_PBX" \
	"$IN_SIP|sip in REFER|sip out 202 Accepted (REFER)|sip out NOTIFY|$OUT_BYE" 'sip in 200 OK (NOTIFY)'
stop
want 'what the phone was told' "$(frags)" 'refer|terminated;reason=noresource|SIP/2.0 200 OK'
want 'INVITEs' "$(fields "$W/gw.pcapng" 'sip.Method == INVITE' sip.CSeq.seq | wc -l)" 2
