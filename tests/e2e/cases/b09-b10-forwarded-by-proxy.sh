# Figures B-9 and B-10 with the gateway as User A: the proxy forwards at a 302, and at
# a 486, to User C behind gateway 2. PBX A hears one call that rings once.
. "$HERE/../flows/lib.sh"
. "$HERE/../flows/pair.sh"
forwarded_to 'answer 5550... times 2 as C'
refusing "302 Moved Temporarily
Contact: <sip:5550302@$HOST:$NEXT>" '486 Busy Here'
SIPP_PORT=$PHONE sipp_start b refuse -m 2
pbx a 'call 5550302 from 3035550100 as A1
  expect connect within 5s
  after 300ms clear cause 16
  expect released within 4s
call 5550486 from 3035550100 after 2s as A2
  expect connect within 5s
  after 300ms clear cause 16
  expect released within 4s'
pbx_done a
sipp_done b
two pbx_done c
two nothing_left
ladders 2
whole_call_out gateway 1 caller
whole_call_out gateway 2 caller
two whole_call_in gateway-2 1 caller
two whole_call_in gateway-2 2 caller
two stop
stop
calls() { fields "$W/gw.pcapng" "sip.Method == $1 && udp.srcport == $SIP && udp.dstport == $2" sip.Call-ID | sort -u | wc -l; }
want 'calls to the proxy' "$(calls INVITE $FAR)" 2
want 'BYEs to User C' "$(calls BYE $NEXT)" 2
