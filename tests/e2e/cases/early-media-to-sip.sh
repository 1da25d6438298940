# What the PBX plays before the answer (PROGRESS 8) is heard by SIP, after 183.
gateway
pbx a 'answer 3035550... as B
  progress inband
  play tone 620 -15
  after 2500ms connect
  expect disconnect cause 16 within 10s'
line_up a
phone_start phone --codec PCMA --expect tone:620:-15 --within 5
sipp_start near uac-early -s 3035550100 -d 300
sipp_done near
pbx_done a
phone_done phone
ladders
stop
