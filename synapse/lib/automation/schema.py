"""Definitions that users write: checked by JSON schema, and kept in the order in which they came."""

from __future__ import annotations

import typing

import fastjsonschema

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.slab as s_slab

Check = typing.Callable[[typing.Any], typing.Any]


def checker(schema: dict[str, typing.Any]) -> Check:
    """Return a function that returns a value as the schema completes it. It raises SchemaViolation.

    The schema is compiled when it is first used.
    """
    compiled: list[Check] = []

    def check(valu: typing.Any) -> typing.Any:
        if not compiled:
            compiled.append(fastjsonschema.compile(schema))
        try:
            return compiled[0](_lists(valu))
        except fastjsonschema.JsonSchemaValueException as e:
            raise s_exc.SchemaViolation(mesg=e.message, name=e.name) from e

    return check


def tick(table: s_slab.KeyVal) -> int:
    """Return the present time in milliseconds, later than the ``created`` of all definitions in a table."""
    return max(s_common.now(), 1 + max((item['created'] for _, item in table.items()), default=0))


def _lists(valu: typing.Any) -> typing.Any:
    """Return a copy with lists for tuples, which a completed value is written into."""
    if isinstance(valu, (list, tuple)):
        return [_lists(item) for item in valu]
    return {key: _lists(item) for key, item in valu.items()} if isinstance(valu, dict) else valu
