"""Internet addresses and names: IP, FQDN, URL, e-mail, ports."""

VALUES = {
    'IPV6_SCOPES': (
        'reserved,interface-local,link-local,realm-local,admin-local,site-local,organization-local,global,unassigned'
    ),
}

TYPES = """
inet:net4         inet:ipv4range        A range of IPv4 addresses. Ex: (1.2.3.4, 1.2.3.20)
inet:net6         inet:ipv6range        A range of IPv6 addresses. Ex: (2001:db8::1, 2001:db8::ff)
inet:port         int(min=0 max=65535)  A TCP or UDP port. Ex: 80
inet:addr         *                     An address on a network: protocol, host and port. Ex: tcp://1.2.3.4:80
inet:ipv4range    *                     The first and the last address of a range. Ex: 1.2.3.4-1.2.3.8
inet:ipv6range    *                     The first and the last address of a range. Ex: (2001:db8::1, 2001:db8::ff)
"""

IFACES = """
inet:proto:request  *  A request of one host to another in some protocol.
    @is it:host:activity
    flow          inet:flow     The network flow that carried the request.
    client        inet:client   The address that asked.
    client:ipv4   inet:ipv4     The IPv4 address that asked.
    client:ipv6   inet:ipv6     The IPv6 address that asked.
    client:host   it:host       The host that asked.
    server        inet:server   The address that was asked.
    server:ipv4   inet:ipv4     The IPv4 address that was asked.
    server:ipv6   inet:ipv6     The IPv6 address that was asked.
    server:port   inet:port     The port that was asked.
    server:host   it:host       The host that was asked.
"""

