# A call agent that does not answer our offer in its ACK: BYE with cause 127.
gateway
pbx a 'answer 3035550... as B
  connect
  expect disconnect cause 127 within 10s'
line_up a
sipp_start near uac-delayed-silent -s 3035550100
sipp_done near
pbx_done a
ladders
why_says 'no answer to our offer in the ACK'
stop
