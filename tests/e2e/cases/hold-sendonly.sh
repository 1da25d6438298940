# The same by a=sendonly (RFC 3264).
HOLD_AT=$HOST HOLD=sendonly
. "$HERE/../flows/hold.sh"
