/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * See torture.h. Addresses and names are those reserved for documents; nothing
 * of this is ever looked up, for an answer goes where the datagram came from.
 */
#include "tests/gateway/sip/torture.h"

#include <string.h>

#include "kernel/base.h"
#include "tests/test.h"

#define T(name_, text_)                                       \
	{                                                     \
		.name = (name_), .text = (text_),             \
		.len = sizeof(text_) - 1 /* with its NULs */, \
	}

#define VIA(address) "Via: SIP/2.0/UDP " address ";branch=z9hG4bKkdjuw\r\n"
#define TO_FROM                        \
	"To: sip:user@example.com\r\n" \
	"From: sip:caller@example.net;tag=93942939o2\r\n"
#define STD TO_FROM "Max-Forwards: 70\r\n"
#define SDP                                                             \
	"Content-Type: application/sdp\r\n\r\nv=0\r\n"                  \
	"o=mhandley 29739 7272939 IN IP4 192.0.2.1\r\ns=-\r\n"          \
	"c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 49217 RTP/AVP 0 12\r\n" \
	"m=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n"
#define NONE "Content-Length: 0\r\n\r\n"

#define LONG4(x)  x x x x
#define LONG16(x) LONG4(LONG4(x))

const struct torture torture[TORTURES] = {
	/* clang-format off */
	/* 3.1.1: valid, however they look */
	T("wsinv",
	  "INVITE sip:{vivekg}@chair-dnrc.example.com;unknownparam SIP/2.0\r\n"
	  "TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\n"
	  "from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8\r\n"
	  "MaX-fOrWaRdS: 0068\r\nCall-ID: wsinv.ndaksdj@192.0.2.1\r\nContent-Length   : 150\r\n"
	  "cseq: 0009\r\n  INVITE\r\nVia  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw\r\ns :\r\n"
	  "NewFangledHeader:   newfangled value\r\n continued newfangled value\r\n"
	  "UnknownHeaderWithUnusualValue: ;;,,;;,;\r\nContent-Type: application/sdp\r\n"
	  "Route:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n"
	  "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n"
	  " SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239\r\n"
	  "m:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n"
	  "  secondparam ; q = 0.33\r\n\r\n"
	  "v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\n"
	  "m=audio 49217 RTP/AVP 0 12\r\nm=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n"),
	T("intmeth", /* BEL, NUL and DEL may be quoted */
	  "!interesting-Method0123456789_*+`.%indeed'~ "
	  "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0\r\n"
	  "Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~\r\n"
	  "To: \"BEL:\\\a NUL:\\\0 DEL:\\\x7f\" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>\r\n"
	  "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>\r\n"
	  " ;fromParam''~+*_!.-%=\"\xd1\x80\xd0\xb0\xd0\xb1\xd0\xbe\";tag=_token~1'+`*%!-.\r\n"
	  "Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{\r\n"
	  "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~\r\nMax-Forwards: 255\r\n"
	  "extensionHeader-!.%*+_`'~:\xef\xbb\xbf\xe5\xa4\xa7\xe5\x81\x9c\xe9\x9b\xbb\r\n" NONE),
	T("esc01",
	  "INVITE sip:{sips%3Auser%40example.com}@example.net SIP/2.0\r\nTo: sip:%75se%72@example.com\r\n"
	  "From: <sip:I%20have%20spaces@example.net>;tag=938\r\nMax-Forwards: 87\r\n"
	  "i: esc01.239409asdfakjkn23onasd0-3234\r\nCSeq: 234234 INVITE\r\n" VIA("host5.example.net")
	  "Contact:\r\n  <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>\r\n" SDP),
	T("escnull",
	  "REGISTER sip:example.com SIP/2.0\r\nTo: sip:null-%00-null@example.com\r\n"
	  "From: sip:null-%00-null@example.com;tag=839923423\r\nMax-Forwards: 70\r\n"
	  "Call-ID: escnull.39203ndfvkjdasfkq3w4otrq0adsfdfnavd\r\nCSeq: 14398234 REGISTER\r\n" VIA("host5.example.com")
	  "Contact: <sip:%00@host5.example.com>\r\nContact: <sip:%00%00@host5.example.com>\r\nL:0\r\n\r\n"),
	T("esc02", /* no escape means anything in a method */
	  "RE%47IST%45R sip:registrar.example.com SIP/2.0\r\nTo: \"%Z%45\" <sip:resource@example.com>\r\n"
	  "From: \"%Z%45\" <sip:resource@example.com>;tag=f232jadfj23\r\n"
	  "Call-ID: esc02.asdfnqwo34rq23i34jrjasdcnl23nrlknsdf\r\n"
	  "Via: SIP/2.0/TCP host.example.com;branch=z9hG4bK209%fzsnel234\r\nCSeq: 29344 RE%47IST%45R\r\n"
	  "Max-Forwards: 70\r\nContact: <sip:alias1@host1.example.com>\r\nC%6Fntact: <sip:alias2@host2.example.com>\r\n"
	  "Contact: <sip:alias3@host3.example.com>\r\nl: 0\r\n\r\n"),
	T("lwsdisp",
	  "OPTIONS sip:user@example.com SIP/2.0\r\nTo: sip:user@example.com\r\n"
	  "From: caller<sip:caller@example.com>;tag=323\r\nMax-Forwards: 70\r\n"
	  "Call-ID: lwsdisp.1234abcd@funky.example.com\r\nCSeq: 60 OPTIONS\r\n" VIA("funky.example.com") "l: 0\r\n\r\n"),
	T("longreq",
	  "INVITE sip:{user}@example.com SIP/2.0\r\n"
	  "To: \"I have a user name of " LONG16("extreme ") "proportion\"\r\n <sip:user@example.com:6000;unknownparam1=very"
	  LONG16("long") "value;longparam" LONG16("name") "=shortvalue;very" LONG16("long") "parameternamewithnovalue>\r\n"
	  "F: sip:amazinglylongcallername" LONG16("name") "@example.net;tag=12982" LONG16("424")
	  ";unknownheaderparam" LONG16("name") "=unknownheaderparam" LONG16("value") ";unknownValueless" LONG16("param") "\r\n"
	  "Call-ID: longreq.one" LONG16("really") "longcallid\r\nCSeq: 3882340 INVITE\r\n"
	  "Unknown-" LONG16("Long-") "Name: unknown-" LONG16("long-") "value; unknown-" LONG16("long-") "parameter\r\n"
	  "Via: SIP/2.0/TCP sip33.example.com\r\nv: SIP/2.0/TCP sip32.example.com\r\nV: SIP/2.0/TCP sip31.example.com\r\n"
	  "Via: SIP/2.0/TCP sip30.example.com\r\n" LONG16("ViA: SIP/2.0/TCP sip2x.example.com\r\n")
	  LONG4("VIa: SIP/2.0/TCP sip1x.example.com\r\n") LONG4("Via: SIP/2.0/TCP sip0x.example.com\r\n")
	  "Via: SIP/2.0/TCP host.example.com;received=192.0.2.5;branch=very" LONG16("long") "branchvalue\r\n"
	  "Max-Forwards: 70\r\nContact: <sip:amazinglylongcallername" LONG16("name") "@host5.example.net>\r\n" SDP),
	T("dblreq", /* what follows in the datagram is no message */
	  "REGISTER sip:example.com SIP/2.0\r\nTo: sip:j.user@example.com\r\nFrom: sip:j.user@example.com;tag=43251j3j324\r\n"
	  "Max-Forwards: 8\r\nI: dblreq.0ha0isndaksdj99sdfafnl3lk233412\r\nContact: sip:j.user@host.example.com\r\n"
	  "CSeq: 8 REGISTER\r\nVia: SIP/2.0/UDP 192.0.2.125;branch=z9hG4bKkdjuw23492\r\n" NONE
	  "\r\nINVITE sip:joe@example.com SIP/2.0\r\nt: sip:joe@example.com\r\nFrom: sip:caller@example.net;tag=141334\r\n"
	  "Max-Forwards: 8\r\nCall-ID: dblreq.0ha0isnda977644900765@192.0.2.15\r\nCSeq: 8 INVITE\r\n"
	  "Via: SIP/2.0/UDP 192.0.2.15;branch=z9hG4bKkdjuw380234\r\nContact: <sip:caller@host15.example.net>\r\n" SDP),
	T("semiuri", /* all of it before @ is the user */
	  "OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0\r\nTo: sip:j_user@example.com\r\n"
	  "From: sip:caller@example.org;tag=33242\r\nMax-Forwards: 3\r\nCall-ID: semiuri.0ha0isndaksdj\r\nCSeq: 8 OPTIONS\r\n"
	  "Accept: application/sdp, application/pkcs7-mime,\r\n        multipart/mixed, multipart/signed,\r\n"
	  "        message/sip, message/sipfrag\r\n" VIA("192.0.2.1") "l: 0\r\n\r\n"),
	T("transports",
	  "OPTIONS sip:user@example.com SIP/2.0\r\nTo: sip:user@example.com\r\nFrom: <sip:caller@example.com>;tag=323\r\n"
	  "Max-Forwards: 70\r\nCall-ID: transports.kijh4akdnaqjkwendsasfdj\r\nAccept: application/sdp\r\nCSeq: 60 OPTIONS\r\n"
	  VIA("t1.example.com") "Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf\r\n"
	  "Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj\r\nVia: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en\r\n"
	  "Via: SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee\r\nl: 0\r\n\r\n"),
	T("mpart01", /* a body of any octets */
	  "MESSAGE sip:kumiko@example.org SIP/2.0\r\n"
	  "Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-d87543-4dade06d0bdb11ee-1--d87543-;rport\r\n"
	  "Max-Forwards: 70\r\nRoute: <sip:127.0.0.1:5080>\r\nIdentity: r5mwreLuyDRYBi/0TiPwEsY3rEVsk/G2WxhgTV1PF7hHuL\r\n"
	  "Identity-Info: <https://127.0.0.1/cert>;alg=rsa-sha1\r\nContent-Type: multipart/mixed;boundary=7a9cbec02ceef655\r\n"
	  "Date: Sat, 15 Oct 2005 04:44:56 GMT\r\nUser-Agent: SIPimp.org/0.2.5 (curses)\r\nTo: <sip:kumiko@example.org>\r\n"
	  "From: <sip:fluffy@example.com>;tag=2fb0dcc9\r\nCall-ID: 3d9485ad0c49859b@Zmx1ZmZ5LW1hYy0xNi5sb2NhbA..\r\n"
	  "CSeq: 1 MESSAGE\r\nContent-Transfer-Encoding: binary\r\nContent-Length: 194\r\n\r\n"
	  "--7a9cbec02ceef655\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\nHello\r\n"
	  "--7a9cbec02ceef655\r\nContent-Type: application/octet-stream\r\n\r\n"
	  "0\x82\x01\x52\x06\x09*\x86H\x00\x86\xf7\r\r\n\x00\x80\xff\r\n--7a9cbec02ceef655--\r\n"),
	T("unreason",
	  "SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe \xd1\x81\xd1\x82\xd0\xbe - \xd0\xbf\xd1\x80\xd0\xbe\xd1\x81\xd1\x82\r\n"
	  "Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923\r\nCall-ID: unreason.1234ksdfak3j2erwedfsASdf\r\nCSeq: 35 INVITE\r\n"
	  "From: sip:user@example.com;tag=11141343\r\nTo: sip:user@example.edu;tag=2229\r\nContact: <sip:user@host198.example.com>\r\n" SDP),
	T("noreason",
	  "SIP/2.0 100 \r\nVia: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe\r\nCall-ID: noreason.asndj203insdf99223ndf\r\n"
	  "CSeq: 35 INVITE\r\nFrom: <sip:user@example.com>;tag=39ansfi3\r\nTo: <sip:user@example.edu>;tag=902jndnke3\r\n"
	  "Content-Length: 0\r\nContact: <sip:user@host105.example.com>\r\n\r\n"),
	/* 3.1.2: invalid */
	T("badinv01",
	  "INVITE sip:{user}@example.com SIP/2.0\r\nTo: sip:j.user@example.com\r\nFrom: sip:caller@example.net;tag=134161461246\r\n"
	  "Max-Forwards: 7\r\nCall-ID: badinv01.0ha0isndaksdjasdf3234nas\r\nCSeq: 8 INVITE\r\n"
	  "Via: SIP/2.0/UDP 192.0.2.15;;,;,,\r\nContact: \"Joe\" <sip:joe@example.org>;;;;\r\n" SDP),
	T("clerr",
	  "INVITE sip:{user}@example.com SIP/2.0\r\nMax-Forwards: 80\r\nTo: sip:j.user@example.com\r\n"
	  "From: sip:caller@example.net;tag=93942939o2\r\nContact: <sip:caller@hungry.example.net>\r\n"
	  "Call-ID: clerr.0ha0isndaksdjweiafasdk3\r\nCSeq: 8 INVITE\r\n"
	  "Via: SIP/2.0/UDP host5.example.com;branch=z9hG4bK-39234-23523\r\nContent-Length: 9999\r\n" SDP),
	T("ncl",
	  "INVITE sip:{user}@example.com SIP/2.0\r\nMax-Forwards: 254\r\nTo: sip:j.user@example.com\r\n"
	  "From: sip:caller@example.net;tag=32394234\r\nCall-ID: ncl.0ha0isndaksdj2193423r542w35\r\nCSeq: 0 INVITE\r\n"
	  VIA("192.0.2.53") "Contact: <sip:caller@example53.example.net>\r\nContent-Length: -999\r\n" SDP),
	T("scalar02",
	  "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/TCP host129.example.com;branch=z9hG4bK342sdfoi3\r\n"
	  "To: <sip:user@example.com>\r\nFrom: <sip:user@example.com>;tag=239232jh3\r\nCSeq: 36893488147419103232 REGISTER\r\n"
	  "Call-ID: scalar02.23o0pd9vanlq3wnrlnewofjas9ui32\r\nMax-Forwards: 300\r\nExpires: 10000000000000000\r\n"
	  "Contact: <sip:user@host129.example.com>\r\n  ;expires=280297596632815\r\n" NONE),
	T("scalarlg",
	  "SIP/2.0 503 Service Unavailable\r\n"
	  "Via: SIP/2.0/TCP host129.example.com;branch=z9hG4bKzzxdiwo34sw;received=192.0.2.129\r\nTo: <sip:user@example.com>\r\n"
	  "From: <sip:other@example.net>;tag=2easdjfejw\r\nCSeq: 9292394834772304023312 OPTIONS\r\n"
	  "Call-ID: scalarlg.noase0of0234hn2qofoaf0232aewf2394r\r\nRetry-After: 949302838503028349304023988\r\n"
	  "Warning: 1812 overture \"In Progress\"\r\n" NONE),
	T("quotbal",
	  "INVITE sip:{user}@example.com SIP/2.0\r\nTo: \"Mr. J. User <sip:j.user@example.com>\r\nFrom: sip:caller@example.net;tag=93334\r\n"
	  "Max-Forwards: 10\r\nCall-ID: quotbal.aksdj\r\nContact: <sip:caller@host59.example.net>\r\nCSeq: 8 INVITE\r\n"
	  "Via: SIP/2.0/UDP 192.0.2.59:5050;branch=z9hG4bKkdjuw39234\r\n" SDP),
	T("ltgtruri",
	  "INVITE <sip:{user}@example.com> SIP/2.0\r\nTo: sip:user@example.com\r\nFrom: sip:caller@example.net;tag=39291\r\n"
	  "Max-Forwards: 23\r\nCall-ID: ltgtruri.1@192.0.2.5\r\nCSeq: 1 INVITE\r\nVia: SIP/2.0/UDP 192.0.2.5\r\n"
	  "Contact: <sip:caller@host5.example.net>\r\n" SDP),
	T("lwsruri",
	  "INVITE sip:{user}@example.com; lr SIP/2.0\r\nTo: sip:user@example.com;tag=3xfe-9921883-z9f\r\n"
	  "From: sip:caller@example.net;tag=231413434\r\nMax-Forwards: 5\r\nCall-ID: lwsruri.asdfasdoeoi2323-asdfwrn23-asd834rk423\r\n"
	  "CSeq: 2130706432 INVITE\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKkdjuw2395\r\n"
	  "Contact: <sip:caller@host1.example.net>\r\n" SDP),
	T("lwsstart",
	  "INVITE  sip:{user}@example.com  SIP/2.0\r\nMax-Forwards: 8\r\nTo: sip:user@example.com\r\n"
	  "From: sip:caller@example.net;tag=8814\r\nCall-ID: lwsstart.dfknq234oi243099adsdfnawe3@example.com\r\nCSeq: 1893884 INVITE\r\n"
	  "Via: SIP/2.0/UDP host1.example.com;branch=z9hG4bKkdjuw3923\r\nContact: <sip:caller@host1.example.net>\r\n" SDP),
	T("trws",
	  "OPTIONS sip:remote-target@example.com SIP/2.0  \r\nVia: SIP/2.0/TCP host1.example.com;branch=z9hG4bK299342093\r\n"
	  "To: <sip:remote-target@example.com>\r\nFrom: <sip:local-resource@example.com>;tag=329429089\r\n"
	  "Call-ID: trws.oicu34958239neffasdhr2345r\r\nAccept: application/sdp\r\nCSeq: 238923 OPTIONS\r\nMax-Forwards: 70\r\n" NONE),
	T("escruri",
	  "INVITE sip:{user}@example.com?Route=%3Csip:example.com%3E SIP/2.0\r\nTo: sip:user@example.com\r\n"
	  "From: sip:caller@example.net;tag=341518\r\nMax-Forwards: 7\r\nContact: <sip:caller@host39923.example.net>\r\n"
	  "Call-ID: escruri.23940-asdfhj-aje3br-234q098w-fawerh2q-h4n5\r\nCSeq: 149209342 INVITE\r\n"
	  "Via: SIP/2.0/UDP host-of-the-hour.example.com;branch=z9hG4bKkdjuw\r\n" SDP),
	T("baddate", /* a zone other than GMT; nobody here reads it */
	  "INVITE sip:{user}@example.com SIP/2.0\r\nTo: sip:user@example.com\r\nFrom: sip:caller@example.net;tag=2234923\r\n"
	  "Max-Forwards: 70\r\nCall-ID: baddate.239423mnsadf3j23lj42--sedfnm234\r\nCSeq: 1392934 INVITE\r\n" VIA("host.example.com")
	  "Date: Fri, 01 Jan 2010 16:00:00 EST\r\nContact: <sip:caller@host5.example.net>\r\n" SDP),
	T("regbadct",
	  "REGISTER sip:example.com SIP/2.0\r\nTo: sip:user@example.com\r\nFrom: sip:user@example.com;tag=998332\r\n"
	  "Max-Forwards: 70\r\nCall-ID: regbadct.k345asrl3fdbv@10.0.0.1\r\nCSeq: 1 REGISTER\r\n"
	  "Via: SIP/2.0/UDP 135.180.130.133:5060;branch=z9hG4bKkdjuw\r\n"
	  "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E\r\nl: 0\r\n\r\n"),
	T("badaspec",
	  "OPTIONS sip:user@example.org SIP/2.0\r\nVia: SIP/2.0/UDP host4.example.com:5060;branch=z9hG4bKkdju43234\r\nMax-Forwards: 70\r\n"
	  "From: \"Bell, Alexander\" <sip:a.g.bell@example.com>;tag=433423\r\nTo: \"Watson, Thomas\" < sip:t.watson@example.org >\r\n"
	  "Call-ID: badaspec.sdf0234n2nds0a099u23h3hnnw009cdkne3\r\nAccept: application/sdp\r\nCSeq: 3923239 OPTIONS\r\nl: 0\r\n\r\n"),
	T("baddn",
	  "OPTIONS sip:t.watson@example.org SIP/2.0\r\nVia:     SIP/2.0/UDP c.example.com:5060;branch=z9hG4bKkdjuw\r\nMax-Forwards:      70\r\n"
	  "From:    Bell, Alexander <sip:a.g.bell@example.com>;tag=43\r\nTo:      Watson, Thomas <sip:t.watson@example.org>\r\n"
	  "Call-ID: baddn.31415@c.example.com\r\nAccept: application/sdp\r\nCSeq:    3923239 OPTIONS\r\nl: 0\r\n\r\n"),
	T("badvers",
	  "OPTIONS sip:t.watson@example.org SIP/7.0\r\nVia: SIP/7.0/UDP c.example.com;branch=z9hG4bKkdjuw\r\nMax-Forwards: 70\r\n"
	  "From: A. Bell <sip:a.g.bell@example.com>;tag=qweoiqpe\r\nTo: T. Watson <sip:t.watson@example.org>\r\n"
	  "Call-ID: badvers.31417@c.example.com\r\nCSeq: 1 OPTIONS\r\nl: 0\r\n\r\n"),
	T("mismatch01",
	  "OPTIONS sip:user@example.com SIP/2.0\r\nTo: sip:j.user@example.com\r\nFrom: sip:caller@example.net;tag=34525\r\n"
	  "Max-Forwards: 6\r\nCall-ID: mismatch01.dj0234sxdfl3\r\nCSeq: 8 INVITE\r\n" VIA("host.example.com") "l: 0\r\n\r\n"),
	T("mismatch02",
	  "NEWMETHOD sip:user@example.com SIP/2.0\r\nTo: sip:j.user@example.com\r\nFrom: sip:caller@example.net;tag=34525\r\n"
	  "Max-Forwards: 6\r\nCall-ID: mismatch02.dj0234sxdfl3\r\nCSeq: 8 INVITE\r\nContact: <sip:caller@host.example.net>\r\n"
	  VIA("host.example.net") SDP),
	T("bigcode",
	  "SIP/2.0 4294967301 better not break the receiver\r\nVia: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe\r\n"
	  "Call-ID: bigcode.asdof3uj203asdnf3429uasdhfas3ehjasdfas9i\r\nCSeq: 353494 INVITE\r\nFrom: <sip:user@example.com>;tag=39ansfi3\r\n"
	  "To: <sip:user@example.edu>;tag=902jndnke3\r\nContent-Length: 0\r\nContact: <sip:user@host105.example.com>\r\n\r\n"),
	/* 3.2: transactions */
	T("badbranch", /* the cookie and nothing behind it */
	  "OPTIONS sip:user@example.com SIP/2.0\r\nTo: sip:user@example.com\r\nFrom: sip:caller@example.org;tag=33242\r\n"
	  "Max-Forwards: 3\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK\r\nAccept: application/sdp\r\n"
	  "Call-ID: badbranch.sadonfo23i420jv0as0derf3j3n\r\nCSeq: 8 OPTIONS\r\nl: 0\r\n\r\n"),
	/* 3.3: what it is asked for */
	T("insuf", /* no Call-ID, From or To */
	  "INVITE sip:{user}@example.com SIP/2.0\r\nCSeq: 193942 INVITE\r\nVia: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf\r\n" SDP),
	T("unkscm",
	  "OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0\r\nTo: sip:user@example.com\r\n"
	  "From: sip:caller@example.net;tag=384\r\nMax-Forwards: 3\r\nCall-ID: unkscm.nasdfasser0q239nwsdfasdkl34\r\nCSeq: 3923423 OPTIONS\r\n"
	  "Via: SIP/2.0/TCP host9.example.com;branch=z9hG4bKkdjuw39234\r\n" NONE),
	T("novelsc",
	  "OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0\r\nTo: sip:user@example.com\r\nFrom: sip:caller@example.net;tag=384\r\n"
	  "Max-Forwards: 3\r\nCall-ID: novelsc.asdfasser0q239nwsdfasdkl34\r\nCSeq: 3923423 OPTIONS\r\n"
	  "Via: SIP/2.0/TCP host9.example.com;branch=z9hG4bKkdjuw39234\r\n" NONE),
	T("unksm2",
	  "REGISTER sip:example.com SIP/2.0\r\nTo: isbn:2983792873\r\nFrom: <http://www.example.com>;tag=3234233\r\n"
	  "Call-ID: unksm2.daksdj@hyphenated-host.example.com\r\nCSeq: 234902 REGISTER\r\nMax-Forwards: 70\r\n"
	  "Via: SIP/2.0/UDP 192.0.2.21:5060;branch=z9hG4bKkdjuw\r\nContact: <name:John_Smith>\r\nl: 0\r\n\r\n"),
	T("bext01",
	  "OPTIONS sip:user@example.com SIP/2.0\r\nTo: sip:j_user@example.com\r\nFrom: sip:caller@example.net;tag=242etr\r\n"
	  "Max-Forwards: 6\r\nCall-ID: bext01.0ha0isndaksdj\r\nRequire: nothingSupportsThis, nothingSupportsThisEither\r\n"
	  "Proxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis\r\nCSeq: 8 OPTIONS\r\n"
	  "Via: SIP/2.0/TLS fold-and-staple.example.com;branch=z9hG4bKkdjuw\r\n" NONE),
	T("invut",
	  "INVITE sip:{user}@example.com SIP/2.0\r\nContact: <sip:caller@host5.example.net>\r\nTo: sip:j.user@example.com\r\n"
	  "From: sip:caller@example.net;tag=8392034\r\nMax-Forwards: 70\r\nCall-ID: invut.0ha0isndaksdjadsfij34n23d\r\nCSeq: 235448 INVITE\r\n"
	  "Via: SIP/2.0/UDP somehost.example.com;branch=z9hG4bKkdjuw\r\nContent-Type: application/unknownformat\r\nContent-Length: 40\r\n\r\n"
	  "<audio>\r\n <pcmu port=\"443\"/>\r\n</audio>\r\n"),
	T("regaut01",
	  "REGISTER sip:example.com SIP/2.0\r\nTo: sip:j.user@example.com\r\nFrom: sip:j.user@example.com;tag=87321hj23128\r\n"
	  "Max-Forwards: 8\r\nCall-ID: regaut01.0ha0isndaksdj\r\nCSeq: 9338 REGISTER\r\nVia: SIP/2.0/TCP 192.0.2.253;branch=z9hG4bKkdjuw\r\n"
	  "Authorization: NoOneKnowsThisScheme opaque-data=here\r\nContent-Length:0\r\n\r\n"),
	T("multi01",
	  "INVITE sip:{user}@company.com SIP/2.0\r\nContact: <sip:caller@host25.example.net>\r\n" VIA("192.0.2.25")
	  "Max-Forwards: 70\r\nCSeq: 5 INVITE\r\nCall-ID: multi01.98asdh@192.0.2.1\r\nCSeq: 59 INVITE\r\nCall-ID: multi01.98asdh@192.0.2.2\r\n"
	  "From: sip:caller@example.com;tag=3413415\r\nTo: sip:user@example.com\r\nTo: sip:other@example.net\r\n"
	  "From: sip:caller@example.net;tag=2923420123\r\nl: 150\r\n"
	  "Contact: <sip:caller@host36.example.net>\r\nMax-Forwards: 5\r\n" SDP),
	T("mcl01",
	  "OPTIONS sip:user@example.com SIP/2.0\r\nVia: SIP/2.0/UDP host5.example.net;branch=z9hG4bK293423\r\nTo: sip:user@example.com\r\n"
	  "From: sip:other@example.net;tag=3923942\r\nCall-ID: mcl01.fhn2323orihawfdoa3o4r52o3irsdf\r\nCSeq: 15932 OPTIONS\r\n"
	  "Content-Length: 13\r\nMax-Forwards: 60\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\n"
	  "There's no way to know how many octets are supposed to be here.\r\n"),
	T("bcast",
	  "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923\r\nVia: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23\r\n"
	  "Call-ID: bcast.0384840201234ksdfak3j2erwedfsASdf\r\nCSeq: 35 INVITE\r\nFrom: sip:user@example.com;tag=11141343\r\n"
	  "To: sip:user@example.edu;tag=2229\r\nContact: <sip:user@host28.example.com>\r\n" SDP),
	T("zeromf", /* a user agent need not pass it on */
	  "OPTIONS sip:user@example.com SIP/2.0\r\nTo: sip:user@example.com\r\nFrom: sip:caller@example.net;tag=3ghsd41\r\n"
	  "Call-ID: zeromf.jfasdlfnm2o2l43r5u0asdfas\r\nCSeq: 39234321 OPTIONS\r\nVia: SIP/2.0/UDP host1.example.com;branch=z9hG4bKkdjuw2349i\r\n"
	  "Max-Forwards: 0\r\n" NONE),
	T("cparam01",
	  "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP saturn.example.com:5060;branch=z9hG4bKkdjuw\r\nMax-Forwards: 70\r\n"
	  "From: sip:watson@example.com;tag=DkfVgjkrtMwaerKKpe\r\nTo: sip:watson@example.com\r\nCall-ID: cparam01.70710@saturn.example.com\r\n"
	  "CSeq: 2 REGISTER\r\nContact: sip:+19725552222@gw1.example.net;unknownparam\r\nl: 0\r\n\r\n"),
	T("cparam02",
	  "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP saturn.example.com:5060;branch=z9hG4bKkdjuw\r\nMax-Forwards: 70\r\n"
	  "From: sip:watson@example.com;tag=838293\r\nTo: sip:watson@example.com\r\nCall-ID: cparam02.70710@saturn.example.com\r\n"
	  "CSeq: 3 REGISTER\r\nContact: <sip:+19725552222@gw1.example.net;unknownparam>\r\nl: 0\r\n\r\n"),
	T("regescrt",
	  "REGISTER sip:example.com SIP/2.0\r\nTo: sip:user@example.com\r\nFrom: sip:user@example.com;tag=8\r\nMax-Forwards: 70\r\n"
	  "Call-ID: regescrt.k345asrl3fdbv@192.0.2.1\r\nCSeq: 14398234 REGISTER\r\n" VIA("host5.example.com") "M: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>\r\nL:0\r\n\r\n"),
	T("sdp01", /* no answer is acceptable */
	  "INVITE sip:{user}@example.com SIP/2.0\r\nTo: sip:j_user@example.com\r\nContact: <sip:caller@host15.example.net>\r\n"
	  "From: sip:caller@example.net;tag=234\r\nMax-Forwards: 5\r\nCall-ID: sdp01.ndaksdj9342dasdd\r\nAccept: text/nobodyKnowsThis\r\n"
	  "CSeq: 8 INVITE\r\n" VIA("192.0.2.15") SDP),
	/* 3.4: from the time before */
	T("inv2543", /* no cookie, no tag, no Contact */
	  "INVITE sip:{UserB}@example.com SIP/2.0\r\nVia: SIP/2.0/UDP iftgw.example.com\r\n"
	  "From: <sip:+13035551111@ift.client.example.net;user=phone>\r\nRecord-Route: <sip:UserB@example.com;maddr=ss1.example.com>\r\n"
	  "To: sip:+16505552222@ss1.example.net;user=phone\r\nCall-ID: inv2543.1717@ift.client.example.com\r\nCSeq: 56 INVITE\r\n" SDP),
	/* clang-format on */
};

const struct torture *torture_find(const char *name)
{
	for (size_t i = 0; i < TORTURES; i++)
		if (strcmp(torture[i].name, name) == 0)
			return &torture[i];
	ck_abort_msg("no message %s", name);
}

size_t torture_print(const struct torture *t, const char *user,
                     char to[TORTURE_SIZE])
{
	const char *open = memchr(t->text, '{', strcspn(t->text, "\r"));
	size_t before, after, named;

	if (open == NULL) {
		ck_assert(t->len <= TORTURE_SIZE);
		memcpy(to, t->text, t->len);
		return t->len;
	}
	before = (size_t)(open - t->text);
	after = before + strcspn(open, "}") + 1;
	if (user == NULL) {
		user = open + 1;
		named = after - before - 2;
	} else {
		named = strlen(user);
	}
	ck_assert(before + named + t->len - after <= TORTURE_SIZE);
	memcpy(to, t->text, before);
	memcpy(to + before, user, named);
	memcpy(to + before + named, t->text + after, t->len - after);
	return before + named + t->len - after;
}