FORMS = """
inet:fqdn  *  A domain name, complete up to the top level. Ex: www.example.com
    domain        inet:fqdn     [ro] The name one level up.
    host          str(lower)    [ro] The first label of the name.
    issuffix      bool          Whether names below it are sold to anybody, as under com or co.uk.
    iszone        bool          Whether it is the name that somebody registered.
    zone          inet:fqdn     The registered name that it belongs to.

inet:proto  str(regex=^[a-z0-9+-]+$ lower)  [new] A network protocol.
    port          inet:port     The port that it uses by custom.

inet:asn  int  An autonomous system number.
    name          str(lower)    The name of the autonomous system.
    owner         ou:org        The organization that it is assigned to.

inet:asnet4  (asn=inet:asn, net4=inet:net4)  An IPv4 range that an autonomous system routes.
                        Ex: (64496, (1.2.3.4, 1.2.3.20))
    asn           inet:asn      [ro] The autonomous system.
    net4          inet:net4     [ro] The range.
    net4:min      inet:ipv4     [ro] The first address of the range.
    net4:max      inet:ipv4     [ro] The last address of the range.

inet:asnet6  (asn=inet:asn, net6=inet:net6)  An IPv6 range that an autonomous system routes.
                        Ex: (64496, (2001:db8::1, 2001:db8::ff))
    asn           inet:asn      [ro] The autonomous system.
    net6          inet:net6     [ro] The range.
    net6:min      inet:ipv6     [ro] The first address of the range.
    net6:max      inet:ipv6     [ro] The last address of the range.

inet:cidr4  *  An IPv4 network in CIDR notation. Ex: 1.2.3.0/24
    broadcast     inet:ipv4     [ro] The last address of the network.
    mask          int           [ro] The number of bits that all its addresses share.
    network       inet:ipv4     [ro] The first address of the network.

inet:cidr6  *  An IPv6 network in CIDR notation. Ex: 2001:db8::/101
    broadcast     inet:ipv6     [ro] The last address of the network.
    mask          int           [ro] The number of bits that all its addresses share.
    network       inet:ipv6     [ro] The first address of the network.

inet:client  inet:addr  An address that talked to a server. Ex: tcp://1.2.3.4:80
    proto         str(lower)    [ro] The protocol that it talked.
    ipv4          inet:ipv4     [ro] The IPv4 address.
    ipv6          inet:ipv6     [ro] The IPv6 address.
    host          it:host       [ro] The host.
    port          inet:port     [ro] The port that it talked from.

inet:email  *  An e-mail address.
    user          inet:user         [ro] The part before the at sign.
    fqdn          inet:fqdn         [ro] The domain name after the at sign.
    plus          str(lower strip)  [new ro] What follows the first plus sign of the user part.
    base          inet:email        [new ro] The address without the plus sign and what follows it.

inet:group  str  The name of a group of users.

inet:ipv4  *  An IPv4 address. Ex: 1.2.3.4
    asn           inet:asn      The autonomous system that routes it.
    latlong       geo:latlong   Where it is, as well as is known.
    loc           loc           The region where it is.
    place         geo:place     The place where it is.
    type          str           What kind of address it is, such as private or unicast.
    dns:rev       inet:fqdn     The name that DNS gives for it.

inet:ipv6  *  An IPv6 address. Ex: 2001:db8::1
    asn           inet:asn                  The autonomous system that routes it.
    ipv4          inet:ipv4                 The IPv4 address that is mapped to it.
    latlong       geo:latlong               Where it is, as well as is known.
    place         geo:place                 The place where it is.
    dns:rev       inet:fqdn                 The name that DNS gives for it.
    loc           loc                       The region where it is.
    type          str                       [new] What kind of address it is, such as private or unicast.
    scope         str(enums=$IPV6_SCOPES)   [new] How far the address is valid.

inet:mac  str(regex=^([0-9a-f]{2}[:]){5}([0-9a-f]{2})$ lower)  A hardware address of 48 bits. Ex: aa:bb:cc:dd:ee:ff
    vendor        str           The maker that the address block is assigned to.

inet:passwd  str  A password in plain text.
    md5           hash:md5      [ro] The MD5 of the password.
    sha1          hash:sha1     [ro] The SHA-1 of the password.
    sha256        hash:sha256   [ro] The SHA-256 of the password.

inet:rfc2822:addr  *  A mailbox as it stands in the headers of a message. Ex: "Ada Lovelace" <ada@example.com>
    name          ps:name       [ro] The displayed name.
    email         inet:email    [ro] The e-mail address.

inet:server  inet:addr  An address that clients talk to. Ex: tcp://1.2.3.4:80
    proto         str(lower)    [ro] The protocol that it talks.
    ipv4          inet:ipv4     [ro] The IPv4 address.
    ipv6          inet:ipv6     [ro] The IPv6 address.
    host          it:host       [ro] The host.
    port          inet:port     [ro] The port that it listens on.

inet:url  *  A URL. Ex: https://www.example.com/files/index.html
    fqdn          inet:fqdn     [ro] The domain name in the URL.
    ipv4          inet:ipv4     [ro] The IPv4 address in the URL.
    ipv6          inet:ipv6     [ro] The IPv6 address in the URL.
    passwd        inet:passwd   [ro] The password in the URL.
    base          str           [ro] The URL up to the query parameters.
    path          str           [ro] The path on the server.
    params        str           [ro] The query parameters.
    port          inet:port     [ro] The port, given or implied by the protocol.
    proto         str(lower)    [ro] The protocol.
    user          inet:user     [ro] The user name in the URL.

inet:urlfile  (url=inet:url, file=file:bytes)  A file that was served at a URL.
    url           inet:url      [ro] The URL.
    file          file:bytes    [ro] The file.

inet:urlredir  (src=inet:url, dst=inet:url)  A URL that sends its visitors to another one.
                        Ex: (http://example.com/, https://www.example.com/)
    src           inet:url      [ro] The URL that redirects.
    src:fqdn      inet:fqdn     [ro] The domain name of the URL that redirects.
    dst           inet:url      [ro] The URL that it leads to.
    dst:fqdn      inet:fqdn     [ro] The domain name of the URL that it leads to.

inet:url:mirror  (of=inet:url, at=inet:url)  A copy of a URL's content at another URL.
    of            inet:url      [ro] The URL of the original.
    at            inet:url      [ro] The URL of the copy.

inet:user  str(lower)  A user name.
"""
