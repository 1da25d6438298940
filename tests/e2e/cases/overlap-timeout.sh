# Digits stop half way: T302 ends the wait, and what was dialled is no number.
SPAN_OPTIONS="$SPAN_OPTIONS
 isdn overlap-receiving
 isdn timer T302 1"
gateway
pbx a 'call 555 overlap from 3035551000 as A
  expect setup-ack within 4s
  after 100ms digits 01
  expect disconnect cause 28 within 5s'
pbx_done a
ladders
stop
