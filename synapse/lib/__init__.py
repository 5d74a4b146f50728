"""The parts that the services are made of, lowest first; nobody imports upward.

- ``base.py``: the life of an object in the event loop, from ``anit`` to ``fini``.
- ``eager.py``: coroutines that become tasks only when they wait.
- ``limits.py``: every bound in the project, each with its reason. ``time.py``: times and their texts.
  ``schema.py``: data that users write, checked.
- ``slab``: the disk. LMDB environments and the small structures on top of them.
- ``telepath``: the wire. RPC between services and clients. ``share.py``: an object that a call hands out.
- ``model``: types, forms and properties; pure, no I/O.
- ``nexus``: the change log that makes a write durable and replayable.
- ``auth`` and ``cell``: users and rights, and the service runtime that ties the above together; ``httpapi``: its HTTP
  endpoints.
- ``layer``, ``view``, ``storm``: the hypergraph: storage, visibility, language; ``cortex``: the parts of that service;
  ``automation``: what runs by itself; ``stormsvc.py``: how other services bring Storm packages.
"""
