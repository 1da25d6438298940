# The PBX calls baresip, a stranger, which answers: each hears the other's tone at
# its frequency and level.
. "$HERE/../flows/pair.sh"
BARESIP_SAYS=440
gateway
baresip_start
pbx a 'call 5550100 from 3035551000 as A
  expect connect within 10s
  play tone 1004 -10
  expect tone 440 -12..-8 for 1s within 8s
  wait 1500ms
  clear
  expect released within 5s'
pbx_done a
baresip_stop
heard_by_baresip 1004
ladders
saw_lists gateway 1 "$IN_PBX|$IN_CLEARS" "$(echo "$OUT_SIP" | sed "s,200 OK,200 Answering,")|$OUT_BYE"
stop
