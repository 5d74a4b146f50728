"""Running JSONStors for the tests."""

from __future__ import annotations

import contextlib
import pathlib
import typing

import synapse.jsonstor as s_jsonstor
import synapse.telepath as s_telepath

Proxy = s_telepath.Proxy
CONF = {'nexslog:en': True}


@contextlib.asynccontextmanager
async def running(dirn: pathlib.Path) -> typing.AsyncIterator[tuple[s_jsonstor.JsonStorCell, Proxy]]:
    """Yield a cell in this process, and a proxy of its root."""
    async with await s_jsonstor.JsonStorCell.anit(str(dirn), conf=CONF) as cell, await cell.getLocalProxy() as proxy:
        yield cell, proxy


@contextlib.asynccontextmanager
async def user_proxy(cell: s_jsonstor.JsonStorCell, name: str, *allows: str) -> typing.AsyncIterator[Proxy]:
    """Yield a proxy of a new user with rules that allow something."""
    user = await cell.auth.addUser(name)
    for perm in allows:
        await user.addRule((True, tuple(perm.split('.'))))
    async with await cell.getLocalProxy(user=name) as proxy:
        yield proxy


async def collect(genr: typing.AsyncIterable[typing.Any]) -> list[typing.Any]:
    """Return the items of a stream."""
    return [item async for item in genr]
