# A phone that was to refresh the call within 10 s and did not: BYE before they are
# over, and cause 102 on both networks.
gateway
sipp_start far uas-forgetful
pbx a 'call 5550100 from 3035551000 as A
  expect connect within 10s
  expect disconnect cause 102 within 10s'
pbx_done a
sipp_done far
ladders
why_says 'timer session'
stop
