"""Operating systems: iOS, Android, Windows."""

TYPES = r"""
it:os:windows:sid     str(regex=^S-1-(?:\d{1,10}|0x[0-9a-fA-F]{12})(?:-(?:\d+|0x[0-9a-fA-F]{2,}))*$)
                        A security identifier of Windows. Ex: S-1-5-21-1111111111-2222222222-3333333333-1001
"""

FORMS = """
it:os:ios:idfa  it:adid  [deprecated] An advertising identifier of iOS.

it:os:android:aaid  it:adid  [deprecated] An advertising identifier of Android.

it:os:android:perm  str  A permission of Android.

it:os:android:intent  str  An intent of Android.

it:os:android:reqperm  (app=it:prod:soft, perm=it:os:android:perm)  An app asks for a permission.
    app           it:prod:softver       [ro] The app.
    perm          it:os:android:perm    [ro] The permission.

it:os:android:ilisten  (app=it:prod:soft, intent=it:os:android:intent)  An app waits for an intent.
    app           it:prod:softver       [ro] The app.
    intent        it:os:android:intent  [ro] The intent.

it:os:android:ibroadcast  (app=it:prod:soft, intent=it:os:android:intent)  An app sends an intent.
    app           it:prod:softver       [ro] The app.
    intent        it:os:android:intent  [ro] The intent.

it:auth:passwdhash  guid  A password as a hash.
    salt          hex           The salt.
    hash:md5      hash:md5      The MD5.
    hash:sha1     hash:sha1     The SHA-1.
    hash:sha256   hash:sha256   The SHA-256.
    hash:sha512   hash:sha512   The SHA-512.
    hash:lm       hash:lm       The LM hash.
    hash:ntlm     hash:ntlm     The NTLM hash.
    passwd        inet:passwd   The password, if it is known.

it:os:windows:service  guid  [new] A service of Windows.
    host          it:host               The host.
    name          str(lower onespace)   The name of the service.
    type          int(min=0)            The type number.
    start         int(min=0)            The number that tells when it starts.
    errorcontrol  int(min=0)            The number that tells what happens when it fails.
    displayname   str(lower onespace)   The name that is shown.
    description   str                   What it does.
    imagepath     file:path             The path of the program.

it:os:windows:task  guid  [new] A scheduled task of Windows.
    host          it:host                                       The host.
    cmds          array(type=it:cmd sorted=false uniq=false)    The commands that it runs.
    account       it:account                                    The account that it runs as.
    period        ival                                          From when to when it existed.
    desc          str                                           What it is for.
    uri           file:path                                     The name of the task.
    path          file:path                                     The path of its file.
    file          file:bytes                                    Its file.

it:os:posix:cron  guid  [new] A cron job.
    host          it:host       The host.
    cmd           it:cmd        The command that it runs.
    schedule      it:dev:str    When it runs.
    account       it:account    The account that it runs as.
    period        ival          From when to when it existed.
    desc          str           What it is for.
    path          file:path     The path of its file.
    file          file:bytes    Its file.

it:fs:file  guid  A file on a host.
    host          it:host           The host.
    path          file:path         The path of the file.
    path:dir      file:path         The directory of the file.
    path:ext      str(lower strip)  The extension of the file.
    path:base     file:base         The name of the file.
    file          file:bytes        The file.
    ctime         time              When it was created.
    mtime         time              When it was last changed.
    atime         time              When it was last read.
    user          inet:user         The user that it belongs to.
    group         inet:user         The group that it belongs to.
"""
