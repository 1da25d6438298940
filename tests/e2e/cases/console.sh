# Every show command, with a call up, says something, in text and as JSON.
gateway
pbx a 'answer 3035550... as B
  connect
  expect disconnect cause 16 within 30s'
line_up a
phone_start phone --codec PCMA --send tone:1004:-10
sipp_start near uac -s 3035550100 -d 8000
until_line "$W/a.out" 'CONNECT ACK'
show show call active voice brief | grep -q talking || fail 'no call is shown'
show show voip rtp connections | grep -q PCMA || fail 'no RTP is shown'
for command in 'show version' 'show running-config' 'show isdn status' 'show isdn service' \
	'show controllers' 'show dial-peer voice summary' 'show dialplan number 3035550100' \
	'show dialplan warnings' 'show cause-map' 'show memory' 'show counters' \
	'show call active voice brief' 'show call active voice' 'show call history voice' \
	'show call 1 ladder' 'show call 1 why' 'show sip-ua calls' 'show sip-ua statistics' \
	'show sip-ua peers' 'show voip rtp connections' 'show debugging' \
	'show isdn active' 'show isdn history' 'show isdn timers' 'show memory all' \
	'show sip-ua status' 'show sip-ua timers' 'show sip-ua retry' \
	'show dialplan number 3035550100 from pots e1 0 caller 4711'; do
	echo "--- $command"
	show $command || fail "$command: exit $?"
	show --json $command >"$W/json" || fail "$command --json: exit $?"
	python3 -m json.tool "$W/json" >/dev/null || { fail "$command is no JSON"; cat "$W/json"; }
done
show show nothing >/dev/null 2>&1 && fail 'a wrong command succeeds'
show show call 99 why >/dev/null 2>&1 && fail 'a call that never was is explained'
sipp_done near
pbx_done a
show show call history voice
stop
