# PRI to PRI where both dial-peers allow it: two channels of one span, joined bit by bit.
POTS_OPTIONS=' allow-same-kind
 incoming called-number 3035550...'
gateway
pbx a 'answer 3035550... as B
  connect
  play pattern
  expect pattern for 1s errors 0 within 6s
  expect disconnect cause 16 within 10s
call 3035550100 from 3035551000 as A
  expect connect within 10s
  play pattern
  expect pattern for 1s errors 0 within 6s
  wait 500ms
  clear
  expect released within 5s'
pbx_done a
ladders
stop
