"""Look-up tables: default ports of URL schemes, countries of telephone prefixes. spec: model.json tables"""

from __future__ import annotations

_PORTS = """
tcpmux=1 echo=7 discard=9 systat=11 daytime=13 netstat=15 qotd=17 msp=18 chargen=19 ftp-data=20 ftp=21 ssh=22
telnet=23 smtp=25 time=37 nameserver=42 whois=43 tacacs=49 re-mail-ck=50 domain=53 mtp=57 tacacs-ds=65 bootps=67
bootpc=68 gopher=70 rje=77 finger=79 http=80 link=87 kerberos=88 supdup=95 linuxconf=98 hostnames=101 iso-tsap=102
acr-nema=104 csnet-ns=105 poppassd=106 rtelnet=107 pop2=109 pop3=110 sunrpc=111 auth=113 sftp=115 uucp-path=117
nntp=119 ntp=123 pwdgen=129 loc-srv=135 netbios-ns=137 netbios-dgm=138 netbios-ssn=139 imap2=143 snmp=161
snmp-trap=162 cmip-man=163 cmip-agent=164 mailq=174 xdmcp=177 nextstep=178 bgp=179 prospero=191 irc=194 smux=199
at-rtmp=201 at-nbp=202 at-echo=204 at-zis=206 qmtp=209 z3950=210 ipx=213 imap3=220 pawserv=345 zserv=346 fatserv=347
rpc2portmap=369 codaauth2=370 clearcase=371 ulistserv=372 ldap=389 imsp=406 svrloc=427 https=443 snpp=444
microsoft-ds=445 kpasswd=464 urd=465 saft=487 isakmp=500 exec=512 login=513 shell=514 printer=515 tempo=526
courier=530 conference=531 netnews=532 gdomap=538 uucp=540 klogin=543 kshell=544 dhcpv6-client=546 dhcpv6-server=547
afpovertcp=548 idfp=549 rtsp=554 remotefs=556 nntps=563 submission=587 nqs=607 npmp-local=610 npmp-gui=611
hmmp-ind=612 qmqp=628 ipp=631 ldaps=636 tinc=655 silc=706 kerberos-adm=749 kerberos4=750 kerberos-master=751
krb-prop=754 krbupdate=760 webster=765 moira-db=775 moira-update=777 spamd=783 omirr=808 supfilesrv=871 rsync=873
swat=901 ftps-data=989 ftps=990 telnets=992 imaps=993 ircs=994 pop3s=995 customs=1001 socks=1080 proofd=1093
rootd=1094 rmiregistry=1099 kpop=1109 supfiledbg=1127 skkserv=1178 openvpn=1194 kazaa=1214 rmtcfg=1236 nessus=1241
wipld=1300 xtel=1313 xtelw=1314 lotusnote=1352 ms-sql-s=1433 ms-sql-m=1434 ingreslock=1524 prospero-np=1525
support=1529 datametrics=1645 sa-msg-port=1646 kermit=1649 groupwise=1677 l2f=1701 radius=1812 radius-acct=1813
msnp=1863 unix-status=1957 log-server=1958 remoteping=1959 cisco-sccp=2000 cfinger=2003 pipe-server=2010 search=2010
nfs=2049 knetd=2053 gnunet=2086 rtcm-sc104=2101 eklogin=2105 kx=2111 gsigatekeeper=2119 frox=2121 iprop=2121
gris=2135 ninstall=2150 cvspserver=2401 venus=2430 venus-se=2431 codasrv=2432 codasrv-se=2433 mon=2583 zebrasrv=2600
zebra=2601 ripd=2602 ripngd=2603 ospfd=2604 bgpd=2605 ospf6d=2606 ospfapi=2607 isisd=2608 dict=2628
f5-globalsite=2792 gsiftp=2811 gpsd=2947 afbackup=2988 afmbackup=2989 gds-db=3050 icpv2=3130 iscsi-target=3260
mysql=3306 nut=3493 distcc=3632 daap=3689 svn=3690 suucp=4031 sysrqd=4094 sieve=4190 xtell=4224 f5-iquery=4353
epmd=4369 remctl=4373 fax=4557 hylafax=4559 iax=4569 distmp3=4600 mtn=4691 radmin-port=4899 munin=4949 rfe=5002
mmcc=5050 enbd-cstatd=5051 enbd-sstatd=5052 sip=5060 sip-tls=5061 pcrd=5151 aol=5190 xmpp-client=5222
xmpp-server=5269 cfengine=5308 mdns=5353 noclog=5354 hostmon=5355 postgresql=5432 freeciv=5556 nrpe=5666 nsca=5667
amqps=5671 amqp=5672 mrtd=5674 bgpsim=5675 canna=5680 ggz=5688 x11=6000 x11-1=6001 x11-2=6002 x11-3=6003 x11-4=6004
x11-5=6005 x11-6=6006 x11-7=6007 gnutella-svc=6346 gnutella-rtr=6347 sge-qmaster=6444 sge-execd=6445
mysql-proxy=6446 syslog-tls=6514 sane-port=6566 ircd=6667 afs3-fileserver=7000 afs3-callback=7001 afs3-prserver=7002
afs3-vlserver=7003 afs3-kaserver=7004 afs3-volser=7005 afs3-errors=7006 afs3-bos=7007 afs3-update=7008
afs3-rmtsys=7009 font-service=7100 zope-ftp=8021 http-alt=8080 tproxy=8081 omniorb=8088 clc-build-daemon=8990
xinetd=9098 bacula-dir=9101 bacula-fd=9102 bacula-sd=9103 git=9418 xmms2=9667 zope=9673 webmin=10000
zabbix-agent=10050 zabbix-trapper=10051 amanda=10080 kamanda=10081 amandaidx=10082 amidxtape=10083 nbd=10809
dicom=11112 smsqp=11201 hkp=11371 bprd=13720 bpdbm=13721 bpjava-msvc=13722 vnetd=13724 bpcd=13782 vopied=13783
xpilot=15345 sgi-cad=17004 db-lsp=17500 isdnlog=20011 vboxd=20012 dcap=22125 gsidcap=22128 wnn6=22273 binkp=24554
asp=27374 csync2=30865 dircproxy=57000 tfido=60177 fido=60179
"""

