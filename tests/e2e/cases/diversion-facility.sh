# A call that was sent on three times: EN 300 207 tells so to the exchange, in
# Facility; tshark, told that this is no QSIG, reads number, reason and count.
tshark() { command tshark -o 'q932.facility_encoding:Dissect facility as ETSI' "$@"; }
SPAN_OPTIONS="$SPAN_OPTIONS
 isdn diversion facility"
gateway
sed -e '/^INVITE/,/^]]/s/^Max-Forwards: 70$/&\nDiversion: <sip:5550177@h>;reason=user-busy;counter=3/' \
	"$HERE/../sipp/uac.xml" >"$W/diverted.xml"
pbx a 'answer 3035550... as B
  expect called 3035550100
  connect
  expect disconnect cause 16 within 10s'
line_up a
sipp_start near diverted -s 3035550100 -d 500
sipp_done near
pbx_done a
ladders
stop
tshark -r "$W/gw.pcapng" -Y 'q931.message_type == 0x05' -V 2>/dev/null >"$W/setup"
want 'the diversion' "$(sed -nE 's/^ *(diversion(Counter|Reason): .*|publicNumberDigits: .*)/\1/p' "$W/setup" | tr '\n' ' ')" \
	'diversionCounter: 3 diversionReason: cfb (2) publicNumberDigits: 5550177 '
want 'the element beside it' "$(grep -c 'Redirecting number' "$W/setup")" 0
