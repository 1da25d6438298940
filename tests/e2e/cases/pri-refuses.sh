# What the PBX refuses, SIP sees as the status of RFC 3398 with the cause in Reason.
gateway
rows='1 404
17 486
18 408
19 480
20 480
21 603
22 410
27 502
28 484
31 480
34 503
38 503
41 503
42 503
50 503
65 488
79 501
88 503
102 504
111 500
127 500'
script=
while read -r cause status; do
	script="$script
answer $((3035550000 + cause)) as c$cause
  reject cause $cause"
done <<<"$rows"
pbx a "$script"
line_up a
printf 'SEQUENTIAL\n' >"$W/numbers.csv"
while read -r cause status; do
	echo "$((3035550000 + cause));" >>"$W/numbers.csv"
done <<<"$rows"
sed 's/\[service\]/[field0]/g' "$HERE/../sipp/uac-refused.xml" >"$W/refused.xml"
sipp_start near refused -inf "$W/numbers.csv" -m 21 -r 10 -key types 8
sipp_done near
pbx_done a
show show call history voice
stop
while read -r cause status; do
	got=$(final $((3035550000 + cause)))
	case $got in
	"$status|Q.850;cause=$cause;text="*) ;;
	*) fail "cause $cause became '$got', wanted $status and Reason Q.850;cause=$cause" ;;
	esac
done <<<"$rows"
