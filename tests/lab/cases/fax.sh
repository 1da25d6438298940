# A canceller of the driver works while people speak and goes when a fax or modem
# answers, on the line or at the phone; the driver itself says so. The call says
# it once; at rest and in the next call all is as before.
cancel() { sed "s/^alaw=.*/&\nechocanceller=mg2,1-15,17-31/" "$W/span1.conf" >"$W/echo.conf" && dahdi_cfg -c "$W/echo.conf" >"$W/dahdi_cfg.out" 2>&1; }
span_fresh 1
cancel || { fail 'dahdi_cfg'; cat "$W/dahdi_cfg.out"; }
gateway
pbx a 'answer 3035550100 times 1 as B
  connect
  play silence
  wait 2s
  play tone 2100 -12
  expect disconnect cause 16 within 20s
answer 3035550101 times 2 as C
  connect
  play silence
  expect disconnect cause 16 within 20s
answer 3035550102 times 1 as D
  connect
  play tone 425 -12
  expect disconnect cause 16 within 20s'
line_up a
working() { grep -c 'EC: MG2 - ACTIVE' /proc/dahdi/1; }
want 'cancellers at rest' "$(working)" 0

call() { # name, number, what the phone sends
	phone_start "$1" --codec PCMA --send "$3" --duration 6
	sipp_start "$1" uac -s "$2" -d 5000
	until_line "$W/$1.msg" 'SIP/2.0 200'
	sleep 0.1
	want "cancellers as $1 begins" "$(working)" 1
	sleep 3
	want "cancellers in $1" "$(working)" "$4"
	show show call active voice | tee "$W/$1.active"
	sipp_done "$1"
	sleep 1
	want "cancellers after $1" "$(working)" 0
}
call speech 3035550101 tone:1004:-12 1
call dial_tone 3035550102 tone:425:-12 1
call fax_on_the_line 3035550100 silence 0
call fax_at_the_phone 3035550101 tone:2100:-12 0
sed -n 's/^ *echo canceller //p' "$W"/fax_*.active | sort | tee "$W/why"
want 'why' "$(sed 's/.*from the //' "$W/why" | tr '\n' ' ')" 'other side telephone side '
want 'in speech' "$(sed -n 's/^ *echo canceller //p' "$W/speech.active")" 'on'
ladders 4 | tee "$W/ladders"
want 'ladder lines' "$(grep -c 'echo canceller off: answer tone' "$W/ladders")" 2
pbx_done a
stop
span_fresh 1
span_back 1
