"""The graph as Storm objects: nodes and paths, layers, views, projections (spec: storm-runtime.md 6 to 8).

Functions that read nodes flush the editor first: they must see what their query has changed. Rights are asked at the
layer or the view that is meant, not at the one in which the query runs.

- ``nodes``: ``$node`` and ``$path``. ``nodedata``: named values beside the properties.
- ``layers``: what is in a layer. ``layerio``: its edges, node data, log. ``layerops``: making and removing layers.
- ``views``: what is in a view. ``viewops``: making, merging, removing views. ``viewvotes``: merge requests and votes.
- ``projections``: ``$lib.graph``, which rules say what of the graph is shown.
"""

from synapse.lib.storm.libs.graph import (
    layerio as layerio,
    layerops as layerops,
    layers as layers,
    nodedata as nodedata,
    nodes as nodes,
    projections as projections,
    viewops as viewops,
    views as views,
    viewvotes as viewvotes,
)
