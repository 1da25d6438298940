# What the console tells of a line on the driver: what its framer counts (nothing
# goes wrong on the lab's), and seconds under an alarm as such, by interval and
# day, until they are cleared.
quality() { show --json show controllers e1 0 | tr -d ' \n' | sed 's/},/},\n/g' | grep "\"interval\":\"$1\"" | grep -o "\"$2\":[0-9]*" | cut -d : -f 2; }
gateway
until_line "$W/gw.log" 'line is up'
sleep 3
show show controllers e1 0 | tee "$W/good"
for line in 'e1 0 is ' 'no alarms' 'board dahdi, framing crc4, line code hdb3, clock line 1' \
	'0 line code violations, 0 path code violations, 0 slips' \
	'0 errored secs, 0 bursty err secs, 0 severely err secs, 0 unavail secs'; do
	grep -q "$line" "$W/good" || fail "no line '$line'"
done
clear_at_first=$(quality current seconds)
[ "${clear_at_first:-0}" -ge 2 ] || fail "$clear_at_first seconds were watched"
span_away 2
until_line "$W/gw.log" 'alarm LOS'
sleep 5
show show controllers e1 0 | grep -A1 'alarm LOS' || fail 'the alarm is not told'
[ "$(quality current ses)" -ge 4 ] || fail "$(quality current ses) seconds were severe under an alarm"
want 'unavailable after 5 s' "$(quality current uas)" 0
sleep 8
# ten severe seconds in a row are unavailable, from the first of them (G.826)
[ "$(quality current uas)" -ge 11 ] || fail "$(quality current uas) seconds were unavailable"
[ "$(quality current ses)" -le 1 ] || fail "$(quality current ses) seconds are severe as well"
span_back 2
until_line "$W/gw.log" 'line is up.*' 10
sleep 12
unavailable=$(quality day uas)
sleep 3
want 'unavailable when it is up again' "$(quality day uas)" "$unavailable"
show show controllers e1 0 history | tee "$W/history"
grep -q "^current .* $unavailable  *e1 0" "$W/history" || fail 'the history lacks them'
show clear counters e1 0
want 'unavailable once cleared' "$(quality day uas)" 0
want 'alarms once cleared' "$(show --json show controllers | tr -d ' \n' | grep -o '"alarms_seen":[0-9]*' | cut -d : -f 2)" 0
stop
