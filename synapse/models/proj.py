"""Projects: sprints, tickets, comments, attachments."""

import synapse.lib.model.decl as s_decl

VALUES = {
    'TICKET_STATUS': s_decl.enums("""
        0 new; 10 in validation; 20 in backlog; 30 in sprint; 40 in progress; 50 in review; 60 completed; 70 done; 80
        blocked
    """),
}

IFACES = """
proj:task  *  [new] Something that is to be done.
    @fill task=task
    id            str(strip)        The identifier of the {task}.
    project       proj:project      The project of the {task}.
    status        int               How far the {task} has come.
    priority      meta:priority     How urgent the {task} is.
    created       time              When the {task} was made.
    updated       time              When the {task} was last changed.
    due           time              By when the {task} is to be done.
    completed     time              When the {task} was done.
    creator       syn:user          The user who made the {task}.
    assignee      syn:user          The user who is to do the {task}.
    ext:creator   ps:contact        Who made the {task}, if not a user.
    ext:assignee  ps:contact        Who is to do the {task}, if not a user.
"""

FORMS = """
proj:project:type:taxonomy  taxonomy  [new] Kinds of projects.

proj:project  guid  A project of users of this Cortex.
    name          str(lower onespace)           The name of the project.
    type          proj:project:type:taxonomy    [new] What kind of project it is.
    desc          str                           [text] What the project is for.
    creator       syn:user                      The user who made it.
    created       time                          When it was made.
    platform      inet:service:platform         [new] The platform that it is on.

proj:sprint  guid  A span of time in which tickets are worked on.
    name          str(lower onespace)                   The name of the sprint.
    status        str(enums=planned,current,completed)  How far it has come.
    project       proj:project                          The project.
    creator       syn:user                              The user who made it.
    created       time                                  When it was made.
    period        ival                                  From when to when.
    desc          str                                   What is to be reached.

proj:comment  guid  A comment on a ticket.
    creator       syn:user      The user who wrote it.
    created       time          When it was written.
    ext:creator   ps:contact    [new] Who wrote it, if not a user.
    updated       time(ismax)   When it was last changed.
    ticket        proj:ticket   The ticket.
    text          str           The text.

proj:epic  guid  Tickets that belong together.
    name          str(onespace)     The name of the epic.
    project       proj:project      The project.
    creator       syn:user          The user who made it.
    created       time              When it was made.
    updated       time(ismax)       When it was last changed.

proj:attachment  guid  A file attached to a ticket or comment.
    name          file:base     The name of the file.
    file          file:bytes    The file.
    creator       syn:user      The user who attached it.
    created       time          When it was attached.
    ticket        proj:ticket   The ticket.
    comment       proj:comment  The comment.

proj:ticket  guid  A piece of work in a project.
    @is proj:task
    @fill task=ticket
    ext:id        str(strip)                    [deprecated] Its identifier in another system; use id.
    ext:url       inet:url                      Where another system shows it.
    epic          proj:epic                     The epic that it belongs to.
    name          str(onespace)                 A short title.
    desc          str                           What is to be done.
    points        int                           How much work it is.
    status        int(enums=$TICKET_STATUS)     How far it has come.
    sprint        proj:sprint                   The sprint in which it is worked on.
    type          str(lower strip)              What kind of ticket it is. Ex: bug
"""
