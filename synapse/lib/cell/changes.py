"""The change log as operators and followers see it: offsets, trimming, freezing, streaming (cell.md 7, 8.7).

Who leads is decided in ``fence.py`` and ``promote.py``.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import typing

import synapse.exc as s_exc
import synapse.lib.cell.core as s_core
import synapse.lib.cell.rejoin as s_rejoin
import synapse.lib.nexus as s_nexus
import synapse.lib.nexus.terms as s_terms
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

        Without ``wait`` only errors come back: the follower computes the result for itself.
        """
        retn = await self.nexsroot.issue(nexsiden, event, args, kwargs, meta)
        return retn if wait else None

    def getNexusChanges(
        self, offs: int, tellready: bool = False, wait: bool = True
    ) -> typing.AsyncIterator[typing.Any]:
        """Return an async generator of ``(offset, item)`` from an offset on (cell.md 7.2)."""
        return self.nexsroot.iter(offs, wait=wait, tellready=tellready)

    def getNexusLog(self, offs: int) -> typing.AsyncIterator[bytes | None]:
        """Return an async generator of the log's records as they are in its files. Raises BadState (trimmed there)."""
        return self.nexsroot.history.iter_raw(offs)

    async def getNexsDigest(self, offs: int | None = None, timeout: float | None = None) -> dict[str, typing.Any]:
        """Return digests of the content of all databases at one offset.

        Args:
            offs: One that an earlier call to another instance has returned; None: here and now.
            timeout: Seconds to wait for that offset.

        Returns:
            ``{offs, digest, slabs: {relative path: digest}}``.

        Raises:
            TimeOut: The offset was not reached in time. NoSuchName: Nothing was digested at that offset.
        """
        if offs is None:
            offs, _ = await self.nexsroot.issue(self.iden, 'sync', (), {}, {'check': True})
        elif not await self.nexsroot.waitOffs(offs, timeout):
            raise s_exc.TimeOut(mesg=f'Offset {offs} was not reached within {timeout} seconds.', offs=offs)
        return await self.mirror.checks.result(offs)

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

    async def sync(self) -> None:
        """Put an entry into the log that changes nothing; returns when all earlier ones are applied."""
        await self._push('sync')

    @s_nexus.Pusher.onPush('sync', passitem=True)
    def _on_sync(self, nexsitem: typing.Any) -> None:
        # its meta may say something to those of our own kind; to others it is nothing
        offs, (_, _, _, _, meta) = nexsitem
        if 'term' in meta:
            self.mirror.fence.applied(offs, *meta['term'])
        if 'check' in meta:
            self.mirror.checks.begin(offs)

    # -- holding still

    async def freeze(self, timeout: float | None = 30) -> None:
        """Stop changes and bring everything to disk, for a snapshot of the volume. Raises BadState, TimeOut."""
        await self.nexsroot.freeze(timeout)
        logger.warning('The service is frozen: changes wait for resume.')

    async def resume(self) -> None:
        """End `freeze`. Raises BadState."""
        self.nexsroot.resume()
        logger.warning('The service is no longer frozen.')

    # -- who leads

    async def promote(self, graceful: bool = False) -> None:
        """Become the leader.

        Args:
            graceful: Have the leader hand over; needs AHA. Otherwise nobody is asked: what the leader has acknowledged
                and this follower has not received is lost to the service, and the leader is deposed.

        Raises:
            BadConfValu: This service follows nobody. NeedConfValu: Graceful needs ``aha:name`` and ``aha:network``.
            BadState: AHA knows another leader, or the leader refuses. NotReady: This follower is too far behind.
        """
        await self.promotion.promote(graceful)

    async def handoff(self, turl: str, timeout: float = 30) -> None:
        """Hand the lead to the follower at a Telepath URL, and follow it.

        Raises:
            BadState: This is not the leader, or the follower does not take the lead. NotReady: It is too far behind.
            BadArg: It is another service, or this one. LinkErr: It is not known who leads; this service finds out.
        """
        await self.promotion.handoff(turl, timeout)

    async def demote(self, timeout: float | None = None) -> bool:
        """Hand the lead to the best follower that AHA knows; False when none takes it. Raises NeedConfValu."""
        return await self.promotion.demote(timeout)

    async def rejoin(self, turl: str) -> dict[str, typing.Any]:
        """Make a deposed leader, or a follower whose log does not fit, a follower of the leader at a Telepath URL.

        Returns:
            ``{cloned, offs, entries, file}``: whether it restarts as a fresh copy, from which offset on its log was its
            own, how many entries that are, and the file that they are kept in (None when there are none).

        Raises:
            BadState: There is no later leader at that URL. BadArg: It is another service.
        """
        return await s_rejoin.rejoin(typing.cast(typing.Any, self), turl)

    # -- what leaders and followers of our own kind tell each other

    async def getNexsHello(self) -> dict[str, typing.Any]:
        """Return ``{name, run, state, index, first, follows, rows}``: who we are, and the leaderships in our log."""
        await self.mirror.fence.req_opened()
        hello = self.mirror.fence.role.hello(self.getNexsIndx())
        return {**hello, 'first': self.nexsroot.history.first(), 'follows': self.mirror.url}

    async def meetNexs(self, hello: typing.Mapping[str, typing.Any]) -> dict[str, typing.Any]:
        """Be met by one who wants to follow, or who leads by now; returns our side of it.

        Raises:
            BadState: We are deposed (perhaps we learn it just now), or his log is not a prefix of ours. NotReady: We
            lag behind him. BadArg: That is no hello.
        """
        fence = self.mirror.fence
        s_terms.req_hello(hello)
        await fence.req_opened()
        await fence.meet_follower(hello)
        return await self.getNexsHello()

    async def getMirrorUrls(self) -> list[str]:
        """Return the URLs of the followers that are up to date. Raises BadConfValu: AHA is not configured."""
        if self.aha is None:
            raise s_exc.BadConfValu(mesg='Enumerating mirror URLs is only supported when AHA is configured')
        return await self.aha.mirror_urls()
