"""Internet addresses and names: IP, FQDN, URL, e-mail, ports."""

VALUES = {
    'IPV6_SCOPES': 'reserved,interface-local,link-local,realm-local,admin-local,site-local,organization-local,global,unassigned',
}

TYPES = """
inet:net4         inet:ipv4range
inet:net6         inet:ipv6range
inet:port         int(min=0 max=65535)
inet:addr         *
inet:ipv4range    *
inet:ipv6range    *
"""

IFACES = """
inet:proto:request  *
    @is it:host:activity
    flow          inet:flow
    client        inet:client
    client:ipv4   inet:ipv4
    client:ipv6   inet:ipv6
    client:host   it:host
    server        inet:server
    server:ipv4   inet:ipv4
    server:ipv6   inet:ipv6
    server:port   inet:port
    server:host   it:host
"""

FORMS = """
inet:fqdn  *
    domain        inet:fqdn     [ro]
    host          str(lower)    [ro]
    issuffix      bool
    iszone        bool
    zone          inet:fqdn

inet:proto  str(regex=^[a-z0-9+-]+$ lower)  [new]
    port          inet:port

inet:asn  int
    name          str(lower)
    owner         ou:org

inet:asnet4  (asn=inet:asn, net4=inet:net4)
    asn           inet:asn      [ro]
    net4          inet:net4     [ro]
    net4:min      inet:ipv4     [ro]
    net4:max      inet:ipv4     [ro]

inet:asnet6  (asn=inet:asn, net6=inet:net6)
    asn           inet:asn      [ro]
    net6          inet:net6     [ro]
    net6:min      inet:ipv6     [ro]
    net6:max      inet:ipv6     [ro]

inet:cidr4  *
    broadcast     inet:ipv4     [ro]
    mask          int           [ro]
    network       inet:ipv4     [ro]

inet:cidr6  *
    broadcast     inet:ipv6     [ro]
    mask          int           [ro]
    network       inet:ipv6     [ro]

inet:client  inet:addr
    proto         str(lower)    [ro]
    ipv4          inet:ipv4     [ro]
    ipv6          inet:ipv6     [ro]
    host          it:host       [ro]
    port          inet:port     [ro]

inet:email  *
    user          inet:user         [ro]
    fqdn          inet:fqdn         [ro]
    plus          str(lower strip)  [new ro]
    base          inet:email        [new ro]

inet:group  str

inet:ipv4  *
    asn           inet:asn
    latlong       geo:latlong
    loc           loc
    place         geo:place
    type          str
    dns:rev       inet:fqdn

inet:ipv6  *
    asn           inet:asn
    ipv4          inet:ipv4
    latlong       geo:latlong
    place         geo:place
    dns:rev       inet:fqdn
    loc           loc
    type          str                       [new]
    scope         str(enums=$IPV6_SCOPES)   [new]

inet:mac  str(regex=^([0-9a-f]{2}[:]){5}([0-9a-f]{2})$ lower)
    vendor        str

inet:passwd  str
    md5           hash:md5      [ro]
    sha1          hash:sha1     [ro]
    sha256        hash:sha256   [ro]

inet:rfc2822:addr  *
    name          ps:name       [ro]
    email         inet:email    [ro]

inet:server  inet:addr
    proto         str(lower)    [ro]
    ipv4          inet:ipv4     [ro]
    ipv6          inet:ipv6     [ro]
    host          it:host       [ro]
    port          inet:port     [ro]

inet:url  *
    fqdn          inet:fqdn     [ro]
    ipv4          inet:ipv4     [ro]
    ipv6          inet:ipv6     [ro]
    passwd        inet:passwd   [ro]
    base          str           [ro]
    path          str           [ro]
    params        str           [ro]
    port          inet:port     [ro]
    proto         str(lower)    [ro]
    user          inet:user     [ro]

inet:urlfile  (url=inet:url, file=file:bytes)
    url           inet:url      [ro]
    file          file:bytes    [ro]

inet:urlredir  (src=inet:url, dst=inet:url)
    src           inet:url      [ro]
    src:fqdn      inet:fqdn     [ro]
    dst           inet:url      [ro]
    dst:fqdn      inet:fqdn     [ro]

inet:url:mirror  (of=inet:url, at=inet:url)
    of            inet:url      [ro]
    at            inet:url      [ro]

inet:user  str(lower)
"""
