"""News and broadcasts."""

FORMS = """
media:news:taxonomy  taxonomy  Kinds of news.
    @is meta:taxonomy

media:news  guid  An article or report.
    url               inet:url              Where it is. Ex: https://news.example.com/mars-lander.html
    url:fqdn          inet:fqdn             The domain name of where it is. Ex: news.example.com
    type              media:news:taxonomy   What kind of article it is.
    file              file:bytes            The article as a file.
    title             str(lower)            [text] The title. Ex: a lander reaches mars
    summary           str                   [text] A short version.
                        Ex: After seven months in space the lander touched down
    body              str                   [new text syntax=markdown] The text.
    publisher         ou:org                The organization that published it.
    publisher:name    ou:name               The name of the organization that published it.
    published         time                  When it was published. Ex: 20161201180433
    updated           time(ismax)           [new] When it was last changed. Ex: 20161201180433
    org               ou:alias              [deprecated] The organization that published it; use publisher.
    author            ps:name               [deprecated] The author; use authors.
    authors           {ps:contact ,}        The authors.
    rss:feed          inet:url              The feed that it came in.
    ext:id            str                   The identifier that its publisher gives it.
    topics            {media:topic}         What it is about.
    version           str(onespace)         [new] The version of the article.

media:topic  str(lower onespace)  Something that people speak or write about.
    desc          str           What belongs to the topic.
"""
