# The PBX calls a phone, and the phone hangs up: BYE becomes DISCONNECT 16.
. "$HERE/../flows/pair.sh"
gateway
sipp_start far uas-hangs-up -d 300
pbx a 'call 5550100 from 3035551000 as A
  expect connect within 10s
  expect disconnect cause 16 within 5s'
pbx_done a
sipp_done far
ladders
why_says 'ended by the called side: cause 16'
whole_call_out gateway 1 called
stop
