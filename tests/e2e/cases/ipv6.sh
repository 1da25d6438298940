# Signalling and sound over IPv6: a call in each direction, heard bit by bit.
HOST=::1
gateway
pbx a 'answer 3035550... as B
  connect
  play pattern
  expect pattern for 1s errors 0 within 6s
  expect disconnect cause 16 within 10s
call 5550100 from 3035551000 after 3s as A
  expect connect within 10s
  clear
  expect released within 5s'
line_up a
phone_start phone --codec PCMA --send pattern --expect pattern --duration 4
sipp_start near uac -s 3035550100 -d 2000
sipp_done near
sipp_start far uas
pbx_done a
sipp_done far
phone_done phone
ladders 2
stop
