# A span without dahdi_cfg is named in plain words; what the service does before
# it starts (--system-conf, dahdi_cfg) brings it up with the gateway running, and
# gives its channels an echo canceller that works during calls only.
span_fresh 1
gateway
until_line "$W/gw.log" 'its D channel is not configured, dahdi_cfg has not run or its file lacks the span'
pbx a 'answer 3035550... times 1 as B
  connect
  expect disconnect cause 16 within 10s'
CAUSEWAYD=$B/causewayd "$HERE/../../tools/dahdi-setup" "$W/gw.conf" >"$W/setup" 2>&1
! grep -E 'dahdi-setup:|error' "$W/setup" || cat "$W/setup"
grep -q 'dahdi-setup:' "$W/setup" && fail 'dahdi_cfg refused --system-conf'
until_line "$W/gw.log" 'line is up'
line_up a
working() { grep -c 'EC: MG2 - ACTIVE' /proc/dahdi/1; }
want 'cancellers before the call' "$(working)" 0
sipp_start near uac -s 3035550100 -d 2000
until_line "$W/near.msg" 'SIP/2.0 200'
sleep 1
want 'cancellers in the call' "$(working)" 1
sipp_done near
pbx_done a
sleep 1
want 'cancellers after the call' "$(working)" 0
stop
span_fresh 1
span_back 1
