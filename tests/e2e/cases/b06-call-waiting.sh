# Figure B-6 with the gateway as User A and as User C: phone B has A, gets C and holds
# A, goes back to A and holds C, ends A, takes C back and ends it.
. "$HERE/../flows/pair.sh"
gateway
sipp_start b uas-holds -m 2 -d 1250 -key hold_at "$HOST" -key hold inactive
pbx a 'call 5550100 from 3035550100 as A
  expect connect within 4s
  expect disconnect cause 16 within 12s
call 5550100 from 3035550101 after 1200ms as C
  expect connect within 4s
  expect disconnect cause 16 within 12s'
pbx_done a
sipp_done b
ladders 2
for call in 1 2; do
	before gateway $call 'sip out ACK' 'sip in INVITE' 'sip out 200 OK (INVITE)' 'sip in ACK' \
		'sip in INVITE' 'sip out 200 OK (INVITE)' 'sip in ACK' 'sip in BYE' \
		'sip out 200 OK (BYE)' 'isdn out DISCONNECT'
done
stop
# two dialogs, and what the phone did in them is interleaved
list=$(fields "$W/gw.pcapng" "(sip.Method == INVITE || sip.Method == BYE) && udp.srcport == $FAR" sip.Call-ID |
	awk '!($1 in n) { n[$1] = ++k } { printf "%s", n[$1] }')
case $list in
1*2*1*2) ;;
*) fail "the calls were not interleaved: $list" ;;
esac
want 'dialogs' "$(echo "$list" | grep -o . | sort -u | wc -l)" 2
