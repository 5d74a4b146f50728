"""What users write as data (definitions, options, bodies of requests), checked by JSON schemas."""

from __future__ import annotations

import typing

import fastjsonschema

import synapse.exc as s_exc

Check = typing.Callable[[typing.Any], typing.Any]


def checker(schema: dict[str, typing.Any], name: str = 'data') -> Check:
    """Return a function that returns a copy of a value as the schema completes it. It raises SchemaViolation.

    The schema is compiled when it is first used: that takes a millisecond or two, and most are not used in most runs.

    Args:
        name: What messages call the value.
    """
    compiled: list[Check] = []

    def check(valu: typing.Any) -> typing.Any:
        if not compiled:
            compiled.append(fastjsonschema.compile(schema))
        try:
            return compiled[0](lists(valu), name_prefix=name)  # type: ignore[call-arg]
        except fastjsonschema.JsonSchemaValueException as e:
            raise s_exc.SchemaViolation(mesg=e.message, name=e.name) from None

    return check


def lists(valu: typing.Any) -> typing.Any:
    """Return a copy of plain data with lists for tuples."""
    if isinstance(valu, (list, tuple)):
        return [lists(item) for item in valu]
    return {key: lists(item) for key, item in valu.items()} if isinstance(valu, dict) else valu
