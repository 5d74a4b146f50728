"""Threats, vulnerabilities, attacks, alerts, mitigations."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'CVSS_AC': {'enums': [['Low', 'L'], ['High', 'H']]},
    'CVSS_PR': {
        'enums': [
            {'title': 'None', 'value': 'N', 'doc': 'FIXME privs stuff'},
            {'title': 'Low', 'value': 'L', 'doc': 'FIXME privs stuff'},
            {'title': 'High', 'value': 'H', 'doc': 'FIXME privs stuff'},
        ]
    },
    'ALERT_STATUS': s_decl.enums('0 new; 10 enrichment; 20 todo; 30 analysis; 40 remediation; 50 done'),
}

TYPES = """
cvss:v2   *             [new]
cvss:v3   *             [new]
"""

FORMS = """
risk:threat:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

risk:threat  guid
    @columns org:name org:names reporter:name tag
    name                  str(lower onespace)
    type                  risk:threat:type:taxonomy     [new]
    desc                  str
    tag                   syn:tag
    active                ival                          [new]
    activity              meta:activity                 [new]
    reporter              ou:org
    reporter:name         ou:name
    reporter:discovered   time                          [new]
    reporter:published    time                          [new]
    org                   ou:org
    org:loc               loc
    org:name              ou:name                       [alts=org:names]
    org:names             {ou:name}
    country               pol:country                   [new]
    country:code          pol:iso2                      [new]
    goals                 {ou:goal}
    sophistication        meta:sophistication
    techniques            {ou:technique}                [deprecated]
    merged:time           time                          [new]
    merged:isnow          risk:threat                   [new]
    mitre:attack:group    it:mitre:attack:group         [new]
    ext:id                str(strip)                    [new alts=ext:ids]
    ext:ids               {str(strip)}                  [new]

risk:availability  taxonomy
    @is meta:taxonomy

risk:tool:software:taxonomy  taxonomy
    @is meta:taxonomy

risk:tool:software  guid
    @columns soft:name soft:names reporter:name tag
    tag                       syn:tag
    desc                      str
    type                      risk:tool:software:taxonomy
    used                      ival                          [new]
    availability              risk:availability
    sophistication            meta:sophistication
    reporter                  ou:org
    reporter:name             ou:name
    reporter:discovered       time                          [new]
    reporter:published        time                          [new]
    soft                      it:prod:soft
    soft:name                 it:prod:softname              [alts=soft:names]
    soft:names                {it:prod:softname}
    techniques                {ou:technique}                [deprecated]
    mitre:attack:software     it:mitre:attack:software      [new]
    id                        str(strip)                    [new]

risk:mitigation:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

risk:mitigation  guid
    @columns name reporter:name type tag
    vuln                      risk:vuln
    name                      str(lower onespace)
    names                     {str(lower onespace)}             [new]
    type                      risk:mitigation:type:taxonomy     [new]
    id                        str(strip)                        [new]
    desc                      str                               [text]
    software                  it:prod:softver                   [deprecated]
    hardware                  it:prod:hardware                  [deprecated]
    reporter                  ou:org                            [new]
    reporter:name             ou:name                           [new]
    mitre:attack:mitigation   it:mitre:attack:mitigation        [new]
    tag                       syn:tag                           [new]

risk:vulnname  str(lower onespace)  [new]

risk:vuln:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

