# The only SIP peer dies and comes back: the keep-alive sees both, the span's D
# channel is taken down meanwhile, an INVITE is refused at once, and calls pass
# again afterwards.
SPAN_OPTIONS="$SPAN_OPTIONS
 busyout d-channel
 busyout hold-down 1
 busyout clear 1"
SIP_OPTIONS=' timer T1 100ms'
PEER_OPTIONS=' keepalive
 keepalive up-interval 2
 keepalive down-interval 2
 keepalive retries 2'
gateway
sipp_start one uas-watched -m 1000
until_line "$W/gw.log" 'far: peer is up: 200 to OPTIONS' 10
pbx a 'line
  expect up within 10s
  expect down within 25s
  expect up within 30s
call 5550100 from 3035551000 after 32s as A
  expect disconnect cause 17 within 5s'
line_up a
kill -9 $PID_one
wait $PID_one 2>/dev/null
forget $PID_one
until_line "$W/gw.log" 'far: peer is down: no answer to 2 OPTIONS' 20
until_line "$W/gw.log" 'busied out: no SIP peer can be reached' 5
until_line "$W/gw.log" 'D channel is down' 5
show show busyout
show show busyout | grep -q 'the D channel is held down' || fail 'show busyout does not say it'
SIPP_PORT=$((FAR + 1)) sipp_start near uac-refused -s 3035550100 -key types 8
sipp_done near
sipp_start two uas-watched -m 1000
until_line "$W/gw.log" 'busyout ends, in service again' 15
pbx_done a
ladders 2
kill $PID_two
wait $PID_two 2>/dev/null
forget $PID_two
stop
case $(final 3035550100) in
503\|*cause=38*) ;;
*) fail "the INVITE was answered $(final 3035550100)" ;;
esac
