"""Planned procedures."""

FORMS = """
plan:system  guid  [new]
    name          str(lower onespace)
    summary       str                   [text]
    author        ps:contact
    created       time
    updated       time
    version       it:semver
    url           inet:url

plan:phase  guid  [new]
    title         str
    summary       str           [text]
    index         int
    url           inet:url
    system        plan:system

plan:procedure:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

plan:procedure  guid  [new]
    title         str
    summary       str                           [text]
    author        ps:contact
    created       time
    updated       time
    version       it:semver
    system        plan:system
    type          plan:procedure:type:taxonomy
    inputs        {plan:procedure:variable}
    firststep     plan:procedure:step

plan:procedure:variable  guid  [new]
    name          str
    type          str
    default       data
    procedure     plan:procedure

plan:procedure:step  guid  [new]
    phase         plan:phase
    procedure     plan:procedure
    title         str
    summary       str
    outputs       {plan:procedure:variable}
    techniques    {ou:technique}
    links         array(type=plan:procedure:link uniq)

plan:procedure:link  guid  [new]
    condition     bool
    next          plan:procedure:step
    procedure     plan:procedure
"""

EDGES = """
plan:procedure:step -(uses)> *  [new]
"""
