"""The change log as operators and followers see it: offsets, trimming, freezing, streaming (cell.md 7, 8.7).

Who leads is decided elsewhere; a cell that follows nobody answers `promote` and its kin with the errors of the spec.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import typing

import synapse.exc as s_exc
import synapse.lib.cell.core as s_core
import synapse.lib.nexus as s_nexus
import synapse.lib.telepath as s_telepath

logger = logging.getLogger('synapse.lib.cell')


class CellChanges(s_core.CellCore):
    """The change log side of a cell."""

    def getNexsIndx(self) -> int:
        """Return the next offset that will be written."""
        return self.nexsroot.index()

    async def issue(
        self,
        nexsiden: str,
        event: str,
        args: typing.Any,
        kwargs: dict[str, typing.Any],
        meta: dict[str, typing.Any] | None = None,
        wait: bool = True,
    ) -> typing.Any:
        """Log and apply a change on behalf of a follower; returns ``(offset, what the handler returned)``.

        Without ``wait`` it returns None when the change was accepted: the follower hears of it through the log.
        """
        coro = self.nexsroot.issue(nexsiden, event, args, kwargs, meta)
        if wait:
            return await coro
        self.schedCoro(coro)
        return None

    def getNexusChanges(
        self, offs: int, tellready: bool = False, wait: bool = True
    ) -> typing.AsyncIterator[typing.Any]:
        """Return an async generator of ``(offset, item)`` from an offset on (cell.md 7.2)."""
        return self.nexsroot.iter(offs, wait=wait, tellready=tellready)

    async def waitNexsOffs(self, offs: int, timeout: float | None = None) -> bool:
        """Wait until an offset was written. Returns False when the time passed, or when no log is kept."""
        if not self.nexsroot.history.keep:
            return False
        return await self.nexsroot.waitOffs(offs, timeout=timeout)

    async def readyToMirror(self) -> None:
        """Keep the change log from now on, also after a restart."""
        if not self.conf.get('nexslog:en'):
            self.modCellConf({'nexslog:en': True})
        self.nexsroot.history.set_keep(True)

    # -- trimming

    async def rotateNexsLog(self) -> int:
        """Let the log go on in a new segment; returns the offset at which that starts. Raises SlabInUse."""
        if self.backups.running:
            raise s_exc.SlabInUse(mesg='Cannot rotate Nexus log while a backup is running')
        return typing.cast(int, await self._push('nexslog:rotate'))

    @s_nexus.Pusher.onPush('nexslog:rotate', passitem=True)
    def _nexslog_rotate(self, nexsitem: typing.Any) -> int:
        return self.nexsroot.history.rotated(nexsitem)

    async def cullNexsLog(self, offs: int) -> bool:
        """Forget the entries up to and including an offset.

        Returns:
            False when nothing may be forgotten there: below the first kept entry, or at the end of the log.

        Raises:
            SlabInUse: A backup runs, or somebody reads there.
        """
        if self.backups.running:
            raise s_exc.SlabInUse(mesg='Cannot cull Nexus log while a backup is running')
        return typing.cast(bool, await self._push('nexslog:cull', offs))

    @s_nexus.Pusher.onPush('nexslog:cull')
    def _nexslog_cull(self, offs: int) -> bool:
        return self.nexsroot.history.cull(offs)

    async def trimNexsLog(self, consumers: typing.Sequence[str] | None = None, timeout: float | None = 60) -> int:
        """Rotate the log, wait until all consumers have read it, and forget what lies before the rotation.

        Args:
            consumers: Telepath URLs; all are opened before anything is changed.
            timeout: Seconds to wait for the consumers.

        Returns:
            The last offset that was forgotten.

        Raises:
            BadConfValu: No log is kept. SynErr: A consumer was too slow, or nothing could be forgotten.
        """
        if not self.nexsroot.history.keep:
            raise s_exc.BadConfValu(mesg='trimNexsLog requires nexslog:en=True')
        async with contextlib.AsyncExitStack() as stack:
            proxies = []
            for url in consumers or ():
                proxies.append((url, await stack.enter_async_context(await s_telepath.openurl(url))))
            offs = await self.rotateNexsLog() - 1
            waits = (proxy.waitNexsOffs(offs, timeout=timeout) for (_, proxy) in proxies)
            for (url, _), done in zip(proxies, await asyncio.gather(*waits), strict=True):
                if not done:
                    mesg = 'trimNexsLog timed out waiting for consumer to write rotation offset'
                    public = s_telepath.sanitize(url)
                    raise s_exc.SynErr(mesg=mesg, offs=offs, timeout=timeout, url=public)
        # the last entries cannot be forgotten: put one behind the rotation
        await self.sync()
        if not await self.cullNexsLog(offs):
            raise s_exc.SynErr(mesg='trimNexsLog did not execute cull at the rotated offset', offs=offs)
        return offs

    @s_nexus.Pusher.onPushAuto('sync')
    async def sync(self) -> None:
        """Put an entry into the log that changes nothing; returns when all earlier ones are applied."""

    # -- holding still

    async def freeze(self, timeout: float | None = 30) -> None:
        """Stop changes and bring everything to disk, for a snapshot of the volume. Raises BadState, TimeOut."""
        await self.nexsroot.freeze(timeout)
        logger.warning('The service is frozen: changes wait for resume.')

    async def resume(self) -> None:
        """End `freeze`. Raises BadState."""
        self.nexsroot.resume()
        logger.warning('The service is no longer frozen.')

    # -- who leads. These are the answers of a cell that follows nobody.

    async def promote(self, graceful: bool = False) -> None:
        """Become the leader. Raises BadConfValu: this cell follows nobody."""
        raise s_exc.BadConfValu(mesg='promote() called on non-mirror')

    async def handoff(self, turl: str, timeout: float = 30) -> None:
        """Hand the lead to a follower. Raises FeatureNotSupported: this release has no followers."""
        raise s_exc.FeatureNotSupported(mesg='This release cannot hand its lead to another service.')

    async def demote(self, timeout: float | None = None) -> bool:
        """Hand the lead to the best follower that AHA knows. Raises NeedConfValu: AHA is not configured."""
        raise s_exc.NeedConfValu(mesg='AHA is not configured on this service.')

    async def getMirrorUrls(self) -> list[str]:
        """Return the URLs of the followers that are up to date. Raises BadConfValu: AHA is not configured."""
        if self.aha is None:
            raise s_exc.BadConfValu(mesg='Enumerating mirror URLs is only supported when AHA is configured')
        return await self.aha.mirror_urls()
