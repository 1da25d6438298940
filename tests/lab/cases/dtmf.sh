# Tones dialled through the driver are heard as these digits, each once.
gateway
sipp_start far uas
pbx a 'call 5550100 from 3035551000 as A
  expect connect within 10s
  after 500ms play dtmf 159#0
  wait 1500ms
  clear
  expect released within 5s'
pbx_done a
sipp_done far
show show call 1 ladder | tee "$W/ladder"
want digits "$(sed -n 's/.*sound of the caller: digit \(.\), .*/\1/p' "$W/ladder" | tr -d '\n')" '159#0'
stop
