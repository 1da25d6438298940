# baresip, a stranger, calls the PBX through the gateway: each hears the other's
# tone at its frequency and level.
gateway
baresip_calls $SIP
stop
