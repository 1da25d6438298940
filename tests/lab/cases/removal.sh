# The gateway's own card goes under a call and is back within two seconds: it
# says so, the call lives, its channel is opened again and sounds both ways. (What waited for the line meanwhile makes
# the playout too deep, and it is made shorter once: one slip.)
gateway
pbx a 'answer 3035550... as B
  connect
  play pattern
  expect pattern for 1s errors 0 within 6s
  wait 6s
  expect pattern for 1s errors 40 within 6s
  expect disconnect cause 16 within 20s'
line_up a
phone_start phone --codec PCMA --send pattern --duration 15
sipp_start near uac -s 3035550100 -d 12000
until_line "$W/a.out" 'ok: expect pattern'
span_gone 1
until_line "$W/gw.log" 'DAHDI span 1: the device has gone'
until_line "$W/gw.log" 'alarm LOS'
span_again 1
span_back 1
until_line "$W/gw.log" 'D channel is up.*' 10
sipp_done near
pbx_done a
phone_done phone
show show controllers
ladders
# nothing of the old device is held
want 'descriptors of channels' "$(ls -l /proc/$GW/fd | grep -c 'dahdi/channel')" 2
stop
