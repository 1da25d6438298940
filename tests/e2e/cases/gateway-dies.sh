# The gateway is killed under calls and started again: the PBX gets its channels
# back by RESTART, and the next call goes within 10 s.
gateway
sipp_start far uas -m 3
pbx a 'call 5550100 from 3035551000 repeat 2 every 100ms as A
  expect connect within 10s
  expect released within 30s
answer 3035550... as B
  connect
  expect disconnect cause 16 within 30s'
until_true 8 sh -c "[ \$(grep -c '<- CONNECT' '$W/a.out') = 2 ]" || fail 'no calls'
kill -9 $GW
wait $GW 2>/dev/null
forget $GW
kill $PID_far
wait $PID_far
forget $PID_far
began=$SECONDS
gateway_start
until_true 10 d_channel_up
sipp_start near uac -s 3035550101 -d 300
sipp_done near
[ $((SECONDS - began)) -le 10 ] || fail "it took $((SECONDS - began)) s"
pbx_done a
show show isdn service
stop
