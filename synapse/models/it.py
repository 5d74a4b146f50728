"""Hosts, networks, accounts and what runs on them."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'SEVERITY': s_decl.enums('10 debug; 20 info; 30 notice; 40 warning; 50 err; 60 crit; 70 alert; 80 emerg'),
}

TYPES = """
it:software:image:type:taxonomy   taxonomy      [new]
    @is meta:taxonomy
it:semver                         *
"""

IFACES = """
it:host:activity  *
    exe           file:bytes
    proc          it:exec:proc
    thread        it:exec:thread
    host          it:host
    time          time
    sandbox:file  file:bytes
"""

FORMS = """
it:hostname  str(lower strip)

it:host  guid
    @is inet:service:object phys:object
    @fill service:base=host, phys:object=physical host
    name                  it:hostname
    desc                  str
    domain                it:domain
    ipv4                  inet:ipv4
    latlong               geo:latlong
    place                 geo:place
    loc                   loc
    os                    it:prod:softver
    os:name               it:prod:softname
    hardware              it:prod:hardware
    manu                  str                   [deprecated]
    model                 str                   [deprecated]
    serial                str
    operator              ps:contact
    org                   ou:org
    ext:id                str                   [new]
    keyboard:layout       str(lower onespace)   [new]
    keyboard:language     lang:language         [new]
    image                 it:software:image     [new]

it:host:tenancy  guid  [new]
    @is inet:service:object
    @fill service:base=host tenancy
    lessor        it:host
    tenant        it:host

it:software:image  guid  [new]
    @is inet:service:object
    @fill service:base=software image
    name          str(lower onespace)
    type          it:software:image:type:taxonomy
    published     time
    publisher     ps:contact
    parents       [it:software:image]

it:storage:volume:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

it:storage:volume  guid  [new]
    id            str(strip)
    name          str(lower onespace)
    type          it:storage:volume:type:taxonomy
    size          int(min=0)

it:storage:mount  guid  [new]
    host          it:host
    volume        it:storage:volume
    path          file:path

it:log:event:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

it:log:event  guid
    @is it:host:activity
    mesg              str
    type              it:log:event:type:taxonomy    [new]
    severity          int(enums=$SEVERITY)
    data              data
    ext:id            str                           [new]
    product           it:prod:softver               [new]
    service:platform  inet:service:platform         [new]
    service:instance  inet:service:instance         [new deprecated]
    service:account   inet:service:account          [new]

it:domain  guid
    name          str(lower onespace)
    desc          str
    org           ou:org

it:network:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

it:network  guid
    name              str(lower onespace)
    desc              str
    type              it:network:type:taxonomy                  [new]
    org               ou:org
    net4              inet:net4
    net6              inet:net6
    dns:resolvers     {inet:server(defport=53 defproto=udp)}    [new]

it:account  guid
    user          inet:user
    contact       ps:contact
    host          it:host
    domain        it:domain
    posix:uid     int
    posix:gid     int
    posix:gecos   int
    posix:home    file:path
    posix:shell   file:path
    windows:sid   it:os:windows:sid
    groups        {it:group}

it:group  guid
    name          str(lower onespace)
    desc          str
    host          it:host
    domain        it:domain
    groups        {it:group}
    posix:gid     int
    windows:sid   it:os:windows:sid

it:logon  guid
    time          time
    success       bool
    logoff:time   time
    host          it:host
    account       it:account
    creds         auth:creds
    duration      duration
    client:host   it:host
    client:ipv4   inet:ipv4
    client:ipv6   inet:ipv6

it:hosturl  (host=it:host, url=inet:url)
    host          it:host       [ro]
    url           inet:url      [ro]

it:screenshot  guid
    @is it:host:activity
    image         file:bytes
    desc          str           [text]

it:hostsoft  (host=it:host, softver=it:prod:softver)
    host          it:host           [ro]
    softver       it:prod:softver   [ro]
"""

EDGES = """
it:log:event -(about)> *  [new]
"""
