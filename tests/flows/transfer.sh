# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the Causeway developers
#
# A phone in a call sends the PBX to another phone as SIPp's uac-$HOW does; they hear
# each other. $MOVES is what SIP says from then on, $AND what may come between,
# $ASKER the header that says who asked.
PEER_OPTIONS=' transfer'
gateway 'sip-peer carol' " address $(host):$((FAR + 1))" '!'
pbx a 'answer 3035550... as B
  connect
  play tone 440 -10
  expect tone 1004 -12..-8 for 2s within 15s
  clear
  expect released within 5s'
line_up a
SIPP_PORT=$((FAR + 1)) SIPP_MEDIA=$((MEDIA + 4)) sipp_start carol uas
PHONE_PORT=$((MEDIA + 4)) phone_start phone --codec PCMA --send tone:1004:-10 --expect tone:440:-10 --duration 6
sipp_start bob uac-$HOW -s 3035550100 -d 700 -key where "sip:5550700@$(host):$((FAR + 1))"
sipp_done bob
pbx_done a
sipp_done carol
phone_done phone
grep -qi "$ASKER:" "$W/carol.msg" || fail 'who asked is not told'
show show call 1 ladder | grep -q 'far transfers to ' || fail 'the ladder does not say who transferred'
ladders
saw_lists gateway 1 "isdn out SETUP|isdn in CALL PROCEEDING|isdn in CONNECT|isdn out CONNECT ACKNOWLEDGE|$IN_CLEARS" \
	"sip in INVITE|sip out 100 Trying (INVITE)|sip out 200 OK (INVITE)|sip in ACK|$MOVES" ${AND:+"$AND"}
stop
