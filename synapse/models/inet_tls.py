"""TLS and SSL: handshakes, fingerprints, certificates in use."""

VALUES = {
    'JA4': '^([tqd])([sd\\d]\\d)([di])(\\d{2})(\\d{2})([a-zA-Z0-9]{2})_([0-9a-f]{12})_([0-9a-f]{12})$',
}

FORMS = r"""
inet:ssl:cert  (server=inet:server, file=file:bytes)  [deprecated]
    file          file:bytes    [ro]
    server        inet:server   [ro]
    server:ipv4   inet:ipv4     [ro]
    server:ipv6   inet:ipv6     [ro]
    server:port   inet:port     [ro]

inet:ssl:jarmhash  str(regex=^(?<ciphers>[0-9a-f]{30})(?<extensions>[0-9a-f]{32})$ lower strip)
    ciphers       str(lower strip regex=^[0-9a-f]{30}$)     [ro]
    extensions    str(lower strip regex=^[0-9a-f]{32}$)     [ro]

inet:ssl:jarmsample  (server=inet:server, jarmhash=inet:ssl:jarmhash)
    jarmhash      inet:ssl:jarmhash     [ro]
    server        inet:server           [ro]

inet:tls:ja4  str(regex=$JA4 strip)  [new]

inet:tls:ja4s  str(regex=^([tq])([sd\d]\d)(\d{2})([a-zA-Z0-9]{2})_([0-9a-f]{4})_([0-9a-f]{12})$ strip)  [new]

inet:tls:ja4:sample  (client=inet:client, ja4=inet:tls:ja4)  [new]
    ja4           inet:tls:ja4  [ro]
    client        inet:client   [ro]

inet:tls:ja4s:sample  (server=inet:server, ja4s=inet:tls:ja4s)  [new]
    ja4s          inet:tls:ja4s     [ro]
    server        inet:server       [ro]

inet:tls:handshake  guid  [new]
    time                      time
    flow                      inet:flow
    server                    inet:server
    server:cert               crypto:x509:cert
    server:ja3s               hash:md5
    server:ja4s               inet:tls:ja4s
    client                    inet:client
    client:cert               crypto:x509:cert
    client:ja3                hash:md5
    client:ja4                inet:tls:ja4
    client:fingerprint:ja3    hash:md5          [deprecated]
    server:fingerprint:ja3    hash:md5          [deprecated]

inet:tls:ja3s:sample  (server=inet:server, ja3s=hash:md5)  [new]
    server        inet:server   [ro]
    ja3s          hash:md5      [ro]

inet:tls:ja3:sample  (client=inet:client, ja3=hash:md5)  [new]
    client        inet:client   [ro]
    ja3           hash:md5      [ro]

inet:tls:servercert  (server=inet:server, cert=crypto:x509:cert)  [new]
    server        inet:server       [ro]
    cert          crypto:x509:cert  [ro]

inet:tls:clientcert  (client=inet:client, cert=crypto:x509:cert)  [new]
    client        inet:client       [ro]
    cert          crypto:x509:cert  [ro]
"""
