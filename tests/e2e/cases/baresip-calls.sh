# baresip, a stranger, calls the PBX through the gateway: each hears the other's
# tone at its frequency and level.
BARESIP_SAYS=440
gateway
pbx a 'answer 3035550... as B
  alert
  after 200ms connect
  play tone 1004 -10
  expect tone 440 -12..-8 for 1s within 8s
  expect disconnect cause 16 within 15s'
line_up a
baresip_start "/dial sip:3035550100@127.0.0.1:$SIP"
until_line "$W/a.out" 'ok: expect tone'
sleep 1.5
baresip_stop
pbx_done a
heard_by_baresip 1004
ladders
stop
