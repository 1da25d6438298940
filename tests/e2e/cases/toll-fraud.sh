# SIP to SIP and PRI to PRI without leave: 403 and cause 21, nothing goes out.
gateway
pbx a 'call 3035550100 from 3035551000 as A
  expect disconnect cause 21 within 5s'
pbx_done a
sipp_start near uac-refused -s 5550100 -key types 8
sipp_done near
ladders 2
want barred "$(counter counters barred)" 2
stop
case $(final 5550100) in
403\|*) ;;
*) fail "SIP to SIP was answered $(final 5550100)" ;;
esac
want 'INVITEs' "$(fields "$W/gw.pcapng" 'sip.Method == INVITE' sip.to.user | wc -l)" 1
