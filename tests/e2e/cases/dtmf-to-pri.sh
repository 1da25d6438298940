# Telephone-events from SIP become tones at the PBX.
gateway
pbx a 'answer 3035550... as B
  connect
  expect dtmf 159#0 within 8s
  expect disconnect cause 16 within 10s'
line_up a
phone_start phone --codec PCMA --send dtmf-events:159#0 --duration 5
sipp_start near uac -s 3035550100 -d 3500
sipp_done near
pbx_done a
phone_done phone
ladders
stop
