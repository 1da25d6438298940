# Figure 8: PBX A, gateway 1, a redirect server that names gateway 2, PBX B, who hangs
# up. One Call-ID and a higher CSeq; CALL PROCEEDING does not wait for all that.
. "$HERE/../flows/pair.sh"
SIP2=$((FAR + 1))
two gateway_two
gateway
sipp_start server redirect-to -key to "$HOST:$SIP2"
two pbx b 'answer 5550... as B
  alert
  after 200ms connect
  wait 300ms
  clear cause 16
  expect released within 4s'
two line_up b
pbx a 'call 5550100 from 3035550100 as A
  expect proceeding within 1s
  expect connect within 4s
  expect disconnect cause 16 within 8s'
pbx_done a
two pbx_done b
sipp_done server
two nothing_left
ladders
two ladders
whole_call_out gateway-1 1 called \
	'sip out INVITE|sip in 300 Multiple Choices (INVITE)|sip out ACK'
two whole_call_in gateway-2 1 called
before gateway-1 1 'isdn out CALL PROCEEDING' 'sip in 180 Ringing (INVITE)'
two stop
stop
list=$(fields "$W/gw.pcapng" 'sip.Method == INVITE' udp.dstport sip.CSeq.seq sip.Call-ID sip.from.tag)
want 'where the INVITEs went' "$(echo "$list" | cut -d'|' -f1,2 | tr '\n' ' ')" "$FAR|1 $SIP2|2 "
want 'Call-IDs and tags' "$(echo "$list" | cut -d'|' -f3,4 | sort -u | wc -l)" 1
