# SIP over TCP: a call in each direction, and busy.
TRANSPORT=tcp SIPP_TRANSPORT=t1
gateway
refusing '486 Busy Here'
sipp_start far uas
pbx a 'answer 3035550... as B
  connect
  expect disconnect cause 16 within 10s
call 5550100 from 3035551000 as A
  expect connect within 10s
  clear
  expect released within 5s'
line_up a
SIPP_PORT=$((FAR + 1)) sipp_start near uac -s 3035550100 -d 300
sipp_done near
sipp_done far
pbx_done a
sipp_start far refuse
pbx b 'call 5550486 from 3035551000 as A
  expect disconnect cause 17 within 8s'
pbx_done b
sipp_done far
ladders 3
stop
[ $CAPTURE = no ] ||
	want 'SIP over UDP' "$(fields "$W/lo.pcapng" 'sip && udp' sip.Method | wc -l)" 0
