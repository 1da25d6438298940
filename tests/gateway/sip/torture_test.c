/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the Causeway developers */
/*
 * The torture tests of RFC 4475, by their names there, up to the parser: what
 * is taken, what is answered from here, what is dropped. What a taken message
 * then gets (420, 415, 483, 501) is the stack's to say. Bodies that do not
 * matter are shortened.
 */
#include <errno.h>
#include <string.h>

#include "gateway/sip/message.h"
#include "gateway/sip/osip.h"
#include "tests/test.h"

#define STD_VIA "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKkdjuw\r\n"
#define STD                                              \
	STD_VIA "To: sip:user@example.com\r\n"           \
		"From: sip:caller@example.net;tag=93942" \
		"\r\nCall-ID: torture\r\nMax-Forwards: 70\r\n"
#define SDP                                                                    \
	"Content-Type: application/sdp\r\n\r\nv=0\r\no=mhandley 29739 7272939" \
	" IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\n"          \
	"m=audio 49217 RTP/AVP 0 12\r\n"

static const struct torture {
	const char *name;
	int result;
	const char *text;
} torture[] = {
	/* clang-format off */
	/* 3.1.1: valid */
	{ "wsinv", 0,
	  "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\n"
	  "TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\n"
	  "from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n"
	  "  ;\r\n  tag = 98asjd8\r\nMaX-fOrWaRdS: 0068\r\n"
	  "Call-ID: wsinv.ndaksdj@192.0.2.1\r\nContent-Length   : 0\r\n"
	  "cseq: 0009\r\n  INVITE\r\nVia  : SIP  /   2.0\r\n /UDP\r\n"
	  "    192.0.2.2;branch=390skdjuw\r\ns :\r\n"
	  "NewFangledHeader:   newfangled value\r\n continued newfangled value\r\n"
	  "UnknownHeaderWithUnusualValue: ;;,,;;,;\r\n"
	  "Content-Type: application/sdp\r\n"
	  "Route:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n"
	  "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n"
	  "  branch  =   z9hG4bK9ikj8  ,\r\n"
	  " SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239\r\n"
	  "m:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\r\n"
	  "      newvalue ;\r\n  secondparam ; q = 0.33\r\n\r\n" },
	{ "intmeth", 0, /* with its NUL, which a C text can not have: 400 */
	  "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0\r\n"
	  "Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~\r\n"
	  "To: \"BEL:\\\x07 NUL:\\\x01 DEL:\\\x7f\" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>\r\n"
	  "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"\xd1\x80\xd0\xb0\";tag=_token~1'+`*%!-.\r\n"
	  "Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{\r\n"
	  "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~\r\n"
	  "Max-Forwards: 255\r\nContent-Length: 0\r\n\r\n" },
	{ "esc01", 0,
	  "INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0\r\n"
	  "To: sip:%75se%72@example.com\r\nFrom: <sip:I%20have%20spaces@example.net>;tag=938\r\n"
	  "Max-Forwards: 87\r\ni: esc01.239409asdfakjkn23onasd0-3234\r\nCSeq: 234234 INVITE\r\n"
	  "Via: SIP/2.0/UDP host5.example.net;branch=z9hG4bKkdjuw\r\nC: application/sdp\r\n"
	  "Contact:\r\n  <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>\r\n\r\nv=0\r\n" },
	{ "escnull", 0,
	  "REGISTER sip:example.com SIP/2.0\r\nTo: sip:null-%00-null@example.com\r\n"
	  "From: sip:null-%00-null@example.com;tag=839923423\r\nMax-Forwards: 70\r\n"
	  "Call-ID: escnull.39203ndfvkjdasfkq3w4otrq0adsfdfnavd\r\nCSeq: 14398234 REGISTER\r\n"
	  "Via: SIP/2.0/UDP host5.example.com;branch=z9hG4bKkdjuw\r\n"
	  "Contact: <sip:%00@host5.example.com>\r\nContact: <sip:%00%00@host5.example.com>\r\nL:0\r\n\r\n" },
	{ "esc02", 0, /* no escape in a method: an unknown one */
	  "RE%47IST%45R sip:registrar.example.com SIP/2.0\r\nTo: \"%Z%45\" <sip:resource@example.com>\r\n"
	  "From: \"%Z%45\" <sip:resource@example.com>;tag=f232jadfj23\r\nCall-ID: esc02.asdfnqwo34rq23i34jrjasdcnl23nrlknsdf\r\n"
	  "Via: SIP/2.0/TCP host.example.com;branch=z9hG4bK209%fzsnel234\r\nCSeq: 29344 RE%47IST%45R\r\n"
	  "Max-Forwards: 70\r\nContact: <sip:alias1@host1.example.com>\r\nl: 0\r\n\r\n" },
	{ "lwsdisp", 0,
	  "OPTIONS sip:user@example.com SIP/2.0\r\nTo: sip:user@example.com\r\n"
	  "From: caller<sip:caller@example.com>;tag=323\r\nMax-Forwards: 70\r\n"
	  "Call-ID: lwsdisp.1234abcd@funky.example.com\r\nCSeq: 60 OPTIONS\r\n"
	  "Via: SIP/2.0/UDP funky.example.com;branch=z9hG4bKkdjuw\r\nl: 0\r\n\r\n" },
	{ "dblreq", 0,
	  "REGISTER sip:example.com SIP/2.0\r\nTo: sip:j.user@example.com\r\n"
	  "From: sip:j.user@example.com;tag=43251j3j324\r\nMax-Forwards: 8\r\nI: dblreq.0ha0isndaksdj99sdfafnl3lk233412\r\n"
	  "Contact: sip:j.user@host.example.com\r\nCSeq: 8 REGISTER\r\n"
	  "Via: SIP/2.0/UDP 192.0.2.125;branch=z9hG4bKkdjuw23492\r\nContent-Length: 0\r\n\r\n"
	  "INVITE sip:joe@example.com SIP/2.0\r\nt: sip:joe@example.com\r\n\r\n" },
	{ "semiuri", 0,
	  "OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0\r\nTo: sip:j_user@example.com\r\n"
	  "From: sip:caller@example.org;tag=33242\r\nMax-Forwards: 3\r\nCall-ID: semiuri.0ha0isndaksdj\r\n"
	  "CSeq: 8 OPTIONS\r\nAccept: application/sdp, application/pkcs7-mime\r\n"
	  "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKkdjuw\r\nl: 0\r\n\r\n" },
	{ "transports", 0,
	  "OPTIONS sip:user@example.com SIP/2.0\r\nTo: sip:user@example.com\r\nFrom: <sip:caller@example.com>;tag=323\r\n"
	  "Max-Forwards: 70\r\nCall-ID: transports.kijh4akdnaqjkwendsasfdj\r\nAccept: application/sdp\r\nCSeq: 60 OPTIONS\r\n"
	  "Via: SIP/2.0/UDP t1.example.com;branch=z9hG4bKkdjuw\r\nVia: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf\r\n"
	  "Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj\r\nVia: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en\r\n"
	  "Via: SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee\r\nl: 0\r\n\r\n" },
	{ "mpart01", 0,
	  "MESSAGE sip:kumiko@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-d87543-4dade06d0bdb11ee-1--d87543-;rport\r\n"
	  "Max-Forwards: 70\r\nRoute: <sip:127.0.0.1:5080>\r\nTo: <sip:kumiko@example.org>\r\nFrom: <sip:fluffy@example.com>;tag=2fb0dcc9\r\n"
	  "Call-ID: 3d9485ad0c49859b@Zmx1ZmZ5LW1hYy0xNi5sb2NhbA..\r\nCSeq: 1 MESSAGE\r\nContent-Transfer-Encoding: binary\r\n"
	  "Content-Type: multipart/mixed;boundary=7a9cbec02ceef655\r\nContent-Length: 74\r\n\r\n"
	  "--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n\r\nHi\r\n--7a9cbec02ceef655--\r\n" },
	{ "unreason", 0,
	  "SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe \xd1\x81\xd1\x82\xd0\xbe\r\n"
	  "Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923\r\nCall-ID: unreason.1234ksdfak3j2erwedfsASdf\r\n"
	  "CSeq: 35 INVITE\r\nFrom: sip:user@example.com;tag=11141343\r\nTo: sip:user@example.edu;tag=2229\r\nContent-Length: 0\r\n\r\n" },
	{ "noreason", 0,
	  "SIP/2.0 100 \r\nVia: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe\r\nCall-ID: noreason.asndj203insdf99223ndf\r\n"
	  "CSeq: 35 INVITE\r\nFrom: <sip:user@example.com>;tag=39ansfi3\r\nTo: <sip:user@example.edu>;tag=902jndnke3\r\n"
	  "Content-Length: 0\r\nContact: <sip:user@host105.example.com>\r\n\r\n" },
	/* 3.1.2: invalid */
	{ "badinv01", -EBADMSG, /* no Via to answer by */
	  "INVITE sip:user@example.com SIP/2.0\r\nTo: sip:j.user@example.com\r\nFrom: sip:caller@example.net;tag=134161461246\r\n"
	  "Max-Forwards: 7\r\nCall-ID: badinv01.0ha0isndaksdjasdf3234nas\r\nCSeq: 8 INVITE\r\n"
	  "Via: SIP/2.0/UDP 192.0.2.15;;,;,,\r\nContact: \"Joe\" <sip:joe@example.org>;;;;\r\n"
	  "Content-Length: 0\r\n\r\n" },
	{ "clerr", 400, "INVITE sip:user@example.com SIP/2.0\r\n" STD "CSeq: 8 INVITE\r\nContent-Length: 9999\r\n" SDP },
	{ "ncl", 400, "INVITE sip:user@example.com SIP/2.0\r\n" STD "CSeq: 8 INVITE\r\nContent-Length: -999\r\n" SDP },
	{ "scalar02", 400,
	  "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/TCP host129.example.com;branch=z9hG4bK342sdfoi3\r\n"
	  "To: <sip:user@example.com>\r\nFrom: <sip:user@example.com>;tag=239232jh3\r\nCSeq: 36893488147419103232 REGISTER\r\n"
	  "Call-ID: scalar02.23o0pd9vanlq3wnrlnewofjas9ui32\r\nMax-Forwards: 300\r\nExpires: 10000000000000000\r\nContent-Length: 0\r\n\r\n" },
	{ "scalarlg", -EBADMSG,
	  "SIP/2.0 503 Service Unavailable\r\nVia: SIP/2.0/TCP host129.example.com;branch=z9hG4bKzzxdiwo34sw;received=192.0.2.129\r\n"
	  "To: <sip:user@example.com>\r\nFrom: <sip:other@example.net>;tag=2easdjfejw\r\nCSeq: 9292394834772304023312 OPTIONS\r\n"
	  "Call-ID: scalarlg.noase0of0234hn2qofoaf0232aewf2394r\r\nRetry-After: 949302838503028349304023988\r\n"
	  "Warning: 1812 overture \"In Progress\"\r\nContent-Length: 0\r\n\r\n" },
	{ "quotbal", 400,
	  "INVITE sip:user@example.com SIP/2.0\r\nTo: \"Mr. J. User <sip:j.user@example.com>\r\nFrom: sip:caller@example.net;tag=93334\r\n"
	  "Max-Forwards: 10\r\nCall-ID: quotbal.aksdj\r\nContact: <sip:caller@host59.example.net>\r\nCSeq: 8 INVITE\r\n"
	  "Via: SIP/2.0/UDP 192.0.2.59:5050;branch=z9hG4bKkdjuw39234\r\nContent-Length: 0\r\n\r\n" },
	{ "ltgtruri", 400, "INVITE <sip:user@example.com> SIP/2.0\r\n" STD "CSeq: 1 INVITE\r\n\r\n" },
	{ "lwsruri", 400, "INVITE sip:user@example.com; lr SIP/2.0\r\n" STD "CSeq: 1 INVITE\r\n\r\n" },
	{ "lwsstart", 400, "INVITE  sip:user@example.com  SIP/2.0\r\n" STD "CSeq: 1 INVITE\r\n\r\n" },
	{ "trws", 400, "OPTIONS sip:remote-target@example.com SIP/2.0  \r\n" STD "CSeq: 1 OPTIONS\r\n\r\n" },
	{ "escruri", 400, "INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0\r\n" STD "CSeq: 1 INVITE\r\n\r\n" },
	{ "baddate", 0, "INVITE sip:user@example.com SIP/2.0\r\n" STD "CSeq: 1 INVITE\r\nDate: Fri, 01 Jan 2010 16:00:00 EST\r\n\r\n" },
	{ "regbadct", 0, "REGISTER sip:example.com SIP/2.0\r\n" STD "CSeq: 1 REGISTER\r\nContact: sip:user@example.com?Route=%3Csip:sip.example.com%3E\r\nl: 0\r\n\r\n" },
	{ "badaspec", 400,
	  "OPTIONS sip:user@example.org SIP/2.0\r\nVia: SIP/2.0/UDP host4.example.com:5060;branch=z9hG4bKkdju43234\r\nMax-Forwards: 70\r\n"
	  "From: \"Bell, Alexander\" <sip:a.g.bell@example.com>;tag=433423\r\nTo: \"Watson, Thomas\" < sip:t.watson@example.org >\r\n"
	  "Call-ID: badaspec.sdf0234n2nds0a099u23h3hnnw009cdkne3\r\nCSeq: 3923239 OPTIONS\r\nl: 0\r\n\r\n" },
	{ "baddn", 400,
	  "OPTIONS sip:t.watson@example.org SIP/2.0\r\nVia:     SIP/2.0/UDP c.example.com:5060;branch=z9hG4bKkdjuw\r\nMax-Forwards:      70\r\n"
	  "From:    Bell, Alexander <sip:a.g.bell@example.com>;tag=43\r\nTo:      Watson, Thomas <sip:t.watson@example.org>\r\n"
	  "Call-ID: baddn.31415@c.example.com\r\nCSeq:    3923239 OPTIONS\r\nl: 0\r\n\r\n" },
	{ "badvers", 505, "OPTIONS sip:t.watson@example.org SIP/7.0\r\n" STD "CSeq: 1 OPTIONS\r\nl: 0\r\n\r\n" },
	{ "mismatch01", 400, "OPTIONS sip:user@example.com SIP/2.0\r\n" STD "CSeq: 8 INVITE\r\nl: 0\r\n\r\n" },
	{ "mismatch02", 400, "NEWMETHOD sip:user@example.com SIP/2.0\r\n" STD "CSeq: 8 INVITE\r\nl: 0\r\n\r\n" },
	{ "bigcode", -EBADMSG, "SIP/2.0 4294967301 better not break the receiver\r\n" STD "CSeq: 353494 INVITE\r\n\r\n" },
	/* 3.2: transaction layer */
	{ "badbranch", 0, "OPTIONS sip:user@example.com SIP/2.0\r\nTo: sip:user@example.com\r\nFrom: sip:caller@example.org;tag=33242\r\n"
	  "Max-Forwards: 3\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK\r\nCall-ID: badbranch.sadonfo23i420jv0as0derf3j3n\r\nCSeq: 8 OPTIONS\r\nl: 0\r\n\r\n" },
	/* 3.3: application layer */
	{ "insuf", -EBADMSG, "INVITE sip:user@example.com SIP/2.0\r\nCSeq: 193942 INVITE\r\nVia: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf\r\n\r\n" },
	{ "unkscm", 416, "OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0\r\n" STD "CSeq: 3 OPTIONS\r\nl: 0\r\n\r\n" },
	{ "novelsc", 416, "OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0\r\n" STD "CSeq: 3 OPTIONS\r\nl: 0\r\n\r\n" },
	{ "unksm2", 0, "REGISTER sip:example.com SIP/2.0\r\nTo: isbn:2983792873\r\nFrom: <http://www.example.com>;tag=3234233\r\n"
	  "Call-ID: unksm2.daksdj@hyphenated-host.example.com\r\nCSeq: 234902 REGISTER\r\nMax-Forwards: 70\r\n"
	  "Via: SIP/2.0/UDP 192.0.2.21:5060;branch=z9hG4bKkdjuw\r\nContact: <name:John_Smith>\r\nl: 0\r\n\r\n" },
	{ "bext01", 0, "OPTIONS sip:user@example.com SIP/2.0\r\n" STD "CSeq: 8 OPTIONS\r\nRequire: nothingSupportsThis, nothingSupportsThisEither\r\nProxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis\r\nContent-Length: 0\r\n\r\n" },
	{ "invut", 0, "INVITE sip:user@example.com SIP/2.0\r\n" STD "CSeq: 8 INVITE\r\nContent-Type: application/unknownformat\r\nContent-Length: 40\r\n\r\n<audio>\r\n <pcmu port=\"443\"/>\r\n</audio>\r\n" },
	{ "regaut01", 0, "REGISTER sip:example.com SIP/2.0\r\n" STD "CSeq: 9338 REGISTER\r\nAuthorization: NoOneKnowsThisScheme opaque-data=here\r\nContent-Length:0\r\n\r\n" },
	{ "multi01", 400, "INVITE sip:user@company.com SIP/2.0\r\nContact: <sip:caller@host25.example.net>\r\nVia: SIP/2.0/UDP 192.0.2.25;branch=z9hG4bKkdjuw\r\n"
	  "Max-Forwards: 70\r\nCSeq: 5 INVITE\r\nCall-ID: multi01.98asdh@192.0.2.1\r\nCSeq: 59 INVITE\r\nCall-ID: multi01.98asdh@192.0.2.2\r\n"
	  "From: sip:caller@example.com;tag=3413415\r\nTo: sip:user@example.com\r\nTo: sip:other@example.net\r\nFrom: sip:caller@example.net;tag=2923420123\r\nl: 0\r\n\r\n" },
	{ "mcl01", 400, "OPTIONS sip:user@example.com SIP/2.0\r\n" STD "CSeq: 59 OPTIONS\r\nContent-Length: 13\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nThere's no way to know how many octets are supposed to be here.\r\n" },
	{ "bcast", 0, "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923\r\nVia: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23\r\n"
	  "Call-ID: bcast.0384840201234ksdfak3j2erwedfsASdf\r\nCSeq: 35 INVITE\r\nFrom: sip:user@example.com;tag=11141343\r\nTo: sip:user@example.edu;tag=2229\r\nContent-Length: 0\r\n\r\n" },
	{ "zeromf", 0, "OPTIONS sip:user@example.com SIP/2.0\r\n" STD_VIA "To: sip:user@example.com\r\nFrom: sip:caller@example.net;tag=3ghsd41\r\nCall-ID: zeromf.jfasdlfnm2o2l43r5u0asdfas\r\nCSeq: 39234321 OPTIONS\r\nMax-Forwards: 0\r\nContent-Length: 0\r\n\r\n" },
	{ "cparam01", 0, "REGISTER sip:example.com SIP/2.0\r\n" STD "CSeq: 9338 REGISTER\r\nContact: sip:+19725552222@gw1.example.net;unknownparam\r\nl: 0\r\n\r\n" },
	{ "cparam02", 0, "REGISTER sip:example.com SIP/2.0\r\n" STD "CSeq: 9338 REGISTER\r\nContact: <sip:+19725552222@gw1.example.net;unknownparam>\r\nl: 0\r\n\r\n" },
	{ "regescrt", 0, "REGISTER sip:example.com SIP/2.0\r\n" STD "CSeq: 14398234 REGISTER\r\nContact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>\r\nL:0\r\n\r\n" },
	{ "sdp01", 0, "INVITE sip:user@example.com SIP/2.0\r\n" STD "CSeq: 8 INVITE\r\nAccept: text/nobodyKnowsThis\r\nContact: <sip:caller@host5.example.net>\r\n" SDP },
	{ "inv2543", 0, "INVITE sip:UserB@example.com SIP/2.0\r\nVia: SIP/2.0/UDP iftgw.example.com\r\nFrom: <sip:+13035551111@ift.client.example.net;user=phone>\r\n"
	  "Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>\r\nTo: sip:+16505552222@ss1.example.net;user=phone\r\nCall-ID: inv2543.1717@ift.client.example.com\r\nCSeq: 56 INVITE\r\n" SDP },
	/* clang-format on */
};

TEST_ROWS(rfc_4475_is_taken_refused_or_dropped, torture, row)
{
	osip_message_t *m = NULL, *answer;
	struct bytes octets;
	int rc;

	message_start();
	rc = message_parse(&m, (struct bytes){ (const void *)row->text,
	                                       strlen(row->text) });
	ck_assert_msg(rc == row->result, "%s: %d", row->name, rc);
	CHECK((m == NULL) == (rc < 0));
	if (m != NULL && !message_is_response(m)) {
		answer = message_response(m, rc > 0 ? (unsigned)rc : 200, NULL,
		                          "t");
		CHECK(answer != NULL);
		CHECK_EQ(message_octets(answer, &octets), 0);
		message_octets_free(&octets);
		(void)message_free(answer);
	}
	(void)message_free(m);
}
