"""Online services of any kind: platforms, accounts, channels, messages, resources."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'OBJECT_STATUS': s_decl.enums('10 draft; 30 available; 40 offline; 50 removed'),
    'ACCESS': s_decl.enums('10 create; 30 read; 40 update; 50 delete; 60 list; 70 execute'),
}

TYPES = """
inet:service:object                   ndef(interfaces=inet:service:object)      [new]
inet:service:object:status            int(enums=$OBJECT_STATUS)                 [new]
inet:service:login:method:taxonomy    taxonomy                                  [new]
    @is meta:taxonomy
inet:service:access:action:taxonomy   taxonomy                                  [new]
    @is meta:taxonomy
inet:service:subscriber               ndef(interface=inet:service:subscriber)   [new]
"""

IFACES = """
inet:service:base  *  [new]
    @fill service:base=node
    id            str(strip)
    platform      inet:service:platform
    instance      inet:service:instance     [deprecated]

inet:service:object  *  [new]
    @is inet:service:base
    @fill service:base=object
    url           inet:url
    status        inet:service:object:status
    period        ival
    creator       inet:service:account
    remover       inet:service:account
    app           inet:service:app              [deprecated]

inet:service:subscriber  *  [new]
    @is inet:service:object
    @fill service:base=subscriber
    profile       ps:contact

inet:service:action  *  [new]
    @is inet:service:base
    app               inet:service:app          [deprecated]
    agent             inet:service:agent
    time              time
    account           inet:service:account
    success           bool
    rule              inet:service:rule
    error:code        str(strip)
    error:reason      str(strip)
    platform          inet:service:platform
    instance          inet:service:instance     [deprecated]
    session           inet:service:session
    client            inet:client
    client:host       it:host
    client:software   it:prod:softver
    client:app        inet:service:app          [deprecated]
    server            inet:server
    server:host       it:host
"""

FORMS = """
inet:service:platform:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

inet:service:platform  guid  [new]
    id                str(strip)
    url               inet:url                              [alts=urls]
    urls              {inet:url}
    zone              inet:fqdn                             [alts=zones]
    zones             {inet:fqdn}
    name              str(onespace lower)                   [alts=names]
    names             {str(onespace lower)}
    desc              str                                   [text]
    type              inet:service:platform:type:taxonomy
    family            str(onespace lower)
    parent            inet:service:platform
    tenant            inet:service:tenant
    status            inet:service:object:status
    period            ival
    creator           inet:service:account
    remover           inet:service:account
    provider          ou:org
    provider:name     ou:name
    software          it:prod:softver

inet:service:instance  guid  [new deprecated]
    id            str(strip)
    platform      inet:service:platform
    url           inet:url
    name          str(lower onespace)
    desc          str                           [text]
    period        ival
    status        inet:service:object:status
    creator       inet:service:account
    owner         inet:service:account
    tenant        inet:service:tenant
    app           inet:service:app              [deprecated]

inet:service:app  guid  [new deprecated]
    @is inet:service:object
    @fill service:base=application
    name              str(lower onespace)       [alts=names]
    names             {str(onespace lower)}
    desc              str                       [text]
    provider          ou:org
    provider:name     ou:name

inet:service:agent  guid  [new]
    @is inet:service:object
    @fill service:base=agent
    name          str(lower onespace)       [alts=names]
    names         {str(onespace lower)}
    desc          str                       [text]
    software      it:prod:softver

inet:service:account  guid  [new]
    @is inet:service:subscriber
    @fill service:base=account
    user          inet:user             [alts=users]
    users         {inet:user}
    parent        inet:service:account
    email         inet:email
    tenant        inet:service:tenant

inet:service:relationship:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

inet:service:relationship  guid  [new]
    @is inet:service:object
    @fill service:base=relationship
    source        inet:service:object
    target        inet:service:object
    type          inet:service:relationship:type:taxonomy

