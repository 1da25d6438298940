# A flood of SETUPs from the exchange leaves ten calls with their sound bit-exact;
# those that are too many get cause 42.
gateway_conf | sed 's/playout depth 40/playout depth 150/' >"$W/gw.conf"
lo_start
gateway_start
sipp_start far uas -m 10 -rtp_echo -mp "$MEDIA"
{
	echo 'call 5550100 from 3035551000 repeat 10 every 50ms as A
  expect connect within 10s
  play pattern
  after 1s expect pattern for 4s errors 0 within 15s
  clear
  expect released within 5s'
	for n in F G H I; do
		echo "call 5559999 from 3035551000 repeat 60 after 3s as $n
  expect released within 10s"
	done
} >"$W/script"
pbx a "$(cat "$W/script")"
pbx_done a
sipp_done far
want answered "$(counter counters answered)" 10
stop
refused=$(fields "$W/a.pcap" 'q931.message_type == 0x5a || q931.message_type == 0x45 || q931.message_type == 0x4d' \
	q931.cause_value | grep -c '^42$')
echo "$refused SETUPs were refused with cause 42"
[ "$refused" -ge 5 ] || fail 'the flood of SETUPs was not refused'
