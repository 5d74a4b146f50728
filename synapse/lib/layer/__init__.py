"""Layers: where nodes are stored.

A layer holds what was said about nodes in one place: values, props, tags, edges, node data. It knows nothing of Storm,
of users or of other layers; a view (``synapse.lib.view``) stacks layers and decides what is visible.

Three ideas carry it. Nodes have short ids (*nids*) that all layers of a Cortex share, and everything inside uses them.
Every index is an ordered table of *abbreviated name + value bytes -> nids*, so each lift is one seek and a scan. All
writing is the application of logged *node edits*, collected in memory and written sorted, the same on a leader, on a
follower and on replay after a crash.

Read in this order: ``edits`` (the vocabulary), ``block`` (new nodes that are alike), ``record`` (one stored node),
``idens`` (ids), ``scan`` (reading an index in chunks), ``fresh`` (new nodes, by column), ``apply`` (edits to records
and index entries), ``layer`` (the whole), ``stored`` (what it holds of a node, shown).
"""

from synapse.lib.layer.idens import Idens as Idens
from synapse.lib.layer.layer import Layer as Layer
