# 200 calls each way, as many at once as the line carries: nothing is left.
gateway
sipp_start far uas -m 200
pbx a 'answer 3035550... times 200 as B
  connect
  expect disconnect cause 16 within 10s
call 5550100 from 3035551000 repeat 200 every 50ms as A
  expect connect within 10s
  wait 100ms
  clear
  expect released within 5s'
line_up a
SIPP_PORT=$((FAR + 1)) sipp_start near uac -s 3035550100 -d 400 -m 200 -r 20
sipp_done near
sipp_done far
pbx_done a
want calls "$(counter counters calls)" 400
want answered "$(counter counters answered)" 400
show show memory
show show counters
show show isdn status
stop
