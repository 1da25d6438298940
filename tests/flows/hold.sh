# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the Causeway developers
#
# A phone that called the PBX holds by a description with the address $HOLD_AT and
# the line $HOLD, and resumes: nothing is sent to it meanwhile, the PBX goes on
# hearing what it plays (as long as $PBX_HEARS says), and after it both hear each
# other, with one SSRC throughout.
. "$HERE/../flows/pair.sh"
gateway
pbx a 'answer 3035550... as B
  alert
  connect
  play tone 440 -10
  expect tone 1004 -12..-8 '"${PBX_HEARS:-gaps 2 for 2500ms}"' within 8s
  expect disconnect cause 16 within 10s'
line_up a
phone_start phone --codec PCMA --send tone:1004:-10 --expect tone:440:-10 --duration 6
sipp_start near uac-hold -s 3035550100 -d 1200 -key hold_at "$HOLD_AT" -key hold "$HOLD"
sipp_done near
pbx_done a
phone_done phone
ladders
change='sip in INVITE|sip out 200 OK (INVITE)|sip in ACK'
saw_lists gateway 1 "$OUT_PBX|$OUT_CLEARS" "$IN_SIP|$change|$change|$IN_BYE"
stop
[ $CAPTURE = no ] || {
	want 'SSRCs towards the phone' "$(fields "$W/lo.pcapng" "rtp && udp.dstport == $MEDIA" rtp.ssrc | sort -u | wc -l)" 1
	# from the first answer to a re-INVITE to the second
	set -- $(fields "$W/lo.pcapng" 'sip.Status-Code == 200 && sip.CSeq.method == INVITE && sip.CSeq.seq > 1' frame.time_epoch)
	want 'RTP sent while held' "$(fields "$W/lo.pcapng" "rtp && udp.dstport == $MEDIA && frame.time_epoch > $1 && frame.time_epoch < $2" rtp.seq | sed 1,3d | wc -l)" 0
	[ "$(fields "$W/lo.pcapng" "rtp && udp.dstport == $MEDIA && frame.time_epoch > $2" rtp.seq | wc -l)" -gt 40 ] ||
		fail 'the phone gets no sound after it resumed'
}
