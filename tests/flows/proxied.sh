# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the Causeway developers
#
# Two gateways and a proxy between them, which Kamailio is with $PROXY: A calls B and
# B hangs up; B calls A and B hangs up. Which way ACK and BYE went is for the case.
. "$HERE/../flows/lib.sh"
. "$HERE/../flows/pair.sh"
kamailio_start proxy $PROXY
SIP2=$PHONE TWO_PEER=$FAR
two gateway_two
gateway
two pbx b 'answer 5550... as B1
  alert
  after 200ms connect
  wait 300ms
  clear cause 16
  expect released within 4s
call 3035550101 from 5550100 after 2s as B2
  expect connect within 4s
  after 300ms clear cause 16
  expect released within 4s'
pbx a 'answer 3035550... as A2
  expect calling 5550100
  alert
  after 200ms connect
  expect disconnect cause 16 within 8s
call 5550100 from 3035550100 after 1s as A1
  expect connect within 6s
  expect disconnect cause 16 within 8s'
pbx_done a
two pbx_done b
two nothing_left
ladders 2
two ladders 2
out=$(show show call history voice | awk '$5 == "5550100" { print $1 }')
in=$((3 - out))
whole_call_out gateway-1 $out called
two whole_call_in gateway-2 $out called
whole_call_in gateway-1 $in caller
two whole_call_out gateway-2 $in caller
two stop
stop
want 'INVITEs of gateway 1' "$(sent_to INVITE $FAR)" '1 0'
want 'INVITEs of gateway 2' "$(two sent_to INVITE $FAR)" '1 0'
