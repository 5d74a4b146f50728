"""Storm that is kept in the Cortex: packages, and queries that are run by name, time, edit or request.

The doors to ``synapse.lib.automation``, where these things live: a library asks for the rights of the user, finds the
thing by the start of its iden, and makes the change (spec: storm-runtime.md 9 to 15, 23).

- ``pkg``, ``modules``: Storm packages, and ``$lib.import``.
- ``macro``: queries by name. ``queue``: items that wait to be read.
- ``trigger``, ``cron``, ``dmon``: queries that edits set off, at certain times, all the time.
- ``webapis``: HTTP endpoints that are answered by Storm. ``webrequest``: one request to them, and its answer.
"""

from synapse.lib.storm.libs.automation import (
    cron as cron,
    dmon as dmon,
    macro as macro,
    modules as modules,
    pkg as pkg,
    queue as queue,
    trigger as trigger,
    webapis as webapis,
    webrequest as webrequest,
)
