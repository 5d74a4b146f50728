"""The objects of a STIX 2.1 bundle, and their identifiers, which follow from what they stand for."""

from __future__ import annotations

import datetime
import typing
import uuid

import synapse.common as s_common
import synapse.exc as s_exc

Object = dict[str, typing.Any]
Ndef = tuple[str, typing.Any]

DOMAIN = frozenset(
    """
    attack-pattern campaign course-of-action grouping identity incident indicator infrastructure intrusion-set location
    malware malware-analysis note observed-data opinion report threat-actor tool vulnerability
    """.split()
)
OBSERVABLES = frozenset(
    """
    artifact autonomous-system directory domain-name email-addr email-message file ipv4-addr ipv6-addr mac-addr mutex
    network-traffic process software url user-account windows-registry-key x509-certificate
    """.split()
)
TYPES = DOMAIN | OBSERVABLES | {'relationship', 'sighting'}

EXTENSION = 'extension-definition--bdb6d88f-8c26-4d0b-b218-58925aaa5be0'
_MOMENT = '2021-04-29T13:40:00.000Z'


def _extension() -> Object:
    """Return the definition of the extension by which an object names its node."""
    return {
        'id': EXTENSION,
        'type': 'extension-definition',
        'spec_version': '2.1',
        'name': 'Vertex Project Synapse',
        'description': 'Synapse specific STIX 2.1 extensions.',
        'created': _MOMENT,
        'modified': _MOMENT,
        'schema': 'The Synapse Extensions for Stix 2.1',
        'version': '1.0',
        'extension_types': ['property-extension'],
    }


def bundle(objects: typing.Iterable[Object]) -> Object:
    """Return a bundle of objects, with the extension that they use."""
    return {'type': 'bundle', 'id': f'bundle--{uuid.uuid4()}', 'objects': [_extension(), *objects]}


def _identifier(kind: str, valu: typing.Any) -> str:
    version = 5 if kind in OBSERVABLES else 4
    return f'{kind}--{uuid.UUID(hex=s_common.guid(valu), version=version)}'


def node_object(kind: str, ndef: Ndef) -> Object:
    """Return the object of a node, as yet without properties."""
    extension = {'extension_type': 'property-extension', 'synapse_ndef': list(ndef)}
    ident = _identifier(kind, ndef)
    return {'id': ident, 'type': kind, 'spec_version': '2.1', 'extensions': {EXTENSION: extension}}


def relationship(source: str, verb: str, target: str) -> Object:
    """Return the relationship of two objects, given their identifiers."""
    now = timestamp(s_common.now())
    return {
        'id': _identifier('relationship', (source, verb, target)),
        'type': 'relationship',
        'relationship_type': verb,
        'created': now,
        'modified': now,
        'source_ref': source,
        'target_ref': target,
        'spec_version': '2.1',
    }


def ndef_of(item: typing.Any) -> Ndef | None:
    """Return the ndef that an object names, None if it names none."""
    for key in ('extensions', EXTENSION, 'synapse_ndef'):
        item = item.get(key) if isinstance(item, dict) else None
    if isinstance(item, (list, tuple)) and len(item) == 2 and isinstance(item[0], str):
        return item[0], item[1]
    return None


def timestamp(tick: int) -> str:
    """Return epoch milliseconds as STIX writes them. Raises: BadArg (beyond the year 9999)."""
    try:
        moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=tick)
    except OverflowError:
        raise s_exc.BadArg(mesg=f'STIX has no timestamp for the time {tick}.') from None
    return moment.isoformat(timespec='milliseconds') + 'Z'
