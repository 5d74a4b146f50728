"""Languages, phrases, translations."""

TYPES = """
lang:code     str(regex=^[a-z]{2}(.[a-z]{2})?$ lower)
"""

FORMS = """
lang:phrase  str(lower onespace)  [new]

lang:idiom  str  [deprecated]
    url           inet:url
    desc:en       str           [text]

lang:trans  str  [deprecated]
    text:en       str           [text]
    desc:en       str           [text]

lang:translation  guid
    input         str
    input:lang    lang:code
    output        str
    output:lang   lang:code
    desc          str
    engine        it:prod:softver

lang:name  str(lower onespace)  [new]

lang:language  guid  [new]
    code          lang:code
    name          lang:name
    names         {lang:name}
    skill         ps:skill
"""
