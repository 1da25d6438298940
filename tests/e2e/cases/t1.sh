# A T1 with National ISDN: mu-law, bit by bit, a call in each direction.
SPAN_TYPE=t1
gateway
pbx a 'span t1 network primary-ni
answer 3035550... as B
  connect
  play pattern
  expect pattern for 1s errors 0 within 6s
  expect disconnect cause 16 within 10s
call 5550100 from 3035551000 after 5s as A
  expect connect within 10s
  clear
  expect released within 5s'
line_up a
phone_start phone --codec PCMU --send pattern --expect pattern --duration 4
sed 's/RTP\/AVP 8 /RTP\/AVP 0 /;/rtpmap:8/d' "$HERE/../sipp/uac.xml" >"$W/uac-ulaw.xml"
sipp_start near uac-ulaw -s 3035550100 -d 3000
sipp_done near
phone_done phone
ladders
sed 's/RTP\/AVP 8 /RTP\/AVP 0 /;/rtpmap:8/d' "$HERE/../sipp/uas.xml" >"$W/uas-ulaw.xml"
sipp_start far uas-ulaw
pbx_done a
sipp_done far
stop
