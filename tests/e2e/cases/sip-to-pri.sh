# A phone calls the PBX; both judge the sound bit by bit; the phone hangs up.
. "$HERE/../flows/pair.sh"
gateway
pbx a 'answer 3035550... as B
  expect called 3035550100
  expect calling 5551000
  after 200ms alert
  after 300ms connect
  play pattern
  expect pattern for 2s errors 0 within 6s
  expect disconnect cause 16 within 10s'
line_up a
phone_start phone --codec PCMA --send pattern --expect pattern --duration 4
sipp_start near uac -s 3035550100 -d 3000
sipp_done near
pbx_done a
phone_done phone
ladders
why_says 'ended by the caller: cause 16'
whole_call_in gateway 1 caller
stop
