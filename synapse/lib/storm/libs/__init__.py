"""The Storm libraries and the methods of Storm types. Importing the package registers them.

``base``: the functions of ``$lib`` itself. ``prims``: methods of text, lists, dicts, sets, numbers, bytes. ``nodes``: ``$node`` and ``$path``. ``time``:
``$lib.time``.
"""

from synapse.lib.storm.libs import base as base
from synapse.lib.storm.libs import nodes as nodes
from synapse.lib.storm.libs import prims as prims
from synapse.lib.storm.libs import time as time
