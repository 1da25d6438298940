# The PBX holds by HOLD: the phone is held by a=sendonly, and brought back when the
# PBX takes the call back, on another channel. It is heard before and after.
gateway
phone_start phone --codec PCMA --send tone:1004:-10 --expect tone:440:-10 --duration 11
sipp_start far uas-is-held -key offer sendonly -key answer recvonly
pbx a 'call 5550100 from 3035551000 channel 5 as A
  expect connect within 10s
  play tone 440 -10
  expect tone 1004 -14..-6 within 5s
  wait 1500ms
  hold
  expect held
  wait 2s
  retrieve 9
  expect retrieved
  expect channel 9
  play tone 440 -10
  expect tone 1004 -14..-6 within 5s
  wait 1500ms
  clear cause 16
  expect released within 5s'
pbx_done a
sipp_done far
phone_done phone
ladders
show show call 1 ladder | grep -q 'the caller holds' || fail 'the ladder does not tell of the hold'
stop
want 'hold and retrieve on the line' \
	"$(fields "$W/a.pcap" 'q931.message_type in {0x24, 0x28, 0x31, 0x33}' q931.message_type | tr '\n' ' ')" \
	'0x24 0x28 0x31 0x33 '
