"""The Cortex about itself: tags, and the runtime forms that show types, forms, properties, commands and jobs."""

TYPES = """
syn:nodedata  (key=str, form=syn:form)
syn:tag:part  *
syn:user      *
syn:role      *
"""

FORMS = """
syn:tag  *
    up            syn:tag       [ro]
    isnow         syn:tag
    doc           str           [text]
    doc:url       inet:url
    depth         int           [ro]
    title         str
    base          str           [ro]

syn:type  str(strip)
    @runt
    doc           str(strip)    [ro]
    ctor          str(strip)    [ro]
    subof         syn:type      [ro]
    opts          data          [ro]

syn:form  str(strip)
    @runt
    doc           str(strip)    [ro]
    type          syn:type      [ro]
    runt          bool          [ro]

syn:prop  str(strip)
    @runt
    doc           str(strip)
    form          syn:form      [ro]
    type          syn:type      [ro]
    relname       str(strip)    [ro]
    univ          bool          [ro]
    base          str(strip)    [ro]
    ro            bool          [ro]
    extmodel      bool          [ro]

syn:tagprop  str(strip)
    @runt
    doc           str(strip)
    type          syn:type      [ro]

syn:trigger  guid
    @runt
    vers          int               [ro]
    doc           str               [text]
    name          str
    cond          str(strip lower)  [ro]
    user          str               [ro]
    storm         str               [ro text]
    enabled       bool              [ro]
    form          str(lower strip)
    verb          str(lower strip)  [new]
    n2form        str(lower strip)  [new]
    prop          str(lower strip)
    tag           str(lower strip)

syn:cron  guid
    @runt
    doc           str           [text]
    name          str
    storm         str           [ro text]

syn:cmd  str(strip)
    @runt
    doc                   str(strip)        [text]
    package               str(strip)
    svciden               guid(strip)
    input                 [syn:form]        [ro deprecated]
    output                [syn:form]        [ro deprecated]
    nodedata              [syn:nodedata]    [ro deprecated]
    deprecated            bool              [new]
    deprecated:version    it:semver         [new]
    deprecated:date       time              [new]
    deprecated:mesg       str               [new]

syn:splice  guid(strip)  [old]
    @runt
    type          str(strip)        [ro]
    iden          str               [ro]
    form          syn:form(strip)   [ro]
    prop          syn:prop(strip)   [ro]
    tag           syn:tag(strip)    [ro]
    valu          data              [ro]
    oldv          data              [ro]
    user          guid              [ro]
    prov          guid              [ro]
    time          time              [ro]
    splice        data              [ro]
"""
