# A phone that holds and resumes is told to a PBX that wants to know: NOTIFY with
# remote hold (0x79) and remote retrieval (0x7a).
. "$HERE/../flows/pair.sh"
gateway_conf | sed '/^controller /a\ notify hold' >"$W/gw.conf"
lo_start
gateway_start
pbx a 'answer 3035550... as B
  connect
  play tone 440 -10
  expect notify 121
  expect notify 122
  expect disconnect cause 16 within 10s'
line_up a
phone_start phone --codec PCMA --send tone:1004:-10 --expect tone:440:-10 --duration 6
sipp_start near uac-hold -s 3035550100 -d 1200 -key hold_at "$HOST" -key hold sendonly
sipp_done near
pbx_done a
phone_done phone
ladders
before gateway 1 'sip in ACK' 'sip in INVITE' 'isdn out NOTIFY' 'sip in ACK' 'sip in INVITE' 'isdn out NOTIFY' 'sip in ACK' 'sip in BYE'
stop
