"""Systems of belief and who holds them."""

FORMS = """
belief:system  guid  [new] A religion, a philosophy or the like.
    name          str(onespace lower)           The name of the system.
    desc          str                           [text] What is believed.
    type          belief:system:type:taxonomy   What kind of system it is.
    began         time                          When it came to be.

belief:system:type:taxonomy  taxonomy  [new] Kinds of systems of belief.
    @is meta:taxonomy

belief:tenet  guid  [new] A single thing that is believed.
    name          str(onespace lower)   A short title.
    desc          str                   [text] What is believed.

belief:subscriber  guid  [new] Somebody believes in a system.
    contact       ps:contact        Who believes.
    system        belief:system     The system.
    began         time              From when.
    ended         time              Until when.
"""

EDGES = """
belief:system -(has)> belief:tenet          [new] The system includes the tenet.
belief:subscriber -(follows)> belief:tenet  [new] The subscriber lives by the tenet.
"""
