"""Files, paths, archives and attachments."""

FORMS = """
file:bytes  *  A file by its content.
    size                      int               The number of bytes.
    md5                       hash:md5          The MD5 of the content.
    sha1                      hash:sha1         The SHA-1 of the content.
    sha256                    hash:sha256       The SHA-256 of the content.
    sha512                    hash:sha512       The SHA-512 of the content.
    ssdeeps                   {hash:ssdeep}     [new] Fuzzy hashes of the content.
    name                      file:base         The best known name of the file.
    mime                      file:mime         The MIME type of the content.
    mime:x509:cn              str               The common name of a certificate.
    mime:pe:size              int               The size that the PE headers give.
    mime:pe:imphash           hash:md5          The hash of the PE imports.
    mime:pe:compiled          time              The time that the PE headers give.
    mime:pe:pdbpath           file:path         The path of the debug symbols.
    mime:pe:exports:time      time              The time of the PE exports.
    mime:pe:exports:libname   str               The library name in the PE exports.
    mime:pe:richhdr           hash:sha256       The hash of the PE rich header.
    exe:compiler              it:prod:softver   [new] The compiler that made the program.
    exe:packer                it:prod:softver   [new] The packer that the program went through.

file:ismime  (file=file:bytes, mime=file:mime)  A file was found to be of a MIME type.
    file          file:bytes    [ro] The file.
    mime          file:mime     [ro] The MIME type.

file:string  (file=file:bytes, string=str)  [deprecated] A file contains a text; use a refs edge.
    file          file:bytes    [ro] The file.
    string        str           [ro] The text.

file:base  *  A file name without directories. Ex: report.docx
    ext           str           [ro] The part after the last dot.

file:filepath  (file=file:bytes, path=file:path)  A file was at a path.
    file              file:bytes    [ro] The file.
    path              file:path     [ro] The path.
    path:dir          file:path     [ro] The directory of the path.
    path:base         file:base     [ro] The file name of the path.
    path:base:ext     str           [ro] The extension of the file name.

file:attachment  guid  [new] A file that somebody attached to something.
    @columns name file text
    name          file:path     The name that it was attached by.
    text          str           What was written about it.
    file          file:bytes    The file.

file:archive:entry  guid  [new] A file in an archive.
    parent            file:bytes    The archive.
    file              file:bytes    The file.
    path              file:path     Where it is in the archive.
    user              inet:user     Whom it belongs to.
    added             time          When it was put in the archive.
    created           time          When it was created.
    modified          time          When it was last changed.
    comment           str           The comment in the archive.
    posix:uid         int           The number of the user that it belongs to.
    posix:gid         int           The number of the group that it belongs to.
    posix:perms       int           The permission bits.
    archived:size     int           The number of bytes that it takes in the archive.

file:subfile  (parent=file:bytes, child=file:bytes)  A file is contained in another one.
    parent        file:bytes    [ro] The file that contains.
    child         file:bytes    [ro] The file that is contained.
    name          file:base     [deprecated] The name of the contained file; use path.
    path          file:path     The path of the contained file.

file:path  *  A path to a file or directory. Ex: c:/windows/system32/calc.exe
    dir           file:path     [ro] The directory above.
    base          file:base     [ro] The last part of the path.
    base:ext      str           [ro] The extension of the last part.
"""

EDGES = """
file:bytes -(refs)> it:dev:str      [new] The file contains the text.
file:bytes -(uses)> math:algorithm  [new] The file uses the algorithm.
"""
