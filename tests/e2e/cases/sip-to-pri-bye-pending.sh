# BYE while the INVITE is pending: 200 to it, 487 to the INVITE, the PBX is cleared.
gateway
pbx a 'answer 3035550... as B
  alert
  expect disconnect cause 16 within 10s'
line_up a
sipp_start near uac-bye-early -s 3035550100 -d 300
sipp_done near
pbx_done a
ladders
stop
