# Figure 8 with every status that redirects: 300, 301, 302, 305 and 380 lead to the phone
# they name, as the same call. A server that names itself is asked no more, and a peer
# with "no redirect" is not followed at all: cause 23.
. "$HERE/../flows/pair.sh"
POTS_OPTIONS='!
dial-peer voice 210 voip
 destination-pattern 5551...
 session target sip-peer plain'
gateway 'sip-peer plain' " address $(host):$((FAR + 2))" ' no redirect' '!'
refusing "302 Elsewhere
Contact: <sip:5551302@$(host):$((FAR + 1))>"
mv "$W/refuse.xml" "$W/plain.xml"
phone=$(host):$((FAR + 1))
statuses='300 301 302 305 380'
rows=()
for status in $statuses; do rows+=("$status Elsewhere
Contact: <sip:5550$status@$phone>"); done
refusing "${rows[@]}" "399 Here
Contact: <sip:5550399@$(host):$FAR>"
sipp_start far refuse -m 6
SIPP_PORT=$((FAR + 1)) sipp_start phone uas -m 5
SIPP_PORT=$((FAR + 2)) sipp_start plain plain
script='call 5550399 from 3035550100 as itself
  expect disconnect cause 23 within 4s
call 5551302 from 3035550100 as off
  expect disconnect cause 23 within 4s'
after=0
for status in $statuses; do
	script="$script
call 5550$status from 3035550100 after ${after}ms as s$status
  expect connect within 4s
  after 200ms clear
  expect released within 4s"
	after=$((after + 200))
done
pbx a "$script"
pbx_done a
sipp_done far
sipp_done phone
sipp_done plain
show show call history voice
ladders 1
stop
asked() { fields "$W/gw.pcapng" "sip.Method == INVITE && sip.to.user == $1" udp.dstport sip.CSeq.seq sip.Call-ID | awk -F'|' '{ print $1, $2; id[$3] } END { print length(id) }' | tr '\n' ' '; }
for status in $statuses; do
	want "where the INVITEs for $status went" "$(asked 5550$status)" "$FAR 1 $((FAR + 1)) 2 1 "
done
want 'where the INVITEs for a circle went' "$(asked 5550399)" "$FAR 1 1 "
want 'where the INVITEs went that were not to follow' "$(asked 5551302)" "$((FAR + 2)) 1 1 "
