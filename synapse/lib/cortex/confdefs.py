"""The options of a Cortex, beside those of every cell (spec: cortex.md 1.4)."""

from __future__ import annotations

import copy
import typing

_STR: dict[str, typing.Any] = {'type': 'string'}

CONFDEFS: dict[str, dict[str, typing.Any]] = {
    'axon': {'description': 'Telepath URL of a remote Axon; unset for an embedded one.', **_STR},
    'jsonstor': {'description': 'Telepath URL of a remote JSONStor; unset for an embedded one.', **_STR},
    'cron:enable': {'description': 'Deprecated: use safemode.', 'type': 'boolean', 'default': True},
    'trigger:enable': {'description': 'Deprecated: use safemode.', 'type': 'boolean', 'default': True},
    'layer:lmdb:map_async': {'description': 'Has no effect.', 'type': 'boolean', 'default': True, 'hidedocs': True},
    'layer:lmdb:max_replay_log': {
        'description': 'Has no effect.',
        'type': 'integer',
        'default': 10000,
        'hidedocs': True,
    },
    'layers:lockmemory': {
        'description': 'Whether new layers ask to be kept in memory.',
        'type': 'boolean',
        'default': False,
    },
    'layers:logedits': {
        'description': 'Whether new layers keep a log of their edits.',
        'type': 'boolean',
        'default': True,
    },
    'layers:cache:size': {'description': 'Nodes that a layer may cache.', 'type': ['integer', 'null'], 'default': None},
    'provenance:en': {'description': 'Has no effect.', 'type': 'boolean', 'default': False, 'hidedocs': True},
    'max:nodes': {
        'description': 'The largest number of nodes, over all layers.',
        'type': 'integer',
        'minimum': 1,
        'hidecmdl': True,
    },
    'modules': {'description': 'Deprecated: Python constructors of modules to load.', 'type': 'array', 'default': []},
    'storm:log': {'description': 'Whether to log each Storm query.', 'type': 'boolean', 'default': False},
    'storm:log:level': {
        'description': 'The log level of Storm queries, by name or number.',
        'type': ['integer', 'string'],
        'default': 'INFO',
    },
    'storm:interface:search': {
        'description': 'Whether the search interface of packages is used.',
        'type': 'boolean',
        'default': True,
    },
    'storm:interface:scrape': {
        'description': 'Whether the scrape interface of packages is used.',
        'type': 'boolean',
        'default': True,
    },
    'http:proxy': {'description': 'URL of the proxy for HTTP requests made by Storm.', **_STR},
    'tls:ca:dir': {'description': 'Directory with further CA certificates for requests made by Storm.', **_STR},
}


def confbase(base: dict[str, dict[str, typing.Any]]) -> dict[str, dict[str, typing.Any]]:
    """Return the options of every cell as a Cortex has them: it keeps its change log by default."""
    conf = copy.deepcopy(base)
    conf['nexslog:en']['default'] = True
    for name in ('mirror', 'safemode'):
        for flag in ('hidedocs', 'hidecmdl'):
            conf[name].pop(flag, None)
    return conf
