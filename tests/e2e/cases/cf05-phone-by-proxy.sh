# Figure 4-2: baresip, a proxy that leaves the path, the gateway, the PBX. The ACK and
# the BYE come straight from the phone, and the two hear each other.
. "$HERE/../flows/lib.sh"
. "$HERE/../flows/pair.sh"
kamailio_start proxy
gateway
FAR=$PHONE baresip_calls $FAR
whole_call_in gateway 1 caller
stop
came() { fields "$W/gw.pcapng" "sip.Method == $1 && udp.dstport == $SIP" udp.srcport | sort -u | tr '\n' ' '; }
want 'who sent the INVITE' "$(came INVITE)" "$FAR "
want 'who sent the ACK' "$(came ACK)" "$PHONE "
want 'who sent the BYE' "$(came BYE)" "$PHONE "
