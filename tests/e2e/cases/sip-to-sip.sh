# SIP to SIP where both dial-peers allow it.
VOIP_OPTIONS=' allow-same-kind
 incoming called-number 5550...'
gateway
sipp_start far uas
SIPP_PORT=$((FAR + 1)) SIPP_MEDIA=$((MEDIA + 4)) sipp_start near uac -s 5550100 -d 500
sipp_done near
sipp_done far
ladders
stop
