# Figure 4-3 with two registrars: the first does not answer, the number goes to the
# second (Kamailio, 401), and a call to it comes from there.
. "$HERE/../flows/lib.sh"
. "$HERE/../flows/pair.sh"
kamailio_start registrar
SIP_OPTIONS=' timer T1 100ms'
PEER_OPTIONS=' registrar expires 60
 registrar secondary
 authentication username gw password secret'
POTS_OPTIONS=" register 3035550100"
FIRST=$((FAR + 2))
registered() { show show sip-ua register status | grep -q " yes .* far\| far .* yes "; }
gateway 'sip-peer first' " address $(host):$FIRST" ' registrar expires 60' \
	' authentication username gw password secret' '!'
pbx a 'answer 3035550... as B
  alert
  connect
  expect disconnect cause 16 within 25s'
line_up a
until_true 15 registered || {
	fail 'nothing was registered at the second'
	show show sip-ua register status
}
routed uac
SIPP_PORT=$PHONE sipp_start near routed-uac -s 3035550100 -d 300 -rsa "$HOST:$FAR"
sipp_done near
pbx_done a
ladders
whole_call_in gateway 1 caller
stop
to() { fields "$W/gw.pcapng" "sip.Method == REGISTER && udp.dstport == $1" sip.to.user sip.auth.username | sort -u; }
want 'what the first was asked' "$(to $FIRST)" '3035550100|'
want 'what the second was asked' "$(to $FAR)" '3035550100|
3035550100|"gw"'
asked=$(fields "$W/gw.pcapng" 'sip.Method == REGISTER' udp.dstport | uniq | tr '\n' ' ')
case $asked in
"$FIRST $FAR "*) ;;
*) fail "the registrars were asked in the order $asked" ;;
esac
