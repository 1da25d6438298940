# Who a transfer leads to is busy. After REFER the phone is told so and the two go on,
# until the phone hangs up; after BYE with Also nobody is left, and the PBX is
# released with cause 17. A dialog that is not there is 481 in the NOTIFY.
. "$HERE/../flows/pair.sh"
PEER_OPTIONS=' transfer'
gateway 'sip-peer carol' " address $(host):$((FAR + 1))" '!'
pbx a 'answer 3035550100 as B
  connect
  expect disconnect cause 16 within 8s
answer 3035550101 as C
  connect
  expect disconnect cause 17 within 8s
answer 3035550102 as D
  connect
  expect disconnect cause 16 within 8s'
line_up a
refusing '486 Busy Here'
SIPP_PORT=$((FAR + 1)) sipp_start carol refuse -m 2
sipp_start bob uac-refer -s 3035550100 -d 300 -key where "sip:5550486@$(host):$((FAR + 1))"
sipp_done bob
sipp_start bob uac-also -s 3035550101 -d 300 -key where "sip:5550486@$(host):$((FAR + 1))"
sipp_done bob
sipp_done carol
sipp_start bob uac-refer -s 3035550102 -d 300 \
	-key where "sip:3035550109@$(host):$SIP?Replaces=nothing%3Bto-tag%3D1%3Bfrom-tag%3D2"
sipp_done bob
pbx_done a
ladders 3
before gateway 1 'sip in REFER' 'sip out 202 Accepted (REFER)' 'sip out NOTIFY' 'sip out INVITE' \
	'sip in 486 Busy Here (INVITE)' 'sip out ACK' 'sip out NOTIFY' 'sip in BYE' 'isdn out DISCONNECT'
before gateway 2 'sip in BYE' 'sip out 200 OK (BYE)' 'sip out INVITE' 'sip in 486 Busy Here (INVITE)' \
	'sip out ACK' 'isdn out DISCONNECT'
before gateway 3 'sip in REFER' 'sip out 202 Accepted (REFER)' 'sip out NOTIFY' 'sip out NOTIFY' 'sip in BYE'
for call in 1 3; do
	show show call $call ladder | grep -q 'the two go on' || fail "the ladder of call $call does not say who is left"
done
show show call 2 ladder | grep -q 'nobody is left' || fail 'the ladder does not say that nobody is left'
stop
want 'what the phone was told' "$(frags)" 'refer|active;expires=600|SIP/2.0 100 Trying
refer|terminated;reason=noresource|SIP/2.0 486 Busy Here
refer|active;expires=600|SIP/2.0 100 Trying
refer|terminated;reason=noresource|SIP/2.0 481 Call/Transaction Does Not Exist'
