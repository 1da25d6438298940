# Delays through the driver, in virtual time. A marker (60 ms of a tone) goes
# from causeway-pbx to the phone and one back, five calls for each block size,
# each with the marker 4 ms later in its packet; all instants are of one clock.
# The line alone is measured first, from one causeway-pbx to another; it holds
# what an exchange keeps ahead, and the 4 ms in which this driver hands over.
# Prints means; a packet of 20 ms waits for its last octet 10 ms in the mean.
CALLS='0 1 2 3 4'

sent() { grep '"marker sent"' "$1" | sed 's/.*monotonic_us":\([0-9]*\).*/\1/'; }
heard() { grep '"sound begins"' "$1" | sed 's/.*monotonic_us":\([0-9]*\).*/\1/'; }
of_phone() { sed -n "s/.*\"$2\": \([0-9]*\).*/\1/p" "$1"; }
# The mean of differences, in ms: two lists of instants, and what is taken off.
mean() {
	paste <(printf '%s\n' $2) <(printf '%s\n' $1) |
		awk -v off="$3" '{ s += $1 - $2; n++ } END { printf "%.2f", s / n / 1000 - off }'
}

line() {
	printf 'timer T200 200ms\nspan e1 network\ncall 5550100 repeat 5 as A\n  expect connect\n  after 1s play marker\n  wait 500ms\n' >"$W/l1.pbx"
	printf 'timer T200 200ms\nspan e1 user\nanswer 5550... times 5 as B\n  connect\n  expect disconnect\n' >"$W/l2.pbx"
	"$B/causeway-pbx" --dahdi 1 --json "$W/l2.pbx" >"$W/l2.out" 2>&1 &
	local pid=$!
	"$B/causeway-pbx" --dahdi 2 --json "$W/l1.pbx" >"$W/l1.out" 2>&1 || fail 'the line alone'
	wait $pid || fail 'the line alone'
	LINE=$(mean "$(sent "$W/l1.out")" "$(heard "$W/l2.out")" 0)
	echo "delay_dahdi_line $LINE ms  # causeway-pbx to causeway-pbx, 5 markers, blocks of 16"
}

block() { # octets
	local out= back= from= to= n script=
	SPAN_OPTIONS=" isdn side user
 block octets $1"
	gateway
	for n in $CALLS; do
		script="$script
answer 303555010$n as B$n
  connect
  after $((1000 + 4 * n))ms play marker
  expect disconnect within 10s"
	done
	pbx a$1 "$script" --json
	line_up a$1
	for n in $CALLS; do
		phone_start phone --codec PCMA --send marker --duration 3 --json
		sipp_start near uac -s 303555010$n -d 2500
		sipp_done near
		phone_done phone
		to="$to $(of_phone "$W/phone.out" onset_us)"
		from="$from $(of_phone "$W/phone.out" marker_sent_us)"
	done
	pbx_done a$1
	out=$(sent "$W/a$1.out") back=$(heard "$W/a$1.out")
	echo "delay_tdm_to_rtp_block_$1 $(mean "$out" "$to" "$(awk "BEGIN { print $LINE + 10 }")") ms  # exchange to RTP, less the line and 10 ms of packet"
	echo "delay_rtp_to_tdm_block_$1 $(mean "$from" "$back" "$(awk "BEGIN { print $LINE + 40 }")") ms  # RTP to exchange, less 40 ms of playout and the line"
	echo "slips_dahdi_block_$1 $(show show controllers | awk '$2 == "0" && $3 == "dahdi" { print $5 }') slips"
	stop
}

line
block 16
block 40
block 80
