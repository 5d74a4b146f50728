"""Languages, phrases, translations."""

TYPES = """
lang:code     str(regex=^[a-z]{2}(.[a-z]{2})?$ lower)   The code of a language. Ex: pt.br
"""

FORMS = """
lang:phrase  str(lower onespace)  [new] A few words.

lang:idiom  str  [deprecated] A saying; use lang:translation.
    url           inet:url      Where it is explained.
    desc:en       str           [text] What it means, in English.

lang:trans  str  [deprecated] A text with its meaning; use lang:translation.
    text:en       str           [text] The text in English.
    desc:en       str           [text] What it means, in English.

lang:translation  guid  A text in two languages.
    input         str               The text that was translated. Ex: hola
    input:lang    lang:code         The language of the text.
    output        str               The translation. Ex: hello
    output:lang   lang:code         The language of the translation.
    desc          str               What is to be known about it. Ex: A greeting among friends
    engine        it:prod:softver   The software that translated.

lang:name  str(lower onespace)  [new] The name of a language.

lang:language  guid  [new] A language.
    code          lang:code     The code of the language.
    name          lang:name     The name of the language.
    names         {lang:name}   Other names of the language.
    skill         ps:skill      The skill to speak it.
"""
