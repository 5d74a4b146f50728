"""What organizations want and do: goals, campaigns, techniques, assets."""

FORMS = """
ou:goalname  str(lower onespace)  [new]

ou:goal:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

ou:goal  guid
    @columns name
    name              ou:goalname               [alts=names]
    names             {ou:goalname}             [new]
    type              ou:goal:type:taxonomy
    desc              str                       [text]
    prev              ou:goal                   [deprecated]
    reporter          ou:org                    [new]
    reporter:name     ou:name                   [new]

ou:hasgoal  (org=ou:org, goal=ou:goal)  [deprecated]
    org           ou:org        [ro]
    goal          ou:goal       [ro]
    stated        bool
    window        ival

ou:camptype  taxonomy
    @is meta:taxonomy

ou:campname  str(lower onespace)  [new]

ou:campaign  guid
    @columns name names reporter:name tag period
    org                       ou:org
    org:name                  ou:name
    org:fqdn                  inet:fqdn
    goal                      ou:goal                   [alts=goals]
    slogan                    lang:phrase               [new]
    actors                    {ps:contact ,}
    goals                     {ou:goal ,}
    success                   bool
    name                      ou:campname               [alts=names]
    names                     {ou:campname}             [new]
    reporter                  ou:org                    [new]
    reporter:name             ou:name                   [new]
    type                      str                       [deprecated]
    sophistication            meta:sophistication
    timeline                  meta:timeline             [new]
    camptype                  ou:camptype               [hint=taxonomy]
    desc                      str                       [text]
    period                    ival
    cost                      econ:price
    budget                    econ:price
    currency                  econ:currency
    goal:revenue              econ:price
    result:revenue            econ:price
    goal:pop                  int
    result:pop                int
    team                      ou:team
    conflict                  ou:conflict
    techniques                {ou:technique}            [deprecated]
    tag                       syn:tag                   [new]
    mitre:attack:campaign     it:mitre:attack:campaign  [new]
    ext:id                    str(strip)                [new]

ou:conflict  guid
    name          str(onespace)
    started       time
    ended         time
    timeline      meta:timeline

ou:contribution  guid
    from                  ps:contact
    campaign              ou:campaign
    value                 econ:price
    currency              econ:currency
    time                  time
    material:spec         mat:spec
    material:count        int
    monetary:payment      econ:acct:payment
    personnel:count       int
    personnel:jobtitle    ou:jobtitle

ou:technique  guid
    @columns name reporter:name tag
    name                      str(lower onespace)
    names                     {str(lower onespace)}         [new]
    type                      ou:technique:taxonomy
    sophistication            meta:sophistication
    desc                      str                           [text]
    tag                       syn:tag
    mitre:attack:technique    it:mitre:attack:technique
    reporter                  ou:org                        [new]
    reporter:name             ou:name                       [new]
    ext:id                    str(strip)                    [new]
    parent                    ou:technique                  [new]

ou:technique:taxonomy  taxonomy
    @is meta:taxonomy

ou:asset:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

ou:asset:status:taxonomy  taxonomy  [new]
    @is meta:taxonomy

ou:asset  guid  [new]
    @columns id name org::name
    org                       ou:org
    id                        str(strip)
    name                      str(lower onespace)
    period                    ival
    status                    ou:asset:status:taxonomy
    type                      ou:asset:type:taxonomy
    priority                  meta:priority
    priority:confidentiality  meta:priority
    priority:integrity        meta:priority
    priority:availability     meta:priority
    node                      ndef
    place                     geo:place
    owner                     ps:contact
    operator                  ps:contact

ou:enacted:status:taxonomy  taxonomy  [new]
    @is meta:taxonomy

ou:enacted  guid  [new]
    @is proj:task
    @fill task=adoption task
    org           ou:org
    doc           ndef(forms=doc:policy,doc:standard,doc:requirement)
    scope         ndef

ou:requirement:type:taxonomy  taxonomy  [new deprecated]
    @is meta:taxonomy

ou:requirement  guid  [new deprecated]
    name          str(lower onespace)
    type          ou:requirement:type:taxonomy
    text          str                           [text]
    optional      bool
    priority      meta:priority
    goal          ou:goal
    active        bool
    issued        time
    period        ival
    issuer        ps:contact
    assignee      ps:contact
    deps          {ou:requirement}
    deps:min      int(min=0)
"""

EDGES = """
ou:campaign -(uses)> ou:technique
ou:campaign -(targets)> *
ou:campaign -(uses)> *
ou:contribution -(includes)> *
ou:technique -(uses)> risk:vuln    [new]
"""
