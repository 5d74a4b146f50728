"""Where knowledge comes from: sources, feeds, notes, rules, timelines."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'LEVELS': s_decl.enums('0 none; 10 lowest; 20 low; 30 medium; 40 high; 50 highest'),
    'SOPHISTICATION': s_decl.enums('10 very low; 20 low; 30 medium; 40 high; 50 very high'),
}

TYPES = """
meta:ruleset:type:taxonomy    taxonomy                                  [new] Kinds of rule sets.
    @is meta:taxonomy
meta:activity                 int(enums:strict=false enums=$LEVELS)     [new] How active something is, from none to
                                                                        highest.
meta:priority                 int(enums:strict=false enums=$LEVELS)     [new] How urgent something is, from none to
                                                                        highest.
meta:severity                 int(enums:strict=false enums=$LEVELS)     [new] How grave something is, from none to
                                                                        highest.
meta:sophistication           int(enums=$SOPHISTICATION)                How much skill something takes, from very low to
                                                                        very high.
markdown                      str                                       [new] Text in Markdown.
"""

IFACES = """
meta:taxonomy  *  [new] A node that is a category in a tree.
    title         str           A short title of the category.
    summary       str           [deprecated text] What belongs in the category; use title and desc.
    desc          str           [text] What belongs in the category.
    sort          int           Where the category stands among its siblings.
    base          taxon         [ro] The last level of the category's name.
    depth         int           [ro] How many levels are above the category.
    parent        $self         [ro] The category above.
"""

FORMS = """
meta:rule:status:taxonomy  taxonomy  [new] States in the life of a rule.
    @is meta:taxonomy

meta:source  guid  Where data came from: a data set, a provider, a person.
    name              str(lower)    The name of the source.
    type              str(lower)    What kind of source it is.
    url               inet:url      [new] Where the source describes itself.
    ingest:cursor     str           [new] Where to go on reading, in the source's own terms.
    ingest:latest     time          [new] When the source was last read.
    ingest:offset     int           [new] The number of the last item read.

meta:seen  (source=meta:source, node=ndef)  [deprecated] A source knew of a node; use a seen edge.
    source        meta:source   [ro] The source.
    node          ndef          [ro] The node that it knew of.

meta:feed:type:taxonomy  taxonomy  [new] Kinds of feeds.
    @is meta:taxonomy

meta:feed  guid  [new] One way in which data is taken from a source.
    @columns name source::name type
    id            str(strip)                The identifier of the feed.
    name          str(lower onespace)       The name of the feed.
    type          meta:feed:type:taxonomy   What kind of feed it is.
    source        meta:source               The source that the data comes from.
    url           inet:url                  Where the feed is read.
    query         str                       The query that the feed asks.
    opts          data                      The options that the feed is read with.
    period        ival                      The span of time that the feed covers.
    latest        time                      The time of the last item that was read.
    offset        int                       The number of the last item that was read.
    cursor        str(strip)                Where to go on reading, in the feed's own terms.

meta:note:type:taxonomy  taxonomy  [new] Kinds of notes.
    @is meta:taxonomy

meta:note  guid  A remark about one or more nodes.
    type          meta:note:type:taxonomy   [new] What kind of note it is.
    text          str                       [text syntax=markdown] The remark.
    author        ps:contact                Who wrote it.
    creator       syn:user                  The user who entered it.
    created       time                      When it was written.
    updated       time                      [new] When it was last changed.
    replyto       meta:note                 [new] The note that it answers.

meta:timeline  guid  Events in order, told as one story.
    title         str                       A short title. Ex: The history of aviation
    summary       str                       [text] What the timeline tells.
    type          meta:timeline:taxonomy    What kind of timeline it is.

meta:timeline:taxonomy  taxonomy  Kinds of timelines.
    @is meta:taxonomy

meta:event  guid  Something worth telling that happened.
    timeline      meta:timeline         The timeline that it belongs to.
    title         str                   A short title.
    summary       str                   [text] What happened.
    time          time                  When it happened.
    index         int                   [new] Its place among events of the same time.
    duration      duration              How long it took.
    type          meta:event:taxonomy   What kind of event it is.

meta:event:taxonomy  taxonomy  Kinds of events.
    @is meta:taxonomy

meta:ruleset  guid  Rules that are kept together.
    name          str(lower onespace)           The name of the set.
    type          meta:ruleset:type:taxonomy    [new] What kind of rules they are.
    desc          str                           [text] What the rules are for.
    author        ps:contact                    Who keeps the set.
    created       time                          When the set was first made.
    updated       time                          When the set was last changed.

meta:rule:type:taxonomy  taxonomy  [new] Kinds of rules.
    @is meta:taxonomy

meta:rule  guid  A rule of any system that decides or detects.
    name          str(lower onespace)           The name of the rule.
    type          meta:rule:type:taxonomy       [new] What kind of rule it is.
    status        meta:rule:status:taxonomy     [new] Where it is in its life.
    desc          str                           [text] What the rule is for.
    text          str                           [text] The rule itself.
    author        ps:contact                    Who wrote it.
    created       time                          When it was first written.
    updated       time                          When it was last changed.
    url           inet:url                      Where the rule is described.
    ext:id        str                           The identifier that its home system gives it.

meta:aggregate:type:taxonomy  taxonomy  [new] Kinds of aggregates.
    @is meta:taxonomy

meta:aggregate  guid  [new] Many nodes, told as a number.
    @columns time type count
    type          meta:aggregate:type:taxonomy  What was counted. Ex: casualties.civilian
    time          time                          When it was counted.
    count         int                           How many there were.

meta:cluster:type:taxonomy  taxonomy  [new] Kinds of clusters.
    @is meta:taxonomy

meta:cluster  guid  [new] Things that somebody thinks belong together.
    id                str(strip)                    [alts=ids] The identifier that the reporter gives the cluster.
    ids               {str(strip)}                  Other identifiers of the cluster.
    name              str(lower onespace)           [alts=names] The name of the cluster.
    names             {str(lower onespace)}         Other names of the cluster.
    type              meta:cluster:type:taxonomy    What kind of cluster it is.
    desc              str                           [text] What the members have in common.
    tag               syn:tag                       The tag that the members bear.
    reporter          ou:org                        The organization that reported it.
    reporter:name     ou:name                       The name of the organization that reported it.
"""

EDGES = """
* -(refs)> *                            The source contains a reference to the target.
* -(linked)> *                          [new] The two are related in a way that no other edge tells.
meta:source -(seen)> *                  The source knew of the node.
meta:feed -(found)> *                   [new] The feed brought the node.
meta:note -(about)> *                   The note is about the node.
meta:ruleset -(has)> meta:rule          The set has the rule.
meta:ruleset -(has)> inet:service:rule  [new] The set has the rule.
meta:ruleset -(has)> it:app:snort:rule  [new] The set has the rule.
meta:ruleset -(has)> it:app:yara:rule   [new] The set has the rule.
meta:rule -(matches)> *                 The rule fits the node.
meta:rule -(detects)> *                 [new] The rule was made to find the node.
meta:rule -(generated)> risk:alert      [new] The rule raised the alert.
meta:rule -(generated)> it:log:event    [new] The rule wrote the log event.
* -(meets)> ou:requirement              [new] The node fulfills the requirement.
* -(seenat)> geo:telem                  [deprecated] The node was there when the position was taken.
meta:event -(caused)> risk:outage       [new] The event led to the outage.
"""
