"""Operating systems: iOS, Android, Windows."""

TYPES = r"""
it:os:windows:sid     str(regex=^S-1-(?:\d{1,10}|0x[0-9a-fA-F]{12})(?:-(?:\d+|0x[0-9a-fA-F]{2,}))*$)
"""

FORMS = """
it:os:ios:idfa  it:adid  [deprecated]

it:os:android:aaid  it:adid  [deprecated]

it:os:android:perm  str

it:os:android:intent  str

it:os:android:reqperm  (app=it:prod:soft, perm=it:os:android:perm)
    app           it:prod:softver       [ro]
    perm          it:os:android:perm    [ro]

it:os:android:ilisten  (app=it:prod:soft, intent=it:os:android:intent)
    app           it:prod:softver       [ro]
    intent        it:os:android:intent  [ro]

it:os:android:ibroadcast  (app=it:prod:soft, intent=it:os:android:intent)
    app           it:prod:softver       [ro]
    intent        it:os:android:intent  [ro]

it:auth:passwdhash  guid
    salt          hex
    hash:md5      hash:md5
    hash:sha1     hash:sha1
    hash:sha256   hash:sha256
    hash:sha512   hash:sha512
    hash:lm       hash:lm
    hash:ntlm     hash:ntlm
    passwd        inet:passwd

it:os:windows:service  guid  [new]
    host          it:host
    name          str(lower onespace)
    type          int(min=0)
    start         int(min=0)
    errorcontrol  int(min=0)
    displayname   str(lower onespace)
    description   str
    imagepath     file:path

it:os:windows:task  guid  [new]
    host          it:host
    cmds          array(type=it:cmd sorted=false uniq=false)
    account       it:account
    period        ival
    desc          str
    uri           file:path
    path          file:path
    file          file:bytes

it:os:posix:cron  guid  [new]
    host          it:host
    cmd           it:cmd
    schedule      it:dev:str
    account       it:account
    period        ival
    desc          str
    path          file:path
    file          file:bytes

it:fs:file  guid
    host          it:host
    path          file:path
    path:dir      file:path
    path:ext      str(lower strip)
    path:base     file:base
    file          file:bytes
    ctime         time
    mtime         time
    atime         time
    user          inet:user
    group         inet:user
"""
