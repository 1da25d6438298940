# The same by REFER: the phone that asked is told how it went and hung up on.
. "$HERE/../flows/pair.sh"
HOW=refer ASKER=Referred-By
MOVES="sip in REFER|sip out 202 Accepted (REFER)|sip out NOTIFY|$OUT_SIP|sip out NOTIFY|sip out BYE|sip out BYE"
AND='sip in 200 OK (NOTIFY)|sip in 200 OK (NOTIFY)|sip in 200 OK (BYE)|sip in 200 OK (BYE)'
. "$HERE/../flows/transfer.sh"
