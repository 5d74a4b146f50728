"""WHOIS and RDAP registration records."""

FORMS = """
inet:whois:contact  (rec=inet:whois:rec, type=str(lower))  A contact in a domain's WHOIS record.
    rec           inet:whois:rec    [ro] The record.
    rec:fqdn      inet:fqdn         [ro] The domain of the record.
    rec:asof      time              [ro] When the record was taken.
    type          str(lower)        [ro] Its part in the record, such as registrant or admin.
    id            str(lower)        Its identifier at the registrar.
    name          str(lower)        The name of the contact.
    email         inet:email        The e-mail address of the contact.
    orgname       ou:name           The organization of the contact.
    address       str(lower)        The postal address of the contact.
    city          str(lower)        The city of the contact.
    state         str(lower)        The state or province of the contact.
    country       str(lower)        The country of the contact.
    phone         tel:phone         The phone number of the contact.
    fax           tel:phone         The fax number of the contact.
    url           inet:url          The web site of the contact.
    whois:fqdn    inet:fqdn         The domain of the WHOIS server.

inet:whois:rar  str(lower)  The name of a registrar. Ex: example registrar, inc.

inet:whois:rec  (fqdn=inet:fqdn, asof=time)  What WHOIS told of a domain at a time.
    fqdn              inet:fqdn         [ro] The domain.
    asof              time              [ro] When the record was taken.
    text              str(lower)        [text] The record as it was sent.
    created           time              When the domain was registered.
    updated           time              When the registration was last changed.
    expires           time              When the registration ends.
    registrar         inet:whois:rar    The registrar.
    registrant        inet:whois:reg    [deprecated] The registrant.
    registrant:name   ou:name           [new] The name of the registrant.

inet:whois:recns  (ns=inet:fqdn, rec=inet:whois:rec)  A name server in a domain's WHOIS record.
    ns            inet:fqdn         [ro] The name server.
    rec           inet:whois:rec    [ro] The record.
    rec:fqdn      inet:fqdn         [ro] The domain of the record.
    rec:asof      time              [ro] When the record was taken.

inet:whois:reg  str(lower)  The name of a registrant. Ex: ada lovelace

inet:whois:email  (fqdn=inet:fqdn, email=inet:email)  An e-mail address in a domain's WHOIS record.
    fqdn          inet:fqdn     [ro] The domain.
    email         inet:email    [ro] The e-mail address.

inet:whois:ipquery  guid  A question to a registry of IP addresses.
    time          time              When it was asked.
    url           inet:url          The URL of an RDAP query.
    fqdn          inet:fqdn         The server that was asked.
    ipv4          inet:ipv4         The IPv4 address that was asked for.
    ipv6          inet:ipv6         The IPv6 address that was asked for.
    success       bool              Whether the registry knew an answer.
    rec           inet:whois:iprec  The record that was returned.

inet:whois:iprec  guid  What a registry told of a range of IP addresses.
    net4              inet:net4                     The IPv4 range.
    net4:min          inet:ipv4                     The first IPv4 address.
    net4:max          inet:ipv4                     The last IPv4 address.
    net6              inet:net6                     The IPv6 range.
    net6:min          inet:ipv6                     The first IPv6 address.
    net6:max          inet:ipv6                     The last IPv6 address.
    asof              time                          When the record was taken.
    created           time                          When the range was registered.
    updated           time                          When the registration was last changed.
    text              str(lower)                    [text] The record as it was sent.
    desc              str(lower)                    [text] The remarks in the record.
    asn               inet:asn                      The autonomous system of the range.
    id                inet:whois:regid              The handle of the range at the registry.
    name              str                           The name that the registrant gave the range.
    parentid          inet:whois:regid              The handle of the range that it was taken from.
    registrant        inet:whois:ipcontact          [deprecated] The registrant's contact.
    registrant:name   ou:name                       [new] The name of the registrant.
    contacts          {inet:whois:ipcontact}        All contacts in the record.
    country           str(lower regex=^[a-z]{2}$)   The country code in the record.
    status            str(lower)                    The state of the registration.
    type              str(lower)                    How the range was assigned.
    links             {inet:url}                    The links in the record.

inet:whois:ipcontact  guid  A contact in a registry of IP addresses.
    contact       ps:contact                The contact details.
    asof          time                      When the record was taken.
    created       time                      When the contact was registered.
    updated       time                      When the contact was last changed.
    role          str(lower)                Its main part in the record.
    roles         {str}                     All its parts in the record.
    asn           inet:asn                  The autonomous system of the contact.
    id            inet:whois:regid          The handle of the contact at the registry.
    links         {inet:url}                The links in the record.
    status        str(lower)                The state of the contact.
    contacts      {inet:whois:ipcontact}    Further contacts that it names.

inet:whois:regid  str  A handle that a registry gave out. Ex: NET-10-0-0-0-1
"""

EDGES = """
inet:whois:iprec -(ipwhois)> inet:ipv4  [new] The record covers the address.
inet:whois:iprec -(ipwhois)> inet:ipv6  [new] The record covers the address.
"""
