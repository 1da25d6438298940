# Each switch type, on the span it belongs to: a call in each direction.
n=0
try() { # type switch
	n=$((n + 1))
	SPAN_TYPE=$1 SPAN_OPTIONS=" isdn side user
 isdn switch-type $2" PBX_SWITCH=$2
	gateway
	pbx a$n 'answer 3035550... as B
  connect
  expect disconnect cause 16 within 10s
call 5550100 from 3035551000 as A
  expect connect within 10s
  clear
  expect released within 5s'
	sipp_start far$n uas
	line_up a$n
	SIPP_PORT=$((FAR + 1)) sipp_start near$n uac -s 3035550100 -d 200
	sipp_done near$n
	sipp_done far$n
	pbx_done a$n
	ladders 2
	stop
	rm -f "$W/gw.pcapng" "$W/lo.pcapng" "$W"/*.pcap "$W/gw.log"
}
try e1 primary-net5
try e1 primary-qsig
try t1 primary-ni
try t1 primary-5ess
try t1 primary-4ess
try t1 primary-dms100
