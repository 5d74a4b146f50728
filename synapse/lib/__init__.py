"""How it works, from the bottom up: life cycle, disk, wire, log, people, cells, then what a Cortex adds.

Each part is a package whose own essay says what it is for. In the order of imports, which point down only:

``base`` (async life cycle), ``limits`` (every bound with its reason), ``slab`` (one LMDB environment), ``telepath``
(the wire), ``model`` (types and forms, pure), ``nexus`` (the log), ``auth`` (users and rules), ``cell`` (a service),
``layer`` (storage of nodes), ``view`` (layers as one graph), ``storm`` (the language).
"""
