# Reload with a call up: a broken file is refused with file and line and changes
# nothing, a good one is taken, and the call goes on.
MEANT='reload refused'
gateway
pbx a 'answer 3035550... as B
  connect
  play pattern
  expect pattern for 3s errors 0 within 8s
  expect disconnect cause 16 within 10s'
line_up a
phone_start phone --codec PCMA --send pattern --expect pattern --duration 6
sipp_start near uac -s 3035550100 -d 4500
until_line "$W/a.out" 'CONNECT ACK'
cp "$W/gw.conf" "$W/good.conf"
sed -i 's/^ transport udp/ transport pigeon/' "$W/gw.conf"
show reload >"$W/refused" 2>&1 && fail 'a broken file was taken'
cat "$W/refused"
grep -qE 'nothing was changed: .*gw.conf:[0-9]+:[0-9]+: transport: .*udp.*tcp' "$W/refused" ||
	fail 'the refusal does not say where and what'
show show running-config >"$W/running"
grep -q pigeon "$W/running" && fail 'the broken file is in force'
show --json show version | grep -q 'file on disk was refused at .*pigeon' ||
	fail 'show version does not tell of the refused file'
cp "$W/good.conf" "$W/gw.conf"
cat >>"$W/gw.conf" <<-EOT
	dial-peer voice 300 pots
	 destination-pattern 911
	 trunk e1 0
	!
EOT
show reload || fail 'a good file was refused'
show show dial-peer voice summary | grep -qE '^ *300 +pots' || fail 'the new dial-peer is not there'
show show version | grep -q refused && fail 'show version tells of a refusal that is over'
kill -HUP $GW
sipp_done near
pbx_done a
phone_done phone
want reloads "$(counter counters reloads)" 2
want 'calls' "$(counter counters calls)" 1
stop
