"""The idle links of a proxy (spec: telepath.md 14.2).

A call takes a link, or opens one when none is idle, and gives it back when its answer is complete. A link whose answer
was not read to its end is closed, which is also how the server is told to stop.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.lib.limits as s_limits
import synapse.lib.telepath.connect as s_connect
import synapse.lib.telepath.link as s_link


class LinkPool(s_base.Base):
    """Links to one server. Fires ``pool:link:fini`` when an idle link is culled."""

    async def __anit__(self, target: s_connect.Target) -> None:  # type: ignore[override]
        await s_base.Base.__anit__(self)
        self.target = target
        self.idle: list[s_link.ClientLink] = []
        self.links: set[s_link.ClientLink] = set()
        self._culling = False
        self.onfini(self._fini_links)

    def _fini_links(self) -> None:
        for link in tuple(self.links):
            link.close()

    async def get(self) -> s_link.ClientLink:
        """Return a link for one call.

        Raises:
            IsFini: The proxy has ended.
            LinkShutDown: The unix socket is gone since the proxy was made.
            OSError and others: As ``Target.connect``.
        """
        while self.idle:
            link = self.idle.pop()
            if not link.closed:
                return link
        if self.isfini:
            raise s_exc.IsFini(mesg='Telepath Proxy isfini')
        try:
            link = await self.target.connect()
        except s_exc.SynErr as e:
            if self.target.path is None:
                raise
            # the session is about to end, only its link has not told us yet
            raise s_exc.LinkShutDown(mesg=f'The server is gone: {e.get("mesg")}', path=self.target.path) from e
        if self.isfini:
            link.close()
            raise s_exc.IsFini(mesg='Telepath Proxy isfini')
        link.onlost = self._lost
        self.links.add(link)
        return link

    def put(self, link: s_link.ClientLink) -> None:
        """Give a link back whose last answer was read to its end."""
        if link.closed or self.isfini:
            link.close()
            return
        if link.unpk.tell() > s_limits.TELE_DECODER_BYTES:
            link.renew()
        self.idle.append(link)
        if not self._culling and len(self.idle) > s_limits.TELE_IDLE_LINKS:
            self._culling = True
            self.schedCallLater(s_limits.TELE_IDLE_CULL_SECS, self._cull)

    def _lost(self, link: s_link.ClientLink) -> None:
        self.links.discard(link)
        if link in self.idle:
            self.idle.remove(link)

    async def _cull(self) -> None:
        self._culling = False
        if len(self.idle) > s_limits.TELE_IDLE_LINKS:
            # the oldest: the most recently used ones are taken first
            self.idle.pop(0).close()
            await self.fire('pool:link:fini', size=len(self.idle))
        if len(self.idle) > s_limits.TELE_IDLE_LINKS:
            self._culling = True
            self.schedCallLater(s_limits.TELE_IDLE_CULL_SECS, self._cull)

    def stats(self) -> dict[str, typing.Any]:
        """Return ``{'idle', 'links'}``: how many are idle and how many there are."""
        return {'idle': len(self.idle), 'links': len(self.links)}
