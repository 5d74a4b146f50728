"""JSON schemas that users wrote: compiled, and kept from reading other documents."""

from __future__ import annotations

import functools
import json
import typing

import fastjsonschema

import synapse.exc as s_exc

Check = typing.Callable[[typing.Any], typing.Any]


def _refuse(uri: str) -> typing.NoReturn:
    raise s_exc.BadArg(mesg=f'References to other documents are not followed: {uri[:500]}')


class _Refusing(dict[str, typing.Callable[[str], typing.NoReturn]]):
    """Refuses documents of every URL scheme, where the compiler would fetch those that it does not know."""

    def __contains__(self, scheme: object) -> bool:
        return True

    def __missing__(self, scheme: str) -> typing.Callable[[str], typing.NoReturn]:
        return _refuse


def compile_schema(schema: typing.Any, use_default: bool = False) -> Check:
    """Compile a JSON schema to a function that returns the value or raises JsonSchemaException.

    Raises an Exception of any kind for what is no schema, or refers to other documents.
    """
    check: Check = fastjsonschema.compile(schema, use_default=use_default, handlers=_Refusing())
    return check


@functools.lru_cache(maxsize=64)
def compile_text(text: str) -> Check:
    """Compile a JSON schema given as JSON text; raises as compile_schema."""
    return compile_schema(json.loads(text))
