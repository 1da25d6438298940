# Figures 7 and 4-1: PBX A, gateway 1, gateway 2, PBX B. First B hangs up, then A.
# Every message on both sides of both gateways, and what must come before what.
. "$HERE/../flows/pair.sh"
two gateway_two
gateway
two pbx b 'answer 5550... as B1
  expect calling 3035550100
  alert
  after 200ms connect
  play pattern
  expect pattern for 1s errors 0 within 6s
  wait 500ms
  clear cause 16
  expect released within 4s
answer 5550... as B2
  alert
  after 200ms connect
  expect disconnect cause 16 within 10s'
two line_up b
pbx a 'call 5550100 from 3035550100 as A1
  expect proceeding within 1s
  expect alerting within 4s
  expect connect within 4s
  play pattern
  expect pattern for 1s errors 0 within 6s
  expect disconnect cause 16 within 8s
call 5550101 from 3035550100 after 4s as A2
  expect connect within 4s
  after 300ms clear cause 16
  expect released within 4s'
pbx_done a
two pbx_done b
two nothing_left
ladders 2
two ladders 2
why_says 'ended by the called side: cause 16'
why_says 'ended by the caller: cause 16'

whole_call_out gateway-1 1 called
two whole_call_in gateway-2 1 called
whole_call_out gateway-1 2 caller
two whole_call_in gateway-2 2 caller
two stop
stop
list=$(fields "$W/gw.pcapng" 'sip.Method == INVITE' sip.r-uri sip.CSeq.seq sip.from.user sip.Call-ID)
want 'the INVITEs' "$(echo "$list" | cut -d'|' -f1-3)" \
	"sip:5550100@$HOST:$FAR;user=phone|1|3035550100
sip:5550101@$HOST:$FAR;user=phone|1|3035550100"
want 'Call-IDs' "$(echo "$list" | cut -d'|' -f4 | sort -u | wc -l)" 2
want 'ends of the first call' "$(fields "$W/gw.pcapng" 'sip.Method == BYE' udp.srcport sip.CSeq.seq | head -n 1 | cut -d'|' -f1)" "$FAR"
