# causewayd --check takes what is good and tells of what is bad where, and what it
# would have taken; exit 0 good, 1 refused, 2 wrong usage.
gateway_conf >"$W/good.conf"
"$B/causewayd" --check "$W/good.conf" || fail 'the good file is refused'
refused() { # what sed does to the good file, what is said of it
	sed "$1" "$W/good.conf" >"$W/bad.conf"
	"$B/causewayd" --check "$W/bad.conf" >"$W/said" 2>&1
	want "exit after $1" $? 1
	cat "$W/said"
	grep -qE "bad.conf:[0-9]+(:[0-9]+)?: .*$2" "$W/said" || fail "$1: not said: $2"
}
refused 's/isdn side user/isdn side left/' 'isdn side: .*user.*network'
refused 's/^controller e1 0/controller e9 0/' 'controller.*e1.*t1'
refused 's/rtp port-low .*/rtp port-low 80/' 'rtp port-low: .*1024'
refused 's/ destination-pattern 3035550.../ destination-pattern 303[/' 'destination-pattern'
refused 's/ trunk e1 0/ trunk e1 7/' 'no such controller; add "controller e1 7"'
refused 's/target sip-peer far/target sip-peer near/' 'no such peer; add "sip-peer near"'
refused 's/^hostname.*/hostnaem gw/' 'hostname'
refused 's/^media/ media/' ''
refused 's/bind udp .*/bind carrier-pigeon/' 'udp.*tcp'
refused 's/dial-peer voice 200 voip/dial-peer voice 100 voip/' '100 stands already'
"$B/causewayd" --check "$W/nothing.conf" >"$W/said" 2>&1
want 'exit without a file' $? 1
cat "$W/said"
"$B/causewayd" --bogus >/dev/null 2>&1
want 'exit of wrong usage' $? 2
"$B/causewayd" --check >/dev/null 2>&1
want 'exit of --check without a file' $? 2
"$B/causewayd" -c "$W/bad.conf" --socket "$W/console" >/dev/null 2>&1
want 'exit with a bad file' $? 1
"$B/causeway" -s "$W/console" show version >/dev/null 2>&1
want 'exit of the client without a gateway' $? 1
"$B/causeway" --bogus >/dev/null 2>&1
want 'exit of a wrongly used client' $? 2
"$B/causewayd" --version | grep -qE '^causewayd [0-9]' || fail 'no version'
