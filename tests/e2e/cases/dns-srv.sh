# RFC 3263 against dnsmasq: NAPTR, SRV by priority, A; a dead first target is
# failed over from, and not tried first by the next call.
DNS=$((MEDIA + 330)) DEAD=$((FAR + 2))
dnsmasq --keep-in-foreground --log-facility=- --conf-file=/dev/null --no-resolv --no-hosts --local=/test/ \
	--user="$(id -un)" --pid-file= --listen-address=127.0.0.1 --bind-interfaces --port=$DNS \
	--naptr-record=x.test,10,10,s,SIP+D2U,,_sip.lab.test \
	--srv-host=_sip.lab.test,dead.test,$DEAD,1,0 --srv-host=_sip.lab.test,live.test,$FAR,2,0 \
	--address=/dead.test/127.0.0.1 --address=/live.test/127.0.0.1 \
	>"$W/dnsmasq.out" 2>&1 &
started $!
until_true 5 grep -q started "$W/dnsmasq.out" || fail "the name server did not start"
SIP_OPTIONS=" dns server 127.0.0.1:$DNS
 timer B 2"
gateway 'sip-peer named' ' address x.test' ' transport any' '!' \
	'dial-peer voice 300 voip' ' destination-pattern 5551...' ' session target sip-peer named' '!'
until_true 5 sh -c "'$B/causeway' -s '$W/console' show sip-ua peers | grep -q '127.0.0.1:$DEAD'" ||
	fail "the name was not found"
refusing '486 Busy Here'
sipp_start far refuse -m 2
pbx a 'call 5551486 from 3035551000 as A
  expect disconnect cause 17 within 12s
call 5551486 from 3035551000 after 5s as B
  expect disconnect cause 17 within 1500ms'
pbx_done a
sipp_done far
show show sip-ua peers
ladders 2
stop
asked=$(fields "$W/gw.pcapng" "sip.Method == INVITE && udp.dstport == $DEAD" sip.to.user | wc -l)
[ "$asked" -ge 1 ] || fail "the target of the best priority was never tried"
