# Signalling and sound over IPv6: a call in each direction, heard bit by bit.
HOST=::1
gateway
calls_each_way PCMA
stop
