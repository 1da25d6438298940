# A phone that takes none of our codecs (488, Warning 305) is cause 65 at the PBX.
gateway
refusing '488 Not Acceptable Here
Warning: 305 far "Incompatible media format"'
sipp_start far refuse
pbx a 'call 5550488 from 3035551000 as A
  expect disconnect cause 65 within 8s'
pbx_done a
sipp_done far
ladders
stop
