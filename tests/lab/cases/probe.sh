# What an installer is told of four spans of the driver, then of one that
# nothing has configured.
probe() { "$B/causewayd" --probe; }
probe >"$W/probe"
cat "$W/probe"
want 'spans' "$(grep -c '^span' "$W/probe")" 4
want 'types' "$(awk '/^ type/ { printf "%s ", $2 }' "$W/probe")" 'E1 E1 T1 T1 '
want 'channels' "$(awk '/^ channels/ { printf "%s", $0 }' "$W/probe" | tr -s ' ')" \
	' channels 31, 31 configured channels 31, 31 configured channels 24, 24 configured channels 24, 24 configured'
want 'alarms' "$(awk '/^ alarms/ { printf "%s ", $2 }' "$W/probe")" 'none none none none '
want 'advice' "$(grep -c '^ look' "$W/probe")" 0
for line in 'controller e1 0' 'board dahdi 1' 'controller e1 1' 'controller t1 2' 'board dahdi 4'; do
	grep -q " $line\$" "$W/probe" || fail "no line '$line'"
done
span_fresh 4
probe >"$W/bare"
cat "$W/bare"
grep -q "^ look:.*no channel is configured: run dahdi_cfg with the lines of 'causewayd --system-conf'" "$W/bare" ||
	fail 'nothing is said of the span that is not configured'
span_back 4
