"""Planned procedures."""

FORMS = """
plan:system  guid  [new] A way to plan, with phases of its own.
    name          str(lower onespace)   The name of the system. Ex: mitre att&ck flow
    summary       str                   [text] What it is for.
    author        ps:contact            Who made it.
    created       time                  When it was made.
    updated       time                  When it was last changed.
    version       it:semver             The version of the system.
    url           inet:url              Where it is described.

plan:phase  guid  [new] A phase of a planning system.
    title         str           The title of the phase. Ex: Reconnaissance
    summary       str           [text] What is done in it.
    index         int           Its place among the phases.
    url           inet:url      Where it is described.
    system        plan:system   The system.

plan:procedure:type:taxonomy  taxonomy  [new] Kinds of procedures.
    @is meta:taxonomy

plan:procedure  guid  [new] Steps to do something.
    title         str                           The title of the procedure. Ex: Survey of a network
    summary       str                           [text] What it is for.
    author        ps:contact                    Who wrote it.
    created       time                          When it was written.
    updated       time                          When it was last changed.
    version       it:semver                     The version of the procedure.
    system        plan:system                   The planning system that it follows.
    type          plan:procedure:type:taxonomy  What kind of procedure it is.
    inputs        {plan:procedure:variable}     What has to be known to begin.
    firststep     plan:procedure:step           The first step.

plan:procedure:variable  guid  [new] Something that a procedure needs or makes.
    name          str               The name of the variable.
    type          str               The type of its value.
    default       data              The value unless told otherwise.
    procedure     plan:procedure    The procedure.

plan:procedure:step  guid  [new] A step of a procedure.
    phase         plan:phase                            The phase that it is in.
    procedure     plan:procedure                        The procedure.
    title         str                                   The title of the step. Ex: Ping all addresses of the network
    summary       str                                   What is to be done.
    outputs       {plan:procedure:variable}             What is known afterwards.
    techniques    {ou:technique}                        The techniques that are used.
    links         array(type=plan:procedure:link uniq)  What may come next.

plan:procedure:link  guid  [new] A way from one step to another.
    condition     bool                  The answer for which it is taken.
    next          plan:procedure:step   The step that it leads to.
    procedure     plan:procedure        The procedure.
"""

EDGES = """
plan:procedure:step -(uses)> *  [new] The step makes use of the node.
"""
