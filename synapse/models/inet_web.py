"""Accounts, posts and groups on web sites (the older model; see inet_service for the newer one)."""

FORMS = r"""
inet:search:query  guid  A search that somebody made.
    @is inet:service:action
    text          str                   [text] What was searched for.
    time          time                  When it was made.
    acct          inet:web:acct         The account that made it.
    host          it:host               The host where it was made.
    engine        str(lower)            The search engine. Ex: google
    request       inet:http:request     [new] The HTTP request.

inet:search:result  guid  A result of a search.
    query         inet:search:query     The search.
    title         str(lower)            The title of the result.
    rank          int                   Its place among the results.
    url           inet:url              Where it leads.
    text          str(lower)            The text that was shown.

inet:web:acct  (site=inet:fqdn, user=inet:user)/  An account on a web site. Ex: example.com/ada
    avatar                file:bytes        The picture of the account.
    banner                file:bytes        A wide picture.
    dob                   time              The birthday that the account tells.
    email                 inet:email        The e-mail address of the account.
    linked:accts          {inet:web:acct}   Accounts that it says belong to the same person.
    latlong               geo:latlong       The position that the account tells.
    place                 geo:place         The place that the account tells.
    loc                   loc               The region that the account tells.
    name                  inet:user         The displayed name, if it differs from the user name.
    name:en               inet:user         [deprecated] The displayed name in English.
    aliases               {inet:user}       Other names of the account.
    occupation            str(lower)        The occupation that the account tells.
    passwd                inet:passwd       The password.
    phone                 tel:phone         The phone number of the account.
    realname              ps:name           The name of the person that the account tells.
    realname:en           ps:name           [deprecated] The name of the person in English.
    signup                time              When it was made.
    signup:client         inet:client       The address that it was made from.
    signup:client:ipv4    inet:ipv4         The IPv4 address that it was made from.
    signup:client:ipv6    inet:ipv6         The IPv6 address that it was made from.
    site                  inet:fqdn         [ro] The site.
    tagline               str               What the account says of itself.
    url                   inet:url          Where the account is shown.
    user                  inet:user         [ro] The user name.
    webpage               inet:url          The web page that the account points to.
    recovery:email        inet:email        The e-mail address for a lost password.

inet:web:action  guid  An account did something on a site.
    act           str(lower strip)  What was done.
    acct          inet:web:acct     The account.
    acct:site     inet:fqdn         The site of the account.
    acct:user     inet:user         The user name of the account.
    time          time              When it was done.
    client        inet:client       The address that it was done from.
    client:ipv4   inet:ipv4         The IPv4 address that it was done from.
    client:ipv6   inet:ipv6         The IPv6 address that it was done from.
    loc           loc               The region where it was.
    latlong       geo:latlong       The position where it was.
    place         geo:place         The place where it was.

inet:web:chprofile  guid  An account changed what it tells of itself.
    acct          inet:web:acct     The account.
    acct:site     inet:fqdn         The site of the account.
    acct:user     inet:user         The user name of the account.
    client        inet:client       The address that it was done from.
    client:ipv4   inet:ipv4         The IPv4 address that it was done from.
    client:ipv6   inet:ipv6         The IPv6 address that it was done from.
    time          time              When it was changed.
    pv            nodeprop          The property and its old value.
    pv:prop       str               The property.

inet:web:file  (acct=inet:web:acct, file=file:bytes)  A file on a site belongs to an account.
    acct          inet:web:acct     [ro] The account.
    acct:site     inet:fqdn         [ro] The site of the account.
    acct:user     inet:user         [ro] The user name of the account.
    file          file:bytes        [ro] The file.
    name          file:base         The name of the file.
    posted        time              [deprecated] When it was sent.
    client        inet:client       [deprecated] The address that it was done from.
    client:ipv4   inet:ipv4         [deprecated] The IPv4 address that it was done from.
    client:ipv6   inet:ipv6         [deprecated] The IPv6 address that it was done from.

inet:web:attachment  guid  [new] A file that an account sent with a post or message.
    acct          inet:web:acct     The account that sent it.
    post          inet:web:post     The post.
    mesg          inet:web:mesg     The message.
    proto         inet:proto        The protocol that it was sent by. Ex: https
    interactive   bool              Whether a person sent it.
    file          file:bytes        The file.
    name          file:path         The name of the file.
    time          time              When it was sent.
    client        inet:client       The address that it was done from.
    client:ipv4   inet:ipv4         The IPv4 address that it was done from.
    client:ipv6   inet:ipv6         The IPv6 address that it was done from.
    place         geo:place         The place where it was.
    place:loc     loc               The region of the place where it was.
    place:name    geo:name          The name of the place where it was.

inet:web:follows  (follower=inet:web:acct, followee=inet:web:acct)  An account follows another one.
    follower      inet:web:acct     [ro] The account that follows.
    followee      inet:web:acct     [ro] The account that is followed.

inet:web:group  (site=inet:fqdn, id=inet:group)/  A group on a web site. Ex: example.com/gardeners
    site                  inet:fqdn     [ro] The site.
    id                    inet:group    [ro] The identifier of the group on the site.
    name                  inet:group    The displayed name.
    aliases               {inet:group}  Other names of the group.
    name:en               inet:group    [deprecated] The displayed name in English.
    url                   inet:url      Where the group is shown.
    avatar                file:bytes    The picture of the group.
    desc                  str           What the group is for.
    webpage               inet:url      The web page that the group points to.
    loc                   str(lower)    The region that the group tells.
    latlong               geo:latlong   The position that the group tells.
    place                 geo:place     The place that the group tells.
    signup                time          When it was made.
    signup:client         inet:client   The address that it was made from.
    signup:client:ipv4    inet:ipv4     The IPv4 address that it was made from.
    signup:client:ipv6    inet:ipv6     The IPv6 address that it was made from.

inet:web:logon  guid  An account logged in.
    acct          inet:web:acct     The account.
    acct:site     inet:fqdn         The site of the account.
    acct:user     inet:user         The user name of the account.
    time          time              When it was.
    client        inet:client       The address that it was done from.
    client:ipv4   inet:ipv4         The IPv4 address that it was done from.
    client:ipv6   inet:ipv6         The IPv6 address that it was done from.
    logout        time              When it logged out.
    loc           loc               The region where it was.
    latlong       geo:latlong       The position where it was.
    place         geo:place         The place where it was.

inet:web:memb  (acct=inet:web:acct, group=inet:web:group)  [deprecated] An account belongs to a group; use
                                                           inet:web:member.
    acct          inet:web:acct     [ro] The account.
    group         inet:web:group    [ro] The group.
    title         str(lower)        The title of the account in the group.
    joined        time              When it joined.

inet:web:member  guid  An account belongs to a group or channel.
    acct          inet:web:acct     The account.
    group         inet:web:group    The group.
    channel       inet:web:channel  The channel.
    added         time              When it was added.
    removed       time              When it was removed.

inet:web:mesg  (from=inet:web:acct, to=inet:web:acct, time=time)  A message from one account to another.
                        Ex: ((example.com, ada), (example.com, grace), 20200102030405)
    from          inet:web:acct         [ro] The account that sent it.
    to            inet:web:acct         [ro] The account that got it.
    client        inet:client           The address that it was done from.
    client:ipv4   inet:ipv4             The IPv4 address that it was done from.
    client:ipv6   inet:ipv6             The IPv6 address that it was done from.
    time          time                  [ro] When it was sent.
    url           inet:url              Where it is shown.
    text          str                   [text] The text.
    deleted       bool                  Whether it was deleted.
    file          file:bytes            The file that was sent with it.
    place         geo:place             The place where it was.
    place:name    geo:name              The name of the place where it was.
    instance      inet:web:instance     The instance of the platform.

inet:web:post  guid  Something that an account published.
    acct              inet:web:acct         The account.
    acct:site         inet:fqdn             The site of the account.
    client            inet:client           The address that it was done from.
    client:ipv4       inet:ipv4             The IPv4 address that it was done from.
    client:ipv6       inet:ipv6             The IPv6 address that it was done from.
    acct:user         inet:user             The user name of the account.
    text              str                   [text] The text.
    time              time                  When it was published.
    deleted           bool                  Whether it was deleted.
    url               inet:url              Where it is shown.
    file              file:bytes            The file that was published with it.
    replyto           inet:web:post         The post that it answers.
    repost            inet:web:post         The post that it repeats.
    hashtags          {inet:web:hashtag ,}  The hashtags in it.
    mentions:users    {inet:web:acct ,}     The accounts that it names.
    mentions:groups   {inet:web:group ,}    The groups that it names.
    loc               loc                   The region where it was.
    place             geo:place             The place where it was.
    place:name        geo:name              The name of the place where it was.
    latlong           geo:latlong           The position where it was.
    channel           inet:web:channel      The channel that it was published in.

inet:web:post:link  guid  A link in a post.
    post          inet:web:post     The post.
    url           inet:url          Where it leads.
    text          str               The text that is shown for it.

inet:web:instance  guid  An instance of a platform, with its own users.
    url               inet:url          Where it is. Ex: https://chat.example.com/client/T1
    id                str(strip)        Its identifier on the platform. Ex: T1
    name              str(strip)        Its name. Ex: garden club
    created           time              When it was made.
    creator           inet:web:acct     The account that made it.
    owner             ou:org            The organization that owns it.
    owner:fqdn        inet:fqdn         The domain name of the organization that owns it. Ex: example.com
    owner:name        ou:name           The name of the organization that owns it. Ex: the garden club
    operator          ou:org            The organization that runs it.
    operator:name     ou:name           The name of the organization that runs it. Ex: slack
    operator:fqdn     inet:fqdn         The domain name of the organization that runs it. Ex: slack.com

inet:web:channel  guid  A channel of an instance.
    url           inet:url              Where it is. Ex: https://chat.example.com/client/T1/C2
    id            str(strip)            Its identifier on the platform. Ex: C2
    instance      inet:web:instance     The instance.
    name          str(strip)            Its name. Ex: general
    topic         str(strip)            What it is about. Ex: Which seeds to buy this spring
    created       time                  When it was made.
    creator       inet:web:acct         The account that made it.

inet:web:hashtag  str(regex=^#[^\p{Z}#]+$ lower strip)  A hashtag.
"""
