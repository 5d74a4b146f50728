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
inet:dns:type     int           The number of a DNS record type.
inet:dns:name     *             A name in a DNS query; need not be a domain name. Ex: vertex.link
"""

FORMS = """
inet:dns:a  (fqdn=inet:fqdn, ipv4=inet:ipv4)  An IPv4 address that a name resolved to. Ex: (example.com, 1.2.3.4)
    fqdn          inet:fqdn     [ro] The name.
    ipv4          inet:ipv4     [ro] The address.

inet:dns:aaaa  (fqdn=inet:fqdn, ipv6=inet:ipv6)  An IPv6 address that a name resolved to. Ex: (example.com, 2001:db8::1)
    fqdn          inet:fqdn     [ro] The name.
    ipv6          inet:ipv6     [ro] The address.

inet:dns:rev  (ipv4=inet:ipv4, fqdn=inet:fqdn)  A name that an IPv4 address resolved to. Ex: (1.2.3.4, example.com)
    ipv4          inet:ipv4     [ro] The address.
    fqdn          inet:fqdn     [ro] The name.

inet:dns:rev6  (ipv6=inet:ipv6, fqdn=inet:fqdn)  A name that an IPv6 address resolved to. Ex: (2001:db8::1, example.com)
    ipv6          inet:ipv6     [ro] The address.
    fqdn          inet:fqdn     [ro] The name.

inet:dns:ns  (zone=inet:fqdn, ns=inet:fqdn)  A name server of a zone. Ex: (example.com, ns.example.net)
    zone          inet:fqdn     [ro] The zone.
    ns            inet:fqdn     [ro] The name server.

inet:dns:cname  (fqdn=inet:fqdn, cname=inet:fqdn)  A name that stands for another one.
                        Ex: (www.example.com, example.com)
    fqdn          inet:fqdn     [ro] The name.
    cname         inet:fqdn     [ro] The name that it stands for.

inet:dns:mx  (fqdn=inet:fqdn, mx=inet:fqdn)  A mail server of a domain. Ex: (example.com, mail.example.com)
    fqdn          inet:fqdn     [ro] The domain.
    mx            inet:fqdn     [ro] The mail server.

inet:dns:soa  guid  A start of authority record.
    fqdn          inet:fqdn     The zone.
    ns            inet:fqdn     The primary name server.
    email         inet:email    The address of who is responsible.

inet:dns:txt  (fqdn=inet:fqdn, txt=str)  A text record of a name. Ex: (example.com, "v=spf1 -all")
    fqdn          inet:fqdn     [ro] The name.
    txt           str           [ro] The text.

inet:dns:query  (client=inet:client, name=inet:dns:name, type=int(enums=$DNS_TYPES enums:strict=false))
                        What a client asks of DNS. Ex: (1.2.3.4, example.com, 1)
    client        inet:client                               [ro] The client that asks.
    name          inet:dns:name                             [ro] The name that is asked for.
    name:ipv4     inet:ipv4                                 The IPv4 address in the name.
    name:ipv6     inet:ipv6                                 The IPv6 address in the name.
    name:fqdn     inet:fqdn                                 The domain name in the name.
    type          int(enums=$DNS_TYPES enums:strict=false)  [ro] The record type that is asked for.

inet:dns:request  guid  One DNS query that was sent.
    time              time                                      When it was sent.
    query             inet:dns:query                            What was asked, and by which client.
    query:name        inet:dns:name                             The name that was asked for.
    query:name:ipv4   inet:ipv4                                 The IPv4 address in the name.
    query:name:ipv6   inet:ipv6                                 The IPv6 address in the name.
    query:name:fqdn   inet:fqdn                                 The domain name in the name.
    query:type        int(enums=$DNS_TYPES enums:strict=false)  The record type that was asked for.
    server            inet:server                               The server that was asked.
    reply:code        int(enums=$DNS_CODES enums:strict=false)  The response code.
    exe               file:bytes                                The program that asked.
    proc              it:exec:proc                              The process that asked.
    host              it:host                                   The host that asked.
    sandbox:file      file:bytes                                The file whose run in a sandbox led to the query.

inet:dns:answer  guid  One record in the answer to a DNS query.
    ttl           int               How long the record may be kept, in seconds.
    request       inet:dns:request  The query that it answers.
    a             inet:dns:a        The A record.
    ns            inet:dns:ns       The NS record.
    rev           inet:dns:rev      The PTR record of an IPv4 address.
    aaaa          inet:dns:aaaa     The AAAA record.
    rev6          inet:dns:rev6     The PTR record of an IPv6 address.
    cname         inet:dns:cname    The CNAME record.
    mx            inet:dns:mx       The MX record.
    mx:priority   int               [new] The priority of the MX record.
    soa           inet:dns:soa      The SOA record.
    txt           inet:dns:txt      The TXT record.
    time          time              [new] When the answer was seen.

inet:dns:wild:a  (fqdn=inet:fqdn, ipv4=inet:ipv4)  An IPv4 address that all names below one resolve to.
    fqdn          inet:fqdn     [ro] The name under the wild card.
    ipv4          inet:ipv4     [ro] The address.

inet:dns:wild:aaaa  (fqdn=inet:fqdn, ipv6=inet:ipv6)  An IPv6 address that all names below one resolve to.
    fqdn          inet:fqdn     [ro] The name under the wild card.
    ipv6          inet:ipv6     [ro] The address.

inet:dns:dynreg  guid  [new] A name registered with a dynamic DNS provider.
    fqdn              inet:fqdn     The name.
    provider          ou:org        The provider.
    provider:name     ou:name       The name of the provider.
    provider:fqdn     inet:fqdn     The provider's own domain name.
    contact           ps:contact    What the registrant told of itself.
    created           time          When the name was registered.
    client            inet:client   The client that registered it.
    client:ipv4       inet:ipv4     The IPv4 address of the client.
    client:ipv6       inet:ipv6     The IPv6 address of the client.
"""
