# SIGTERM with calls up: both sides are cleared, exit 0.
gateway
pbx a 'answer 3035550... as B
  connect
  expect disconnect within 20s'
line_up a
sipp_start near uac-hung-up -s 3035550100
until_line "$W/a.out" 'CONNECT ACK'
show capture stop >/dev/null
kill -TERM $GW
wait $GW
want 'exit' $? 0
forget $GW
sipp_done near
pbx_done a
cat "$W/gw.log"
lo_stop
judge $(captured)
