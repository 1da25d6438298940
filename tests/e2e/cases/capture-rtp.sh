# A capture with RTP, read by tshark alone: as many packets as the gateway counted,
# sound decoded as the SDP says, digits as events, RTCP, and every packet in time.
gateway
show capture start "$W/gw.pcapng" rtp | grep -q 'holds what is said' || fail "no capture with RTP"
phone_start phone --codec PCMA --expect dtmf:159#0 --duration 9
sipp_start far uas -d 9000
pbx a 'call 5550100 from 3035551000 as A
  expect connect within 10s
  after 500ms play dtmf 159#0
  wait 7s
  clear
  expect released within 5s'
show show capture | grep -q " yes " || fail "show capture does not tell of RTP"
pbx_done a
sipp_done far
phone_done phone
ladders
show call 1 export "$W/one" >/dev/null
stop

rtp() { fields "$W/gw.pcapng" "$1" frame.number frame.interface_name | wc -l; }
in=$(rtp "rtp && udp.srcport == $MEDIA")
out=$(rtp "rtp && udp.dstport == $MEDIA")
[ "$in" -ge 300 ] || fail "only $in packets of RTP in"
[ "$out" -ge 300 ] || fail "only $out packets of RTP out"
want 'codec and interface' "$(fields "$W/gw.pcapng" "rtp && !rtpevent" rtp.p_type frame.interface_name | sort -u)" '8|rtp'
want 'digits' "$(fields "$W/gw.pcapng" "rtpevent.end_of_event == 1 && udp.dstport == $MEDIA" rtpevent.event_id | uniq | tr '\n' ' ')" '1 5 9 11 0 '
[ "$(rtp "rtcp && udp.dstport == $((MEDIA + 1))")" -ge 1 ] || fail "no RTCP was captured"
want 'gaps in what was sent' "$(fields "$W/gw.pcapng" "rtp && udp.dstport == $MEDIA" rtp.seq |
	awk 'NR > 1 && $1 != (before + 1) % 65536 { n++ } { before = $1 } END { print n + 0 }')" 0
# 20 ms each, as the line gave them, within the jitter of a busy machine
fields "$W/gw.pcapng" "rtp && !rtpevent && udp.dstport == $MEDIA" frame.time_epoch |
	awk 'NR == 1 { first = $1 } { last = $1 } END { mean = (last - first) / (NR - 1); exit !(mean > 0.018 && mean < 0.024) }' ||
	fail "the packets are not 20 ms apart"
want 'RTP in the export of one call' "$(fields "$W/one.pcapng" rtp rtp.seq | wc -l)" 0
