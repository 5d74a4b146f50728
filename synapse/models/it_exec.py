"""What a host did: processes, files, registry, network, queries."""

FORMS = """
it:cmd  str(strip)  A command line. Ex: ping -c 1 example.com

it:cmd:session  guid  [new] Commands that somebody typed one after the other.
    host          it:host       The host where it was.
    proc          it:exec:proc  The shell.
    period        ival          From when to when it went on.
    file          file:bytes    The history file.

it:cmd:history  guid  [new] One command of a session.
    cmd           it:cmd            The command line.
    session       it:cmd:session    The session.
    time          time              When it was typed.
    index         int               Its place in the session.
    output        str               What it printed.

it:exec:proc  guid  A process on a host.
    @is it:host:activity
    host              it:host                   The host.
    exe               file:bytes                The program that it runs.
    cmd               it:cmd                    [text] The command line.
    cmd:history       it:cmd:history            [new] The typed command that started it.
    pid               int                       The process number.
    time              time                      When it was started.
    name              str                       The name that it shows.
    exited            time                      When it ended.
    exitcode          int                       The code that it ended with.
    user              inet:user                 [deprecated] The user name; use account.
    account           it:account                The account that it runs as.
    path              file:path                 The path of the program.
    path:base         file:base                 The file name of the program.
    src:exe           file:path                 [deprecated] The path of the program that started it; use src:proc.
    src:proc          it:exec:proc              The process that started it.
    killedby          it:exec:proc              The process that ended it.
    windows:service   it:os:windows:service     [new] The Windows service that it runs.

it:query  str(strip)  A query in any language.

it:exec:query  guid  A query that was run.
    @is it:host:activity
    text              it:query                  The query.
    opts              data                      The options of the query.
    api:url           inet:url                  Where the query was sent.
    language          str(lower onespace)       The language of the query.
    offset            int                       [new] The number of the first result asked for.
    synuser           syn:user                  [new] The user of this Cortex who ran it.
    service:platform  inet:service:platform     [new] The platform that was asked.
    service:instance  inet:service:instance     [new deprecated] The instance that was asked.
    service:account   inet:service:account      [new] The account that asked.

it:exec:thread  guid  A thread of a process.
    @is it:host:activity
    proc          it:exec:proc      The process.
    created       time              When it was started.
    exited        time              When it ended.
    exitcode      int               The code that it ended with.
    src:proc      it:exec:proc      The process that started it.
    src:thread    it:exec:thread    The thread that started it.

it:exec:loadlib  guid  A process loaded a library.
    @is it:host:activity
    proc          it:exec:proc  The process.
    va            int           The address that it was loaded at.
    loaded        time          When it was loaded.
    unloaded      time          When it was unloaded.
    path          file:path     The path of the library.
    file          file:bytes    The library.

it:exec:mmap  guid  A process mapped memory.
    @is it:host:activity
    proc              it:exec:proc  The process.
    va                int           The address of the memory.
    size              int           The number of bytes.
    perms:read        bool          Whether it may be read.
    perms:write       bool          Whether it may be written.
    perms:execute     bool          Whether it may be executed.
    created           time          When it was mapped.
    deleted           time          When it was unmapped.
    path              file:path     The file that was mapped.
    hash:sha256       hash:sha256   The SHA-256 of the memory.

it:exec:mutex  guid  A process made a mutex.
    @is it:host:activity
    name          it:dev:mutex  The name of the mutex.

it:exec:pipe  guid  A process made a named pipe.
    @is it:host:activity
    name          it:dev:pipe   The name of the pipe.

it:exec:url  guid  A program got a URL.
    @is it:host:activity
    browser           it:prod:softver       The browser that got it.
    url               inet:url              The URL.
    page:pdf          file:bytes            The page as a PDF.
    page:html         file:bytes            The page as HTML, after scripts ran.
    page:image        file:bytes            A picture of the page.
    page:title        it:dev:str            [new] The title of the page.
    page:favicon      file:bytes            [new] The icon of the page.
    page:components   {it:prod:softname}    [new] The software that the page is made with.
    http:request      inet:http:request     The first HTTP request.
    client            inet:client           The address that asked.
    client:ipv4       inet:ipv4             The IPv4 address that asked.
    client:ipv6       inet:ipv6             The IPv6 address that asked.
    client:port       inet:port             The port that asked.

it:exec:bind  guid  A program began to listen on a port.
    @is it:host:activity
    server        inet:server   The address.
    server:ipv4   inet:ipv4     The IPv4 address.
    server:ipv6   inet:ipv6     The IPv6 address.
    server:port   inet:port     The port.

it:exec:file:add  guid  A program made a file.
    @is it:host:activity
    path          file:path         The path of the file.
    path:dir      file:path         The directory of the file.
    path:ext      str(lower strip)  The extension of the file.
    path:base     file:base         The name of the file.
    file          file:bytes        The file.

it:exec:file:del  guid  A program deleted a file.
    @is it:host:activity
    path          file:path         The path of the file.
    path:dir      file:path         The directory of the file.
    path:ext      str(lower strip)  The extension of the file.
    path:base     file:base         The name of the file.
    file          file:bytes        The file.

it:exec:file:read  guid  A program read a file.
    @is it:host:activity
    path          file:path         The path of the file.
    path:dir      file:path         The directory of the file.
    path:ext      str(lower strip)  The extension of the file.
    path:base     file:base         The name of the file.
    file          file:bytes        The file.

it:exec:file:write  guid  A program wrote to a file.
    @is it:host:activity
    path          file:path         The path of the file.
    path:dir      file:path         The directory of the file.
    path:ext      str(lower strip)  The extension of the file.
    path:base     file:base         The name of the file.
    file          file:bytes        The file.

it:exec:reg:get  guid  A program read the registry.
    @is it:host:activity
    reg           it:dev:regval     The key and value.

it:exec:reg:set  guid  A program wrote to the registry.
    @is it:host:activity
    reg           it:dev:regval     The key and value.

it:exec:reg:del  guid  A program deleted from the registry.
    @is it:host:activity
    reg           it:dev:regval     The key and value.
"""

EDGES = """
it:exec:query -(found)> *  The query had the node as a result.
"""
