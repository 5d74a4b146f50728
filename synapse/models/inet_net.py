"""What happens on the network: flows, banners, downloads, tunnels, wireless."""

FORMS = """
inet:download  guid
    time          time
    fqdn          inet:fqdn
    file          file:bytes
    server        inet:server
    server:host   it:host
    server:ipv4   inet:ipv4
    server:ipv6   inet:ipv6
    server:port   inet:port
    server:proto  str(lower)
    client        inet:client
    client:host   it:host
    client:ipv4   inet:ipv4
    client:ipv6   inet:ipv6
    client:port   inet:port
    client:proto  str(lower)

inet:flow  guid
    time                      time
    duration                  int
    from                      guid
    dst                       inet:server
    dst:ipv4                  inet:ipv4
    dst:ipv6                  inet:ipv6
    dst:port                  inet:port
    dst:proto                 str(lower)
    dst:host                  it:host
    dst:proc                  it:exec:proc
    dst:exe                   file:bytes
    dst:txfiles               {file:attachment}     [new]
    dst:txcount               int
    dst:txbytes               int
    dst:handshake             str                   [text]
    src                       inet:client
    src:ipv4                  inet:ipv4
    src:ipv6                  inet:ipv6
    src:port                  inet:port
    src:proto                 str(lower)
    src:host                  it:host
    src:proc                  it:exec:proc
    src:exe                   file:bytes
    src:txfiles               {file:attachment}     [new]
    src:txcount               int
    src:txbytes               int
    tot:txcount               int
    tot:txbytes               int
    src:handshake             str                   [text]
    dst:cpes                  {it:sec:cpe}
    dst:softnames             {it:prod:softname}
    src:cpes                  {it:sec:cpe}
    src:softnames             {it:prod:softname}
    ip:proto                  int(min=0 max=255)
    ip:tcp:flags              int(min=0 max=255)
    sandbox:file              file:bytes
    src:ssl:cert              crypto:x509:cert      [new]
    dst:ssl:cert              crypto:x509:cert      [new]
    src:rdp:hostname          it:hostname           [new]
    src:rdp:keyboard:layout   str(lower onespace)   [new]
    src:ssh:key               crypto:key            [new]
    dst:ssh:key               crypto:key            [new]
    capture:host              it:host               [new]
    raw                       data                  [new]

inet:tunnel:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

inet:tunnel  guid  [new]
    anon          bool
    type          inet:tunnel:type:taxonomy
    ingress       inet:server
    egress        inet:server
    operator      ps:contact

inet:egress  guid  [new]
    host          it:host
    host:iface    inet:iface
    account       inet:service:account
    client        inet:client
    client:ipv4   inet:ipv4
    client:ipv6   inet:ipv6

inet:iface  guid
    host          it:host
    name          str(strip)        [new]
    network       it:network
    type          str(lower)
    mac           inet:mac
    ipv4          inet:ipv4
    ipv6          inet:ipv6
    phone         tel:phone
    wifi:ssid     inet:wifi:ssid
    wifi:bssid    inet:mac
    adid          it:adid
    mob:imei      tel:mob:imei
    mob:imsi      tel:mob:imsi

inet:banner  (server=inet:server, text=it:dev:str)
    server        inet:server   [ro]
    server:ipv4   inet:ipv4     [ro]
    server:ipv6   inet:ipv6     [ro]
    server:port   inet:port     [ro]
    text          it:dev:str    [ro text]

inet:servfile  (server=inet:server, file=file:bytes)
    file          file:bytes    [ro]
    server        inet:server   [ro]
    server:proto  str(lower)    [ro]
    server:ipv4   inet:ipv4     [ro]
    server:ipv6   inet:ipv6     [ro]
    server:host   it:host       [ro]
    server:port   inet:port

inet:wifi:ap  (ssid=inet:wifi:ssid, bssid=inet:mac)
    ssid          inet:wifi:ssid    [ro]
    bssid         inet:mac          [ro]
    latlong       geo:latlong
    accuracy      geo:dist
    channel       int
    encryption    str(lower strip)
    place         geo:place
    loc           loc
    org           ou:org

inet:wifi:ssid  str
"""