risk:vuln  guid
    @columns cve name reporter:name cvss:v3_1:score type
    name                              risk:vulnname             [alts=names]
    names                             {risk:vulnname}           [new]
    type                              risk:vuln:type:taxonomy
    desc                              str                       [text]
    severity                          meta:severity             [new]
    priority                          meta:priority             [new]
    reporter                          ou:org                    [new]
    reporter:name                     ou:name                   [new]
    reporter:url                      inet:url                  [new]
    mitigated                         bool
    exploited                         bool
    timeline:discovered               time(ismin)
    timeline:published                time(ismin)
    timeline:vendor:notified          time(ismin)
    timeline:vendor:fixed             time(ismin)
    timeline:exploited                time(ismin)
    id                                str(strip)                [new]
    tag                               syn:tag                   [new]
    cve                               it:sec:cve
    cve:desc                          str                       [text]
    cve:url                           inet:url
    cve:references                    {inet:url}
    nist:nvd:source                   ou:name                   [deprecated]
    nist:nvd:published                time                      [deprecated]
    nist:nvd:modified                 time(ismax)               [deprecated]
    cisa:kev:name                     str                       [deprecated]
    cisa:kev:desc                     str                       [deprecated]
    cisa:kev:action                   str                       [deprecated]
    cisa:kev:vendor                   ou:name                   [deprecated]
    cisa:kev:product                  it:prod:softname          [deprecated]
    cisa:kev:added                    time                      [deprecated]
    cisa:kev:duedate                  time                      [deprecated]
    cvss:v2                           cvss:v2                   [new]
    cvss:v2_0:score                   float                     [new]
    cvss:v2_0:score:base              float                     [new]
    cvss:v2_0:score:temporal          float                     [new]
    cvss:v2_0:score:environmental     float                     [new]
    cvss:v3                           cvss:v3                   [new]
    cvss:v3_0:score                   float                     [new]
    cvss:v3_0:score:base              float                     [new]
    cvss:v3_0:score:temporal          float                     [new]
    cvss:v3_0:score:environmental     float                     [new]
    cvss:v3_1:score                   float                     [new]
    cvss:v3_1:score:base              float                     [new]
    cvss:v3_1:score:temporal          float                     [new]
    cvss:v3_1:score:environmental     float                     [new]
    cvss:av                           str(enums=N,A,P,L)        [deprecated]
    cvss:ac                           str(enums=L,H)            [deprecated disp=$CVSS_AC]
    cvss:pr                           str(enums=N,L,H)          [deprecated disp=$CVSS_PR]
    cvss:ui                           str(enums=N,R)            [deprecated]
    cvss:s                            str(enums=U,C)            [deprecated]
    cvss:c                            str(enums=N,L,H)          [deprecated]
    cvss:i                            str(enums=N,L,H)          [deprecated]
    cvss:a                            str(enums=N,L,H)          [deprecated]
    cvss:e                            str(enums=X,U,P,F,H)      [deprecated]
    cvss:rl                           str(enums=X,O,T,W,U)      [deprecated]
    cvss:rc                           str(enums=X,U,R,C)        [deprecated]
    cvss:mav                          str(enums=X,N,A,L,P)      [deprecated]
    cvss:mac                          str(enums=X,L,H)          [deprecated]
    cvss:mpr                          str(enums=X,N,L,H)        [deprecated]
    cvss:mui                          str(enums=X,N,R)          [deprecated]
    cvss:ms                           str(enums=X,U,C)          [deprecated]
    cvss:mc                           str(enums=X,N,L,H)        [deprecated]
    cvss:mi                           str(enums=X,N,L,H)        [deprecated]
    cvss:ma                           str(enums=X,N,L,H)        [deprecated]
    cvss:cr                           str(enums=X,L,M,H)        [deprecated]
    cvss:ir                           str(enums=X,L,M,H)        [deprecated]
    cvss:ar                           str(enums=X,L,M,H)        [deprecated]
    cvss:score                        float                     [deprecated]
    cvss:score:base                   float                     [deprecated]
    cvss:score:temporal               float                     [deprecated]
    cvss:score:environmental          float                     [deprecated]
    cwes                              {it:sec:cwe}

risk:vuln:soft:range  guid  [new]
    vuln          risk:vuln
    version:min   it:prod:softver
    version:max   it:prod:softver

risk:hasvuln  guid  [deprecated]
    vuln          risk:vuln
    person        ps:person
    org           ou:org
    place         geo:place
    software      it:prod:softver
    hardware      it:prod:hardware
    spec          mat:spec
    item          mat:item
    host          it:host

risk:vulnerable  guid  [new]
    vuln          risk:vuln
    technique     ou:technique
    period        ival
    node          ndef
    mitigated     bool
    mitigations   {risk:mitigation}

risk:alert:taxonomy  taxonomy
    @is meta:taxonomy

risk:alert:verdict:taxonomy  taxonomy  [new]
    @is meta:taxonomy

risk:alert  guid
    type              risk:alert:taxonomy
    name              str
    desc              str                           [text]
    status            int(enums=$ALERT_STATUS)      [new]
    benign            bool                          [new]
    priority          meta:priority                 [new]
    severity          meta:severity                 [new]
    verdict           risk:alert:verdict:taxonomy   [new]
    assignee          syn:user                      [new]
    ext:assignee      ps:contact                    [new]
    engine            it:prod:softver               [new]
    detected          time
    updated           time                          [new]
    vuln              risk:vuln
    attack            risk:attack
    url               inet:url
    ext:id            str
    host              it:host                       [new]
    service:platform  inet:service:platform         [new]
    service:instance  inet:service:instance         [new deprecated]
    service:account   inet:service:account          [new]

risk:compromisetype  taxonomy
    @is meta:taxonomy

risk:compromise  guid
    @columns time lasttime name reporter:name
    name              str(lower onespace)
    desc              str                   [text]
    reporter          ou:org                [new]
    reporter:name     ou:name               [new]
    ext:id            str                   [new]
    url               inet:url              [new]
    type              risk:compromisetype
    vector            risk:attack           [new]
    target            ps:contact
    attacker          ps:contact
    campaign          ou:campaign
    time              time
    lasttime          time
    duration          duration
    detected          time                  [new]
    loss:pii          int
    loss:econ         econ:price
    loss:life         int
    loss:bytes        int
    ransom:paid       econ:price
    ransom:price      econ:price
    response:cost     econ:price
    theft:price       econ:price
    econ:currency     econ:currency
    severity          meta:severity         [new]
    goal              ou:goal               [new]
    goals             {ou:goal}             [new]
    tag               syn:tag               [new]
    techniques        {ou:technique}        [deprecated]

