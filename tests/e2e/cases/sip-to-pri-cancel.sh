# A phone takes its call back while the PBX rings: 200, 487, and DISCONNECT.
gateway
pbx a 'answer 3035550... as B
  alert
  expect disconnect cause 16 within 10s'
line_up a
sipp_start near uac-cancel -s 3035550100 -d 400
sipp_done near
pbx_done a
ladders
why_says 'ended by the caller: cause 16'
stop
