"""The Storm libraries and the methods of Storm types. Importing the package registers them.

A function declares itself once, with its Python signature: see ``synapse.lib.storm.registry``, which coerces arguments
by it and from which ``help`` is made. Functions that only compute say ``pure``; those that read nodes flush the editor
first, since they must see what the query changed.

Each package has the libraries and the types that belong together, mostly as their names (``$lib.inet``,
``$lib.crypto``) say, and rests on those before it in this list:

- ``base`` and ``root`` (``$lib`` itself), ``misc`` (small libraries), ``queries`` (``$lib.storm``, query objects).
- ``auth/``: users, rights, variables, secrets. ``values/``: text, numbers, bytes, lists, sets, formats.
- ``graph/``: nodes, layers, views. ``model/``: forms and properties.
- ``automation/``: packages, and queries that are kept. ``services/``: this service and others.
- ``inet/``: HTTP and mail. ``crypto/``: hashes, keys, tokens. ``infosec/``: of the field.
"""

from synapse.lib.storm.libs import (
    auth as auth,
    automation as automation,
    base as base,
    crypto as crypto,
    graph as graph,
    inet as inet,
    infosec as infosec,
    misc as misc,
    model as model,
    queries as queries,
    root as root,
    services as services,
    values as values,
)
