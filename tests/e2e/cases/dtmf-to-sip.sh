# Tones the PBX dials become telephone-events, and are not heard twice: no more
# than 15 ms of any is left in the sound, which no detector reads.
gateway
phone_start phone --codec PCMA --expect dtmf:159#0 --expect burst:15 --duration 5
sipp_start far uas
pbx a 'call 5550100 from 3035551000 as A
  expect connect within 10s
  after 500ms play dtmf 159#0
  wait 2500ms
  clear
  expect released within 5s'
pbx_done a
sipp_done far
phone_done phone
cat "$W/phone.out"
ladders
stop
[ $CAPTURE = no ] ||
	want 'events' "$(fields "$W/lo.pcapng" "rtpevent.end_of_event == 1 && udp.dstport == $MEDIA" rtpevent.event_id | uniq | tr '\n' ' ')" '1 5 9 11 0 '
