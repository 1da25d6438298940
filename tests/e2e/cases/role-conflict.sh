# Both ends of a span are the user side: the console says so in words.
PBX_SIDE=user
gateway
pbx a 'answer 3035550... always as B
  connect' --stay
told() { show show isdn status | grep -q "both ends are the user: change 'isdn side' here or there"; }
until_true 15 told || fail 'the conflict is not told'
show show isdn status
kill $PID_a
wait $PID_a
forget $PID_a
stop
