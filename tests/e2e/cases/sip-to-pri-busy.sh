# A busy extension (cause 17) is 486 with a Reason at the phone.
gateway
pbx a 'answer 3035550... as B
  reject cause 17'
line_up a
sipp_start near uac-refused -s 3035550100 -key types 8
sipp_done near
pbx_done a
ladders
stop
want 'the final response' "$(final 3035550100)" '486|Q.850;cause=17;text="user busy";location=U|'
