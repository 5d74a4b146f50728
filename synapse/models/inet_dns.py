"""DNS: records, queries and answers."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'DNS_TYPES': s_decl.enums("""
        1 A; 2 NS; 3 MD; 4 MF; 5 CNAME; 6 SOA; 7 MB; 8 MG; 9 MR; 10 NULL; 11 WKS; 12 PTR; 13 HINFO; 14 MINFO; 15 MX; 16
        TXT; 17 RP; 18 AFSDB; 19 X25; 20 ISDN; 21 RT; 22 NSAP; 23 NSAP-PTR; 24 SIG; 25 KEY; 26 PX; 27 GPOS; 28 AAAA; 29
        LOC; 30 NXT; 31 EID; 32 NIMLOC; 33 SRV; 34 ATMA; 35 NAPTR; 36 KX; 37 CERT; 38 A6; 39 DNAME; 40 SINK; 41 OPT; 42
        APL; 43 DS; 44 SSHFP; 45 IPSECKEY; 46 RRSIG; 47 NSEC; 48 DNSKEY; 49 DHCID; 50 NSEC3; 51 NSEC3PARAM; 52 TLSA; 53
        SMIMEA; 55 HIP; 56 NINFO; 57 RKEY; 58 TALINK; 59 CDS; 60 CDNSKEY; 61 OPENPGPKEY; 62 CSYNC; 63 ZONEMD; 64 SVCB;
        65 HTTPS; 99 SPF; 100 UINFO; 101 UID; 102 GID; 103 UNSPEC; 104 NID; 105 L32; 106 L64; 107 LP; 108 EUI48; 109
        EUI64; 249 TKEY; 250 TSIG; 251 IXFR; 252 AXFR; 253 MAILB; 254 MAILA; 255 ANY; 256 URI; 257 CAA; 258 AVC; 259
        DOA; 260 AMTRELAY; 261 RESINFO; 262 WALLET; 263 CLA; 264 IPN; 32768 TA; 32769 DLV
    """),
    'DNS_CODES': s_decl.enums("""
        0 NOERROR; 1 FORMERR; 2 SERVFAIL; 3 NXDOMAIN; 4 NOTIMP; 5 REFUSED; 6 YXDOMAIN; 7 YXRRSET; 8 NXRRSET; 9 NOTAUTH;
        10 NOTZONE; 11 DSOTYPENI; 16 BADSIG; 17 BADKEY; 18 BADTIME; 19 BADMODE; 20 BADNAME; 21 BADALG; 22 BADTRUNC; 23
        BADCOOKIE
    """),
}

TYPES = """
inet:dns:type     int
inet:dns:name     *
"""

FORMS = """
inet:dns:a  (fqdn=inet:fqdn, ipv4=inet:ipv4)
    fqdn          inet:fqdn     [ro]
    ipv4          inet:ipv4     [ro]

inet:dns:aaaa  (fqdn=inet:fqdn, ipv6=inet:ipv6)
    fqdn          inet:fqdn     [ro]
    ipv6          inet:ipv6     [ro]

inet:dns:rev  (ipv4=inet:ipv4, fqdn=inet:fqdn)
    ipv4          inet:ipv4     [ro]
    fqdn          inet:fqdn     [ro]

inet:dns:rev6  (ipv6=inet:ipv6, fqdn=inet:fqdn)
    ipv6          inet:ipv6     [ro]
    fqdn          inet:fqdn     [ro]

inet:dns:ns  (zone=inet:fqdn, ns=inet:fqdn)
    zone          inet:fqdn     [ro]
    ns            inet:fqdn     [ro]

inet:dns:cname  (fqdn=inet:fqdn, cname=inet:fqdn)
    fqdn          inet:fqdn     [ro]
    cname         inet:fqdn     [ro]

inet:dns:mx  (fqdn=inet:fqdn, mx=inet:fqdn)
    fqdn          inet:fqdn     [ro]
    mx            inet:fqdn     [ro]

inet:dns:soa  guid
    fqdn          inet:fqdn
    ns            inet:fqdn
    email         inet:email

inet:dns:txt  (fqdn=inet:fqdn, txt=str)
    fqdn          inet:fqdn     [ro]
    txt           str           [ro]

inet:dns:query  (client=inet:client, name=inet:dns:name, type=int(enums=$DNS_TYPES enums:strict=false))
    client        inet:client                               [ro]
    name          inet:dns:name                             [ro]
    name:ipv4     inet:ipv4
    name:ipv6     inet:ipv6
    name:fqdn     inet:fqdn
    type          int(enums=$DNS_TYPES enums:strict=false)  [ro]

inet:dns:request  guid
    time              time
    query             inet:dns:query
    query:name        inet:dns:name
    query:name:ipv4   inet:ipv4
    query:name:ipv6   inet:ipv6
    query:name:fqdn   inet:fqdn
    query:type        int(enums=$DNS_TYPES enums:strict=false)
    server            inet:server
    reply:code        int(enums=$DNS_CODES enums:strict=false)
    exe               file:bytes
    proc              it:exec:proc
    host              it:host
    sandbox:file      file:bytes

inet:dns:answer  guid
    ttl           int
    request       inet:dns:request
    a             inet:dns:a
    ns            inet:dns:ns
    rev           inet:dns:rev
    aaaa          inet:dns:aaaa
    rev6          inet:dns:rev6
    cname         inet:dns:cname
    mx            inet:dns:mx
    mx:priority   int               [new]
    soa           inet:dns:soa
    txt           inet:dns:txt
    time          time              [new]

inet:dns:wild:a  (fqdn=inet:fqdn, ipv4=inet:ipv4)
    fqdn          inet:fqdn     [ro]
    ipv4          inet:ipv4     [ro]

inet:dns:wild:aaaa  (fqdn=inet:fqdn, ipv6=inet:ipv6)
    fqdn          inet:fqdn     [ro]
    ipv6          inet:ipv6     [ro]

inet:dns:dynreg  guid  [new]
    fqdn              inet:fqdn
    provider          ou:org
    provider:name     ou:name
    provider:fqdn     inet:fqdn
    contact           ps:contact
    created           time
    client            inet:client
    client:ipv4       inet:ipv4
    client:ipv6       inet:ipv6
"""
