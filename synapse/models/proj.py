"""Projects: sprints, tickets, comments, attachments."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'TICKET_STATUS': s_decl.enums("""
        0 new; 10 in validation; 20 in backlog; 30 in sprint; 40 in progress; 50 in review; 60 completed; 70 done; 80
        blocked
    """),
}

IFACES = """
proj:task  *  [new]
    @fill task=task
    id            str(strip)
    project       proj:project
    status        int
    priority      meta:priority
    created       time
    updated       time
    due           time
    completed     time
    creator       syn:user
    assignee      syn:user
    ext:creator   ps:contact
    ext:assignee  ps:contact
"""

FORMS = """
proj:project:type:taxonomy  taxonomy  [new]

proj:project  guid
    name          str(lower onespace)
    type          proj:project:type:taxonomy    [new]
    desc          str                           [text]
    creator       syn:user
    created       time
    platform      inet:service:platform         [new]

proj:sprint  guid
    name          str(lower onespace)
    status        str(enums=planned,current,completed)
    project       proj:project
    creator       syn:user
    created       time
    period        ival
    desc          str

proj:comment  guid
    creator       syn:user
    created       time
    ext:creator   ps:contact    [new]
    updated       time(ismax)
    ticket        proj:ticket
    text          str

proj:epic  guid
    name          str(onespace)
    project       proj:project
    creator       syn:user
    created       time
    updated       time(ismax)

proj:attachment  guid
    name          file:base
    file          file:bytes
    creator       syn:user
    created       time
    ticket        proj:ticket
    comment       proj:comment

proj:ticket  guid
    @is proj:task
    @fill task=ticket
    ext:id        str(strip)                    [deprecated]
    ext:url       inet:url
    epic          proj:epic
    name          str(onespace)
    desc          str
    points        int
    status        int(enums=$TICKET_STATUS)
    sprint        proj:sprint
    type          str(lower strip)
"""
