"""What a handshake makes on the server: a session, and the knowledge of who is calling (spec: telepath.md 5, 7).

The iden of a session is the only thing that ties pool links to the identity that the handshake proved.
"""

from __future__ import annotations

import contextvars
import typing

import synapse.common as s_common
import synapse.lib.base as s_base
import synapse.lib.share as s_share

if typing.TYPE_CHECKING:
    import synapse.lib.telepath.serve as s_serve


class Session(s_base.Base):
    """A client's session: shared objects by name (None is the root), and the user that the cell has set.

    Attributes:
        iden: 32 hex characters, random; whoever knows them may use the session.
        items: ``{share iden or None: object}``.
        user: Set by the aware object (cells set their User); None otherwise.
        caller: What ``caller.get()`` gives in a call of this session.
    """

    async def __anit__(self, hslink: s_serve.ServerLink) -> None:  # type: ignore[override]
        await s_base.Base.__anit__(self)
        self.iden = s_common.guid()
        self.hslink = hslink
        self.items: dict[str | None, typing.Any] = {}
        self.user: typing.Any = None
        self.context = contextvars.copy_context()
        self.context.run(_caller.set, self)
        self.onfini(self._fini_items)

    async def _fini_items(self) -> None:
        items, self.items = self.items, {}
        for name, item in items.items():
            if name is not None:
                await item.fini()

    def addShare(self, share: s_share.Share) -> str:
        """Keep a dynamic share until one of the sides ends it. Returns its iden."""
        if share.iden is None:
            share.iden = s_common.guid()
        iden = share.iden
        if iden not in self.items:
            self.items[iden] = share
            share.onfini(lambda: self.items.pop(iden, None))
        return iden

    def delShare(self, iden: str | None) -> None:
        """End a dynamic share; unknown idens are ignored, the root share (None) goes without being ended."""
        item = self.items.pop(iden, None)
        if iden is not None and item is not None:
            # not a task of the session: that may end at any moment, and would cut this short
            self.hslink.dmon.end(item)

    def pack(self) -> dict[str, typing.Any]:
        """Return what ``Daemon.getSessInfo`` tells of the session."""
        items = {name: f'{type(item).__module__}.{type(item).__qualname__}' for name, item in self.items.items()}
        info: dict[str, typing.Any] = {'items': items, 'conninfo': self.hslink.getAddrInfo()}
        if self.user is not None:
            info['user'] = {'iden': self.user.iden, 'name': self.user.name}
        return info


_caller: contextvars.ContextVar[Session | None] = contextvars.ContextVar('telepath_caller', default=None)


def caller() -> Session | None:
    """Return the session on whose behalf the current code runs, None when it was not called over Telepath.

    It holds in the called method, in everything that it awaits and in the tasks that it starts. A coroutine or a
    generator of a remote call runs in an ``asyncio.Task`` of its own (``asyncio.current_task()``), which may be
    cancelled; plain methods run in none.
    """
    return _caller.get()
