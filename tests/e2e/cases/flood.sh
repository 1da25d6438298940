# A stranger's flood of 1,000 INVITEs a second, and a flood of SETUPs from the
# exchange, leave 25 calls with their sound bit-exact; too many SETUPs get 42.
gateway_conf | sed 's/playout depth 40/playout depth 150/' >"$W/gw.conf"
lo_start
gateway_start
sipp_start far uas -m 25 -rtp_echo -mp "$MEDIA"
{
	echo 'call 5550100 from 3035551000 repeat 25 every 50ms as A
  expect connect within 10s
  play pattern
  after 3s expect pattern for 6s errors 0 within 20s
  wait 8s
  clear
  expect released within 5s'
	for n in F G H I; do
		echo "call 5559999 from 3035551000 repeat 60 after 7s as $n
  expect released within 10s"
	done
} >"$W/script"
pbx a "$(cat "$W/script")"
line_up a
many_calls() { [ "$(show show call active voice brief | wc -l)" -ge 25 ]; }
until_true 10 many_calls || fail 'the calls did not come about'
sipp "127.0.0.1:$SIP" -sf "$HERE/../sipp/uac-ignored.xml" -i 127.0.0.2 -p $((FAR + 1)) -m 10000 -r 1000 \
	-nr -nostdin -s 3035550100 -key media $MEDIA -timeout 20s -trace_msg \
	-message_file "$W/stranger.msg" >"$W/stranger.out" 2>&1 &
STRANGER=$!
started $STRANGER
pbx_done a
wait $STRANGER
forget $STRANGER
sipp_done far
grep -q 'message received' "$W/stranger.msg" && fail 'the stranger got an answer'
[ "$(show show sip-ua statistics | awk '/strang/ { print $NF }')" -ge 5000 ] || fail 'it was no flood'
show show sip-ua statistics
want 'log lines about him' "$(grep -c 127.0.0.2 "$W/gw.log")" 1
want answered "$(counter counters answered)" 25
stop
refused=$(fields "$W/a.pcap" 'q931.message_type == 0x5a || q931.message_type == 0x45 || q931.message_type == 0x4d' \
	q931.cause_value | grep -c '^42$')
echo "$refused SETUPs were refused with cause 42"
[ "$refused" -ge 5 ] || fail 'the flood of SETUPs was not refused'
