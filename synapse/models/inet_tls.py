"""TLS and SSL: handshakes, fingerprints, certificates in use."""

VALUES = {
    'JA4': '^([tqd])([sd\\d]\\d)([di])(\\d{2})(\\d{2})([a-zA-Z0-9]{2})_([0-9a-f]{12})_([0-9a-f]{12})$',
}

FORMS = r"""
inet:ssl:cert  (server=inet:server, file=file:bytes)  [deprecated] A certificate file that a server presented; use
                                                      inet:tls:servercert.
    file          file:bytes    [ro] The certificate.
    server        inet:server   [ro] The server.
    server:ipv4   inet:ipv4     [ro] The server's IPv4 address.
    server:ipv6   inet:ipv6     [ro] The server's IPv6 address.
    server:port   inet:port     [ro] The server's port.

inet:ssl:jarmhash  str(regex=^(?<ciphers>[0-9a-f]{30})(?<extensions>[0-9a-f]{32})$ lower strip)
                        A JARM fingerprint of a TLS server.
    ciphers       str(lower strip regex=^[0-9a-f]{30}$)     [ro] The part that tells the ciphers.
    extensions    str(lower strip regex=^[0-9a-f]{32}$)     [ro] The part that tells the extensions.

inet:ssl:jarmsample  (server=inet:server, jarmhash=inet:ssl:jarmhash)  A JARM fingerprint taken of a server.
    jarmhash      inet:ssl:jarmhash     [ro] The fingerprint.
    server        inet:server           [ro] The server.

inet:tls:ja4  str(regex=$JA4 strip)  [new] A JA4 fingerprint of a TLS client.

inet:tls:ja4s  str(regex=^([tq])([sd\d]\d)(\d{2})([a-zA-Z0-9]{2})_([0-9a-f]{4})_([0-9a-f]{12})$ strip)
                        [new] A JA4S fingerprint of a TLS server.

inet:tls:ja4:sample  (client=inet:client, ja4=inet:tls:ja4)  [new] A JA4 fingerprint seen of a client.
    ja4           inet:tls:ja4  [ro] The fingerprint.
    client        inet:client   [ro] The client.

inet:tls:ja4s:sample  (server=inet:server, ja4s=inet:tls:ja4s)  [new] A JA4S fingerprint seen of a server.
    ja4s          inet:tls:ja4s     [ro] The fingerprint.
    server        inet:server       [ro] The server.

inet:tls:handshake  guid  [new] The start of a TLS connection.
    time                      time              When it began.
    flow                      inet:flow         The network flow.
    server                    inet:server       The server.
    server:cert               crypto:x509:cert  The certificate of the server.
    server:ja3s               hash:md5          The JA3S fingerprint of the server.
    server:ja4s               inet:tls:ja4s     The JA4S fingerprint of the server.
    client                    inet:client       The client.
    client:cert               crypto:x509:cert  The certificate of the client.
    client:ja3                hash:md5          The JA3 fingerprint of the client.
    client:ja4                inet:tls:ja4      The JA4 fingerprint of the client.
    client:fingerprint:ja3    hash:md5          [deprecated] The JA3 fingerprint of the client; use client:ja3.
    server:fingerprint:ja3    hash:md5          [deprecated] The JA3S fingerprint of the server; use server:ja3s.

inet:tls:ja3s:sample  (server=inet:server, ja3s=hash:md5)  [new] A JA3S fingerprint seen of a server.
    server        inet:server   [ro] The server.
    ja3s          hash:md5      [ro] The fingerprint.

inet:tls:ja3:sample  (client=inet:client, ja3=hash:md5)  [new] A JA3 fingerprint seen of a client.
    client        inet:client   [ro] The client.
    ja3           hash:md5      [ro] The fingerprint.

inet:tls:servercert  (server=inet:server, cert=crypto:x509:cert)  [new] A certificate that a server presented.
                        Ex: (1.2.3.4:443, c7437790af01ae1bb2f8f3b684c70bf8)
    server        inet:server       [ro] The server.
    cert          crypto:x509:cert  [ro] The certificate.

inet:tls:clientcert  (client=inet:client, cert=crypto:x509:cert)  [new] A certificate that a client presented.
                        Ex: (1.2.3.4:443, 3fdf364e081c14997b291852d1f23868)
    client        inet:client       [ro] The client.
    cert          crypto:x509:cert  [ro] The certificate.
"""
