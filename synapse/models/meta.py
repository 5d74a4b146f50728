"""Where knowledge comes from: sources, feeds, notes, rules, timelines."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'LEVELS': s_decl.enums('0 none; 10 lowest; 20 low; 30 medium; 40 high; 50 highest'),
    'SOPHISTICATION': s_decl.enums('10 very low; 20 low; 30 medium; 40 high; 50 very high'),
}

TYPES = """
meta:ruleset:type:taxonomy    taxonomy                                  [new]
    @is meta:taxonomy
meta:activity                 int(enums:strict=false enums=$LEVELS)     [new]
meta:priority                 int(enums:strict=false enums=$LEVELS)     [new]
meta:severity                 int(enums:strict=false enums=$LEVELS)     [new]
meta:sophistication           int(enums=$SOPHISTICATION)
markdown                      str                                       [new]
"""

IFACES = """
meta:taxonomy  *  [new]
    title         str
    summary       str           [deprecated text]
    desc          str           [text]
    sort          int
    base          taxon         [ro]
    depth         int           [ro]
    parent        $self         [ro]
"""

FORMS = """
meta:rule:status:taxonomy  taxonomy  [new]
    @is meta:taxonomy

meta:source  guid
    name              str(lower)
    type              str(lower)
    url               inet:url      [new]
    ingest:cursor     str           [new]
    ingest:latest     time          [new]
    ingest:offset     int           [new]

meta:seen  (source=meta:source, node=ndef)  [deprecated]
    source        meta:source   [ro]
    node          ndef          [ro]

meta:feed:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

meta:feed  guid  [new]
    @columns name source::name type
    id            str(strip)
    name          str(lower onespace)
    type          meta:feed:type:taxonomy
    source        meta:source
    url           inet:url
    query         str
    opts          data
    period        ival
    latest        time
    offset        int
    cursor        str(strip)

meta:note:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

meta:note  guid
    type          meta:note:type:taxonomy   [new]
    text          str                       [text syntax=markdown]
    author        ps:contact
    creator       syn:user
    created       time
    updated       time                      [new]
    replyto       meta:note                 [new]

meta:timeline  guid
    title         str
    summary       str                       [text]
    type          meta:timeline:taxonomy

meta:timeline:taxonomy  taxonomy
    @is meta:taxonomy

meta:event  guid
    timeline      meta:timeline
    title         str
    summary       str                   [text]
    time          time
    index         int                   [new]
    duration      duration
    type          meta:event:taxonomy

meta:event:taxonomy  taxonomy
    @is meta:taxonomy

meta:ruleset  guid
    name          str(lower onespace)
    type          meta:ruleset:type:taxonomy    [new]
    desc          str                           [text]
    author        ps:contact
    created       time
    updated       time

meta:rule:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

meta:rule  guid
    name          str(lower onespace)
    type          meta:rule:type:taxonomy       [new]
    status        meta:rule:status:taxonomy     [new]
    desc          str                           [text]
    text          str                           [text]
    author        ps:contact
    created       time
    updated       time
    url           inet:url
    ext:id        str

meta:aggregate:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

meta:aggregate  guid  [new]
    @columns time type count
    type          meta:aggregate:type:taxonomy
    time          time
    count         int

meta:cluster:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

meta:cluster  guid  [new]
    id                str(strip)                    [alts=ids]
    ids               {str(strip)}
    name              str(lower onespace)           [alts=names]
    names             {str(lower onespace)}
    type              meta:cluster:type:taxonomy
    desc              str                           [text]
    tag               syn:tag
    reporter          ou:org
    reporter:name     ou:name
"""

EDGES = """
* -(refs)> *
* -(linked)> *                          [new]
meta:source -(seen)> *
meta:feed -(found)> *                   [new]
meta:note -(about)> *
meta:ruleset -(has)> meta:rule
meta:ruleset -(has)> inet:service:rule  [new]
meta:ruleset -(has)> it:app:snort:rule  [new]
meta:ruleset -(has)> it:app:yara:rule   [new]
meta:rule -(matches)> *
meta:rule -(detects)> *                 [new]
meta:rule -(generated)> risk:alert      [new]
meta:rule -(generated)> it:log:event    [new]
* -(meets)> ou:requirement              [new]
* -(seenat)> geo:telem                  [deprecated]
meta:event -(caused)> risk:outage       [new]
"""
