# Figure B-3: a phone in a call sends the PBX elsewhere as it hangs up, by BYE with
# Also: the channel stays up, another phone answers, both hear each other.
. "$HERE/../flows/pair.sh"
HOW=also ASKER=Requested-By MOVES="$IN_BYE|$OUT_SIP|$OUT_BYE" AND=
. "$HERE/../flows/transfer.sh"
