"""WHOIS and RDAP registration records."""

FORMS = """
inet:whois:contact  (rec=inet:whois:rec, type=str(lower))
    rec           inet:whois:rec    [ro]
    rec:fqdn      inet:fqdn         [ro]
    rec:asof      time              [ro]
    type          str(lower)        [ro]
    id            str(lower)
    name          str(lower)
    email         inet:email
    orgname       ou:name
    address       str(lower)
    city          str(lower)
    state         str(lower)
    country       str(lower)
    phone         tel:phone
    fax           tel:phone
    url           inet:url
    whois:fqdn    inet:fqdn

inet:whois:rar  str(lower)

inet:whois:rec  (fqdn=inet:fqdn, asof=time)
    fqdn              inet:fqdn         [ro]
    asof              time              [ro]
    text              str(lower)        [text]
    created           time
    updated           time
    expires           time
    registrar         inet:whois:rar
    registrant        inet:whois:reg    [deprecated]
    registrant:name   ou:name           [new]

inet:whois:recns  (ns=inet:fqdn, rec=inet:whois:rec)
    ns            inet:fqdn         [ro]
    rec           inet:whois:rec    [ro]
    rec:fqdn      inet:fqdn         [ro]
    rec:asof      time              [ro]

inet:whois:reg  str(lower)

inet:whois:email  (fqdn=inet:fqdn, email=inet:email)
    fqdn          inet:fqdn     [ro]
    email         inet:email    [ro]

inet:whois:ipquery  guid
    time          time
    url           inet:url
    fqdn          inet:fqdn
    ipv4          inet:ipv4
    ipv6          inet:ipv6
    success       bool
    rec           inet:whois:iprec

inet:whois:iprec  guid
    net4              inet:net4
    net4:min          inet:ipv4
    net4:max          inet:ipv4
    net6              inet:net6
    net6:min          inet:ipv6
    net6:max          inet:ipv6
    asof              time
    created           time
    updated           time
    text              str(lower)                    [text]
    desc              str(lower)                    [text]
    asn               inet:asn
    id                inet:whois:regid
    name              str
    parentid          inet:whois:regid
    registrant        inet:whois:ipcontact          [deprecated]
    registrant:name   ou:name                       [new]
    contacts          {inet:whois:ipcontact}
    country           str(lower regex=^[a-z]{2}$)
    status            str(lower)
    type              str(lower)
    links             {inet:url}

inet:whois:ipcontact  guid
    contact       ps:contact
    asof          time
    created       time
    updated       time
    role          str(lower)
    roles         {str}
    asn           inet:asn
    id            inet:whois:regid
    links         {inet:url}
    status        str(lower)
    contacts      {inet:whois:ipcontact}

inet:whois:regid  str
"""

EDGES = """
inet:whois:iprec -(ipwhois)> inet:ipv4  [new]
inet:whois:iprec -(ipwhois)> inet:ipv6  [new]
"""
