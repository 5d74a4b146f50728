"""HTTP requests, sessions, cookies; e-mail messages."""

TYPES = """
inet:http:header:name     str(lower)                                The name of an HTTP header.
inet:http:header          (name=inet:http:header:name, value=str)   An HTTP header.
inet:email:header:name    str(lower)                                The name of an e-mail header. Ex: subject
"""

FORMS = """
inet:email:message  guid  An e-mail message.
    id                    str(strip)            [new] The Message-ID header.
    to                    inet:email            The address that it is for.
    from                  inet:email            The address that it is from.
    replyto               inet:email            The address to answer to.
    cc                    {inet:email}          [new] The addresses that got a copy.
    subject               str                   The subject.
    body                  str                   [text] The text.
    date                  time                  When it was sent, as it says itself.
    bytes                 file:bytes            The message as a file.
    headers               [inet:email:header]   The headers, in order.
    received:from:ipv4    inet:ipv4             [new] The IPv4 address that handed it to our server.
    received:from:ipv6    inet:ipv6             [new] The IPv6 address that handed it to our server.
    received:from:fqdn    inet:fqdn             [new] The name of the server that handed it to ours.
    flow                  inet:flow             [new] The network flow that delivered it.

inet:email:header  (name=inet:email:header:name, value=str)  A header of an e-mail message.
    name          inet:email:header:name    [ro] The name of the header.
    value         str                       [ro] The value of the header.

inet:email:message:attachment  (message=inet:email:message, file=file:bytes)  A file attached to an e-mail message.
    message       inet:email:message    [ro] The message.
    file          file:bytes            [ro] The file.
    name          file:base             The name that the file has in the message.

inet:email:message:link  (message=inet:email:message, url=inet:url)  A link in the text of an e-mail message.
    message       inet:email:message    [ro] The message.
    url           inet:url              [ro] The URL that it leads to.
    text          str                   The text that is shown for it.

inet:http:request:header  inet:http:header  A header of an HTTP request.
    name          inet:http:header:name     [ro] The name of the header.
    value         str                       [ro] The value of the header.

inet:http:response:header  inet:http:header  A header of an HTTP response.
    name          inet:http:header:name     [ro] The name of the header.
    value         str                       [ro] The value of the header.

inet:http:param  (name=str, value=str)  A query parameter of an HTTP request.
    name          str(lower)    [ro] The name of the parameter.
    value         str           [ro] The value of the parameter.

inet:http:cookie  *  An HTTP cookie. Ex: SESSION=b2f7c1a9
    name          str           [new] The name of the cookie.
    value         str           [new] The value of the cookie.

inet:http:request  guid  An HTTP request and the response to it.
    @is inet:proto:request
    method            str                           The method, such as GET.
    path              str                           The path as sent.
    url               inet:url                      The whole URL that was asked for.
    query             str                           The query parameters as sent.
    headers           [inet:http:request:header]    The headers of the request.
    header:host       inet:fqdn                     [new] The Host header.
    header:referer    inet:url                      [new] The Referer header.
    body              file:bytes                    The body of the request.
    referer           inet:url                      [new deprecated] The Referer header; use header:referer.
    cookies           {inet:http:cookie}            [new] The cookies that were sent.
    response:time     time                          When the response came.
    response:code     int                           The status code of the response.
    response:reason   str                           The text beside the status code.
    response:headers  [inet:http:response:header]   The headers of the response.
    response:body     file:bytes                    The body of the response.
    response:cookies  {inet:http:cookie}            [new] The cookies that the response set.
    session           inet:http:session             The session that it was part of.
    fetch             it:exec:url                   [new] The retrieval that it was part of, redirects included.

inet:http:session  guid  HTTP requests that belong together by a cookie.
    contact       ps:contact            Whom the session belongs to.
    cookies       {inet:http:cookie}    [new] The cookies that tell the session.
"""
