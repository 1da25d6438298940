# The D channel is gone for 2 s under a call: the call lives, the sound goes on.
SPAN_OPTIONS="$SPAN_OPTIONS
 isdn timer T203 1"
gateway
pbx a 'answer 3035550... as B
  connect
  play pattern
  expect pattern for 6s errors 0 within 12s
  expect disconnect cause 16 within 10s
line
  after 2s down 2s
  expect up within 10s'
line_up a
phone_start phone --codec PCMA --send pattern --expect pattern --duration 9
sipp_start near uac -s 3035550100 -d 7500
until_line "$W/gw.log" 'D channel is down' 6
sipp_done near
pbx_done a
phone_done phone
ladders
stop
