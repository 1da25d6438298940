# A SIP peer that says nothing at all: timer B ends the call, cause 102.
SIP_OPTIONS=' timer B 2'
gateway
sipp_start far uas-mute
pbx a 'call 5550100 from 3035551000 as A
  expect disconnect cause 102 within 8s'
pbx_done a
sipp_done far
ladders
stop
