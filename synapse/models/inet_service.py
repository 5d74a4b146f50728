"""Online services of any kind: platforms, accounts, channels, messages, resources."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'OBJECT_STATUS': s_decl.enums('10 draft; 30 available; 40 offline; 50 removed'),
    'ACCESS': s_decl.enums('10 create; 30 read; 40 update; 50 delete; 60 list; 70 execute'),
}

TYPES = """
inet:service:object                   ndef(interfaces=inet:service:object)      [new] Any node that an online service
                                                                                holds.
inet:service:object:status            int(enums=$OBJECT_STATUS)                 [new] How far an object of a service is
                                                                                in its life.
inet:service:login:method:taxonomy    taxonomy                                  [new] Ways to log in.
    @is meta:taxonomy
inet:service:access:action:taxonomy   taxonomy                                  [new] Things to do with a resource.
    @is meta:taxonomy
inet:service:subscriber               ndef(interface=inet:service:subscriber)   [new] Any node that may subscribe to a
                                                                                service.
"""

IFACES = """
inet:service:base  *  [new] What all that online services hold has in common.
    @fill service:base=node
    id            str(strip)                The identifier of the {service:base} on the platform.
    platform      inet:service:platform     The platform that the {service:base} is on.
    instance      inet:service:instance     [deprecated] The instance that the {service:base} is on.

inet:service:object  *  [new] Something that an online service holds.
    @is inet:service:base
    @fill service:base=object
    url           inet:url                      Where the {service:base} is shown.
    status        inet:service:object:status    How far the {service:base} is in its life.
    period        ival                          From when to when the {service:base} existed.
    creator       inet:service:account          The account that made the {service:base}.
    remover       inet:service:account          The account that removed the {service:base}.
    app           inet:service:app              [deprecated] The application that holds the {service:base}.

inet:service:subscriber  *  [new] Something that may subscribe to a service.
    @is inet:service:object
    @fill service:base=subscriber
    profile       ps:contact    What the {service:base} tells of itself.

inet:service:action  *  [new] Something that an account did on an online service.
    @is inet:service:base
    app               inet:service:app          [deprecated] The application that was used.
    agent             inet:service:agent        The agent that did it.
    time              time                      When it was done.
    account           inet:service:account      The account that did it.
    success           bool                      Whether it worked.
    rule              inet:service:rule         The rule that allowed or denied it.
    error:code        str(strip)                The code of the error.
    error:reason      str(strip)                The text of the error.
    platform          inet:service:platform     The platform where it was done.
    instance          inet:service:instance     [deprecated] The instance where it was done.
    session           inet:service:session      The session in which it was done.
    client            inet:client               The address that it was done from.
    client:host       it:host                   The host that it was done from.
    client:software   it:prod:softver           The software that it was done with.
    client:app        inet:service:app          [deprecated] The application that it was done with.
    server            inet:server               The address that answered.
    server:host       it:host                   The host that answered.
"""

FORMS = """
inet:service:platform:type:taxonomy  taxonomy  [new] Kinds of platforms.
    @is meta:taxonomy

inet:service:platform  guid  [new] An online service.
    id                str(strip)                            Its identifier.
    url               inet:url                              [alts=urls] Its main URL. Ex: https://www.example.com
    urls              {inet:url}                            Its other URLs.
    zone              inet:fqdn                             [alts=zones] Its main domain.
    zones             {inet:fqdn}                           Its other domains.
    name              str(onespace lower)                   [alts=names] Its name. Ex: twitter
    names             {str(onespace lower)}                 Its other names.
    desc              str                                   [text] What it is for.
    type              inet:service:platform:type:taxonomy   What kind of platform it is.
    family            str(onespace lower)                   The family of platforms that it belongs to.
    parent            inet:service:platform                 The platform that it is a part of.
    tenant            inet:service:tenant                   The tenant that it belongs to.
    status            inet:service:object:status            How far it is in its life.
    period            ival                                  From when to when it existed.
    creator           inet:service:account                  The account that made it.
    remover           inet:service:account                  The account that removed it.
    provider          ou:org                                The organization that runs it.
    provider:name     ou:name                               The name of the organization that runs it.
    software          it:prod:softver                       The software that it runs.

