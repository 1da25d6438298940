# The far end of the line is taken away under a call and comes back: the call
# ends by T309, the gateway tells the alarm, and a new call crosses after it.
SPAN_OPTIONS=' isdn side user
 isdn timer T309 4'
gateway
pbx a 'answer 3035550... as B
  connect
  stay silent'
line_up a
sipp_start near uac-hung-up -s 3035550100
until_line "$W/near.msg" 'SIP/2.0 200'
sleep 1
kill -KILL $PID_a
wait $PID_a 2>/dev/null
forget $PID_a
span_away 2
until_line "$W/gw.log" 'alarm LOS'
show show controllers
show show isdn status
want 'calls under the alarm' "$(show show call active voice brief | sed 1d | wc -l)" 1
sipp_done near
why_says 'T309'
grep -m1 'cause=27' "$W/near.msg" || fail 'the phone was not told cause 27'
span_back 2
until_line "$W/gw.log" 'line is up'
pbx b 'answer 3035550... as B
  connect
  play pattern
  expect pattern for 1s errors 0 within 6s
  expect disconnect cause 16 within 10s'
line_up b
phone_start phone --codec PCMA --send pattern --expect pattern --duration 3
sipp_start again uac -s 3035550100 -d 2500
sipp_done again
pbx_done b
phone_done phone
ladders 2
stop
