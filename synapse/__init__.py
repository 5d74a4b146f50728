"""A framework for services that live in one directory each, and the services built on it.

A *cell* is a Python process that owns a folder: its state is in LMDB, every change goes through a replayable log (the
Nexus), and it answers RPC (Telepath) and HTTPS. The Cortex is the cell that stores a hypergraph and answers questions
in the Storm language.

Three ideas carry everything:

- *The log is the truth.* A change that was acknowledged is on disk in the log; the databases are checkpoints of it.
- *Imports point down.* A module knows nothing of who uses it; ``docs/architecture.md`` is the map.
- *Two alphabets.* A camelCase name is called from outside and never changes; a snake_case name is ours.

In reading order: ``exc`` (the error vocabulary), ``common`` (small helpers), ``telepath`` (the client's front door),
``lib`` (how it works), ``models`` (what the graph can hold), ``servers`` and ``tools`` (one screen each), ``demo``.
"""
