# The PBX says by NOTIFY that it holds and plays music on the channel: the phone is
# held by a=sendonly and hears it.
gateway
phone_start phone --codec PCMA --send tone:1004:-10 --expect tone:440:-10 --duration 6
sipp_start far uas-is-held -key offer sendonly -key answer recvonly
pbx a 'call 5550100 from 3035551000 as A
  expect connect within 10s
  play tone 440 -10
  expect tone 1004 -14..-6 within 5s
  notify 121
  wait 2s
  notify 122
  wait 500ms
  expect tone 1004 -14..-6 within 5s
  clear cause 16
  expect released within 5s'
pbx_done a
sipp_done far
phone_done phone
ladders
stop
