# What SIP plays before the answer (183) is heard by the PBX, with progress 8.
gateway
sipp_start far uas-early -d 4000
pbx a 'call 5550100 from 3035551000 as A
  expect progress 8 within 5s
  expect tone 620 -17..-13 for 500ms within 3s
  expect connect within 10s
  clear
  expect released within 5s'
until_true 10 has_rtp || fail 'no RTP is expected'
phone_start phone --remote "$(rtp_here)" --codec PCMA --send tone:620:-15 --duration 5
pbx_done a
sipp_done far
phone_done phone
ladders
show show call 1 ladder | grep -q 'what the far side plays, its RTP has come' || fail 'RTP was not noticed'
stop
