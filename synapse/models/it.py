"""Hosts, networks, accounts and what runs on them."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'SEVERITY': s_decl.enums('10 debug; 20 info; 30 notice; 40 warning; 50 err; 60 crit; 70 alert; 80 emerg'),
}

TYPES = """
it:software:image:type:taxonomy   taxonomy      [new] Kinds of software images.
    @is meta:taxonomy
it:semver                         *             A semantic version, as one number: major, minor and patch.
"""

IFACES = """
it:host:activity  *  Something that was done on a host.
    exe           file:bytes        The program that did it.
    proc          it:exec:proc      The process that did it.
    thread        it:exec:thread    The thread that did it.
    host          it:host           The host where it was done.
    time          time              When it was done.
    sandbox:file  file:bytes        The file whose run in a sandbox led to it.
"""

FORMS = """
it:hostname  str(lower strip)  The name of a host.

it:host  guid  A computer, real or virtual.
    @is inet:service:object phys:object
    @fill service:base=host, phys:object=physical host
    name                  it:hostname           The name of the host.
    desc                  str                   What the host is.
    domain                it:domain             The domain that it belongs to.
    ipv4                  inet:ipv4             The last known IPv4 address.
    latlong               geo:latlong           The last known position.
    place                 geo:place             The place where it is.
    loc                   loc                   The region where it is.
    os                    it:prod:softver       The operating system.
    os:name               it:prod:softname      The name of the operating system.
    hardware              it:prod:hardware      The hardware.
    manu                  str                   [deprecated] The maker of the hardware; use hardware.
    model                 str                   [deprecated] The model of the hardware; use hardware.
    serial                str                   The serial number of the hardware.
    operator              ps:contact            Who runs the host.
    org                   ou:org                The organization that runs the host.
    ext:id                str                   [new] Its identifier in another system.
    keyboard:layout       str(lower onespace)   [new] The keyboard layout.
    keyboard:language     lang:language         [new] The language of the keyboard.
    image                 it:software:image     [new] The image that it was started from.

it:host:tenancy  guid  [new] A host runs on another one.
    @is inet:service:object
    @fill service:base=host tenancy
    lessor        it:host       The host that runs the other.
    tenant        it:host       The host that is run.

it:software:image  guid  [new] A disk image that hosts are started from.
    @is inet:service:object
    @fill service:base=software image
    name          str(lower onespace)               The name of the image.
    type          it:software:image:type:taxonomy   What kind of image it is.
    published     time                              When it was published.
    publisher     ps:contact                        Who published it.
    parents       [it:software:image]               The images that it was made from, the last one last.

it:storage:volume:type:taxonomy  taxonomy  [new] Kinds of storage volumes. Ex: network.smb
    @is meta:taxonomy

it:storage:volume  guid  [new] A disk or a part of one, real or virtual.
    id            str(strip)                        The identifier of the volume.
    name          str(lower onespace)               The name of the volume.
    type          it:storage:volume:type:taxonomy   What kind of volume it is.
    size          int(min=0)                        The number of bytes that it holds.

it:storage:mount  guid  [new] A volume is attached to a host.
    host          it:host               The host.
    volume        it:storage:volume     The volume.
    path          file:path             Where it is seen.

it:log:event:type:taxonomy  taxonomy  [new] Kinds of log events.
    @is meta:taxonomy

it:log:event  guid  A line in a log.
    @is it:host:activity
    mesg              str                           The text.
    type              it:log:event:type:taxonomy    [new] What kind of event it is. Ex: windows.eventlog.securitylog
    severity          int(enums=$SEVERITY)          How grave it is, as the log says.
    data              data                          The event as structured data.
    ext:id            str                           [new] Its identifier in another system.
    product           it:prod:softver               [new] The software that wrote it.
    service:platform  inet:service:platform         [new] The platform that wrote it.
    service:instance  inet:service:instance         [new deprecated] The instance that wrote it.
    service:account   inet:service:account          [new] The account that it is about.

it:domain  guid  A group of hosts and accounts under one administration.
    name          str(lower onespace)   The name of the domain.
    desc          str                   What the domain is.
    org           ou:org                The organization that runs it.

it:network:type:taxonomy  taxonomy  [new] Kinds of networks.
    @is meta:taxonomy

it:network  guid  A network of hosts.
    name              str(lower onespace)                       The name of the network.
    desc              str                                       What the network is.
    type              it:network:type:taxonomy                  [new] What kind of network it is.
    org               ou:org                                    The organization that runs it.
    net4              inet:net4                                 The IPv4 addresses in it.
    net6              inet:net6                                 The IPv6 addresses in it.
    dns:resolvers     {inet:server(defport=53 defproto=udp)}    [new] The DNS servers for it.

it:account  guid  An account on a host or in a domain.
    user          inet:user             The user name.
    contact       ps:contact            Whose account it is.
    host          it:host               The host.
    domain        it:domain             The domain.
    posix:uid     int                   The user number. Ex: 1001
    posix:gid     int                   The number of the main group. Ex: 1001
    posix:gecos   int                   The field for the full name.
    posix:home    file:path             The home directory. Ex: /home/ada
    posix:shell   file:path             The login shell. Ex: /bin/bash
    windows:sid   it:os:windows:sid     The security identifier.
    groups        {it:group}            The groups that it is in.

it:group  guid  A group of accounts on a host or in a domain.
    name          str(lower onespace)   The name of the group.
    desc          str                   What the group is for.
    host          it:host               The host.
    domain        it:domain             The domain.
    groups        {it:group}            The groups that it is in.
    posix:gid     int                   The group number. Ex: 1001
    windows:sid   it:os:windows:sid     The security identifier.

it:logon  guid  Somebody logged in, or tried to.
    time          time          When it was.
    success       bool          Whether it worked.
    logoff:time   time          When the session ended.
    host          it:host       The host that was logged in to.
    account       it:account    The account that was used.
    creds         auth:creds    The credentials that were used.
    duration      duration      How long the session was.
    client:host   it:host       The host that the user sat at.
    client:ipv4   inet:ipv4     The IPv4 address that the user came from.
    client:ipv6   inet:ipv6     The IPv6 address that the user came from.

it:hosturl  (host=it:host, url=inet:url)  A host serves a URL.
    host          it:host       [ro] The host.
    url           inet:url      [ro] The URL.

it:screenshot  guid  A picture of what a screen showed.
    @is it:host:activity
    image         file:bytes    The picture.
    desc          str           [text] What can be seen.

it:hostsoft  (host=it:host, softver=it:prod:softver)  A software version is installed on a host.
    host          it:host           [ro] The host.
    softver       it:prod:softver   [ro] The software version.
"""

EDGES = """
it:log:event -(about)> *  [new] The event is about the node.
"""
