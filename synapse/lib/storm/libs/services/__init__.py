"""This service and the others it works with, as Storm sees them (spec: storm-runtime.md 15, 20 to 22).

Most calls leave the process. So the edits of the query are published before one goes out, and what comes back as a
stream is passed on item by item.

- ``cell``: the Cortex as a service, and its tasks. ``aha``: the registry that it is in.
- ``axon``: blobs. ``feed``: nodes in bulk, in and out. ``jsonstor``, ``notifications``: documents, messages to users.
- ``telepath``: any other service, by URL. ``service``: those that bring Storm packages, by name.
"""

from synapse.lib.storm.libs.services import (
    aha as aha,
    axon as axon,
    cell as cell,
    feed as feed,
    jsonstor as jsonstor,
    notifications as notifications,
    service as service,
    telepath as telepath,
)
