"""The options of AHA, beside those of every cell (aha.md 1.1), and its permissions (aha.md 4)."""

from __future__ import annotations

import typing

import synapse.lib.cell.confdefs as s_confdefs

CONFDEFS: s_confdefs.ConfDefs = {
    'clone': {
        'type': ['string', 'null'],
        'description': 'One-time URL with which a new, empty AHA becomes a mirror of the AHA that made it.',
    },
    'dns:name': {
        'type': ['string', 'null'],
        'description': 'The DNS name under which services and users reach this AHA.',
    },
    'aha:urls': {
        'type': ['string', 'array'],
        'items': {'type': 'string'},
        'description': 'Telepath URLs to hand out as those of AHA, in place of the ones that AHA knows by itself.',
    },
    'provision:listen': {
        'type': ['string', 'null'],
        'description': 'Telepath URL of the listener for one-time URLs. It must have a TLS name that AHA can prove.',
    },
}

# Of the base options, the one that is hidden elsewhere.
MIRROR = {
    'type': ['string', 'null'],
    'hidecmdl': True,
    'description': 'Telepath URL of the AHA that this one follows.',
}

PERMS = (
    (('aha', 'service', 'get'), 'Look up services, of all networks or (with a name) of one.'),
    (('aha', 'service', 'add'), 'Register services, optionally only of a network, or only of one name in it.'),
    (('aha', 'service', 'del'), 'Remove services, optionally only of a network, or only of one name in it.'),
    (('aha', 'ca', 'get'), 'Read the certificate of an authority.'),
    (('aha', 'ca', 'gen'), 'Make an authority for a network.'),
    (('aha', 'csr', 'host'), 'Have the certificate of a host signed.'),
    (('aha', 'csr', 'user'), 'Have the certificate of a user signed.'),
)


def permdefs() -> list[dict[str, typing.Any]]:
    """Return the definitions of the permissions."""
    return [{'perm': perm, 'gate': 'cell', 'desc': desc, 'default': False} for perm, desc in PERMS]
