# Figure B-20: a phone whose proxy is dead sends the INVITE for it straight to the
# gateway. From the listed part of the network it reaches the PBX; where a digest is
# wanted it is asked for one, and let in with it; from elsewhere it is not even
# answered.
. "$HERE/../flows/pair.sh"
for s in uac uac-asked; do
	sed 's/sip:\[service\]@\[remote_ip\]:\[remote_port\];/sip:[service]@proxy.example;/' \
		"$HERE/../sipp/$s.xml" >"$W/lost-$s.xml"
done
lost() { # NAME SCENARIO ADDRESS PORT NUMBER [ARGS]
	local name=$1 scenario=$2 from=$3 port=$4 number=$5
	shift 5
	sipp "127.0.0.1:$SIP" -sf "$W/lost-$scenario.xml" -i "$from" -p "$port" -t u1 -m 1 -nostdin \
		-timeout_error -key media "$MEDIA" -s "$number" -d 300 -trace_msg \
		-message_file "$W/$name.msg" "$@" >"$W/$name.out" 2>&1 &
	eval "PID_$name=$!"
	started $!
}
gateway 'sip-peer phones' ' backup-proxy 127.0.7.0/24' '!' \
	'sip-peer asked' ' backup-proxy 127.0.9.0/24' ' authenticate lab' \
	' digest algorithm md5-sha-256' \
	' authentication username phone password secret' '!'
pbx a 'answer 3035550103 as C
  expect called 3035550103
  alert
  after 200ms connect
  expect disconnect cause 16 within 8s
answer 3035550... as B
  expect called 3035550100
  alert
  after 200ms connect
  expect disconnect cause 16 within 8s'
line_up a
lost stranger uac 127.0.8.1 $((FAR + 1)) 3035550102 -timeout 2s
lost asked uac 127.0.9.1 $((FAR + 2)) 3035550101 -timeout 5s
lost phone uac 127.0.7.1 $((FAR + 3)) 3035550100 -timeout 10s
sipp_done phone
lost known uac-asked 127.0.9.2 $((FAR + 4)) 3035550103 -timeout 10s
sipp_done known
wait "$PID_asked" "$PID_stranger"
forget "$PID_asked"
forget "$PID_stranger"
pbx_done a
ladders
whole_call_in gateway 1 caller
stop
answers() { fields "$W/gw.pcapng" "sip.Status-Code && sip.CSeq.method == INVITE && udp.dstport == $1" sip.Status-Code | sort -u | tr '\n' ' '; }
want 'the stranger heard' "$(answers $((FAR + 1)))" ''
want 'who must say who he is heard' "$(answers $((FAR + 2)))" '401 '
want 'the phone heard' "$(answers $((FAR + 3)))" '100 180 200 '
want 'who says who he is heard' "$(answers $((FAR + 4)))" '100 180 200 401 '
want 'what it asked for' "$(fields "$W/gw.pcapng" "sip.Method == INVITE && udp.srcport == $((FAR + 3))" sip.r-uri.host)" proxy.example
