# Figure 4-3: the numbers behind the gateway are registered (401, 423), calls to
# them come through the proxy, and they are taken back when the line is lost.
. "$HERE/../flows/lib.sh"
. "$HERE/../flows/pair.sh"
kamailio_start registrar
PEER_OPTIONS=' registrar expires 30
 authentication username gw password secret'
POTS_OPTIONS=" register 3035550100"
registered() { [ "$(show show sip-ua register status | grep -c " $1 ")" = "$2" ]; }
gateway
pbx a 'answer 3035550... as B
  connect
  expect disconnect cause 16 within 10s
  wait 2s'
line_up a
until_true 10 registered yes 1 || fail 'nothing was registered'
routed uac
SIPP_PORT=$PHONE sipp_start near routed-uac -s 3035550100 -d 300 -rsa "$HOST:$FAR"
sipp_done near
pbx_done a
until_true 20 registered no 1 || fail 'the number was not taken back'
show show sip-ua register status
ladders 1
saw_lists gateway 1 "isdn out SETUP|isdn in CALL PROCEEDING|isdn in CONNECT|isdn out CONNECT ACKNOWLEDGE|$OUT_CLEARS" \
	"sip in INVITE|sip out 100 Trying (INVITE)|sip out 200 OK (INVITE)|sip in ACK|$IN_BYE"
stop
want 'what was asked, in order' "$(fields "$W/gw.pcapng" "sip.Method == REGISTER && udp.srcport == $SIP" \
	sip.Expires | tr '\n' ' ')" '30 30 60 0 '
