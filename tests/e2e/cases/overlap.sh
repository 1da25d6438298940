# Digits come one by one; the INVITE goes out when the number is complete.
SPAN_OPTIONS="$SPAN_OPTIONS
 isdn overlap-receiving"
gateway
sipp_start far uas
pbx a 'call 555 overlap from 3035551000 as A
  expect setup-ack within 4s
  after 100ms digits 01
  after 100ms digits 0
  after 100ms digits 0
  expect connect within 5s
  clear
  expect released within 5s'
pbx_done a
sipp_done far
ladders
stop
want 'INVITEs' "$(fields "$W/gw.pcapng" 'sip.Method == INVITE' sip.to.user)" 5550100
