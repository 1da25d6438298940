# A phone that does not take UPDATE: refreshed by the same description, octet by octet.
gateway
sipp_start far uas-refresh
pbx a 'call 5550100 from 3035551000 as A
  expect connect within 10s
  after 6500ms clear cause 16
  expect released within 5s'
pbx_done a
sipp_done far
ladders
stop
want 'descriptions of ours' "$(fields "$W/gw.pcapng" "sip.Method == INVITE && udp.srcport == $SIP" sip.msg_body | sort -u | wc -l)" 1
