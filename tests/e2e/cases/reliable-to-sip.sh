# What the PBX plays before the answer is told by a reliable 183: repeated until the
# phone's PRACK, and the answer needs no description again.
gateway
pbx a 'answer 3035550... as B
  progress inband
  play tone 620 -15
  after 2500ms connect
  expect disconnect cause 16 within 10s'
line_up a
phone_start phone --codec PCMA --expect tone:620:-15 --within 6
sipp_start near uac-prack -s 3035550100 -d 300
sipp_done near
pbx_done a
phone_done phone
ladders
stop
want 'times the 183 was sent' "$(fields "$W/gw.pcapng" 'sip.Status-Code == 183' sip.Status-Code | wc -l)" 2
want 'PRACKs' "$(fields "$W/gw.pcapng" 'sip.Method == PRACK' sip.RAck.RSeq.seq | wc -l)" 1
want 'descriptions in the answer' "$(fields "$W/gw.pcapng" 'sip.Status-Code == 200 && sip.CSeq.method == INVITE && sdp' sip.Status-Code | wc -l)" 0
