"""Rules and matches of scanners: YARA, Snort, Suricata, Sigma."""

FORMS = """
it:app:sigma:rule  guid  [new] A Sigma rule.
    id            str           The identifier that its home system gives it.
    text          str           [text syntax=yaml] The rule itself.
    name          str           The name of the rule.
    desc          str           [text] What the rule is for.
    url           inet:url      Where the rule is described.
    version       it:semver     The version of the rule.
    author        ps:contact    Who wrote the rule.
    created       time          When the rule was first written.
    updated       time          When the rule was last changed.
    enabled       bool          Whether the rule is in use.

it:app:sigma:matched  guid  [new] A Sigma rule matched.
    rule          it:app:sigma:rule     The rule.
    target        it:log:event          The log event that it matched.
    sensor        it:host               The host that saw it.
    time          time                  When it matched.
    version       it:semver             The version of the rule.

it:app:snort:rule  guid  A Snort rule.
    id            str               [new] The identifier that its home system gives it.
    text          str               [text] The rule itself.
    name          str               The name of the rule.
    desc          str               [new text] What the rule is for.
    engine        int               [new] The version of Snort that it is for.
    version       it:semver         The version of the rule.
    author        ps:contact        [new] Who wrote the rule.
    created       time              [new] When the rule was first written.
    updated       time              [new] When the rule was last changed.
    enabled       bool              [new] Whether the rule is in use.
    family        it:prod:softname  [new] The malware that it is meant to find.

it:app:snort:hit  guid  A Snort rule matched.
    rule          it:app:snort:rule     The rule.
    flow          inet:flow             The flow that it matched.
    src           inet:addr             The address that the packet came from.
    src:ipv4      inet:ipv4             The IPv4 address that the packet came from.
    src:ipv6      inet:ipv6             The IPv6 address that the packet came from.
    src:port      inet:port             The port that the packet came from.
    dst           inet:addr             The address that the packet went to.
    dst:ipv4      inet:ipv4             The IPv4 address that the packet went to.
    dst:ipv6      inet:ipv6             The IPv6 address that the packet went to.
    dst:port      inet:port             The port that the packet went to.
    time          time                  When it matched.
    sensor        it:host               The host that saw it.
    version       it:semver             The version of the rule.
    dropped       bool                  [new] Whether the packet was stopped.

it:app:suricata:rule  guid  [new] A Suricata rule.
    id            str           The identifier that its home system gives it.
    text          str           [text] The rule itself.
    name          str           The name of the rule.
    desc          str           [text] What the rule is for.
    version       it:semver     The version of the rule.
    author        ps:contact    Who wrote the rule.
    created       time          When the rule was first written.
    updated       time          When the rule was last changed.
    enabled       bool          Whether the rule is in use.

it:app:suricata:matched  guid  [new] A Suricata rule matched.
    rule          it:app:suricata:rule  The rule.
    target        inet:flow             The flow that it matched.
    time          time                  When it matched.
    sensor        it:host               The host that saw it.
    version       it:semver             The version of the rule.
    dropped       bool                  Whether the packet was stopped.

it:app:yara:rule  guid  A YARA rule.
    text          str               [text syntax=yara] The rule itself.
    ext:id        str               [new] The identifier that its home system gives it.
    url           inet:url          [new] Where the rule is described.
    name          str               The name of the rule.
    author        ps:contact        Who wrote the rule.
    version       it:semver         The version of the rule.
    created       time              When the rule was first written.
    updated       time              When the rule was last changed.
    enabled       bool              Whether the rule is in use.
    family        it:prod:softname  The malware that it is meant to find.

it:app:yara:match  (rule=it:app:yara:rule, file=file:bytes)  A YARA rule matches a file.
    rule          it:app:yara:rule  [ro] The rule.
    file          file:bytes        [ro] The file.
    version       it:semver         The version of the rule.

it:app:yara:netmatch  guid  [new] A YARA rule matched something on the network.
    rule          it:app:yara:rule                              The rule.
    version       it:semver                                     The version of the rule.
    node          ndef(forms=inet:fqdn,inet:ipv4,inet:ipv6,inet:url)  What it matched.

it:app:yara:procmatch  guid  A YARA rule matched a process.
    rule          it:app:yara:rule  The rule.
    proc          it:exec:proc      The process.
    time          time              When it matched.
    version       it:semver         The version of the rule.
"""

EDGES = """
it:app:sigma:rule -(detects)> *     [new] The rule was made to find the node.
it:app:snort:rule -(detects)> *     [new] The rule was made to find the node.
it:app:suricata:rule -(detects)> *  [new] The rule was made to find the node.
it:app:yara:rule -(detects)> *      [new] The rule was made to find the node.
"""
