# A phone calls the PBX, and the PBX hangs up with cause 31: BYE with that Reason.
gateway
pbx a 'answer 3035550... as B
  connect
  expect connect-ack within 4s
  after 300ms clear cause 31
  expect released within 5s'
line_up a
sipp_start near uac-hung-up -s 3035550100
sipp_done near
pbx_done a
ladders
why_says 'ended by the called side: cause 31'
stop
want 'Reason of BYE' "$(fields "$W/gw.pcapng" 'sip.Method == BYE' sip.Reason)" \
	'Q.850;cause=31;text="normal, unspecified";location=U'
