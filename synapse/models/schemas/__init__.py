"""JSON schemas that data values are checked against, one file each, from the standards that they are named after."""

from __future__ import annotations

import json
import os
import typing


def load(name: str) -> dict[str, typing.Any]:
    """Return a schema by file name without the extension."""
    path = os.path.join(os.path.dirname(__file__), f'{name}.json')
    with open(path, encoding='utf8') as file:
        return typing.cast(dict[str, typing.Any], json.load(file))
