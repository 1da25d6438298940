# RFC 3578, the other way: the INVITEs of one number become SETUP and
# INFORMATION; each one overtaken hears 484, the last one has the call.
SPAN_OPTIONS="$SPAN_OPTIONS
 isdn overlap-sending"
PEER_OPTIONS=' overlap invites'
gateway 'dial-peer voice 300 pots' ' destination-pattern 66.T' \
	" trunk $SPAN_TYPE 0" '!'
pbx a "span $SPAN_TYPE $PBX_SIDE overlap
answer 66701 as B
  expect called 66701 within 5s
  after 200ms alert
  after 300ms connect
  expect disconnect cause 16 within 10s"
line_up a
sipp_start near uac-overlap -d 1000
sipp_done near
pbx_done a
ladders
why_says 'ended by the caller: cause 16'
stop
want 'refused' "$(fields "$W/gw.pcapng" 'sip.Status-Code == 484' sip.CSeq.seq | tr '\n' ' ')" '1 2 '
want 'rings' "$(fields "$W/gw.pcapng" 'sip.Status-Code == 180' sip.CSeq.seq)" 3
want 'answered' "$(fields "$W/gw.pcapng" 'sip.Status-Code == 200 && sip.CSeq.method == INVITE' sip.CSeq.seq | sort -u)" 3
want 'digits' "$(fields "$W/gw.pcapng" 'q931.message_type == 0x05 || q931.message_type == 0x7b' q931.called_party_number.digits | tr '\n' ' ')" '667 0 1 '
