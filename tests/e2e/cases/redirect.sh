# Figure 8: a redirect server names two places; the first is busy, the second one
# answers. One Call-ID, one From tag, the CSeq counting up.
. "$HERE/../flows/pair.sh"
gateway
cat >"$W/redirect.xml" <<XML
<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="redirect">
  <recv request="INVITE"/>
  <send retrans="500"><![CDATA[
SIP/2.0 300 Multiple Choices
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:5550100@$HOST:$((FAR + 2))>;q=0.3
Contact: <sip:5550100@$HOST:$((FAR + 1))>;q=0.8
Content-Length: 0

]]></send>
  <recv request="ACK"/>
</scenario>
XML
sipp_start server redirect
refusing '486 Busy Here'
sed -i 's/<ereg[^>]*>/<ereg regexp=".*" search_in="msg" assign_to="is486"\/>/' "$W/refuse.xml"
SIPP_PORT=$((FAR + 1)) sipp_start busy refuse
SIPP_PORT=$((FAR + 2)) sipp_start phone uas
pbx a 'call 5550100 from 3035551000 as A
  expect proceeding within 1s
  expect connect within 10s
  after 300ms clear
  expect released within 5s'
sipp_done server
sipp_done busy
sipp_done phone
pbx_done a
ladders 1
why_says 'ended by the caller: cause 16'
next='sip out INVITE|sip in 300 Multiple Choices (INVITE)|sip out ACK|sip out INVITE|sip in 486 Busy Here (INVITE)|sip out ACK'
whole_call_out gateway 1 caller "$next"
stop
list=$(fields "$W/gw.pcapng" "sip.Method == INVITE" udp.dstport sip.CSeq.seq sip.Call-ID sip.from.tag)
want 'where the INVITEs went' "$(echo "$list" | cut -d'|' -f1,2 | tr '\n' ' ')" \
	"$FAR|1 $((FAR + 1))|2 $((FAR + 2))|3 "
want 'calls' "$(echo "$list" | cut -d'|' -f3,4 | sort -u | wc -l)" 1
