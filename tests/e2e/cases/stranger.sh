# An INVITE from nobody we know gets no answer: it is counted and logged once.
gateway
sipp "127.0.0.1:$SIP" -sf "$HERE/../sipp/uac-ignored.xml" -i 127.0.0.2 -p $((FAR + 1)) -m 3 -r 10 \
	-nostdin -s 3035550100 -key media $MEDIA -trace_msg -message_file "$W/stranger.msg" >"$W/stranger.out" 2>&1
grep -q 'message received' "$W/stranger.msg" && fail 'he got an answer'
show show sip-ua statistics
grep strang "$W/gw.log"
want 'log lines' "$(grep -c 127.0.0.2 "$W/gw.log")" 1
[ "$(show show sip-ua statistics | awk '/strang/ { print $NF }')" -ge 3 ] || fail 'not counted'
want calls "$(counter counters calls)" 0
stop
