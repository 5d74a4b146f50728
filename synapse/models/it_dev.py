"""Software development: strings, keys, repositories, functions under analysis."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'COMPLEXITY': s_decl.enums('0 none; 10 lowest; 20 low; 30 medium; 40 high; 50 highest'),
}

FORMS = r"""
it:dev:function  guid  [new] A function in a program, wherever it is found.
    id            str(strip)    The identifier of the function.
    name          it:dev:str    The name of the function.
    desc          str           What the function does.

it:dev:function:sample  guid  [new] A function as found in a file.
    @is file:mime:meta
    function      it:dev:function   The function.

it:dev:str  str  A text as it occurs in programs.
    norm          str(lower)    The text in lower case.

it:dev:int  int  A number as it occurs in programs.

it:dev:pipe  str  The name of a named pipe.

it:dev:mutex  str  The name of a mutex.

it:dev:regkey  str  A key of the Windows registry. Ex: HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Run

it:dev:regval  guid  A key of the Windows registry with a value.
    key           it:dev:regkey     The key.
    str           it:dev:str        The value, if it is text.
    int           it:dev:int        The value, if it is a number.
    bytes         file:bytes        The value, if it is bytes.

it:dev:repo:type:taxonomy  taxonomy  [new] Kinds of repositories.
    @is meta:taxonomy

it:dev:repo  guid  [new] A repository of source code.
    @is inet:service:object
    @fill service:base=repository
    name          str(lower strip)              The name of the repository.
    desc          str                           [text] What the repository holds.
    created       time                          [deprecated] When it was made; use period.
    url           inet:url                      Where it is shown.
    type          it:dev:repo:type:taxonomy     What kind of repository it is. Ex: svn
    submodules    [it:dev:repo:commit]          The commits of other repositories that it contains.

it:dev:repo:remote  guid  [new] A repository knows another one by a name.
    name          str(lower onespace)   The name. Ex: origin
    url           inet:url              Where the other one is.
    repo          it:dev:repo           The repository that knows.
    remote        it:dev:repo           The repository that is known.

it:dev:repo:branch  guid  [new] A branch of a repository.
    @is inet:service:object
    @fill service:base=repository branch
    parent        it:dev:repo:branch    The branch that it started from.
    start         it:dev:repo:commit    The commit that it started from.
    name          str(strip)            The name of the branch.
    url           inet:url              Where it is shown.
    created       time                  [deprecated] When it was made; use period.
    merged        time                  When it was merged.
    deleted       time                  [deprecated] When it was removed; use period.

it:dev:repo:commit  guid  [new] A commit to a repository.
    @is inet:service:object
    @fill service:base=repository commit
    repo          it:dev:repo           The repository.
    parents       [it:dev:repo:commit]  The commits that it rests on.
    branch        it:dev:repo:branch    The branch that it was made on.
    mesg          str                   [text] The message.
    id            str(strip)            The hash or number of the commit.
    created       time                  [deprecated] When it was made; use period.
    url           inet:url              Where it is shown.

it:dev:repo:diff  guid  [new] A change of one file in a commit.
    commit        it:dev:repo:commit    The commit.
    file          file:bytes            The file after the change.
    path          file:path             The path of the file.
    url           inet:url              Where it is shown.

it:dev:repo:entry  guid  [new] A file in a repository.
    repo          it:dev:repo   The repository.
    file          file:bytes    The file.
    path          file:path     The path of the file.

it:dev:repo:issue  guid  [new] An issue of a repository.
    @is inet:service:object
    @fill service:base=repository issue
    repo          it:dev:repo       The repository.
    title         str(lower strip)  The title of the issue.
    desc          str               [text] The text of the issue.
    created       time              [deprecated] When it was made; use period.
    updated       time              When it was last changed.
    url           inet:url          Where it is shown.
    id            str(strip)        The number of the issue.

it:dev:repo:label  guid  [new] A label for issues.
    id            str(strip)        The identifier of the label.
    title         str(lower strip)  The text on the label.
    desc          str               [text] What the label means.

it:dev:repo:issue:label  guid  [new] An issue has a label.
    @is inet:service:object
    @fill service:base=repository issue label
    issue         it:dev:repo:issue     The issue.
    label         it:dev:repo:label     The label.
    applied       time                  [deprecated] When it was put there; use period.
    removed       time                  [deprecated] When it was removed; use period.

it:dev:repo:issue:comment  guid  [new] A comment on an issue.
    @is inet:service:object
    @fill service:base=repository issue comment
    issue         it:dev:repo:issue             The issue.
    text          str                           [text] The text of the comment.
    replyto       it:dev:repo:issue:comment     The comment that it answers.
    url           inet:url                      Where it is shown.
    created       time                          [deprecated] When it was made; use period.
    updated       time                          When it was last changed.

it:dev:repo:diff:comment  guid  [new] A comment on a change of a file.
    @is inet:service:object
    @fill service:base=repository diff comment
    diff          it:dev:repo:diff          The change.
    text          str                       [text] The text of the comment.
    replyto       it:dev:repo:diff:comment  The comment that it answers.
    line          int                       The line that it is about.
    offset        int                       The place in the file that it is about.
    url           inet:url                  Where it is shown.
    created       time                      [deprecated] When it was made; use period.
    updated       time                      When it was last changed.

it:reveng:function  guid  A function taken apart by an analyst.
    name          str                           The name that the analyst gave it.
    description   str                           What it does.
    impcalls      {it:reveng:impfunc}           The imported functions that it calls.
    strings       array(type=it:dev:str uniq)   The texts that it uses.

it:reveng:filefunc  (file=file:bytes, function=it:reveng:function)  A function found in a file.
    function      it:reveng:function                            [ro] The function.
    file          file:bytes                                    [ro] The file.
    va            int                                           The address of the function.
    rank          int                                           How interesting it is.
    complexity    int(enums=$COMPLEXITY enums:strict=false)     How complicated it is.
    funccalls     {it:reveng:filefunc}                          The functions in the file that it calls.

it:reveng:funcstr  (function=it:reveng:function, string=str)  [deprecated] A text that a function uses; use
                                                              it:reveng:function:strings.
    function      it:reveng:function    [ro] The function.
    string        str                   [ro] The text.

it:reveng:impfunc  str(lower)  The name of an imported function.
"""

EDGES = """
it:dev:repo -(has)> inet:url                  [new] The repository is found at the URL.
it:dev:repo:commit -(has)> it:dev:repo:entry  [new] The file is in the repository as of the commit.
"""
