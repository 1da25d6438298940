# Two users tell each other things in every message that may carry them, and who is
# at the phone changes: the PBX is told both. tshark reads the elements and headers.
SPAN_OPTIONS=' isdn side user
 isdn user-to-user on' PEER_OPTIONS=' user-to-user'
gateway
sipp_start far uas-uui
pbx a 'call 5550100 from 3035551000 uui 0468656c6c6f as A
  expect alerting within 10s
  expect uui 040102
  expect connect within 10s
  expect uui c800ff
  expect connected 5550188
  expect connected 5550177 within 5s
  uui 04627965
  clear cause 16
  expect released within 5s'
pbx_done a
sipp_done far
ladders
stop
want 'the INVITE' "$(fields "$W/gw.pcapng" 'sip.Method == INVITE && sip.CSeq.seq == 1' sip.uui | head -n 1)" \
	'0468656c6c6f;purpose=isdn-uui;encoding=hex;content=isdn-uui'
want 'user-user elements on the line' \
	"$(fields "$W/a.pcap" q931.user.protocol_discriminator q931.message_type q931.user.protocol_discriminator | tr '\n' ' ')" \
	'0x05|0x04 0x01|0x04 0x07|0xc8 0x45|0x04 '
