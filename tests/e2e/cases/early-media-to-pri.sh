# What SIP plays before the answer (183) is heard by the PBX, with progress 8.
gateway
phone_start phone --codec PCMA --send tone:620:-15 --duration 5
sipp_start far uas-early -d 2000
pbx a 'call 5550100 from 3035551000 as A
  expect progress 8 within 5s
  expect tone 620 -17..-13 for 500ms within 5s
  expect connect within 10s
  clear
  expect released within 5s'
pbx_done a
sipp_done far
ladders
stop
