# A stranger's flood of 1,000 INVITEs a second leaves the 30 calls of a span with
# their sound bit-exact.
gateway_conf | sed 's/playout depth 40/playout depth 150/' >"$W/gw.conf"
lo_start
gateway_start
sipp_start far uas -m 30 -rtp_echo -mp "$MEDIA"
pbx a 'call 5550100 from 3035551000 repeat 30 every 50ms as A
  expect connect within 10s
  play pattern
  after 3s expect pattern for 6s errors 0 within 20s
  wait 6s
  clear
  expect released within 5s'
line_up a
many_calls() { [ "$(show show call active voice brief | wc -l)" -ge 30 ]; }
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
want answered "$(counter counters answered)" 30
stop
