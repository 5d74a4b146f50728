"""The parts that the services are made of, lowest first; nobody imports upward.

- ``base``: the life of an object in the event loop, from ``anit`` to ``fini``.
- ``limits``: every bound in the project, each with its reason.
- ``slab``: the disk. LMDB environments and the small structures on top of them.
- ``telepath``: the wire. RPC between services and clients.
- ``model``: types, forms and properties; pure, no I/O.
- ``nexus``: the change log that makes a write durable and replayable.
- ``auth`` and ``cell``: users and rights, and the service runtime that ties the above together.
- ``layer``, ``view``, ``storm``: the hypergraph: storage, visibility, language.
"""
