# A busy extension (cause 17) is 486 with a Reason at the phone.
. "$HERE/../flows/pair.sh"
gateway
pbx a 'answer 3035550... as B
  reject cause 17'
line_up a
sipp_start near uac-refused -s 3035550100 -key types 8
sipp_done near
pbx_done a
ladders
saw_lists gateway 1 'isdn out SETUP|isdn in CALL PROCEEDING|isdn in DISCONNECT|isdn out RELEASE|isdn in RELEASE COMPLETE' \
	'sip in INVITE|sip out 100 Trying (INVITE)|sip out 486 Busy Here (INVITE)|sip in ACK'
stop
want 'the final response' "$(final 3035550100)" '486|Q.850;cause=17;text="user busy";location=U|'
