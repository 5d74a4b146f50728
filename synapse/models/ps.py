"""People, their contact details, education and achievements."""

FORMS = """
ps:workhist  guid  A job that somebody had.
    @columns contact::name jobtitle orgname started ended
    contact       ps:contact        Who had it.
    org           ou:org            The organization.
    orgname       ou:name           The name of the organization.
    orgfqdn       inet:fqdn         The domain name of the organization.
    jobtype       ou:jobtype        What kind of job it was.
    employment    ou:employment     How the person was employed.
    jobtitle      ou:jobtitle       The title of the job.
    started       time              When it began.
    ended         time              When it ended.
    duration      duration          How long it was.
    pay           econ:price        The pay for a year.
    currency      econ:currency     The currency of the pay.
    desc          str               [new] What the job was.

edu:course  guid  A course of an institution.
    name          str(lower onespace)   The name of the course. Ex: introduction to botany
    desc          str                   What is taught.
    code          str(lower strip)      The code of the course. Ex: bio101
    institution   ps:contact            The institution.
    prereqs       {edu:course}          The courses to take before.

edu:class  guid  A course as it is held at a time.
    course            edu:course    The course.
    instructor        ps:contact    Who teaches.
    assistants        {ps:contact}  Who helps to teach.
    date:first        time          The first day.
    date:last         time          The last day.
    isvirtual         bool          Whether it is held online.
    virtual:url       inet:url      Where it is held online.
    virtual:provider  ps:contact    Who runs the online room.
    place             geo:place     Where it is held.

ps:education  guid  A time of study.
    @columns student::name institution::orgname attended:first attended:last
    student           ps:contact        Who studied.
    institution       ps:contact        Where it was.
    attended:first    time              The first day.
    attended:last     time              The last day.
    classes           {edu:class}       The classes that were taken.
    achievement       ps:achievement    What was reached.

ps:achievement  guid  An award or certificate that somebody got.
    @columns awardee::name award::name award::org::name awarded
    awardee       ps:contact    Who got it.
    award         ou:award      The award.
    awarded       time          When it was given.
    expires       time          Until when it is valid.
    revoked       time          When it was taken back.

ps:tokn  str(lower strip)  [deprecated] A part of a person's name. Ex: ada

ps:name  str(lower onespace)  The name of a person. Ex: ada lovelace
    sur           ps:tokn       [deprecated] The family name.
    middle        ps:tokn       [deprecated] The middle name.
    given         ps:tokn       [deprecated] The given name.

ps:person  guid  A person.
    dob           time          When the person was born.
    dod           time          When the person died.
    img           file:bytes    [deprecated] A picture; use photo.
    photo         file:bytes    A picture of the person.
    nick          inet:user     A nickname.
    vitals        ps:vitals     The latest known measures.
    name          ps:name       [alts=names] The name of the person.
    name:sur      ps:tokn       [deprecated] The family name.
    name:middle   ps:tokn       [deprecated] The middle name.
    name:given    ps:tokn       [deprecated] The given name.
    names         {ps:name}     Other names of the person.
    nicks         {inet:user}   Other nicknames of the person.

ps:persona  guid  [deprecated] A person that somebody pretends to be.
    person        ps:person     Who is behind it.
    dob           time          The birthday that is claimed.
    img           file:bytes    A picture.
    nick          inet:user     A nickname.
    name          ps:name       The name of the persona.
    name:sur      ps:tokn       [deprecated] The family name.
    name:middle   ps:tokn       [deprecated] The middle name.
    name:given    ps:tokn       [deprecated] The given name.
    names         {ps:name}     Other names of the persona.
    nicks         {inet:user}   Other nicknames of the persona.

ps:person:has  (person=ps:person, node=ndef)  [deprecated] A person has a node; use a has edge.
    person        ps:person     [ro] The person.
    node          ndef          [ro] The node.
    node:form     str           [ro] The form of the node.

ps:persona:has  (persona=ps:persona, node=ndef)  [deprecated] A persona has a node; use a has edge.
    persona       ps:persona    [ro] The persona.
    node          ndef          [ro] The node.
    node:form     str           [ro] The form of the node.

ps:contact:type:taxonomy  taxonomy  [new] Kinds of contacts.
    @is meta:taxonomy

ps:contact  guid  What is known of somebody from one source at one time.
    @columns name orgname email type
    org               ou:org                    The organization.
    type              ps:contact:type:taxonomy  [new] What kind of contact it is.
    asof              time                      When it was true.
    person            ps:person                 The person.
    vitals            ps:vitals                 The latest known measures.
    name              ps:name                   [alts=names] The name of the person.
    bio               str                       [new] What the person writes about itself.
    desc              str                       Who it is.
    title             ou:jobtitle               [alts=titles] The job title.
    titles            {ou:jobtitle}             [new] Other job titles.
    photo             file:bytes                A picture.
    orgname           ou:name                   [alts=orgnames] The name of the organization.
    orgfqdn           inet:fqdn                 The domain name of the organization.
    user              inet:user                 [alts=users] The user name.
    service:accounts  {inet:service:account}    [new] The accounts at online services.
    web:acct          inet:web:acct             [deprecated] The web account; use service:accounts.
    web:group         inet:web:group            [deprecated] The web group.
    birth:place       geo:place                 Where the person was born.
    birth:place:loc   loc                       The region where the person was born.
    birth:place:name  geo:name                  The name of the place where the person was born.
    death:place       geo:place                 Where the person died.
    death:place:loc   loc                       The region where the person died.
    death:place:name  geo:name                  The name of the place where the person died.
    dob               time                      When the person was born.
    dod               time                      When the person died.
    url               inet:url                  Where it is told of.
    email             inet:email                [alts=emails] The main e-mail address.
    email:work        inet:email                The e-mail address at work.
    loc               loc                       The region.
    address           geo:address               [text] The postal address.
    place             geo:place                 The place.
    place:name        geo:name                  [new] The name of the place.
    phone             tel:phone                 [alts=phones] The main phone number.
    phone:fax         tel:phone                 The fax number.
    phone:work        tel:phone                 The phone number at work.
    phones            {tel:phone}               [new] Other phone numbers.
    id                str(strip)                [new] The identifier that the source uses.
    id:number         ou:id:number              [alts=id:numbers] An identifier that an organization gave out.
    adid              it:adid                   An advertising identifier.
    imid              tel:mob:imid              The phone and the SIM card.
    imid:imei         tel:mob:imei              The IMEI of the phone.
    imid:imsi         tel:mob:imsi              The IMSI of the SIM card.
    names             {ps:name}                 Other names.
    orgnames          {ou:name}                 Other names of the organization.
    emails            {inet:email}              Other e-mail addresses.
    web:accts         {inet:web:acct}           [deprecated] Other web accounts; use service:accounts.
    id:numbers        {ou:id:number}            Other identifiers that organizations gave out.
    users             {inet:user}               Other user names.
    crypto:address    crypto:currency:address   An address to send crypto currency to.
    lang              lang:language             [new alts=langs] The language.
    langs             [lang:language]           [new] Other languages.
    banner            file:bytes                [new] A wide picture.
    passwd            inet:passwd               [new] A password.
    website           inet:url                  [new] The web site.
    websites          {inet:url}                [new] Other web sites.

ps:vitals  guid  Measures of a person at a time.
    @is phys:object
    @fill phys:object=person
    asof                  time              When they were true.
    contact               ps:contact        Who it is.
    person                ps:person         The person.
    height                geo:dist          How tall the person is.
    weight                mass              How much the person weighs.
    econ:currency         econ:currency     The currency of the amounts.
    econ:net:worth        econ:price        What the person owns.
    econ:annual:income    econ:price        What the person earns in a year.

ps:contactlist  guid  Contacts that were kept together.
    contacts          {ps:contact ,}        The contacts.
    source:host       it:host               The host where the list was.
    source:file       file:bytes            The file that the list was taken from.
    source:acct       inet:web:acct         [deprecated] The web account that the list was taken from; use
                                            source:account.
    source:account    inet:service:account  [new] The account that the list was taken from.

ps:skill:type:taxonomy  taxonomy  [new] Kinds of skills.
    @is meta:taxonomy

ps:skill  guid  [new] Something that people can do.
    @columns name type
    name          str(lower onespace)       The name of the skill.
    type          ps:skill:type:taxonomy    What kind of skill it is.

ps:proficiency  guid  [new] Somebody has a skill.
    @columns contact::name skill::name
    skill         ps:skill      The skill.
    contact       ps:contact    Who has it.
"""

EDGES = """
ps:contact -(has)> *   [new] The contact has the node.
ps:person -(has)> *    [new] The person has the node.
ps:contact -(owns)> *  [new] The contact owns the node.
ps:person -(owns)> *   [new] The person owns the node.
"""