# country=prefix,prefix: the longest prefix decides
_PHONES = """
ad=376 ae=971 af=93 ag=1268 ai=1264 al=355 am=374 ao=244 aq=672 ar=54 as=1684 at=43 au=61 aw=297 az=994 ba=387
bb=1246 bd=880 be=32 bf=226 bg=359 bh=973 bi=257 bj=229 bl=590 bm=1441 bn=673 bo=591 br=55 bs=1242 bt=975 bw=267
by=375 bz=501
ca=1204,1226,1236,1249,1250,1289,1306,1343,1365,1403,1416,1418,1431,1437,1438,1450,1506,1514,1519,1579,1581,1587,1604,1613,1639,1647,1705,1709,1778,1780,1807,1819,1867,1873,1902,1905
cd=243 cf=236 cg=242 ch=41 ci=225 ck=682 cl=56 cm=237 cn=86 co=57 cr=506 cu=53 cv=238 cw=599 cy=357 cz=420 de=49
dj=253 dk=45 dm=1767 do=1809,1829,1849 dz=213 ec=593 ee=372 eg=20 er=291 es=34 et=251 fi=358 fj=679 fk=500 fm=691
fo=298 fr=33 ga=241 gb=44 gd=1473 ge=995 gg=441481 gh=233 gi=350 gl=299 gm=220 gn=224 gq=240 gr=30 gt=502 gu=1671
gw=245 gy=592 hk=852 hn=504 hr=385 ht=509 hu=36 id=62 ie=353 il=972 im=441624 in=91 io=246 iq=964 ir=98 is=354 it=39
je=441534 jm=1876 jo=962 jp=81 ke=254 kg=996 kh=855 ki=686 km=269 kn=1869 kp=850 kr=82 kw=965 ky=1345
kz=7310,7311,7312,7313,7314,7315,7317,7318,7321,7322,7323,7324,7325,7326,7327,7328,7329,7330,7336,7717 la=856 lb=961
lc=1758 li=423 lk=94 lr=231 ls=266 lt=370 lu=352 lv=371 ly=218 ma=212 mc=377 md=373 me=382 mg=261 mh=692 mk=389
ml=223 mm=95 mn=976 mo=853 mp=1670 mr=222 ms=1664 mt=356 mu=230 mv=960 mw=265 mx=52 my=60 mz=258 na=264 nc=687
ne=227 ng=234 ni=505 nl=31 no=47 np=977 nr=674 nu=683 nz=64 om=968 pa=507 pe=51 pf=689 pg=675 ph=63 pk=92 pl=48
pm=508 pr=1787,1939 ps=970 pt=351 pw=680 py=595 qa=974 re=262 ro=40 rs=381 ru=7 rw=250 sa=966 sb=677 sc=248 sd=249
se=46 sg=65 sh=290 si=386 sk=421 sl=232 sm=378 sn=221 so=252 sr=597 ss=211 st=239 sv=503 sx=1721 sy=963 sz=268
tc=1649 td=235 tg=228 th=66 tj=992 tk=690 tl=670 tm=993 tn=216 to=676 tr=90 tt=1868 tv=688 tw=886 tz=255 ua=380
ug=256 us=1 uy=598 uz=998 va=379 vc=1784 ve=58 vg=1284 vi=1340 vn=84 vu=678 wf=681 ws=685 xk=383 ye=967 za=27 zm=260
zw=263
"""

URL_PORTS: dict[str, int] = {name: int(port) for name, port in (item.split('=') for item in _PORTS.split())}

PHONE_COUNTRIES: dict[str, str] = {
    prefix: country
    for country, prefixes in (item.split('=') for item in _PHONES.split())
    for prefix in prefixes.split(',')
}
PHONE_PREFIX_MAX = max(map(len, PHONE_COUNTRIES))
