# Each tenth packet of the phone is lost on the way: the PBX hears no gap, the
# console tells how much was lost and concealed, our RTCP tells the phone the same,
# and our RTP is marked EF.
MEDIA_OPTIONS=' rtcp interval 1'
gateway
phone_start phone --codec PCMA --send tone:620:-15 --lose 10 --expect tone:440 --duration 9
sipp_start far uas
pbx a 'call 5550100 from 3035551000 as A
  expect connect within 10s
  play tone 440 -15
  after 500ms expect tone 620 -17..-13 for 2s gaps 0 within 5s
  wait 3500ms
  clear
  expect released within 5s'
until_true 15 sh -c "'$B/causeway' -s '$W/console' show call active voice | grep -qE 'concealed [5-9][0-9][0-9] ms|concealed [0-9]{4} ms'" ||
	fail 'little was concealed'
show show call active voice | grep 'RTP\|sent\|jitter'
pbx_done a
sipp_done far
phone_done phone
ladders
stop
[ $CAPTURE = no ] || {
	from="udp.srcport >= $((MEDIA + 100)) && udp.srcport < $((MEDIA + 300))"
	want 'mark of RTP' "$(fields "$W/lo.pcapng" "rtp && $from" ip.dsfield.dscp | sort -u)" 46
	fields "$W/lo.pcapng" "rtcp && $from && rtcp.ssrc.fraction" rtcp.sender.packetcount rtcp.ssrc.fraction \
		rtcp.ssrc.cum_nr rtcp.ssrc.jitter >"$W/reports"
	cat "$W/reports"
	awk -F '|' '{ n++; sent = $1; sum += $2; lost = $3 }
		END { exit !(n >= 4 && sent > 100 && sum / n > 13 && sum / n < 38 && lost >= 20 && lost <= 60) }' \
		"$W/reports" || fail 'RTCP tells something else'
}
