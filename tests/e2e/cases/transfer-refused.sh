# A phone that is not trusted for it: its REFER is answered 403 and nothing is called;
# its BYE with Also is a BYE.
. "$HERE/../flows/pair.sh"
gateway 'sip-peer carol' " address $(host):$((FAR + 1))" '!'
pbx a 'answer 3035550100 as B
  connect
  expect disconnect cause 16 within 8s
answer 3035550101 as C
  connect
  expect disconnect cause 16 within 8s'
line_up a
sed -e 's/recv response="202"/recv response="403" next="2"/' "$HERE/../sipp/uac-refer.xml" >"$W/refused.xml"
sipp_start bob refused -s 3035550100 -d 300 -key where "sip:5550700@$(host):$((FAR + 1))"
sipp_done bob
sipp_start bob uac-also -s 3035550101 -d 300 -key where "sip:5550700@$(host):$((FAR + 1))"
sipp_done bob
pbx_done a
ladders 2
for call in 1 2; do
	show show call $call ladder | grep -q 'transfer asked by far is refused: the peer has no "transfer"' ||
		fail "the ladder of call $call does not say why"
done
before gateway 1 'sip in ACK' 'sip in REFER' 'sip out 403 Forbidden (REFER)' 'sip in BYE' 'sip out 200 OK (BYE)' 'isdn out DISCONNECT'
before gateway 2 'sip in ACK' 'sip in BYE' 'sip out 200 OK (BYE)' 'isdn out DISCONNECT'
stop
want 'calls of ours' "$(fields "$W/gw.pcapng" "sip.Method == INVITE && udp.srcport == $SIP" sip.Call-ID | wc -l)" 0
want 'NOTIFYs' "$(frags)" ''
