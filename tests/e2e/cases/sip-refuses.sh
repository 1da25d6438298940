# What SIP refuses with 4xx, 5xx and 6xx, the PBX sees as the cause of RFC 3398.
. "$HERE/../flows/pair.sh"
gateway
script=
said=()
row() { # status cause
	said+=("$1 As Dialled")
	script="$script
call 5550$1 from 3035551000 as s$1
  expect disconnect cause $2 within 8s"
}
row 404 1
row 408 102
row 410 22
row 415 79
row 480 18
row 482 25
row 484 28
row 486 17
row 488 88
row 500 41
row 502 38
row 504 102
row 600 17
row 603 21
refusing "${said[@]}"
sipp_start far refuse -m ${#said[@]}
pbx a "$script"
pbx_done a
sipp_done far
show show call history voice
ladders 14
for call in $(seq 1 ${#said[@]}); do
	before gateway $call 'isdn in SETUP' 'isdn out CALL PROCEEDING' 'isdn out DISCONNECT' 'isdn in RELEASE' 'isdn out RELEASE COMPLETE'
	before gateway $call 'sip out INVITE' 'sip out ACK' 'isdn out DISCONNECT'
done
stop
