"""Systems of belief and who holds them."""

FORMS = """
belief:system  guid  [new]
    name          str(onespace lower)
    desc          str                           [text]
    type          belief:system:type:taxonomy
    began         time

belief:system:type:taxonomy  taxonomy  [new]
    @is meta:taxonomy

belief:tenet  guid  [new]
    name          str(onespace lower)
    desc          str                   [text]

belief:subscriber  guid  [new]
    contact       ps:contact
    system        belief:system
    began         time
    ended         time
"""

EDGES = """
belief:system -(has)> belief:tenet          [new]
belief:subscriber -(follows)> belief:tenet  [new]
"""
