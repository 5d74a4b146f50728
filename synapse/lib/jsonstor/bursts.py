"""Rows in lists: what is read and sent together, with the bound after which others have their turn. Pure."""

from __future__ import annotations

import typing

import synapse.lib.limits as s_limits

Row = typing.TypeVar('Row')


def of(rows: typing.Iterable[Row], size_of: typing.Callable[[Row], int] = lambda row: 1) -> typing.Iterator[list[Row]]:
    """Yield lists of rows; a list ends when it has enough rows, or enough bytes by ``size_of``."""
    some: list[Row] = []
    size = 0
    for row in rows:
        some.append(row)
        size += size_of(row)
        if len(some) >= s_limits.JSON_BURST_ROWS or size >= s_limits.JSON_BURST_BYTES:
            yield some
            some, size = [], 0
    if some:
        yield some
