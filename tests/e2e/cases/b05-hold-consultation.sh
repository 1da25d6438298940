# Figure B-5 with the gateway as User A and as User C: phone B holds A, calls C behind
# the same gateway meanwhile, ends that call and takes A back.
. "$HERE/../flows/pair.sh"
gateway
sipp_start b uas-holds -d 2500 -key hold_at "$HOST" -key hold inactive
pbx a 'call 5550100 from 3035550100 as A
  expect connect within 4s
  expect disconnect cause 16 within 12s
answer 3035550... as C
  connect
  expect disconnect cause 16 within 8s'
line_up a
until_line "$W/b.msg" 'CSeq: 1 ACK' 8
SIPP_PORT=$((FAR + 1)) SIPP_MEDIA=$((MEDIA + 4)) sipp_start consults uac -s 3035550109 -d 800
sipp_done consults
want 'calls up while the consultation is over' "$(show show call active voice brief | grep -c ' 3035550100 ')" 1
want 'ACKs of the phone until then' "$(grep -cE '^CSeq: [12] ACK' "$W/b.msg")" 1
pbx_done a
sipp_done b
ladders 2
before gateway 1 'sip in INVITE' 'sip out 200 OK (INVITE)' 'sip in ACK' 'sip in INVITE' \
	'sip out 200 OK (INVITE)' 'sip in ACK' 'sip in BYE'
stop
