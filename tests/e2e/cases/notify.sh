# What the service manager is told: ready and with which file, a reload and that it
# was refused and why, the next and that all is well, the end.
MEANT='reload refused'
export NOTIFY_SOCKET=$W/notify
python3 - "$NOTIFY_SOCKET" "$W/told" <<-'EOT' &
	import socket, sys
	s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
	s.bind(sys.argv[1])
	with open(sys.argv[2], "w") as f:
	    while True:
	        for line in s.recv(4096).decode().splitlines():
	            print(line, file=f, flush=True)
EOT
MANAGER=$!
started $MANAGER
until_true 5 test -S "$NOTIFY_SOCKET"
gateway
until_line "$W/told" 'READY=1'
until_line "$W/told" 'STATUS=.*gw.conf is in force since 20'
cp "$W/gw.conf" "$W/good.conf"
echo 'pigeon' >>"$W/gw.conf"
kill -HUP $GW
until_line "$W/told" 'STATUS=.*gw.conf is not in force, it was refused at 20.*pigeon'
want 'after the reload' "$(grep -cE '^(RELOADING=1|MONOTONIC_USEC=[0-9]+|READY=1)$' "$W/told")" 4
cp "$W/good.conf" "$W/gw.conf"
kill -HUP $GW
until_true 5 sh -c "test \$(grep -c 'is in force since' '$W/told') = 2" || fail "a good file is not told of"
stop
until_line "$W/told" 'STOPPING=1'
kill $MANAGER
forget $MANAGER