inet:service:instance  guid  [new deprecated] An instance of a platform, with its own users.
    id            str(strip)                    Its identifier on the platform. Ex: T1
    platform      inet:service:platform         The platform.
    url           inet:url                      Its main URL. Ex: https://chat.example.com/garden
    name          str(lower onespace)           Its name. Ex: garden club
    desc          str                           [text] What it is for.
    period        ival                          From when to when it existed.
    status        inet:service:object:status    How far it is in its life.
    creator       inet:service:account          The account that made it.
    owner         inet:service:account          The account that owns it.
    tenant        inet:service:tenant           The tenant that it belongs to.
    app           inet:service:app              [deprecated] The application that it runs.

inet:service:app  guid  [new deprecated] An application on a platform; use inet:service:agent.
    @is inet:service:object
    @fill service:base=application
    name              str(lower onespace)       [alts=names] The name of the application.
    names             {str(onespace lower)}     Other names of the application.
    desc              str                       [text] What it does.
    provider          ou:org                    The organization that runs it.
    provider:name     ou:name                   The name of the organization that runs it.

inet:service:agent  guid  [new] Software that acts on a platform by itself.
    @is inet:service:object
    @fill service:base=agent
    name          str(lower onespace)       [alts=names] The name of the agent.
    names         {str(onespace lower)}     Other names of the agent.
    desc          str                       [text] What it does.
    software      it:prod:softver           The software version that it runs.

inet:service:account  guid  [new] An account of an online service.
    @is inet:service:subscriber
    @fill service:base=account
    user          inet:user             [alts=users] The current user name.
    users         {inet:user}           Other user names.
    parent        inet:service:account  The account that it belongs to.
    email         inet:email            The current e-mail address.
    tenant        inet:service:tenant   The tenant that it belongs to.

inet:service:relationship:type:taxonomy  taxonomy  [new] Kinds of relations.
    @is meta:taxonomy

inet:service:relationship  guid  [new] Two objects of a service are related.
    @is inet:service:object
    @fill service:base=relationship
    source        inet:service:object                       The object that the relation starts from.
    target        inet:service:object                       The object that it leads to.
    type          inet:service:relationship:type:taxonomy   What kind of relation it is. Ex: follows

inet:service:group  guid  [new] A group of accounts.
    @is inet:service:object
    @fill service:base=group
    name          inet:group    The name of the group.
    profile       ps:contact    What the group tells of itself.

inet:service:group:member  guid  [new] An account is in a group.
    @is inet:service:object
    @fill service:base=group membership
    account       inet:service:account  The account.
    group         inet:service:group    The group.
    period        ival                  From when to when.

inet:service:permission:type:taxonomy  taxonomy  [new] Kinds of permissions.
    @is meta:taxonomy

inet:service:permission  guid  [new] Something that may be allowed.
    @is inet:service:object
    @fill service:base=permission
    name          str(onespace lower)                       The name of the permission.
    type          inet:service:permission:type:taxonomy     What kind of permission it is.

inet:service:rule  guid  [new] A permission is granted or denied.
    @is inet:service:object
    @fill service:base=rule
    permission    inet:service:permission                       The permission.
    denied        bool                                          Whether it is denied.
    object        ndef(interface=inet:service:object)           What it is about.
    grantee       ndef(forms=inet:service:account,inet:service:group)  Whom it is for.

inet:service:session  guid  [new] The time for which an account is logged in.
    @is inet:service:object
    @fill service:base=session
    creator       inet:service:account  The account.
    period        ival                  From when to when.
    http:session  inet:http:session     The HTTP session.

inet:service:login  guid  [new] An account logged in, or tried to.
    @is inet:service:action
    url           inet:url                              Where it logged in.
    method        inet:service:login:method:taxonomy    How it logged in.

inet:service:message:type:taxonomy  taxonomy  [new] Kinds of messages.
    @is meta:taxonomy

