# Intervals that are too small for the other end, both ways: the call comes about with
# a longer one, and their UPDATE refreshes it.
gateway
sipp_start far uas-422
pbx a 'call 5550100 from 3035551000 as A
  expect connect within 10s
  clear cause 16
  expect released within 5s'
pbx_done a
sipp_done far
pbx b 'answer 3035550... as B
  connect
  expect disconnect cause 16 within 10s'
line_up b
sipp_start near uac-422 -s 3035550100 -d 300
sipp_done near
pbx_done b
ladders 2
stop
