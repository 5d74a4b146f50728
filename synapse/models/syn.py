"""The Cortex about itself: tags, and the runtime forms that show types, forms, properties, commands and jobs."""

TYPES = """
syn:nodedata  (key=str, form=syn:form)  A key of node data and the form that it is kept on.
syn:tag:part  *                         One level of a tag.
syn:user      *                         A user of this Cortex, by name or identifier.
syn:role      *                         A role of this Cortex, by name or identifier.
"""

FORMS = """
syn:tag  *  A tag.
    up            syn:tag       [ro] The tag above.
    isnow         syn:tag       The tag to use instead.
    doc           str           [text] What the tag means.
    doc:url       inet:url      Where the tag is explained.
    depth         int           [ro] How many levels are above the tag.
    title         str           A short title.
    base          str           [ro] The last level of the tag.

syn:type  str(strip)  A type of the data model.
    @runt
    doc           str(strip)    [ro] What the type is for.
    ctor          str(strip)    [ro] The class that makes its values.
    subof         syn:type      [ro] The type that it is made from.
    opts          data          [ro] The options that make it different.

syn:form  str(strip)  A form of the data model.
    @runt
    doc           str(strip)    [ro] What the form is for.
    type          syn:type      [ro] The type of its primary value.
    runt          bool          [ro] Whether its nodes exist at run time only.

syn:prop  str(strip)  A property of the data model.
    @runt
    doc           str(strip)    What the property is for.
    form          syn:form      [ro] The form that it belongs to.
    type          syn:type      [ro] The type of its values.
    relname       str(strip)    [ro] Its name within the form.
    univ          bool          [ro] Whether all forms have it.
    base          str(strip)    [ro] The last part of its name.
    ro            bool          [ro] Whether it cannot change once it is set.
    extmodel      bool          [ro] Whether it was added to this Cortex at run time.

syn:tagprop  str(strip)  A property that tags may carry.
    @runt
    doc           str(strip)    What the property is for.
    type          syn:type      [ro] The type of its values.

syn:trigger  guid  A query that runs when something changes.
    @runt
    vers          int               [ro] The version of its definition.
    doc           str               [text] What the trigger is for.
    name          str               The name of the trigger.
    cond          str(strip lower)  [ro] The kind of change that sets it off.
    user          str               [ro] The user that it runs as.
    storm         str               [ro text] The query that it runs.
    enabled       bool              [ro] Whether it runs.
    form          str(lower strip)  The form whose changes set it off.
    verb          str(lower strip)  [new] The edge verb whose changes set it off.
    n2form        str(lower strip)  [new] The form at the far end of the edge.
    prop          str(lower strip)  The property whose changes set it off.
    tag           str(lower strip)  The tag whose changes set it off.

syn:cron  guid  A query that runs at certain times.
    @runt
    doc           str           [text] What the job is for.
    name          str           The name of the job.
    storm         str           [ro text] The query that it runs.

syn:cmd  str(strip)  A Storm command.
    @runt
    doc                   str(strip)        [text] What the command does.
    package               str(strip)        The package that it came with.
    svciden               guid(strip)       The service that it came with.
    input                 [syn:form]        [ro deprecated] The forms that it takes.
    output                [syn:form]        [ro deprecated] The forms that it yields.
    nodedata              [syn:nodedata]    [ro deprecated] The node data that it writes.
    deprecated            bool              [new] Whether it is going to be removed.
    deprecated:version    it:semver         [new] The version that will be without it.
    deprecated:date       time              [new] When it will be removed.
    deprecated:mesg       str               [new] What to use instead.

syn:splice  guid(strip)  [old] A change of a node, as older versions recorded it.
    @runt
    type          str(strip)        [ro] What was changed.
    iden          str               [ro] The identifier of the node.
    form          syn:form(strip)   [ro] The form of the node.
    prop          syn:prop(strip)   [ro] The property that was changed.
    tag           syn:tag(strip)    [ro] The tag that was changed.
    valu          data              [ro] The value afterwards.
    oldv          data              [ro] The value before.
    user          guid              [ro] Who made the change.
    prov          guid              [ro] What led to the change.
    time          time              [ro] When the change was made.
    splice        data              [ro] The whole record.
"""