inet:service:message  guid  [new] A message or post of an account.
    @is inet:service:action
    account               inet:service:account                          The account that sent it.
    to                    inet:service:account                          The account that it is for.
    url                   inet:url                                      Where it is shown.
    group                 inet:service:group                            The group that it is for.
    channel               inet:service:channel                          The channel that it is in.
    thread                inet:service:thread                           The thread that it is in.
    public                bool                                          Whether anybody can see it.
    title                 str(lower onespace)                           The title.
    text                  str                                           [text] The text.
    status                inet:service:object:status                    How far it is in its life.
    replyto               inet:service:message                          The message that it answers.
    repost                inet:service:message                          The message that it repeats.
    links                 {inet:service:message:link}                   The links in it.
    attachments           {inet:service:message:attachment}             The files sent with it.
    hashtags              {inet:web:hashtag ,}                          The hashtags in it.
    place                 geo:place                                     The place that it was sent from.
    place:name            geo:name                                      The name of the place that it was sent from.
    client:address        inet:client                                   [deprecated] The address that it was sent from;
                                                                        use client.
    client:software       it:prod:softver                               The software that it was sent with.
    client:software:name  it:prod:softname                              The name of the software that it was sent with.
    file                  file:bytes                                    The message as a file.
    type                  inet:service:message:type:taxonomy            What kind of message it is.
    mentions              {ndef(forms=inet:service:account,inet:service:group)}  The accounts and groups that it names.

inet:service:message:link  guid  [new] A link in a message.
    title         str(strip)    The text that is shown for it.
    url           inet:url      Where it leads.

inet:service:message:attachment  guid  [new] A file sent with a message.
    name          file:path     The name of the file.
    text          str           What was written about it.
    file          file:bytes    The file.

inet:service:emote  guid  [new] An account showed what it feels about something.
    @is inet:service:object
    @fill service:base=emote
    about         inet:service:object   What it is about.
    text          str(strip)            The sign that it used. Ex: :thumbsup:

inet:service:channel  guid  [new] A place for messages.
    @is inet:service:object
    @fill service:base=channel
    name          str(onespace lower)   The name of the channel.
    period        ival                  From when to when it existed.
    topic         media:topic           What it is about.

inet:service:thread  guid  [new] Messages that belong together.
    @is inet:service:object
    @fill service:base=thread
    title         str(lower onespace)   The title of the thread.
    channel       inet:service:channel  The channel that it is in.
    message       inet:service:message  The message that began it.

inet:service:channel:member  guid  [new] An account is in a channel.
    @is inet:service:object
    @fill service:base=channel membership
    channel       inet:service:channel  The channel.
    account       inet:service:account  The account.
    period        ival                  From when to when.

inet:service:resource:type:taxonomy  taxonomy  [new] Kinds of resources.
    @is meta:taxonomy

inet:service:resource  guid  [new] Something that accounts make use of.
    @is inet:service:object
    @fill service:base=resource
    name          str(onespace lower)                   The name of the resource.
    desc          str                                   [text] What it is for.
    url           inet:url                              Where it is.
    type          inet:service:resource:type:taxonomy   What kind of resource it is.

inet:service:bucket  guid  [new] A store for files.
    @is inet:service:object
    @fill service:base=bucket
    name          str(onespace lower)   The name of the bucket.

inet:service:bucket:item  guid  [new] A file in a bucket.
    @is inet:service:object
    @fill service:base=bucket item
    bucket        inet:service:bucket   The bucket.
    file          file:bytes            The file.
    file:name     file:path             The name of the file.

inet:service:access  guid  [new] An account made use of a resource.
    @is inet:service:action
    action        inet:service:access:action:taxonomy   What it did.
    resource      inet:service:resource                 The resource.
    type          int(enums=$ACCESS)                    What kind of use it was.

inet:service:tenant  guid  [new] A customer with accounts of its own.
    @is inet:service:subscriber
    @fill service:base=tenant

inet:service:subscription:level:taxonomy  taxonomy  [new] Levels of subscriptions.
    @is meta:taxonomy

inet:service:subscription  guid  [new] Somebody subscribes to a service.
    @is inet:service:object
    @fill service:base=subscription
    level             inet:service:subscription:level:taxonomy  The level of the subscription.
    pay:instrument    econ:pay:instrument                       How it is paid.
    subscriber        inet:service:subscriber                   Who subscribes.
"""
