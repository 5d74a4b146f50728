"""The built-in Storm commands, by topic. Importing the package registers them.

``stream``: limit, count, uniq, spin. ``lift``: what lifts, counts or chooses. ``edit``: what changes nodes.
``run``: what runs a query, with ``sub`` for all of them. ``graph``: the projection of a graph. ``model``: the data
model. ``admin``: users, roles, tasks.
``packages``: Storm packages. ``macros``: queries by name. ``queues``, ``triggers``, ``cron``, ``dmons``,
``services``, ``vaults``. ``web``: fetching, feeding.
``webapis``: extended HTTP endpoints. ``stormpool``: the pool of mirrors.
``aha``: the services that AHA knows.
``stacks``: views, layers, merge requests. ``merge`` and ``moves``: nodes from layer to layer.
``gen``: nodes by natural keys. ``info``: help, version, uptime. ``scrape``: indicators in text.
"""

from synapse.lib.storm.commands import (
    admin as admin,
    aha as aha,
    cron as cron,
    dmons as dmons,
    edit as edit,
    gen as gen,
    graph as graph,
    info as info,
    lift as lift,
    macros as macros,
    merge as merge,
    model as model,
    moves as moves,
    packages as packages,
    queues as queues,
    run as run,
    scrape as scrape,
    services as services,
    stacks as stacks,
    stormpool as stormpool,
    stream as stream,
    triggers as triggers,
    vaults as vaults,
    web as web,
    webapis as webapis,
)
