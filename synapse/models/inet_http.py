"""HTTP requests, sessions, cookies; e-mail messages."""

TYPES = """
inet:http:header:name     str(lower)
inet:http:header          (name=inet:http:header:name, value=str)
inet:email:header:name    str(lower)
"""

FORMS = """
inet:email:message  guid
    id                    str(strip)            [new]
    to                    inet:email
    from                  inet:email
    replyto               inet:email
    cc                    {inet:email}          [new]
    subject               str
    body                  str                   [text]
    date                  time
    bytes                 file:bytes
    headers               [inet:email:header]
    received:from:ipv4    inet:ipv4             [new]
    received:from:ipv6    inet:ipv6             [new]
    received:from:fqdn    inet:fqdn             [new]
    flow                  inet:flow             [new]

inet:email:header  (name=inet:email:header:name, value=str)
    name          inet:email:header:name    [ro]
    value         str                       [ro]

inet:email:message:attachment  (message=inet:email:message, file=file:bytes)
    message       inet:email:message    [ro]
    file          file:bytes            [ro]
    name          file:base

inet:email:message:link  (message=inet:email:message, url=inet:url)
    message       inet:email:message    [ro]
    url           inet:url              [ro]
    text          str

inet:http:request:header  inet:http:header
    name          inet:http:header:name     [ro]
    value         str                       [ro]

inet:http:response:header  inet:http:header
    name          inet:http:header:name     [ro]
    value         str                       [ro]

inet:http:param  (name=str, value=str)
    name          str(lower)    [ro]
    value         str           [ro]

inet:http:cookie  *
    name          str           [new]
    value         str           [new]

inet:http:request  guid
    @is inet:proto:request
    method            str
    path              str
    url               inet:url
    query             str
    headers           [inet:http:request:header]
    header:host       inet:fqdn                     [new]
    header:referer    inet:url                      [new]
    body              file:bytes
    referer           inet:url                      [new deprecated]
    cookies           {inet:http:cookie}            [new]
    response:time     time
    response:code     int
    response:reason   str
    response:headers  [inet:http:response:header]
    response:body     file:bytes
    response:cookies  {inet:http:cookie}            [new]
    session           inet:http:session
    fetch             it:exec:url                   [new]

inet:http:session  guid
    contact       ps:contact
    cookies       {inet:http:cookie}    [new]
"""
