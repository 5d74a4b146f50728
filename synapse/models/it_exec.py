"""What a host did: processes, files, registry, network, queries."""

FORMS = """
it:cmd  str(strip)

it:cmd:session  guid  [new]
    host          it:host
    proc          it:exec:proc
    period        ival
    file          file:bytes

it:cmd:history  guid  [new]
    cmd           it:cmd
    session       it:cmd:session
    time          time
    index         int
    output        str

it:exec:proc  guid
    @is it:host:activity
    host              it:host
    exe               file:bytes
    cmd               it:cmd                    [text]
    cmd:history       it:cmd:history            [new]
    pid               int
    time              time
    name              str
    exited            time
    exitcode          int
    user              inet:user                 [deprecated]
    account           it:account
    path              file:path
    path:base         file:base
    src:exe           file:path                 [deprecated]
    src:proc          it:exec:proc
    killedby          it:exec:proc
    sandbox:file      file:bytes
    windows:service   it:os:windows:service     [new]

it:query  str(strip)

it:exec:query  guid
    @is it:host:activity
    text              it:query
    opts              data
    api:url           inet:url
    language          str(lower onespace)
    offset            int                       [new]
    synuser           syn:user                  [new]
    service:platform  inet:service:platform     [new]
    service:instance  inet:service:instance     [new deprecated]
    service:account   inet:service:account      [new]

it:exec:thread  guid
    @is it:host:activity
    proc          it:exec:proc
    created       time
    exited        time
    exitcode      int
    src:proc      it:exec:proc
    src:thread    it:exec:thread
    sandbox:file  file:bytes

it:exec:loadlib  guid
    @is it:host:activity
    proc          it:exec:proc
    va            int
    loaded        time
    unloaded      time
    path          file:path
    file          file:bytes
    sandbox:file  file:bytes

it:exec:mmap  guid
    @is it:host:activity
    proc              it:exec:proc
    va                int
    size              int
    perms:read        bool
    perms:write       bool
    perms:execute     bool
    created           time
    deleted           time
    path              file:path
    hash:sha256       hash:sha256
    sandbox:file      file:bytes

it:exec:mutex  guid
    @is it:host:activity
    proc          it:exec:proc
    host          it:host
    exe           file:bytes
    time          time
    name          it:dev:mutex
    sandbox:file  file:bytes

it:exec:pipe  guid
    @is it:host:activity
    proc          it:exec:proc
    host          it:host
    exe           file:bytes
    time          time
    name          it:dev:pipe
    sandbox:file  file:bytes

it:exec:url  guid
    @is it:host:activity
    proc              it:exec:proc
    browser           it:prod:softver
    host              it:host
    exe               file:bytes
    time              time
    url               inet:url
    page:pdf          file:bytes
    page:html         file:bytes
    page:image        file:bytes
    page:title        it:dev:str            [new]
    page:favicon      file:bytes            [new]
    page:components   {it:prod:softname}    [new]
    http:request      inet:http:request
    client            inet:client
    client:ipv4       inet:ipv4
    client:ipv6       inet:ipv6
    client:port       inet:port
    sandbox:file      file:bytes

it:exec:bind  guid
    @is it:host:activity
    proc          it:exec:proc
    host          it:host
    exe           file:bytes
    time          time
    server        inet:server
    server:ipv4   inet:ipv4
    server:ipv6   inet:ipv6
    server:port   inet:port
    sandbox:file  file:bytes

it:exec:file:add  guid
    @is it:host:activity
    proc          it:exec:proc
    host          it:host
    exe           file:bytes
    time          time
    path          file:path
    path:dir      file:path
    path:ext      str(lower strip)
    path:base     file:base
    file          file:bytes
    sandbox:file  file:bytes

it:exec:file:del  guid
    @is it:host:activity
    proc          it:exec:proc
    host          it:host
    exe           file:bytes
    time          time
    path          file:path
    path:dir      file:path
    path:ext      str(lower strip)
    path:base     file:base
    file          file:bytes
    sandbox:file  file:bytes

it:exec:file:read  guid
    @is it:host:activity
    proc          it:exec:proc
    host          it:host
    exe           file:bytes
    time          time
    path          file:path
    path:dir      file:path
    path:ext      str(lower strip)
    path:base     file:base
    file          file:bytes
    sandbox:file  file:bytes

it:exec:file:write  guid
    @is it:host:activity
    proc          it:exec:proc
    host          it:host
    exe           file:bytes
    time          time
    path          file:path
    path:dir      file:path
    path:ext      str(lower strip)
    path:base     file:base
    file          file:bytes
    sandbox:file  file:bytes

it:exec:reg:get  guid
    @is it:host:activity
    proc          it:exec:proc
    host          it:host
    exe           file:bytes
    time          time
    reg           it:dev:regval
    sandbox:file  file:bytes

it:exec:reg:set  guid
    @is it:host:activity
    proc          it:exec:proc
    host          it:host
    exe           file:bytes
    time          time
    reg           it:dev:regval
    sandbox:file  file:bytes

it:exec:reg:del  guid
    @is it:host:activity
    proc          it:exec:proc
    host          it:host
    exe           file:bytes
    time          time
    reg           it:dev:regval
    sandbox:file  file:bytes
"""

EDGES = """
it:exec:query -(found)> *
"""
