# A phone that takes UPDATE and wants to be refreshed every 10 s: after 5 s and again,
# without a description, and nobody hears it.
gateway
phone_start phone --codec PCMA --send tone:1004:-10 --expect tone:440:-10 --duration 10
sipp_start far uas-update
pbx a 'call 5550100 from 3035551000 as A
  expect connect within 10s
  play tone 440 -10
  expect tone 1004 -12..-8 for 7s within 12s
  after 4s clear cause 16
  expect released within 5s'
pbx_done a
sipp_done far
phone_done phone
ladders
stop
[ $CAPTURE = no ] ||
	want 'SSRCs towards the phone' "$(fields "$W/lo.pcapng" "rtp && udp.dstport == $MEDIA" rtp.ssrc | sort -u | wc -l)" 1
