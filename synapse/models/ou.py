"""Organizations: names, members, industries, contracts, identifiers."""

VALUES = {
    'CONTRACTS': ('nda', 'other', 'grant', 'treaty', 'purchase', 'indemnity', 'partnership'),
}

TYPES = r"""
ou:sic            str(regex=^[0-9]{4}$)
ou:naics          str(regex=^[1-9][0-9]{1,5}?$ strip)
ou:isic           str(regex=^[A-Z]([0-9]{2}[0-9]{0,2})?$)
ou:contract:type  str(enum=$CONTRACTS)                      [deprecated]
ou:alias          str(regex=^[\w0-9_]+$ lower)              [deprecated]
ou:role           str(regex=^\w+$ lower)
ou:id:value       str(strip)
"""

FORMS = """
ou:jobtype  taxonomy
    @is meta:taxonomy

ou:jobtitle  str(lower onespace)

ou:employment  taxonomy
    @is meta:taxonomy

ou:opening  guid
    @columns posted jobtitle orgname
    org           ou:org
    orgname       ou:name
    orgfqdn       inet:fqdn
    posted        time
    removed       time
    postings      {inet:url}
    contact       ps:contact
    loc           loc
    jobtype       ou:jobtype
    employment    ou:employment
    jobtitle      ou:jobtitle
    remote        bool
    yearlypay     econ:price
    paycurrency   econ:currency

ou:candidate:method:taxonomy  taxonomy  [new]
    @is meta:taxonomy

ou:candidate  guid  [new]
    @columns contact::name contact::email submitted org::name opening::jobtitle
    org           ou:org
    contact       ps:contact
    method        ou:candidate:method:taxonomy
    submitted     time
    intro         str(strip)
    resume        file:bytes
    opening       ou:opening
    agent         ps:contact
    recruiter     ps:contact
    attachments   {file:attachment}

ou:candidate:referral  guid  [new]
    @columns referrer::name candidate::contact::name candidate::org::name candidate::opening::jobtitle submitted
    candidate     ou:candidate
    referrer      ps:contact
    submitted     time
    text          str           [text]

ou:vitals  guid
    asof              time
    org               ou:org
    orgname           ou:name
    orgfqdn           inet:fqdn
    currency          econ:currency
    costs             econ:price
    budget            econ:price        [new]
    revenue           econ:price
    profit            econ:price
    valuation         econ:price
    shares            int
    population        int
    delta:costs       econ:price
    delta:revenue     econ:price
    delta:profit      econ:price
    delta:valuation   econ:price
    delta:population  int

ou:id:type  guid
    org           ou:org
    name          str           [alts=names]
    names         {str}         [new]
    url           inet:url      [new]

ou:id:number  (type=ou:id:type, value=ou:id:value)
    type          ou:id:type        [ro]
    value         ou:id:value       [ro]
    status        str(lower strip)
    issued        time
    expires       time
    issuer        ps:contact        [new]

ou:id:update  guid
    number        ou:id:number
    status        str(strip lower)
    time          time

ou:orgtype  taxonomy
    @is meta:taxonomy

ou:org  guid
    @columns name names country:code
    loc           loc
    name          ou:name           [alts=names]
    type          str(lower strip)  [deprecated]
    motto         lang:phrase       [new]
    orgtype       ou:orgtype        [hint=taxonomy]
    vitals        ou:vitals
    desc          str               [text]
    logo          file:bytes
    names         {ou:name}
    alias         ou:alias          [deprecated]
    phone         tel:phone
    sic           ou:sic            [deprecated]
    naics         ou:naics          [deprecated]
    industries    {ou:industry}
    us:cage       gov:us:cage
    founded       time
    dissolved     time
    url           inet:url
    subs          {ou:org}
    orgchart      ou:position
    hq            ps:contact
    locations     {ps:contact}
    country       pol:country       [new]
    country:code  pol:iso2          [new]
    dns:mx        {inet:fqdn}
    techniques    {ou:technique}    [deprecated]
    goals         {ou:goal}         [new]
    tag           syn:tag           [new]
    ext:id        str(strip)        [new]

ou:team  guid
    @columns name org::name
    org           ou:org
    name          ou:name

ou:position  guid
    org           ou:org
    team          ou:team
    contact       ps:contact
    title         ou:jobtitle
    reports       {ou:position}

ou:name  str(lower strip)

ou:conttype  taxonomy
    @is meta:taxonomy

ou:contract  guid
    title         str
    type          ou:conttype
    sponsor       ps:contact
    parties       {ps:contact}
    document      file:bytes
    signed        time
    begins        time
    expires       time
    completed     time
    terminated    time
    award:price   econ:price
    budget:price  econ:price
    currency      econ:currency         [new]
    purchase      econ:purchase
    requirements  {ou:goal}
    types         {ou:contract:type ,}  [deprecated]

ou:industry:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

ou:industry  guid
    @columns name names reporter:name
    name              ou:industryname               [alts=names]
    type              ou:industry:type:taxonomy     [new]
    names             {ou:industryname}
    reporter          ou:org                        [new]
    reporter:name     ou:name                       [new]
    subs              {ou:industry ,}               [deprecated]
    sic               {ou:sic ,}
    naics             {ou:naics ,}
    isic              {ou:isic ,}
    desc              str                           [text]

ou:industryname  str(lower onespace)

ou:hasalias  (org=ou:org, alias=ou:alias)  [deprecated]
    org           ou:org        [ro]
    alias         ou:alias      [ro]

ou:orgnet4  (org=ou:org, net=inet:net4)
    org           ou:org            [ro]
    net           inet:net4         [ro]
    name          str(lower strip)

ou:orgnet6  (org=ou:org, net=inet:net6)
    org           ou:org            [ro]
    net           inet:net6         [ro]
    name          str(lower strip)

ou:member  (org=ou:org, person=ps:person)  [deprecated]
    org           ou:org            [ro]
    person        ps:person         [ro]
    title         str(lower strip)
    start         time(ismin)
    end           time(ismax)

ou:suborg  (org=ou:org, sub=ou:org)
    org           ou:org                [ro]
    sub           ou:org                [ro]
    perc          int(min=0 max=100)
    founded       time
    dissolved     time
    current       bool

ou:org:has  (org=ou:org, node=ndef)  [deprecated]
    org           ou:org        [ro]
    node          ndef          [ro]
    node:form     str           [ro]

ou:user  (org=ou:org, user=inet:user)
    org           ou:org        [ro]
    user          inet:user     [ro]
"""

EDGES = """
ou:org -(uses)> ou:technique
ou:org -(uses)> *
ou:org -(targets)> *
ou:org -(has)> *              [new]
ou:org -(owns)> *             [new]
"""
