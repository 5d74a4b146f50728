"""Holds a bundle against STIX 2.1: ``python -m synapse.lib.stix.validator`` reads JSON and writes JSON.

A process of its own, since a large bundle takes minutes of plain computing, and the validator a second to be imported.
Output: ``{ok, mesg, result}``, where result has ``result`` (true or false) and ``errors``.
"""

from __future__ import annotations

import contextlib
import json
import sys
import typing

import stix2validator


def validate(bundle: typing.Any) -> dict[str, typing.Any]:
    """Return ``{ok, mesg, result}`` for a bundle. Recommendations of the standard count as errors."""
    options = stix2validator.ValidationOptions(strict=True, version='2.1')
    try:
        found = stix2validator.validate_instance(bundle, options)
    except Exception as e:  # input that is far from being a bundle fails in any way
        return {'ok': False, 'mesg': f'Error validating bundle: {e}', 'result': {}}
    return {'ok': bool(found.is_valid), 'mesg': '', 'result': found.as_dict()}


def main() -> None:
    """Validate the bundle on the standard input."""
    with contextlib.redirect_stdout(sys.stderr):  # the library prints, and our answer is on the standard output
        retn = validate(json.load(sys.stdin))
    json.dump(retn, sys.stdout)


if __name__ == '__main__':
    main()
