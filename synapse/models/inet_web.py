"""Accounts, posts and groups on web sites (the older model; see inet_service for the newer one)."""

FORMS = r"""
inet:search:query  guid
    @is inet:service:action
    text          str                   [text]
    time          time
    acct          inet:web:acct
    host          it:host
    engine        str(lower)
    request       inet:http:request     [new]

inet:search:result  guid
    query         inet:search:query
    title         str(lower)
    rank          int
    url           inet:url
    text          str(lower)

inet:web:acct  (site=inet:fqdn, user=inet:user)/
    avatar                file:bytes
    banner                file:bytes
    dob                   time
    email                 inet:email
    linked:accts          {inet:web:acct}
    latlong               geo:latlong
    place                 geo:place
    loc                   loc
    name                  inet:user
    name:en               inet:user         [deprecated]
    aliases               {inet:user}
    occupation            str(lower)
    passwd                inet:passwd
    phone                 tel:phone
    realname              ps:name
    realname:en           ps:name           [deprecated]
    signup                time
    signup:client         inet:client
    signup:client:ipv4    inet:ipv4
    signup:client:ipv6    inet:ipv6
    site                  inet:fqdn         [ro]
    tagline               str
    url                   inet:url
    user                  inet:user         [ro]
    webpage               inet:url
    recovery:email        inet:email

inet:web:action  guid
    act           str(lower strip)
    acct          inet:web:acct
    acct:site     inet:fqdn
    acct:user     inet:user
    time          time
    client        inet:client
    client:ipv4   inet:ipv4
    client:ipv6   inet:ipv6
    loc           loc
    latlong       geo:latlong
    place         geo:place

inet:web:chprofile  guid
    acct          inet:web:acct
    acct:site     inet:fqdn
    acct:user     inet:user
    client        inet:client
    client:ipv4   inet:ipv4
    client:ipv6   inet:ipv6
    time          time
    pv            nodeprop
    pv:prop       str

inet:web:file  (acct=inet:web:acct, file=file:bytes)
    acct          inet:web:acct     [ro]
    acct:site     inet:fqdn         [ro]
    acct:user     inet:user         [ro]
    file          file:bytes        [ro]
    name          file:base
    posted        time              [deprecated]
    client        inet:client       [deprecated]
    client:ipv4   inet:ipv4         [deprecated]
    client:ipv6   inet:ipv6         [deprecated]

inet:web:attachment  guid  [new]
    acct          inet:web:acct
    post          inet:web:post
    mesg          inet:web:mesg
    proto         inet:proto
    interactive   bool
    file          file:bytes
    name          file:path
    time          time
    client        inet:client
    client:ipv4   inet:ipv4
    client:ipv6   inet:ipv6
    place         geo:place
    place:loc     loc
    place:name    geo:name

inet:web:follows  (follower=inet:web:acct, followee=inet:web:acct)
    follower      inet:web:acct     [ro]
    followee      inet:web:acct     [ro]

inet:web:group  (site=inet:fqdn, id=inet:group)/
    site                  inet:fqdn     [ro]
    id                    inet:group    [ro]
    name                  inet:group
    aliases               {inet:group}
    name:en               inet:group    [deprecated]
    url                   inet:url
    avatar                file:bytes
    desc                  str
    webpage               inet:url
    loc                   str(lower)
    latlong               geo:latlong
    place                 geo:place
    signup                time
    signup:client         inet:client
    signup:client:ipv4    inet:ipv4
    signup:client:ipv6    inet:ipv6

inet:web:logon  guid
    acct          inet:web:acct
    acct:site     inet:fqdn
    acct:user     inet:user
    time          time
    client        inet:client
    client:ipv4   inet:ipv4
    client:ipv6   inet:ipv6
    logout        time
    loc           loc
    latlong       geo:latlong
    place         geo:place

inet:web:memb  (acct=inet:web:acct, group=inet:web:group)  [deprecated]
    acct          inet:web:acct     [ro]
    group         inet:web:group    [ro]
    title         str(lower)
    joined        time

inet:web:member  guid
    acct          inet:web:acct
    group         inet:web:group
    channel       inet:web:channel
    added         time
    removed       time

inet:web:mesg  (from=inet:web:acct, to=inet:web:acct, time=time)
    from          inet:web:acct         [ro]
    to            inet:web:acct         [ro]
    client        inet:client
    client:ipv4   inet:ipv4
    client:ipv6   inet:ipv6
    time          time                  [ro]
    url           inet:url
    text          str                   [text]
    deleted       bool
    file          file:bytes
    place         geo:place
    place:name    geo:name
    instance      inet:web:instance

inet:web:post  guid
    acct              inet:web:acct
    acct:site         inet:fqdn
    client            inet:client
    client:ipv4       inet:ipv4
    client:ipv6       inet:ipv6
    acct:user         inet:user
    text              str                   [text]
    time              time
    deleted           bool
    url               inet:url
    file              file:bytes
    replyto           inet:web:post
    repost            inet:web:post
    hashtags          {inet:web:hashtag ,}
    mentions:users    {inet:web:acct ,}
    mentions:groups   {inet:web:group ,}
    loc               loc
    place             geo:place
    place:name        geo:name
    latlong           geo:latlong
    channel           inet:web:channel

inet:web:post:link  guid
    post          inet:web:post
    url           inet:url
    text          str

inet:web:instance  guid
    url               inet:url
    id                str(strip)
    name              str(strip)
    created           time
    creator           inet:web:acct
    owner             ou:org
    owner:fqdn        inet:fqdn
    owner:name        ou:name
    operator          ou:org
    operator:name     ou:name
    operator:fqdn     inet:fqdn

inet:web:channel  guid
    url           inet:url
    id            str(strip)
    instance      inet:web:instance
    name          str(strip)
    topic         str(strip)
    created       time
    creator       inet:web:acct

inet:web:hashtag  str(regex=^#[^\p{Z}#]+$ lower strip)
"""
