# A T1 with National ISDN: mu-law, bit by bit, a call in each direction.
SPAN_TYPE=t1 PBX_SWITCH=primary-ni
gateway
for scenario in uac uas; do
	sed 's/RTP\/AVP 8 /RTP\/AVP 0 /;/rtpmap:8/d' "$HERE/../sipp/$scenario.xml" >"$W/$scenario-ulaw.xml"
done
calls_each_way PCMU uac-ulaw uas-ulaw
stop
