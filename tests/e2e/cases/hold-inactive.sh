# The same by a=inactive: neither way.
HOLD_AT=$HOST HOLD=inactive PBX_HEARS='for 500ms'
. "$HERE/../flows/hold.sh"
