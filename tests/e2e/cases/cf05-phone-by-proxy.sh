# Figure 4-2: baresip, a proxy that leaves the path, the gateway, the PBX. The ACK and
# the BYE come straight from the phone, and the two hear each other.
. "$HERE/../flows/lib.sh"
. "$HERE/../flows/pair.sh"
BARESIP_SAYS=440
kamailio_start proxy
gateway
pbx a 'answer 3035550... as B
  alert
  after 200ms connect
  play tone 1004 -10
  expect tone 440 -12..-8 for 1s within 8s
  expect disconnect cause 16 within 15s'
line_up a
FAR=$PHONE baresip_start "/dial sip:3035550100@127.0.0.1:$FAR"
until_line "$W/a.out" 'ok: expect tone'
sleep 1.5
baresip_stop
pbx_done a
heard_by_baresip 1004
ladders
whole_call_in gateway 1 caller
stop
came() { fields "$W/gw.pcapng" "sip.Method == $1 && udp.dstport == $SIP" udp.srcport | sort -u | tr '\n' ' '; }
want 'who sent the INVITE' "$(came INVITE)" "$FAR "
want 'who sent the ACK' "$(came ACK)" "$PHONE "
want 'who sent the BYE' "$(came BYE)" "$PHONE "
