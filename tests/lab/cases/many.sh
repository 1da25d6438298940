# 250 calls each way: no channel, descriptor or dialog is left.
gateway
pbx a 'answer 3035550... times 250 as B
  connect
  expect disconnect cause 16 within 10s
call 5550100 from 3035551000 repeat 250 every 60ms as A
  expect connect within 10s
  wait 100ms
  clear
  expect released within 5s' --timeout 110
sipp_start far uas -m 250
line_up a
SIPP_PORT=$((FAR + 1)) sipp_start near uac -s 3035550100 -d 300 -m 250 -r 16
sipp_done near
sipp_done far
pbx_done a
want calls "$(counter counters calls)" 500
want answered "$(counter counters answered)" 500
# a descriptor a B channel, and one for the D channel, at most
[ "$(ls -l /proc/$GW/fd | grep -c dahdi/channel)" -le 31 ] || fail 'channels are open twice'
[ "$(ls /proc/$GW/fd | wc -l)" -le 60 ] || { fail 'descriptors are left'; ls -l /proc/$GW/fd; }
stop
