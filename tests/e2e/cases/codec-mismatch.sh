# An offer without a codec of ours is 488 with a Warning, a body that is no
# description 415 with Accept; neither rings at the PBX.
gateway
pbx a 'answer 3035550... times 1 as B
  reject cause 17'
line_up a
sipp_start near uac-refused -s 3035550101 -key types '18 4'
sipp_done near
sipp_start near uac-strange -s 3035550102
sipp_done near
show show call history voice
sipp_start near uac-refused -s 3035550103 -key types 8
sipp_done near
pbx_done a
stop
case $(final 3035550101) in
488\|*\|305\ *) ;;
*) fail "G.729 alone is answered with $(final 3035550101)" ;;
esac
want Accept "$(fields "$W/gw.pcapng" 'sip.Status-Code == 415' sip.Accept)" "application/sdp, multipart/mixed"
want 'what rang at the PBX' "$(grep -c 'SETUP' "$W/a.out")" 1
