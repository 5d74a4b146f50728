"""JSON schemas that data values are checked against, one file each, from the standards that they are named after.

Nothing is fetched when a value is checked: where a schema refers to a STIX document by its URL, ``load`` puts our own
short form of it (``stix.json``) in its place.
"""

from __future__ import annotations

import json
import os
import typing

_STIX = 'raw.githubusercontent.com/oasis-open/cti-stix2-json-schemas/'


def _read(name: str) -> typing.Any:
    with open(os.path.join(os.path.dirname(__file__), f'{name}.json'), encoding='utf8') as file:
        return json.load(file)


def load(name: str) -> dict[str, typing.Any]:
    """Return a schema by file name without the extension, with all that it refers to."""
    schema: dict[str, typing.Any] = _read(name)
    if _localize(schema):
        defs = schema.setdefault('$defs', {})
        defs.update((f'stix:{part}', item) for part, item in _read('stix').items())
    return schema


def _localize(item: typing.Any) -> bool:
    """Point references to STIX documents at definitions in the schema itself; True if there were any."""
    if not isinstance(item, (dict, list)):
        return False
    if isinstance(item, list):
        return sum(map(_localize, item)) > 0  # all of them, not up to the first
    ref = item.get('$ref')
    if isinstance(ref, str) and _STIX in ref:
        part = ref.rpartition('/')[2].removesuffix('.json')
        item['$ref'] = f'#/$defs/stix:{part}'
        return True
    return sum(map(_localize, item.values())) > 0
