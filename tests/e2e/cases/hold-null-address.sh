# Figures B-2 and B-4 with the gateway as the called side, as in RFC 2543: the phone
# holds by c=0.0.0.0.
HOLD_AT=0.0.0.0 HOLD=ptime:20
. "$HERE/../flows/hold.sh"
