# A phone's early sound, told by a reliable 183, is acknowledged and heard by the PBX;
# so is the reliable 180 after it, and the answer without a description.
gateway
phone_start phone --codec PCMA --send tone:620:-10 --duration 9
sipp_start far uas-prack -d 1500
pbx a 'call 5550100 from 3035551000 as A
  expect progress 8 within 5s
  expect tone 620 -12..-8 for 500ms within 5s
  expect connect within 10s
  expect tone 620 -12..-8 for 500ms within 5s
  clear
  expect released within 5s'
pbx_done a
sipp_done far
ladders
stop
