"""The JSONStor of a Cortex (jsonstor.md 7): a cell in its own directory, or a remote one by the ``jsonstor`` option.

The embedded cell shares users, role and change log with the Cortex, so that whoever follows the Cortex has its
documents too. It is a service for callers on this machine only: a socket in its directory, no port.
"""

from __future__ import annotations

import contextlib
import typing

import synapse.lib.cell as s_cell
import synapse.lib.cortex.embed as s_embed
import synapse.lib.jsonstor as s_jsonstor
import synapse.lib.telepath as s_telepath

if typing.TYPE_CHECKING:
    import synapse.cortex as s_cortex

Any = typing.Any
Store = s_jsonstor.JsonStorCell | s_telepath.Client


async def connect(core: s_cortex.Cortex) -> Store:
    """Return the embedded cell, or a client of the remote one that connects in the background."""
    client = await s_embed.remote(core, 'jsonstor')
    if client is not None:
        return client
    iden = s_embed.claim(core, 'jsonstor')
    return await s_jsonstor.JsonStorCell.anit(core.layout.path('jsonstor'), conf={'cell:guid': iden}, parent=core)


async def listen(core: s_cortex.Cortex) -> None:
    """Make the embedded cell reachable at the socket in its directory."""
    if isinstance(core.jsonstor, s_jsonstor.JsonStorCell):
        await core.jsonstor.initServiceNetwork()


async def ready(core: s_cortex.Cortex) -> Any:
    """Return what the calls of a JSONStor can be made on; waits for a remote one, however long it takes."""
    if isinstance(core.jsonstor, s_telepath.Client):
        await core.jsonstor.waitready(timeout=None)
    return core.jsonstor


class NotifApi(s_cell.CellApi):
    """Notifications for users, which the JSONStor keeps (cortex.md 2.2). For admins only."""

    cell: s_cortex.Cortex

    @s_cell.adminapi()
    async def addUserNotif(self, useriden: str, mesgtype: str, mesgdata: Any = None) -> int:
        """Store a notification; returns its index."""
        stor = await ready(self.cell)
        return int(await stor.addUserNotif(useriden, mesgtype, mesgdata))

    @s_cell.adminapi()
    async def getUserNotif(self, indx: int) -> Any:
        """Return (user iden, time, type, data) of a notification, None when there is none."""
        stor = await ready(self.cell)
        return await stor.getUserNotif(indx)

    @s_cell.adminapi()
    async def delUserNotif(self, indx: int) -> None:
        """Forget a notification, if it exists."""
        stor = await ready(self.cell)
        await stor.delUserNotif(indx)

    @s_cell.adminapi()
    async def iterUserNotifs(self, useriden: str, size: int | None = None) -> typing.AsyncGenerator[Any, None]:
        """Yield (index, notification) of a user, newest first within a type."""
        stor = await ready(self.cell)
        async with contextlib.aclosing(stor.iterUserNotifs(useriden, size=size)) as items:
            async for item in items:
                yield item

    @s_cell.adminapi()
    async def watchAllUserNotifs(self, offs: int | None = None) -> typing.AsyncGenerator[Any, None]:
        """Yield (index, notification) of all users from an index on; ends after two minutes without one."""
        stor = await ready(self.cell)
        async with contextlib.aclosing(stor.watchAllUserNotifs(offs)) as items:
            async for item in items:
                yield item
