"""``$lib.model``: forms, properties and types, and changing them while nodes are there (spec: storm-runtime.md 19).

Two kinds of functions: those that answer from the model in memory, which is one object shared by all queries, and those
that change it or move nodes to newer forms. A migration copies one node at a time, so that it can be stopped and begun
again.

- ``model``: what is declared. ``edges``: what users say about the verbs of light edges. ``ext``: declaring more, and
  locking what is deprecated. ``tags``: what tags must look like, and how they are pruned.
- ``migration``: moving what nodes hold. ``fuse``: two nodes become one.
"""

from synapse.lib.storm.libs.model import (
    edges as edges,
    ext as ext,
    fuse as fuse,
    migration as migration,
    model as model,
    tags as tags,
)
