# Figures B-2 and B-4 with the gateway as the caller: the phone holds by c=0.0.0.0 in
# the same Call-ID, resumes and hangs up. Its sound stops and comes back; the PBX is
# told nothing and keeps its channel.
. "$HERE/../flows/pair.sh"
gateway
phone_start phone --codec PCMA --send tone:1004:-10 --expect tone:440:-10 --duration 6
sipp_start far uas-holds -d 1200 -key hold_at 0.0.0.0 -key hold ptime:20
pbx a 'call 5550100 from 3035550100 as A
  expect connect within 4s
  play tone 440 -10
  expect tone 1004 -12..-8 gaps 2 for 3s within 8s
  expect disconnect cause 16 within 10s'
pbx_done a
sipp_done far
phone_done phone
ladders
change='sip in INVITE|sip out 200 OK (INVITE)|sip in ACK'
whole_call gateway 1 \
	"$IN_PBX|$OUT_CLEARS" \
	"$OUT_SIP|$change|$change|$IN_BYE"
stop
want Call-IDs "$(fields "$W/gw.pcapng" sip sip.Call-ID | sort -u | wc -l)" 1
[ $CAPTURE = no ] || {
	set -- $(fields "$W/lo.pcapng" "sip.Status-Code == 200 && sip.CSeq.method == INVITE && udp.srcport == $SIP" frame.time_epoch)
	want 'RTP sent while held' "$(fields "$W/lo.pcapng" "rtp && udp.dstport == $MEDIA && frame.time_epoch > $1 && frame.time_epoch < $2" rtp.seq | sed 1,3d | wc -l)" 0
	[ "$(fields "$W/lo.pcapng" "rtp && udp.dstport == $MEDIA && frame.time_epoch > $2" rtp.seq | wc -l)" -gt 40 ] ||
		fail 'the phone gets no sound after it resumed'
}
