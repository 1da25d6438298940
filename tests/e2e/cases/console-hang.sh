# A gateway that hangs takes a session and says nothing: the client says so in
# time, and it says so when no more sessions wait. A reload that is refused is in the log, a span without a driver says so.
gateway 'controller e1 1
 board dahdi 120'
show show isdn status >"$W/status"
cat "$W/status"
grep -A1 '^e1 1: .*TAKES NO CALLS' "$W/status" | grep -qi 'dahdi\|driver' || fail 'no word of the driver'
show show controllers | grep -qi '^e1 1 .*\(dahdi\|driver\).*\(driver\|D channel\)' || fail 'controllers say nothing'
echo 'no such option' >>"$W/gw.conf"
show reload && fail 'a bad file was taken'
until_true 5 grep -q 'reload refused, nothing was changed' "$W/gw.log" || fail 'not in the log'
kill -STOP "$GW"
"$B/causeway" -s "$W/console" --timeout 1 show version >"$W/said" 2>&1
want 'exit status' $? 1
python3 - "$W/console" "$B/causeway" <<'EOT' >"$W/full"
import socket, subprocess, sys
held, full = [], False
while not full:
    s = socket.socket(socket.AF_UNIX)
    s.setblocking(False)
    try:
        s.connect(sys.argv[1])
    except BlockingIOError:
        full = True
    held.append(s)
print(subprocess.run([sys.argv[2], "-s", sys.argv[1], "show", "version"], capture_output=True, text=True).stderr)
EOT
cat "$W/full"
grep -q 'no room for one more' "$W/full" || fail 'it does not say that the console is full'
kill -CONT "$GW"
cat "$W/said"
grep -q 'does not answer' "$W/said" || fail 'it does not say why'
stop
