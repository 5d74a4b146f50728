"""Short ways to ask a Cortex, for tests that look at what a query says."""

from __future__ import annotations

import typing

import synapse.cortex as s_cortex

Any = typing.Any


async def prints(core: s_cortex.Cortex, text: str, **opts: Any) -> list[str]:
    """Return what a query prints; it must not fail."""
    mesgs = [mesg async for mesg in core.storm(text, opts=opts)]
    assert [mesg for mesg in mesgs if mesg[0] == 'err'] == []
    return [info['mesg'] for name, info in mesgs if name == 'print']


async def fails(core: s_cortex.Cortex, text: str, **opts: Any) -> tuple[str, str]:
    """Return (name, message) of the error with which a query ends."""
    mesgs = [mesg async for mesg in core.storm(text, opts=opts)]
    errs = [info for name, info in mesgs if name == 'err']
    assert errs, 'the query did not fail'
    return errs[0][0], errs[0][1].get('mesg')


async def ndefs(core: s_cortex.Cortex, text: str, **opts: Any) -> list[tuple[str, Any]]:
    """Return the nodes of a query by form and display value; it must not fail."""
    return [(node.ndef[0], node.repr()) async for node in core.nodes(text, opts=opts)]


async def fork(core: s_cortex.Cortex, name: str = 'f', parent: str | None = None) -> str:
    """Fork a view, the default one if none is given; return the iden of the fork."""
    query = 'return($lib.view.get($parent).fork(name=$name).iden)'
    return str(await core.callStorm(query, opts={'vars': {'name': name, 'parent': parent}}))


async def low(core: s_cortex.Cortex, name: str = 'low') -> str:
    """Add a user without any rights; return the iden."""
    return str((await core.auth.addUser(name)).iden)
