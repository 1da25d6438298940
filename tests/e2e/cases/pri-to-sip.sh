# The PBX calls a phone; both judge the sound bit by bit; the PBX hangs up.
. "$HERE/../flows/pair.sh"
gateway
phone_start phone --codec PCMA --send pattern --expect pattern --duration 5
sipp_start far uas
pbx a 'call 5550100 from 3035551000 as A
  expect proceeding within 4s
  expect alerting within 10s
  expect connect within 10s
  play pattern
  expect pattern for 2s errors 0 within 6s
  clear cause 16
  expect released within 5s'
pbx_done a
sipp_done far
phone_done phone
ladders
why_says 'ended by the caller: cause 16'
whole_call_out gateway 1 caller
stop
