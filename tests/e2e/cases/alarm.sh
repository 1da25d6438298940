# AIS and RAI on the line under a call: the call lives, and new ones are refused
# meanwhile.
gateway
pbx a 'answer 3035550... times 2 as B
  connect
  expect disconnect cause 16 within 20s
line
  after 1500ms alarm AIS for 2s
  after 2s alarm RAI for 2s
  expect up within 10s'
line_up a
sipp_start near uac -s 3035550100 -d 9000
until_line "$W/gw.log" 'alarm AIS'
SIPP_PORT=$((FAR + 1)) sipp_start second uac-refused -s 3035550101 -key types 8
sipp_done second
until_line "$W/gw.log" 'alarm RAI'
SIPP_PORT=$((FAR + 1)) sipp_start second uac-refused -s 3035550102 -key types 8
sipp_done second
until_true 10 sh -c "'$B/causeway' -s '$W/console' show controllers | grep -q ' none '"
SIPP_PORT=$((FAR + 1)) sipp_start third uac -s 3035550103 -d 200
sipp_done third
sipp_done near
pbx_done a
ladders
stop
for n in 3035550101 3035550102; do
	case $(final $n) in
	503\|*) ;;
	*) fail "in alarm a call was answered $(final $n)" ;;
	esac
done
