# RFC 3578: an INVITE for each length of a number that is being dialled. All but
# the last are answered 484; they are one call, with the CSeq counting up.
SPAN_OPTIONS="$SPAN_OPTIONS
 isdn overlap-receiving"
PEER_OPTIONS=' overlap invites'
gateway 'dial-peer voice 300 voip' ' destination-pattern 77.T' \
	' session target sip-peer far' '!'
sipp_start far uas-overlap
pbx a 'call 777 overlap from 3035551000 as A
  expect setup-ack within 4s
  after 200ms digits 0
  after 200ms digits 1
  expect alerting within 5s
  expect connect within 5s
  after 300ms clear
  expect released within 5s'
pbx_done a
sipp_done far
ladders
why_says 'ended by the caller: cause 16'
stop
list=$(fields "$W/gw.pcapng" 'sip.Method == INVITE' sip.r-uri.user sip.to.user sip.CSeq.seq sip.Call-ID sip.from.tag)
want 'INVITEs' "$(echo "$list" | cut -d'|' -f1-3 | tr '\n' ' ')" '777|777|1 7770|7770|2 77701|77701|3 '
want 'calls' "$(echo "$list" | cut -d'|' -f4,5 | sort -u | wc -l)" 1
want 'To tags' "$(fields "$W/gw.pcapng" 'sip.Method == INVITE && sip.to.tag' sip.to.tag)" ''
want '484s' "$(fields "$W/gw.pcapng" 'sip.Status-Code == 484' sip.CSeq.seq | tr '\n' ' ')" '1 2 '
want 'CANCELs' "$(fields "$W/gw.pcapng" 'sip.Method == CANCEL' sip.CSeq.seq)" ''
