"""Files, paths, archives and attachments."""

FORMS = """
file:bytes  *
    size                      int
    md5                       hash:md5
    sha1                      hash:sha1
    sha256                    hash:sha256
    sha512                    hash:sha512
    ssdeeps                   {hash:ssdeep}     [new]
    name                      file:base
    mime                      file:mime
    mime:x509:cn              str
    mime:pe:size              int
    mime:pe:imphash           hash:md5
    mime:pe:compiled          time
    mime:pe:pdbpath           file:path
    mime:pe:exports:time      time
    mime:pe:exports:libname   str
    mime:pe:richhdr           hash:sha256
    exe:compiler              it:prod:softver   [new]
    exe:packer                it:prod:softver   [new]

file:ismime  (file=file:bytes, mime=file:mime)
    file          file:bytes    [ro]
    mime          file:mime     [ro]

file:string  (file=file:bytes, string=str)  [deprecated]
    file          file:bytes    [ro]
    string        str           [ro]

file:base  *
    ext           str           [ro]

file:filepath  (file=file:bytes, path=file:path)
    file              file:bytes    [ro]
    path              file:path     [ro]
    path:dir          file:path     [ro]
    path:base         file:base     [ro]
    path:base:ext     str           [ro]

file:attachment  guid  [new]
    @columns name file text
    name          file:path
    text          str
    file          file:bytes

file:archive:entry  guid  [new]
    parent            file:bytes
    file              file:bytes
    path              file:path
    user              inet:user
    added             time
    created           time
    modified          time
    comment           str
    posix:uid         int
    posix:gid         int
    posix:perms       int
    archived:size     int

file:subfile  (parent=file:bytes, child=file:bytes)
    parent        file:bytes    [ro]
    child         file:bytes    [ro]
    name          file:base     [deprecated]
    path          file:path

file:path  *
    dir           file:path     [ro]
    base          file:base     [ro]
    base:ext      str           [ro]
"""

EDGES = """
file:bytes -(refs)> it:dev:str      [new]
file:bytes -(uses)> math:algorithm  [new]
"""
