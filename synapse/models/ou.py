"""Organizations: names, members, industries, contracts, identifiers."""

VALUES = {
    'CONTRACTS': ('nda', 'other', 'grant', 'treaty', 'purchase', 'indemnity', 'partnership'),
}

TYPES = r"""
ou:sic            str(regex=^[0-9]{4}$)                     An industry by its SIC code. Ex: 0111
ou:naics          str(regex=^[1-9][0-9]{1,5}?$ strip)       An industry by its NAICS code. Ex: 541715
ou:isic           str(regex=^[A-Z]([0-9]{2}[0-9]{0,2})?$)   An industry by its ISIC code. Ex: C1393
ou:contract:type  str(enum=$CONTRACTS)                      [deprecated] A kind of contract; use ou:conttype.
ou:alias          str(regex=^[\w0-9_]+$ lower)              [deprecated] A short name of an organization; use ou:name.
                        Ex: acme
ou:role           str(regex=^\w+$ lower)                    A part that somebody has in an organization. Ex: staff
ou:id:value       str(strip)                                An identifier that an organization gave out.
"""

FORMS = """
ou:jobtype  taxonomy  Kinds of jobs. Ex: it.dev.python
    @is meta:taxonomy

ou:jobtitle  str(lower onespace)  The title of a job.

ou:employment  taxonomy  Ways to be employed. Ex: fulltime.salary
    @is meta:taxonomy

ou:opening  guid  A job that is offered.
    @columns posted jobtitle orgname
    org           ou:org            The organization that offers it.
    orgname       ou:name           The name of the organization.
    orgfqdn       inet:fqdn         The domain name of the organization.
    posted        time              When it was first offered.
    removed       time              When the offer was withdrawn.
    postings      {inet:url}        Where it is offered.
    contact       ps:contact        Whom to ask.
    loc           loc               The region of the job.
    jobtype       ou:jobtype        What kind of job it is.
    employment    ou:employment     How one would be employed.
    jobtitle      ou:jobtitle       The title of the job.
    remote        bool              Whether it may be done from elsewhere.
    yearlypay     econ:price        The pay for a year.
    paycurrency   econ:currency     The currency of the pay.

ou:candidate:method:taxonomy  taxonomy  [new] Ways in which candidates come.
    @is meta:taxonomy

ou:candidate  guid  [new] Somebody who wants a job.
    @columns contact::name contact::email submitted org::name opening::jobtitle
    org           ou:org                        The organization that has the job.
    contact       ps:contact                    Who the candidate is.
    method        ou:candidate:method:taxonomy  How the candidate came.
    submitted     time                          When the candidate applied.
    intro         str(strip)                    What the candidate wrote.
    resume        file:bytes                    The resume.
    opening       ou:opening                    The job that it is about.
    agent         ps:contact                    Who acts for the candidate.
    recruiter     ps:contact                    Who acts for the organization.
    attachments   {file:attachment}             The files that came with the application.

ou:candidate:referral  guid  [new] Somebody recommended a candidate.
    @columns referrer::name candidate::contact::name candidate::org::name candidate::opening::jobtitle submitted
    candidate     ou:candidate  The candidate.
    referrer      ps:contact    Who recommended.
    submitted     time          When it was done.
    text          str           [text] What was written.

ou:vitals  guid  Numbers of an organization at a time.
    asof              time              When the numbers were true.
    org               ou:org            The organization.
    orgname           ou:name           The name of the organization.
    orgfqdn           inet:fqdn         The domain name of the organization.
    currency          econ:currency     The currency of the amounts.
    costs             econ:price        What it spends.
    budget            econ:price        [new] What it plans to spend.
    revenue           econ:price        What it takes in.
    profit            econ:price        What it earns.
    valuation         econ:price        What it is worth.
    shares            int               How many shares there are.
    population        int               How many people work there.
    delta:costs       econ:price        How its costs changed.
    delta:revenue     econ:price        How its revenue changed.
    delta:profit      econ:price        How its profit changed.
    delta:valuation   econ:price        How its worth changed.
    delta:population  int               How its number of people changed.

ou:id:type  guid  A kind of identifier that an organization gives out.
    org           ou:org        The organization that gives it out.
    name          str           [alts=names] The name of the identifier.
    names         {str}         [new] Other names of the identifier.
    url           inet:url      [new] Where it is described.

ou:id:number  (type=ou:id:type, value=ou:id:value)  An identifier of a certain kind.
    type          ou:id:type        [ro] What kind of identifier it is.
    value         ou:id:value       [ro] The identifier.
    status        str(lower strip)  Whether it is valid.
    issued        time              When it was given out.
    expires       time              Until when it is valid.
    issuer        ps:contact        [new] Who gave it out.

ou:id:update  guid  A change of an identifier's state.
    number        ou:id:number      The identifier.
    status        str(strip lower)  Its state from then on.
    time          time              When it changed.

ou:orgtype  taxonomy  Kinds of organizations.
    @is meta:taxonomy

ou:org  guid  An organization of any kind: a company, an agency, a threat group.
    @columns name names country:code
    loc           loc               The region that it belongs to.
    name          ou:name           [alts=names] The name of the organization.
    type          str(lower strip)  [deprecated] What kind it is; use orgtype.
    motto         lang:phrase       [new] Its motto.
    orgtype       ou:orgtype        [hint=taxonomy] What kind of organization it is.
    vitals        ou:vitals         Its latest numbers.
    desc          str               [text] What the organization is.
    logo          file:bytes        Its logo.
    names         {ou:name}         Other names of the organization.
    alias         ou:alias          [deprecated] A short name; use names.
    phone         tel:phone         Its main phone number.
    sic           ou:sic            [deprecated] Its SIC code; use industries.
    naics         ou:naics          [deprecated] Its NAICS code; use industries.
    industries    {ou:industry}     The industries that it works in.
    us:cage       gov:us:cage       Its CAGE code.
    founded       time              When it was founded.
    dissolved     time              When it ceased to exist.
    url           inet:url          Its main web site.
    subs          {ou:org}          The organizations below it.
    orgchart      ou:position       The position at its head.
    hq            ps:contact        Its main office.
    locations     {ps:contact}      Its other offices.
    country       pol:country       [new] The country that it is a part of the government of.
    country:code  pol:iso2          [new] The code of its country.
    dns:mx        {inet:fqdn}       The mail servers that it uses.
    techniques    {ou:technique}    [deprecated] The techniques that it uses; use a uses edge.
    goals         {ou:goal}         [new] What it wants to reach.
    tag           syn:tag           [new] The tag that marks what belongs to it.
    ext:id        str(strip)        [new] Its identifier in another system.

ou:team  guid  A part of an organization.
    @columns name org::name
    org           ou:org        The organization.
    name          ou:name       The name of the team.

ou:position  guid  A place in the order of an organization.
    org           ou:org            The organization.
    team          ou:team           The team that it belongs to.
    contact       ps:contact        Who holds it.
    title         ou:jobtitle       The title of who holds it.
    reports       {ou:position}     The positions below it.

ou:name  str(lower strip)  The name of an organization. Ex: acme corporation

ou:conttype  taxonomy  Kinds of contracts.
    @is meta:taxonomy

ou:contract  guid  A contract.
    title         str                   The title of the contract.
    type          ou:conttype           What kind of contract it is.
    sponsor       ps:contact            Who pays.
    parties       {ps:contact}          Who agreed.
    document      file:bytes            The text of the contract.
    signed        time                  When it was signed.
    begins        time                  From when it is valid.
    expires       time                  Until when it is valid.
    completed     time                  When it was fulfilled.
    terminated    time                  When it was ended early.
    award:price   econ:price            The price that was agreed.
    budget:price  econ:price            The price that was planned.
    currency      econ:currency         [new] The currency of the amounts.
    purchase      econ:purchase         What was bought by it.
    requirements  {ou:goal}             What it demands.
    types         {ou:contract:type ,}  [deprecated] What kinds it is of; use type.

ou:industry:type:taxonomy  taxonomy  [new] Kinds of industries.
    @is meta:taxonomy

ou:industry  guid  A branch of the economy, or of another field of activity.
    @columns name names reporter:name
    name              ou:industryname               [alts=names] The name of the industry.
    type              ou:industry:type:taxonomy     [new] What kind of industry it is.
    names             {ou:industryname}             Other names of the industry.
    reporter          ou:org                        [new] The organization that describes it so.
    reporter:name     ou:name                       [new] The name of that organization.
    subs              {ou:industry ,}               [deprecated] The industries below it; use type.
    sic               {ou:sic ,}                    Its SIC codes.
    naics             {ou:naics ,}                  Its NAICS codes.
    isic              {ou:isic ,}                   Its ISIC codes.
    desc              str                           [text] What belongs to the industry.

ou:industryname  str(lower onespace)  The name of an industry.

ou:hasalias  (org=ou:org, alias=ou:alias)  [deprecated] An organization has a short name; use ou:org:names.
    org           ou:org        [ro] The organization.
    alias         ou:alias      [ro] The short name.

ou:orgnet4  (org=ou:org, net=inet:net4)  An IPv4 range of an organization.
    org           ou:org            [ro] The organization.
    net           inet:net4         [ro] The range.
    name          str(lower strip)  The name of the range.

ou:orgnet6  (org=ou:org, net=inet:net6)  An IPv6 range of an organization.
    org           ou:org            [ro] The organization.
    net           inet:net6         [ro] The range.
    name          str(lower strip)  The name of the range.

ou:member  (org=ou:org, person=ps:person)  [deprecated] A person belongs to an organization; use ou:position.
    org           ou:org            [ro] The organization.
    person        ps:person         [ro] The person.
    title         str(lower strip)  The title of the person.
    start         time(ismin)       From when.
    end           time(ismax)       Until when.

ou:suborg  (org=ou:org, sub=ou:org)  An organization is below another one.
    org           ou:org                [ro] The one above.
    sub           ou:org                [ro] The one below.
    perc          int(min=0 max=100)    The share that is owned, in percent.
    founded       time                  When this came to be.
    dissolved     time                  When this ceased to be.
    current       bool                  Whether it is so now.

ou:org:has  (org=ou:org, node=ndef)  [deprecated] An organization has a node; use a has edge.
    org           ou:org        [ro] The organization.
    node          ndef          [ro] The node.
    node:form     str           [ro] The form of the node.

ou:user  (org=ou:org, user=inet:user)  A user name within an organization.
    org           ou:org        [ro] The organization.
    user          inet:user     [ro] The user name.
"""

EDGES = """
ou:org -(uses)> ou:technique  The organization uses the technique.
ou:org -(uses)> *             The organization makes use of the node.
ou:org -(targets)> *          The organization aims at the node.
ou:org -(has)> *              [new] The organization has the node.
ou:org -(owns)> *             [new] The organization owns the node.
"""
