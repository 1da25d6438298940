# The gateway as network, the PBX as user: a call in each direction.
SPAN_OPTIONS=' isdn side network' PBX_SIDE=user
gateway
calls_each_way PCMA
stop
