# The PBX clears with something to hear (DISCONNECT with progress 8): the SIP
# caller hears it while still in 183, then is refused with the PBX's cause.
gateway
pbx a 'answer 3035550... as B
  play tone 620 -15
  clear cause 17 inband
  expect released within 30s'
line_up a
phone_start phone --codec PCMA --expect tone:620:-15 --within 8
sipp_start near uac-refused -s 3035550100 -key types 8
sipp_done near
pbx_done a
phone_done phone
ladders
stop
got=$(final 3035550100)
case $got in
"486|Q.850;cause=17;text="*) ;;
*) fail "the caller was refused with '$got', wanted 486 and cause 17" ;;
esac
