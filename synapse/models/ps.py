"""People, their contact details, education and achievements."""

FORMS = """
ps:workhist  guid
    @columns contact::name jobtitle orgname started ended
    contact       ps:contact
    org           ou:org
    orgname       ou:name
    orgfqdn       inet:fqdn
    jobtype       ou:jobtype
    employment    ou:employment
    jobtitle      ou:jobtitle
    started       time
    ended         time
    duration      duration
    pay           econ:price
    currency      econ:currency
    desc          str               [new]

edu:course  guid
    name          str(lower onespace)
    desc          str
    code          str(lower strip)
    institution   ps:contact
    prereqs       {edu:course}

edu:class  guid
    course            edu:course
    instructor        ps:contact
    assistants        {ps:contact}
    date:first        time
    date:last         time
    isvirtual         bool
    virtual:url       inet:url
    virtual:provider  ps:contact
    place             geo:place

ps:education  guid
    @columns student::name institution::orgname attended:first attended:last
    student           ps:contact
    institution       ps:contact
    attended:first    time
    attended:last     time
    classes           {edu:class}
    achievement       ps:achievement

ps:achievement  guid
    @columns awardee::name award::name award::org::name awarded
    awardee       ps:contact
    award         ou:award
    awarded       time
    expires       time
    revoked       time

ps:tokn  str(lower strip)  [deprecated]

ps:name  str(lower onespace)
    sur           ps:tokn       [deprecated]
    middle        ps:tokn       [deprecated]
    given         ps:tokn       [deprecated]

ps:person  guid
    dob           time
    dod           time
    img           file:bytes    [deprecated]
    photo         file:bytes
    nick          inet:user
    vitals        ps:vitals
    name          ps:name       [alts=names]
    name:sur      ps:tokn       [deprecated]
    name:middle   ps:tokn       [deprecated]
    name:given    ps:tokn       [deprecated]
    names         {ps:name}
    nicks         {inet:user}

ps:persona  guid  [deprecated]
    person        ps:person
    dob           time
    img           file:bytes
    nick          inet:user
    name          ps:name
    name:sur      ps:tokn       [deprecated]
    name:middle   ps:tokn       [deprecated]
    name:given    ps:tokn       [deprecated]
    names         {ps:name}
    nicks         {inet:user}

ps:person:has  (person=ps:person, node=ndef)  [deprecated]
    person        ps:person     [ro]
    node          ndef          [ro]
    node:form     str           [ro]

ps:persona:has  (persona=ps:persona, node=ndef)  [deprecated]
    persona       ps:persona    [ro]
    node          ndef          [ro]
    node:form     str           [ro]

ps:contact:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

ps:contact  guid
    @columns name orgname email type
    org               ou:org
    type              ps:contact:type:taxonomy  [new]
    asof              time
    person            ps:person
    vitals            ps:vitals
    name              ps:name                   [alts=names]
    bio               str                       [new]
    desc              str
    title             ou:jobtitle               [alts=titles]
    titles            {ou:jobtitle}             [new]
    photo             file:bytes
    orgname           ou:name                   [alts=orgnames]
    orgfqdn           inet:fqdn
    user              inet:user                 [alts=users]
    service:accounts  {inet:service:account}    [new]
    web:acct          inet:web:acct             [deprecated]
    web:group         inet:web:group            [deprecated]
    birth:place       geo:place
    birth:place:loc   loc
    birth:place:name  geo:name
    death:place       geo:place
    death:place:loc   loc
    death:place:name  geo:name
    dob               time
    dod               time
    url               inet:url
    email             inet:email                [alts=emails]
    email:work        inet:email
    loc               loc
    address           geo:address               [text]
    place             geo:place
    place:name        geo:name                  [new]
    phone             tel:phone                 [alts=phones]
    phone:fax         tel:phone
    phone:work        tel:phone
    phones            {tel:phone}               [new]
    id                str(strip)                [new]
    id:number         ou:id:number              [alts=id:numbers]
    adid              it:adid
    imid              tel:mob:imid
    imid:imei         tel:mob:imei
    imid:imsi         tel:mob:imsi
    names             {ps:name}
    orgnames          {ou:name}
    emails            {inet:email}
    web:accts         {inet:web:acct}           [deprecated]
    id:numbers        {ou:id:number}
    users             {inet:user}
    crypto:address    crypto:currency:address
    lang              lang:language             [new alts=langs]
    langs             [lang:language]           [new]
    banner            file:bytes                [new]
    passwd            inet:passwd               [new]
    website           inet:url                  [new]
    websites          {inet:url}                [new]

ps:vitals  guid
    @is phys:object
    @fill phys:object=person
    asof                  time
    contact               ps:contact
    person                ps:person
    height                geo:dist
    weight                mass
    econ:currency         econ:currency
    econ:net:worth        econ:price
    econ:annual:income    econ:price

ps:contactlist  guid
    contacts          {ps:contact ,}
    source:host       it:host
    source:file       file:bytes
    source:acct       inet:web:acct         [deprecated]
    source:account    inet:service:account  [new]

ps:skill:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

ps:skill  guid  [new]
    @columns name type
    name          str(lower onespace)
    type          ps:skill:type:taxonomy

ps:proficiency  guid  [new]
    @columns contact::name skill::name
    skill         ps:skill
    contact       ps:contact
"""

EDGES = """
ps:contact -(has)> *   [new]
ps:person -(has)> *    [new]
ps:contact -(owns)> *  [new]
ps:person -(owns)> *   [new]
"""