inet:service:group  guid  [new]
    @is inet:service:object
    @fill service:base=group
    name          inet:group
    profile       ps:contact

inet:service:group:member  guid  [new]
    @is inet:service:object
    @fill service:base=group membership
    account       inet:service:account
    group         inet:service:group
    period        ival

inet:service:permission:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

inet:service:permission  guid  [new]
    @is inet:service:object
    @fill service:base=permission
    name          str(onespace lower)
    type          inet:service:permission:type:taxonomy

inet:service:rule  guid  [new]
    @is inet:service:object
    @fill service:base=rule
    permission    inet:service:permission
    denied        bool
    object        ndef(interface=inet:service:object)
    grantee       ndef(forms=inet:service:account,inet:service:group)

inet:service:session  guid  [new]
    @is inet:service:object
    @fill service:base=session
    creator       inet:service:account
    period        ival
    http:session  inet:http:session

inet:service:login  guid  [new]
    @is inet:service:action
    url           inet:url
    method        inet:service:login:method:taxonomy

inet:service:message:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

inet:service:message  guid  [new]
    @is inet:service:action
    account               inet:service:account
    to                    inet:service:account
    url                   inet:url
    group                 inet:service:group
    channel               inet:service:channel
    thread                inet:service:thread
    public                bool
    title                 str(lower onespace)
    text                  str                                       [text]
    status                inet:service:object:status
    replyto               inet:service:message
    repost                inet:service:message
    links                 {inet:service:message:link}
    attachments           {inet:service:message:attachment}
    hashtags              {inet:web:hashtag ,}
    place                 geo:place
    place:name            geo:name
    client:address        inet:client                               [deprecated]
    client:software       it:prod:softver
    client:software:name  it:prod:softname
    file                  file:bytes
    type                  inet:service:message:type:taxonomy
    mentions              {ndef(forms=inet:service:account,inet:service:group)}

inet:service:message:link  guid  [new]
    title         str(strip)
    url           inet:url

inet:service:message:attachment  guid  [new]
    name          file:path
    text          str
    file          file:bytes

inet:service:emote  guid  [new]
    @is inet:service:object
    @fill service:base=emote
    about         inet:service:object
    text          str(strip)

inet:service:channel  guid  [new]
    @is inet:service:object
    @fill service:base=channel
    name          str(onespace lower)
    period        ival
    topic         media:topic

inet:service:thread  guid  [new]
    @is inet:service:object
    @fill service:base=thread
    title         str(lower onespace)
    channel       inet:service:channel
    message       inet:service:message

inet:service:channel:member  guid  [new]
    @is inet:service:object
    @fill service:base=channel membership
    channel       inet:service:channel
    account       inet:service:account
    period        ival

inet:service:resource:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

inet:service:resource  guid  [new]
    @is inet:service:object
    @fill service:base=resource
    name          str(onespace lower)
    desc          str                                   [text]
    url           inet:url
    type          inet:service:resource:type:taxonomy

inet:service:bucket  guid  [new]
    @is inet:service:object
    @fill service:base=bucket
    name          str(onespace lower)

inet:service:bucket:item  guid  [new]
    @is inet:service:object
    @fill service:base=bucket item
    bucket        inet:service:bucket
    file          file:bytes
    file:name     file:path

inet:service:access  guid  [new]
    @is inet:service:action
    action        inet:service:access:action:taxonomy
    resource      inet:service:resource
    type          int(enums=$ACCESS)

inet:service:tenant  guid  [new]
    @is inet:service:subscriber
    @fill service:base=tenant

inet:service:subscription:level:taxonomy  taxonomy  [new]
    @is meta:taxonomy

inet:service:subscription  guid  [new]
    @is inet:service:object
    @fill service:base=subscription
    level             inet:service:subscription:level:taxonomy
    pay:instrument    econ:pay:instrument
    subscriber        inet:service:subscriber
"""
