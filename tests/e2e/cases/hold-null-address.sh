# A phone holds by c=0.0.0.0: nothing is sent to it, the PBX goes on hearing what it
# plays, and after it resumes both hear each other, with one SSRC throughout.
gateway
pbx a 'answer 3035550... as B
  connect
  play tone 440 -10
  expect tone 1004 -12..-8 gaps 2 for 3s within 8s
  expect disconnect cause 16 within 10s'
line_up a
phone_start phone --codec PCMA --send tone:1004:-10 --expect tone:440:-10 --duration 6
sipp_start near uac-hold -s 3035550100 -d 1200 -key hold_at "0.0.0.0" -key hold ptime:20
sipp_done near
pbx_done a
phone_done phone
ladders
stop
[ $CAPTURE = no ] || {
	want 'SSRCs towards the phone' "$(fields "$W/lo.pcapng" "rtp && udp.dstport == $MEDIA" rtp.ssrc | sort -u | wc -l)" 1
	# from the first answer to a re-INVITE to the second
	set -- $(fields "$W/lo.pcapng" 'sip.Status-Code == 200 && sip.CSeq.method == INVITE && sip.CSeq.seq > 1' frame.time_epoch)
	want 'RTP sent while held' "$(fields "$W/lo.pcapng" "rtp && udp.dstport == $MEDIA && frame.time_epoch > $1 && frame.time_epoch < $2" rtp.seq | sed 1,3d | wc -l)" 0
	[ "$(fields "$W/lo.pcapng" "rtp && udp.dstport == $MEDIA && frame.time_epoch > $2" rtp.seq | wc -l)" -gt 40 ] ||
		fail 'the phone gets no sound after it resumed'
}
