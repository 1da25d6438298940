# PBX A, gateway 1, gateway 2, PBX B, digit by digit all the way: each digit is an
# INFORMATION, an INVITE (RFC 3578) and an INFORMATION again. The first call is
# answered, the second number is busy.
. "$HERE/../flows/pair.sh"
SPAN_OPTIONS="$SPAN_OPTIONS
 isdn overlap-receiving
 isdn overlap-sending"
PEER_OPTIONS=' overlap invites'
two gateway_two 'dial-peer voice 300 pots' ' destination-pattern 77.T' \
	" trunk $SPAN_TYPE 0" '!'
gateway 'dial-peer voice 300 voip' ' destination-pattern 77.T' \
	' session target sip-peer far' '!'
two pbx b "span $SPAN_TYPE $PBX_SIDE overlap
answer 77701 as B1
  expect called 77701 within 5s
  proceed
  after 500ms alert
  after 200ms connect
  play pattern
  expect pattern for 1s errors 0 within 6s
  expect disconnect cause 16 within 10s
answer 77... as B2
  reject cause 17"
two line_up b
pbx a 'call 777 overlap from 3035550100 as A1
  expect setup-ack within 4s
  after 200ms digits 0
  after 200ms digits 1
  expect proceeding within 4s
  expect alerting within 4s
  expect connect within 4s
  play pattern
  expect pattern for 1s errors 0 within 6s
  after 500ms clear
  expect released within 4s
call 777 overlap from 3035550100 after 6s as A2
  expect setup-ack within 4s
  after 200ms digits 2
  after 200ms digits 2
  expect disconnect cause 17 within 5s'
pbx_done a
two pbx_done b
two nothing_left
ladders 2
two ladders 2
why_says 'ended by the caller: cause 16'
why_says 'cause 17'
two stop
stop
want 'INVITEs' "$(fields "$W/gw.pcapng" 'sip.Method == INVITE' sip.r-uri.user sip.CSeq.seq | tr '\n' ' ')" \
	'777|1 7770|2 77701|3 777|1 7772|2 77722|3 '
want 'digits' "$(fields "$W/two/gw.pcapng" 'q931.message_type == 0x05 || q931.message_type == 0x7b' \
	q931.called_party_number.digits | tr '\n' ' ')" '777 0 1 777 2 2 '
want 'refusals' "$(fields "$W/gw.pcapng" 'sip.CSeq.method == INVITE && sip.Status-Code >= 300' sip.Status-Code sip.CSeq.seq | tr '\n' ' ')" \
	'484|1 484|2 484|1 484|2 486|3 '
