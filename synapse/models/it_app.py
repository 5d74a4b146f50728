"""Rules and matches of scanners: YARA, Snort, Suricata, Sigma."""

FORMS = """
it:app:sigma:rule  guid  [new]
    id            str
    text          str           [text syntax=yaml]
    name          str
    desc          str           [text]
    url           inet:url
    version       it:semver
    author        ps:contact
    created       time
    updated       time
    enabled       bool

it:app:sigma:matched  guid  [new]
    rule          it:app:sigma:rule
    target        it:log:event
    sensor        it:host
    time          time
    version       it:semver

it:app:snort:rule  guid
    id            str               [new]
    text          str               [text]
    name          str
    desc          str               [new text]
    engine        int               [new]
    version       it:semver
    author        ps:contact        [new]
    created       time              [new]
    updated       time              [new]
    enabled       bool              [new]
    family        it:prod:softname  [new]

it:app:snort:hit  guid
    rule          it:app:snort:rule
    flow          inet:flow
    src           inet:addr
    src:ipv4      inet:ipv4
    src:ipv6      inet:ipv6
    src:port      inet:port
    dst           inet:addr
    dst:ipv4      inet:ipv4
    dst:ipv6      inet:ipv6
    dst:port      inet:port
    time          time
    sensor        it:host
    version       it:semver
    dropped       bool                  [new]

it:app:suricata:rule  guid  [new]
    id            str
    text          str           [text]
    name          str
    desc          str           [text]
    version       it:semver
    author        ps:contact
    created       time
    updated       time
    enabled       bool

it:app:suricata:matched  guid  [new]
    rule          it:app:suricata:rule
    target        inet:flow
    time          time
    sensor        it:host
    version       it:semver
    dropped       bool

it:app:yara:rule  guid
    text          str               [text syntax=yara]
    ext:id        str               [new]
    url           inet:url          [new]
    name          str
    author        ps:contact
    version       it:semver
    created       time
    updated       time
    enabled       bool
    family        it:prod:softname

it:app:yara:match  (rule=it:app:yara:rule, file=file:bytes)
    rule          it:app:yara:rule  [ro]
    file          file:bytes        [ro]
    version       it:semver

it:app:yara:netmatch  guid  [new]
    rule          it:app:yara:rule
    version       it:semver
    node          ndef(forms=inet:fqdn,inet:ipv4,inet:ipv6,inet:url)

it:app:yara:procmatch  guid
    rule          it:app:yara:rule
    proc          it:exec:proc
    time          time
    version       it:semver
"""

EDGES = """
it:app:sigma:rule -(detects)> *     [new]
it:app:snort:rule -(detects)> *     [new]
it:app:suricata:rule -(detects)> *  [new]
it:app:yara:rule -(detects)> *      [new]
"""
