"""News and broadcasts."""

FORMS = """
media:news:taxonomy  taxonomy
    @is meta:taxonomy

media:news  guid
    url               inet:url
    url:fqdn          inet:fqdn
    type              media:news:taxonomy
    file              file:bytes
    title             str(lower)            [text]
    summary           str                   [text]
    body              str                   [new text syntax=markdown]
    publisher         ou:org
    publisher:name    ou:name
    published         time
    updated           time(ismax)           [new]
    org               ou:alias              [deprecated]
    author            ps:name               [deprecated]
    authors           {ps:contact ,}
    rss:feed          inet:url
    ext:id            str
    topics            {media:topic}
    version           str(onespace)         [new]

media:topic  str(lower onespace)
    desc          str
"""
