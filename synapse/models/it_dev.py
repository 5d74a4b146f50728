"""Software development: strings, keys, repositories, functions under analysis."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'COMPLEXITY': s_decl.enums('0 none; 10 lowest; 20 low; 30 medium; 40 high; 50 highest'),
}

FORMS = """
it:dev:function  guid  [new]
    id            str(strip)
    name          it:dev:str
    desc          str

it:dev:function:sample  guid  [new]
    @is file:mime:meta
    function      it:dev:function

it:dev:str  str
    norm          str(lower)

it:dev:int  int

it:dev:pipe  str

it:dev:mutex  str

it:dev:regkey  str

it:dev:regval  guid
    key           it:dev:regkey
    str           it:dev:str
    int           it:dev:int
    bytes         file:bytes

it:dev:repo:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

it:dev:repo  guid  [new]
    @is inet:service:object
    @fill service:base=repository
    name          str(lower strip)
    desc          str                           [text]
    created       time                          [deprecated]
    url           inet:url
    type          it:dev:repo:type:taxonomy
    submodules    [it:dev:repo:commit]

it:dev:repo:remote  guid  [new]
    name          str(lower onespace)
    url           inet:url
    repo          it:dev:repo
    remote        it:dev:repo

it:dev:repo:branch  guid  [new]
    @is inet:service:object
    @fill service:base=repository branch
    parent        it:dev:repo:branch
    start         it:dev:repo:commit
    name          str(strip)
    url           inet:url
    created       time                  [deprecated]
    merged        time
    deleted       time                  [deprecated]

it:dev:repo:commit  guid  [new]
    @is inet:service:object
    @fill service:base=repository commit
    repo          it:dev:repo
    parents       [it:dev:repo:commit]
    branch        it:dev:repo:branch
    mesg          str                   [text]
    id            str(strip)
    created       time                  [deprecated]
    url           inet:url

it:dev:repo:diff  guid  [new]
    commit        it:dev:repo:commit
    file          file:bytes
    path          file:path
    url           inet:url

it:dev:repo:entry  guid  [new]
    repo          it:dev:repo
    file          file:bytes
    path          file:path

it:dev:repo:issue  guid  [new]
    @is inet:service:object
    @fill service:base=repository issue
    repo          it:dev:repo
    title         str(lower strip)
    desc          str               [text]
    created       time              [deprecated]
    updated       time
    url           inet:url
    id            str(strip)

it:dev:repo:label  guid  [new]
    id            str(strip)
    title         str(lower strip)
    desc          str               [text]

it:dev:repo:issue:label  guid  [new]
    @is inet:service:object
    @fill service:base=repository issue label
    issue         it:dev:repo:issue
    label         it:dev:repo:label
    applied       time                  [deprecated]
    removed       time                  [deprecated]

it:dev:repo:issue:comment  guid  [new]
    @is inet:service:object
    @fill service:base=repository issue comment
    issue         it:dev:repo:issue
    text          str                           [text]
    replyto       it:dev:repo:issue:comment
    url           inet:url
    created       time                          [deprecated]
    updated       time

it:dev:repo:diff:comment  guid  [new]
    @is inet:service:object
    @fill service:base=repository diff comment
    diff          it:dev:repo:diff
    text          str                       [text]
    replyto       it:dev:repo:diff:comment
    line          int
    offset        int
    url           inet:url
    created       time                      [deprecated]
    updated       time

it:reveng:function  guid
    name          str
    description   str
    impcalls      {it:reveng:impfunc}
    strings       array(type=it:dev:str uniq)

it:reveng:filefunc  (file=file:bytes, function=it:reveng:function)
    function      it:reveng:function                        [ro]
    file          file:bytes                                [ro]
    va            int
    rank          int
    complexity    int(enums=$COMPLEXITY enums:strict=false)
    funccalls     {it:reveng:filefunc}

it:reveng:funcstr  (function=it:reveng:function, string=str)  [deprecated]
    function      it:reveng:function    [ro]
    string        str                   [ro]

it:reveng:impfunc  str(lower)
"""

EDGES = """
it:dev:repo -(has)> inet:url                  [new]
it:dev:repo:commit -(has)> it:dev:repo:entry  [new]
"""