risk:attacktype  taxonomy
    @is meta:taxonomy

risk:attack  guid
    desc              str                   [text]
    type              risk:attacktype
    reporter          ou:org                [new]
    reporter:name     ou:name               [new]
    time              time
    detected          time                  [new]
    success           bool
    targeted          bool
    goal              ou:goal
    campaign          ou:campaign
    compromise        risk:compromise
    severity          meta:severity         [new]
    sophistication    meta:sophistication
    prev              risk:attack
    actor             entity:actor          [new]
    actor:org         ou:org                [deprecated]
    actor:person      ps:person             [deprecated]
    attacker          ps:contact
    target            ps:contact            [deprecated]
    target:org        ou:org                [deprecated]
    target:host       it:host               [deprecated]
    target:person     ps:person             [deprecated]
    target:place      geo:place             [deprecated]
    via:ipv4          inet:ipv4             [deprecated]
    via:ipv6          inet:ipv6             [deprecated]
    via:email         inet:email            [deprecated]
    via:phone         tel:phone             [deprecated]
    used:vuln         risk:vuln             [deprecated]
    used:url          inet:url              [deprecated]
    used:host         it:host               [deprecated]
    used:email        inet:email            [deprecated]
    used:file         file:bytes            [deprecated]
    used:server       inet:server           [deprecated]
    used:software     it:prod:softver       [deprecated]
    techniques        {ou:technique}        [deprecated]
    url               inet:url              [new]
    ext:id            str                   [new]

risk:leak:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

risk:leak  guid  [new]
    @columns disclosed name owner::name reporter:name
    name              str(lower onespace)
    desc              str                       [text]
    reporter          ou:org
    reporter:name     ou:name
    disclosed         time
    owner             ps:contact
    leaker            ps:contact
    recipient         ps:contact
    type              risk:leak:type:taxonomy
    goal              ou:goal
    compromise        risk:compromise
    extortion         risk:extortion
    public            bool
    public:url        inet:url
    size:bytes        int(min=0)
    size:count        int(min=0)
    size:percent      int(min=0 max=100)

risk:outage:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

risk:outage:cause:taxonomy  taxonomy  [new]
    @is meta:taxonomy

risk:outage  guid  [new]
    @columns period name provider:name reporter:name cause type
    name              str(lower onespace)
    period            ival
    type              risk:outage:type:taxonomy
    cause             risk:outage:cause:taxonomy
    attack            risk:attack
    provider          ou:org
    provider:name     ou:name
    reporter          ou:org
    reporter:name     ou:name

risk:extortion:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

risk:extortion  guid  [new]
    @columns demanded name target::name reporter:name deadline
    name                          str(lower onespace)
    desc                          str                           [text]
    reporter                      ou:org
    reporter:name                 ou:name
    demanded                      time
    deadline                      time
    goal                          ou:goal
    type                          risk:extortion:type:taxonomy
    attacker                      ps:contact
    target                        ps:contact
    success                       bool
    enacted                       bool
    public                        bool
    public:url                    inet:url
    compromise                    risk:compromise
    demanded:payment:price        econ:price
    demanded:payment:currency     econ:currency
    paid:price                    econ:price
    payments                      {econ:acct:payment}

risk:technique:masquerade  guid  [new]
    node          ndef
    period        ival
    target        ndef
    technique     ou:technique
"""

EDGES = """
risk:vuln -(uses)> ou:technique             [new]
risk:attack -(uses)> ou:technique
risk:threat -(uses)> ou:technique
risk:tool:software -(uses)> ou:technique
risk:compromise -(uses)> ou:technique       [new]
risk:extortion -(uses)> ou:technique        [new]
risk:attack -(uses)> risk:vuln
risk:threat -(uses)> risk:vuln
risk:tool:software -(uses)> risk:vuln
risk:attack -(targets)> ou:industry
risk:compromise -(targets)> ou:industry     [new]
risk:threat -(targets)> ou:industry
risk:threat -(targets)> *
risk:threat -(uses)> *
risk:threat -(uses)> inet:service:platform  [new]
risk:threat -(uses)> inet:service:app       [new deprecated]
risk:attack -(targets)> *
risk:attack -(uses)> *
risk:tool:software -(uses)> *
risk:compromise -(stole)> *
risk:mitigation -(addresses)> ou:technique  [new]
risk:mitigation -(uses)> meta:rule          [new]
risk:mitigation -(uses)> it:app:yara:rule   [new]
risk:mitigation -(uses)> it:app:snort:rule  [new]
risk:mitigation -(uses)> inet:service:rule  [new]
risk:mitigation -(uses)> it:prod:softver    [new]
risk:mitigation -(uses)> it:prod:hardware   [new]
risk:leak -(leaked)> *                      [new]
risk:leak -(enabled)> risk:leak             [new]
risk:extortion -(leveraged)> *              [new]
risk:attack -(caused)> risk:outage          [new]
risk:outage -(impacted)> *                  [new]
risk:alert -(about)> *                      [new]
risk:tool:software -(uses)> math:algorithm  [new]
"""
