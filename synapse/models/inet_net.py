"""What happens on the network: flows, banners, downloads, tunnels, wireless."""

FORMS = """
inet:download  guid  A file that a client got from a server.
    time          time          When it was sent.
    fqdn          inet:fqdn     The name that the client looked up.
    file          file:bytes    The file.
    server        inet:server   The server's address.
    server:host   it:host       The server host.
    server:ipv4   inet:ipv4     The server's IPv4 address.
    server:ipv6   inet:ipv6     The server's IPv6 address.
    server:port   inet:port     The server's port.
    server:proto  str(lower)    The server's protocol.
    client        inet:client   The client's address.
    client:host   it:host       The client host.
    client:ipv4   inet:ipv4     The client's IPv4 address.
    client:ipv6   inet:ipv6     The client's IPv6 address.
    client:port   inet:port     The client's port.
    client:proto  str(lower)    The client's protocol.

inet:flow  guid  A connection, or packets between two addresses that belong together.
    time                      time                  When it began.
    duration                  int                   How long it took.
    from                      guid                  The record or capture that it was taken from.
    dst                       inet:server           The address that was connected to.
    dst:ipv4                  inet:ipv4             The IPv4 address that was connected to.
    dst:ipv6                  inet:ipv6             The IPv6 address that was connected to.
    dst:port                  inet:port             The port that was connected to.
    dst:proto                 str(lower)            The protocol of the destination.
    dst:host                  it:host               The host that was connected to.
    dst:proc                  it:exec:proc          The process that was connected to.
    dst:exe                   file:bytes            The program that was connected to.
    dst:txfiles               {file:attachment}     [new] The files that the destination sent.
    dst:txcount               int                   How many packets the destination sent.
    dst:txbytes               int                   How many bytes the destination sent.
    dst:handshake             str                   [text] The first text that the destination sent.
    src                       inet:client           The address that connected.
    src:ipv4                  inet:ipv4             The IPv4 address that connected.
    src:ipv6                  inet:ipv6             The IPv6 address that connected.
    src:port                  inet:port             The port that connected.
    src:proto                 str(lower)            The protocol of the source.
    src:host                  it:host               The host that connected.
    src:proc                  it:exec:proc          The process that connected.
    src:exe                   file:bytes            The program that connected.
    src:txfiles               {file:attachment}     [new] The files that the source sent.
    src:txcount               int                   How many packets the source sent.
    src:txbytes               int                   How many bytes the source sent.
    tot:txcount               int                   How many packets both sent.
    tot:txbytes               int                   How many bytes both sent.
    src:handshake             str                   [text] The first text that the source sent.
    dst:cpes                  {it:sec:cpe}          The platforms that the destination seems to be.
    dst:softnames             {it:prod:softname}    The software that the destination seems to run.
    src:cpes                  {it:sec:cpe}          The platforms that the source seems to be.
    src:softnames             {it:prod:softname}    The software that the source seems to run.
    ip:proto                  int(min=0 max=255)    The protocol number in the IP header.
    ip:tcp:flags              int(min=0 max=255)    All TCP flags that were seen.
    sandbox:file              file:bytes            The file whose run in a sandbox led to the flow.
    src:ssl:cert              crypto:x509:cert      [new] The certificate of the source.
    dst:ssl:cert              crypto:x509:cert      [new] The certificate of the destination.
    src:rdp:hostname          it:hostname           [new] The host name that an RDP client sent.
    src:rdp:keyboard:layout   str(lower onespace)   [new] The keyboard layout that an RDP client sent.
    src:ssh:key               crypto:key            [new] The SSH key of the source.
    dst:ssh:key               crypto:key            [new] The SSH key of the destination.
    capture:host              it:host               [new] The host that recorded the flow.
    raw                       data                  [new] The record as its source has it.

inet:tunnel:type:taxonomy  taxonomy  [new] Kinds of tunnels.
    @is meta:taxonomy

inet:tunnel  guid  [new] Traffic that goes in at one address and comes out at another, as with a VPN or a proxy.
    anon          bool                          Whether it hides who uses it.
    type          inet:tunnel:type:taxonomy     What kind of tunnel it is.
    ingress       inet:server                   The address where traffic goes in.
    egress        inet:server                   The address where traffic comes out.
    operator      ps:contact                    Who runs it.

inet:egress  guid  [new] A host that reaches the Internet from an address.
    host          it:host               The host.
    host:iface    inet:iface            The interface that it goes out by.
    account       inet:service:account  The account that it goes out by.
    client        inet:client           The address that others see.
    client:ipv4   inet:ipv4             The IPv4 address that others see.
    client:ipv6   inet:ipv6             The IPv6 address that others see.

inet:iface  guid  A network interface of a host, with the addresses that it had.
    host          it:host           The host.
    name          str(strip)        [new] The name of the interface. Ex: eth0
    network       it:network        The network that it is attached to.
    type          str(lower)        What kind of interface it is.
    mac           inet:mac          The hardware address.
    ipv4          inet:ipv4         The IPv4 address.
    ipv6          inet:ipv6         The IPv6 address.
    phone         tel:phone         The phone number.
    wifi:ssid     inet:wifi:ssid    The name of the wireless network.
    wifi:bssid    inet:mac          The hardware address of the access point.
    adid          it:adid           The advertising identifier.
    mob:imei      tel:mob:imei      The IMEI of the device.
    mob:imsi      tel:mob:imsi      The IMSI of the subscriber.

inet:banner  (server=inet:server, text=it:dev:str)  The text with which a server greets.
    server        inet:server   [ro] The server.
    server:ipv4   inet:ipv4     [ro] The server's IPv4 address.
    server:ipv6   inet:ipv6     [ro] The server's IPv6 address.
    server:port   inet:port     [ro] The server's port.
    text          it:dev:str    [ro text] The text.

inet:servfile  (server=inet:server, file=file:bytes)  A file that a server held ready.
    file          file:bytes    [ro] The file.
    server        inet:server   [ro] The server's address.
    server:proto  str(lower)    [ro] The server's protocol.
    server:ipv4   inet:ipv4     [ro] The server's IPv4 address.
    server:ipv6   inet:ipv6     [ro] The server's IPv6 address.
    server:host   it:host       [ro] The server host.
    server:port   inet:port     The server's port.

inet:wifi:ap  (ssid=inet:wifi:ssid, bssid=inet:mac)  A wireless access point.
    ssid          inet:wifi:ssid    [ro] The name of its network.
    bssid         inet:mac          [ro] Its hardware address.
    latlong       geo:latlong       Where it is, as well as is known.
    accuracy      geo:dist          How exact the position is.
    channel       int               The radio channel.
    encryption    str(lower strip)  How the traffic is encrypted.
    place         geo:place         The place where it is.
    loc           loc               The region where it is.
    org           ou:org            The organization that runs it.

inet:wifi:ssid  str  The name of a wireless network. Ex: The Coffee House
"""
