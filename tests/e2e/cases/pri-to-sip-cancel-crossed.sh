# The phone answers in the instant the PBX hangs up: the 200 crosses the CANCEL, and
# is followed by ACK and BYE.
gateway
sipp_start far uas-crossing
pbx a 'call 5550100 from 3035551000 as A
  expect alerting within 8s
  after 300ms clear cause 16
  expect released within 5s'
pbx_done a
sipp_done far
ladders
stop
