# Whose ringing tone: a 180 with a description and no sound behind it is answered
# with ours; it gives way to the far side's sound as soon as RTP comes, comes back
# when that ceases, and ends with the answer.
sed 's/183 Session Progress/180 Ringing/' "$HERE/../sipp/uas-early.xml" >"$W/uas-180.xml"
MEDIA_OPTIONS=' tone zone de
 ringback silence 1'
gateway
sipp_start far uas-180 -d 9000
pbx a 'call 5550100 from 3035551000 as A
  expect alerting inband within 5s
  expect tone 425 -30..-5 for 500ms within 3s
  expect tone 620 -17..-13 for 500ms within 5s
  expect tone 425 -30..-5 for 500ms within 5s
  expect connect within 10s
  expect silence 1s within 3s
  clear
  expect released within 5s'
until_true 10 sh -c "'$B/causeway' -s '$W/console' show call 1 ladder | grep -q 'no RTP has come'" ||
	fail 'no RTP was not noticed'
sleep 1.5
phone_start phone --remote "$(rtp_here)" --codec PCMA --send tone:620:-15 --duration 2
phone_done phone
pbx_done a
sipp_done far
ladders
for line in 'ours (de), sound is described, but no RTP has come' \
	'what the far side plays, its RTP has come' \
	'ours (de), the far side.s RTP has ceased'; do
	show show call 1 ladder | grep -q "$line" || fail "the ladder does not say: $line"
done
stop
