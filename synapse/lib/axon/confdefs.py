"""The options of an Axon, beside those of every cell (axon.md 1)."""

from __future__ import annotations

import typing

import synapse.lib.blobs as s_blobs

ConfDefs = dict[str, dict[str, typing.Any]]

CONFDEFS: ConfDefs = {
    'max:bytes': {
        'description': 'The largest sum of blob sizes; at or above it no new blob is stored.',
        'type': 'integer',
        'minimum': 1,
        'hidecmdl': True,
    },
    'max:count': {
        'description': 'The largest number of blobs; at it no new blob is stored.',
        'type': 'integer',
        'minimum': 1,
        'hidecmdl': True,
    },
    'blob:store': s_blobs.CONFSCHEMA,
    'http:proxy': {'description': 'URL of the proxy (http, socks4, socks5) for wget and its kin.', 'type': 'string'},
    'tls:ca:dir': {'description': 'Directory with further CA certificates for wget and its kin.', 'type': 'string'},
}

PERMS = (
    ('get', 'Read blobs.'),
    ('has', 'Ask which blobs there are.'),
    ('upload', 'Store blobs.'),
    ('del', 'Remove blobs.'),
    ('wget', 'Have a URL fetched and stored.'),
    ('wput', 'Have a blob sent to a URL.'),
)


def permdefs() -> list[dict[str, typing.Any]]:
    """Return the definitions of the permissions (axon.md 5)."""
    return [{'perm': ('axon', name), 'gate': 'cortex', 'desc': desc, 'default': False} for name, desc in PERMS]
