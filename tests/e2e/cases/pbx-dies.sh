# The PBX dies under calls and comes back: the dead calls are cleared and its
# channels carry calls again within 10 s.
gateway
pbx a 'answer 3035550... always as B
  connect
  expect disconnect within 60s'
line_up a
sipp_start near uac-hung-up -s 3035550100 -m 3 -r 20
until_true 5 sh -c "[ \$(grep -c CONNECT.ACK '$W/a.out') = 3 ]" || fail 'no calls'
kill -9 $PID_a
wait $PID_a 2>/dev/null
forget $PID_a
until_line "$W/gw.log" 'alarm LOS'
began=$SECONDS
pbx b 'answer 3035550... as B
  connect
  expect disconnect cause 16 within 20s'
line_up b
SIPP_PORT=$((FAR + 1)) sipp_start next uac -s 3035550101 -d 300
sipp_done next
[ $((SECONDS - began)) -le 10 ] || fail "it took $((SECONDS - began)) s"
sipp_done near
pbx_done b
show show isdn service
ladders 2
stop
