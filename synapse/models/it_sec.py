"""Security: CVE, CWE, CPE, STIX, command and control, vulnerability scans."""

import synapse.lib.model.decl as s_decl
import synapse.models.schemas as s_schemas

VALUES = {
    'TLP': s_decl.enums('10 clear; 20 green; 30 amber; 40 amber-strict; 50 red'),
    'DASHES': (('‑', '-'), ('‒', '-'), ('–', '-'), ('—', '-')),
    'ATTACK_FLOW': s_schemas.load('attack_flow'),
}

TYPES = """
it:sec:tlp                int(enums=$TLP)                           [new]
it:mitre:attack:status    str(enums=current,deprecated,withdrawn)
it:mitre:attack:matrix    str(enums=enterprise,mobile,ics)          [new]
it:sec:cpe:v2_2           *
"""

FORMS = """
it:sec:cve  str(regex=(?i)^CVE-[0-9]{4}-[0-9]{4,}$ lower replace=$DASHES)
    desc                  str               [deprecated]
    url                   inet:url          [deprecated]
    references            {inet:url}        [deprecated]
    nist:nvd:source       ou:name           [new]
    nist:nvd:published    time              [new]
    nist:nvd:modified     time(ismax)       [new]
    cisa:kev:name         str               [new]
    cisa:kev:desc         str               [new]
    cisa:kev:action       str               [new]
    cisa:kev:vendor       ou:name           [new]
    cisa:kev:product      it:prod:softname  [new]
    cisa:kev:added        time              [new]
    cisa:kev:duedate      time              [new]

it:sec:cpe  *
    v2_2          it:sec:cpe:v2_2
    part          str(lower strip)  [ro]
    vendor        ou:name           [ro]
    product       str(lower strip)  [ro]
    version       str(lower strip)  [ro]
    update        str(lower strip)  [ro]
    edition       str(lower strip)  [ro]
    language      str(lower strip)  [ro]
    sw_edition    str(lower strip)  [ro]
    target_sw     str(lower strip)  [ro]
    target_hw     str(lower strip)  [ro]
    other         str(lower strip)  [ro]

it:sec:cwe  str(regex=^CWE-[0-9]{1,8}$)
    name          str
    desc          str               [text]
    url           inet:url
    parents       {it:sec:cwe ,}

it:sec:metrics  guid  [new]
    org                               ou:org
    org:name                          ou:name
    org:fqdn                          inet:fqdn
    period                            ival
    alerts:meantime:triage            duration
    alerts:count                      int
    alerts:falsepos                   int
    assets:hosts                      int
    assets:users                      int
    assets:vulns:count                int
    assets:vulns:preexisting          int
    assets:vulns:discovered           int
    assets:vulns:mitigated            int
    assets:vulns:meantime:mitigate    duration

it:sec:vuln:scan  guid  [new]
    time              time
    desc              str               [text]
    ext:id            str
    ext:url           inet:url
    software          it:prod:softver
    software:name     it:prod:softname
    operator          ps:contact

it:sec:vuln:scan:result  guid  [new]
    scan          it:sec:vuln:scan
    vuln          risk:vuln
    asset         ndef
    desc          str
    time          time
    ext:id        str
    ext:url       inet:url
    mitigation    risk:mitigation
    mitigated     time
    priority      meta:priority
    severity      meta:severity

it:mitre:attack:group  str(regex=^G[0-9]{4}$)
    org           ou:org
    name          ou:name
    names         {ou:name}
    desc          str                               [text]
    isnow         it:mitre:attack:group
    url           inet:url
    tag           syn:tag                           [deprecated]
    references    array(type=inet:url uniq)
    techniques    {it:mitre:attack:technique ,}
    software      {it:mitre:attack:software ,}

it:mitre:attack:tactic  str(regex=^TA[0-9]{4}$)
    name          str(strip)
    matrix        it:mitre:attack:matrix        [new]
    desc          str                           [text]
    url           inet:url
    tag           syn:tag                       [deprecated]
    references    array(type=inet:url uniq)

it:mitre:attack:technique  str(regex=^T[0-9]{4}(.[0-9]{3})?$)
    name              str(lower onespace)
    matrix            it:mitre:attack:matrix            [new]
    status            it:mitre:attack:status
    isnow             it:mitre:attack:technique
    desc              str(strip)                        [text]
    url               inet:url
    tag               syn:tag                           [deprecated]
    references        array(type=inet:url uniq)
    parent            it:mitre:attack:technique
    tactics           {it:mitre:attack:tactic ,}
    data:components   {it:mitre:attack:data:component}  [new]

it:mitre:attack:software  str(regex=^S[0-9]{4}$)
    software      it:prod:soft
    name          it:prod:softname
    names         {it:prod:softname}
    desc          str(strip)                        [text]
    isnow         it:mitre:attack:software
    url           inet:url
    tag           syn:tag                           [deprecated]
    references    array(type=inet:url uniq)
    techniques    {it:mitre:attack:technique ,}

it:mitre:attack:mitigation  str(regex=^M[0-9]{4}$)
    name          str(lower onespace)
    matrix        it:mitre:attack:matrix            [new]
    desc          str(strip)                        [text]
    url           inet:url
    tag           syn:tag                           [deprecated]
    references    array(type=inet:url uniq)
    addresses     {it:mitre:attack:technique ,}

it:mitre:attack:campaign  str(regex=^C[0-9]{4}$)  [new]
    name          ou:campname
    names         {ou:campname}
    desc          str(strip)                        [text]
    url           inet:url
    groups        {it:mitre:attack:group ,}
    software      {it:mitre:attack:software ,}
    techniques    {it:mitre:attack:technique ,}
    matrices      {it:mitre:attack:matrix ,}
    references    array(type=inet:url uniq)
    period        ival
    created       time
    updated       time
    tag           syn:tag                           [deprecated]

it:mitre:attack:flow  guid  [new]
    name              str
    data              data(schema=$ATTACK_FLOW)
    created           time
    updated           time
    author:user       syn:user
    author:contact    ps:contact

it:mitre:attack:datasource  str(regex=^DS[0-9]{4}$)  [new]
    name          str(lower onespace)
    description   str                   [text]
    references    {inet:url}

it:mitre:attack:data:component  guid  [new]
    name          str(lower onespace)           [ro]
    description   str                           [text]
    datasource    it:mitre:attack:datasource    [ro]

it:sec:stix:bundle  guid
    id            str

it:sec:stix:indicator  guid
    id            str
    name          str
    confidence    int(min=0 max=100)                        [new]
    revoked       bool                                      [new]
    description   str                                       [new]
    pattern       str
    pattern_type  str(strip lower enums=stix,pcre,sigma,snort,suricata,yara)  [new]
    created       time
    updated       time
    labels        {str}
    valid_from    time                                      [new]
    valid_until   time                                      [new]

it:sec:c2:config  guid
    family            it:prod:softname
    file              file:bytes
    decoys            [inet:url]            [new]
    servers           [inet:url]
    proxies           [inet:url]
    listens           [inet:url]
    dns:resolvers     [inet:server]
    mutex             it:dev:mutex
    campaigncode      it:dev:str
    crypto:key        crypto:key
    connect:delay     duration
    connect:interval  duration
    raw               data
    http:headers      [inet:http:header]
"""
