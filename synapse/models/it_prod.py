"""Hardware and software products and their versions."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'VERDICTS': s_decl.enums('10 benign; 20 unknown; 30 suspicious; 40 malicious'),
}

FORMS = """
it:prod:hardwaretype  taxonomy
    @is meta:taxonomy

it:prod:hardware  guid
    name                  str(lower onespace)
    type                  it:prod:hardwaretype
    desc                  str                   [text]
    cpe                   it:sec:cpe
    manufacturer          ou:org                [new]
    manufacturer:name     ou:name               [new]
    make                  ou:name               [deprecated]
    model                 str(lower onespace)
    version               str(lower onespace)
    released              time
    parts                 {it:prod:hardware}

it:prod:component  guid
    hardware      it:prod:hardware
    serial        str
    host          it:host

it:prod:soft:taxonomy  taxonomy
    @is meta:taxonomy

it:prod:soft  guid
    id                str(strip)                [new]
    tag               syn:tag                   [new]
    name              it:prod:softname          [alts=names]
    type              it:prod:soft:taxonomy
    names             {it:prod:softname}
    desc              str                       [text]
    desc:short        str(lower)
    cpe               it:sec:cpe
    author            ps:contact
    author:org        ou:org                    [deprecated]
    author:acct       inet:web:acct             [deprecated]
    author:email      inet:email                [deprecated]
    author:person     ps:person                 [deprecated]
    url               inet:url
    isos              bool
    islib             bool
    techniques        {ou:technique}            [deprecated]

it:prod:softname  str(lower onespace)

it:prod:softid  guid  [new]
    id            str
    host          it:host
    soft          it:prod:softver
    soft:name     it:prod:softname

it:adid  str(lower strip)

it:prod:softos  (soft=it:prod:softver, os=it:prod:softver)
    soft          it:prod:softver   [ro]
    os            it:prod:softver   [ro]

it:prod:softver  guid
    software          it:prod:soft
    software:name     str(lower strip)      [deprecated]
    name              it:prod:softname      [alts=names]
    names             {it:prod:softname}
    desc              str                   [text]
    cpe               it:sec:cpe
    cves              {it:sec:cve}
    vers              it:dev:str
    vers:norm         str(lower)
    arch              it:dev:str
    released          time
    semver            it:semver
    semver:major      int                   [deprecated]
    semver:minor      int                   [deprecated]
    semver:patch      int                   [deprecated]
    semver:pre        str                   [deprecated]
    semver:build      str                   [deprecated]
    url               inet:url

it:prod:softlib  (soft=it:prod:softver, lib=it:prod:softver)
    soft          it:prod:softver   [ro]
    lib           it:prod:softver   [ro]

it:prod:softfile  (soft=it:prod:softver, file=file:bytes)
    soft          it:prod:softver   [ro]
    file          file:bytes        [ro]
    path          file:path

it:prod:softreg  (softver=it:prod:softver, regval=it:dev:regval)  [new]
    softver       it:prod:softver   [ro]
    regval        it:dev:regval     [ro]

it:av:sig  (soft=it:prod:soft, name=it:av:signame)  [deprecated]
    soft          it:prod:soft      [ro]
    name          it:av:signame     [ro]
    desc          str               [text]
    url           inet:url

it:av:signame  str(lower)

it:av:scan:result  guid  [new]
    time                      time
    verdict                   int(enums=$VERDICTS)
    scanner                   it:prod:softver
    scanner:name              it:prod:softname
    signame                   it:av:signame
    categories                {str(lower onespace)}
    target:file               file:bytes
    target:proc               it:exec:proc
    target:host               it:host
    target:fqdn               inet:fqdn
    target:url                inet:url
    target:ipv4               inet:ipv4
    target:ipv6               inet:ipv6
    multi:scan                it:av:scan:result
    multi:count               int(min=0)
    multi:count:benign        int(min=0)
    multi:count:unknown       int(min=0)
    multi:count:suspicious    int(min=0)
    multi:count:malicious     int(min=0)

it:av:filehit  (file=file:bytes, sig=it:av:sig)  [deprecated]
    file          file:bytes        [ro]
    sig           it:av:sig         [ro]
    sig:name      it:av:signame     [ro]
    sig:soft      it:prod:soft      [ro]

it:av:prochit  guid  [deprecated]
    proc          it:exec:proc
    sig           it:av:sig
    time          time
"""

EDGES = """
it:prod:soft -(uses)> ou:technique
it:prod:soft -(uses)> risk:vuln          [new]
it:prod:softver -(uses)> math:algorithm  [new]
"""
