"""A follower: reads the leader's log into its own, and sends its callers' changes there (cell.md 7.3, 7.4).

Between two cells of our own kind the log travels as it is in the files, many records at a time, and both say at each
contact which leaderships their logs have seen (``meetNexs``). With a peer it is the protocol of the spec: one item for
each entry, equal offsets are the only check.

A link is good for one log position: what the leader had when it was made is taken first, then waiting writes are sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import typing

import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.lib.cell.digest as s_digest
import synapse.lib.cell.fence as s_fence
import synapse.lib.limits as s_limits
import synapse.lib.nexus.forward as s_forward
import synapse.lib.nexus.terms as s_terms
import synapse.lib.telepath as s_telepath

if typing.TYPE_CHECKING:
    import synapse.lib.cell.cell as s_cell

logger = logging.getLogger('synapse.lib.cell')

HIGHER = 'Leader is a higher version than we are. Mirrors must be updated first. Entering read-only mode.'


class Mirror(s_base.Base):
    """One cell's way to its leader. There is one in every cell; it is idle in a leader.

    Attributes:
        url: Telepath URL of the leader; None while this cell leads.
        fence: What this cell is. checks: Digests of its content. ready: True while its copy is up to date.
        uplink: The proxy to the leader, None without a link.
    """

    async def __anit__(self, cell: s_cell.Cell) -> None:  # type: ignore[override]
        await s_base.Base.__anit__(self)
        self.cell = cell
        self.root = cell.nexsroot
        self.fence = s_fence.Fence(cell)
        self.checks = s_digest.Checks(cell)
        self.url: str | None = None
        self.ready = False
        self.uplink: s_telepath.Proxy | None = None
        self._feats: dict[str, int] = {}
        self._linked = asyncio.Event()
        self._drop = asyncio.Event()
        self._blocked: str | None = None
        self._task: asyncio.Task[None] | None = None
        self.onfini(self._linked.set)

    # -- life

    @property
    def leads(self) -> bool:
        """True while this cell is the leader."""
        return self.fence.role.state == s_terms.LEAD

    async def decide(self) -> None:
        """Become leader or follower when the log was replayed. Raises FatalErr: a mirror in an empty directory."""
        if self.cell.aha is not None:
            self.cell.aha.on_link(self.fence.aha_linked)
            self.schedCoro(self.fence.watch())
        url = self.cell.conf.get('mirror')
        if url is None:
            await self.fence.start()
            return
        if self.cell.layout.inaugural:
            mesg = (
                'Service has been configured to boot from an upstream mirror, but has entered into an invalid state. '
                'A mirror begins as a copy of its leader: provision it with AHA, or restore a backup of the leader.'
            )
            raise s_exc.FatalErr(mesg=mesg)
        self.fence.load()
        self.follow(url)
        await self.cell.readyToMirror()

    def follow(self, url: str) -> None:
        """Be a follower of the service at a URL; nothing is read before `start`."""
        self.url = url
        self._linked.clear()
        self.fence.follow()
        self.root.set_leader(self)

    def start(self) -> None:
        """Begin to read the leader's log, if there is a leader."""
        if self.url is not None and self._task is None:
            self._task = self.schedCoro(self._run())

    async def stop(self) -> None:
        """Stop reading; returns when all that was read is applied. `start` goes on."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        while not self.root.core.drained and self.root.core.dead is None:
            await self.root.progress.next_move()

    def lead(self) -> None:
        """Stop to be a follower; call `stop` first."""
        self.url = None
        self._block(None)
        self.root.set_leader(None)
        self._linked.set()  # who waits for a link shall find that there is nobody to link to

    # -- what a Nexus asks of the way to its leader

    async def linked(self) -> None:
        """Wait until there is a link, and all that the leader had when it was made is applied here."""
        await self._linked.wait()

    async def issue(
        self, nexsiden: str, event: str, args: typing.Any, kwargs: dict[str, typing.Any], meta: dict[str, typing.Any]
    ) -> None:
        """Have the leader log a change. Raises Lost, and what the leader raises."""
        proxy = self.uplink
        if self.isfini:
            raise s_exc.IsFini(mesg='The service is shutting down.')
        if proxy is None:
            raise s_forward.Lost()
        # the result is computed here: the leader need not send it
        opts = {'wait': False} if self._feats.get('issuewait') else {}
        try:
            await proxy.call('issue', nexsiden, event, args, kwargs, meta, **opts)
        except (s_exc.LinkShutDown, s_exc.IsFini, OSError) as e:
            if self.uplink is proxy:  # we know it before our reader does
                self._unlink()
                self._drop.set()
            raise s_forward.Lost() from e

    # -- the loop

    async def _run(self) -> None:
        complaint = ''
        while True:
            try:
                await self._follow_once()
                complaint = ''
            except (s_exc.SynErr, OSError, TimeoutError) as e:
                text = str(e.get('mesg') or e) if isinstance(e, s_exc.SynErr) else repr(e)
                if text != complaint:
                    logger.error('Cannot follow %s: %s', s_telepath.sanitize(self.url), text)
                complaint = text
            await asyncio.sleep(s_limits.MIRROR_RETRY_SECS)

    async def _follow_once(self) -> None:
        assert self.url is not None
        async with asyncio.timeout(s_limits.MIRROR_LINK_SECS):
            proxy = await s_telepath.openurl(self.url)
        try:
            self._feats, target = await self._meet(proxy)
            self._block(None)
            self.uplink = proxy
            proxy.schedCoro(self._note_linked(proxy, target))
            logger.info('Following %s from offset %d.', s_telepath.sanitize(self.url), self.root.index())
            await self._read(proxy)
        finally:
            self._unlink()
            await self._set_ready(False)
            await proxy.fini()

    async def _read(self, proxy: s_telepath.Proxy) -> None:
        """Read the leader's log until the link or the stream ends."""
        read = asyncio.ensure_future(self._read_raw(proxy) if self._feats.get('nexslog') else self._read_items(proxy))
        self._drop.clear()
        proxy.onfini(self._drop.set)
        ended = asyncio.ensure_future(self._drop.wait())
        try:
            await asyncio.wait((read, ended), return_when=asyncio.FIRST_COMPLETED)
            if read.done():
                read.result()
        finally:
            read.cancel()
            ended.cancel()
            await asyncio.gather(read, ended, return_exceptions=True)

    def _unlink(self) -> None:
        self._linked.clear()
        self.uplink = None
        self.root.applier.forwards.lost()

    async def _note_linked(self, proxy: s_telepath.Proxy, target: int) -> None:
        # of this very link: another one may have more to bring
        if await self.root.waitOffs(target - 1) and self.uplink is proxy:
            self._linked.set()

    async def _meet(self, proxy: typing.Any) -> tuple[dict[str, int], int]:
        """Look whether this is our leader. Returns its features, and how many entries its log has."""
        info = await proxy.getCellInfo()
        feats = info.get('features', {})
        if feats.get('dynmirror'):
            await proxy.readyToMirror()
        vers = tuple(info['cell'].get('version') or ())
        if vers > tuple(self.cell.VERSION):
            self._stop(HIGHER)
        if await proxy.getCellIden() != self.cell.iden:
            self._stop('remote cell has different iden!  Aborting mirror sync')
        if await proxy.getCellRunId() == self.cell.runid:
            raise s_exc.BadState(mesg='The mirror URL leads to this service itself.')
        while not self.root.core.drained:  # what an earlier link has brought
            self.root.core.req_alive()
            await self.root.progress.next_move()
        index = self.root.index()
        if not feats.get('nexslog'):
            return feats, await proxy.getNexsIndx()
        hello = await proxy.meetNexs(self.fence.role.hello(index))
        try:
            self.fence.role.meet_leader(hello, index)
        except s_exc.BadState as e:
            self._block(str(e.get('mesg')))
            raise
        return feats, hello['index']

    def _stop(self, mesg: str) -> typing.NoReturn:
        self._block(mesg)
        raise s_exc.BadState(mesg=mesg)

    def _block(self, reason: str | None) -> None:
        """Refuse changes while there is no leader whom they could be sent to for a reason that time does not cure."""
        if reason == self._blocked:
            return
        if self._blocked is not None:
            self.root.unhold(self._blocked)
        self._blocked = reason
        if reason is not None:
            self.root.hold(reason)

    async def _read_raw(self, proxy: typing.Any) -> None:
        async with contextlib.aclosing(proxy.getNexusLog(self.root.index())) as chunks:
            items = aiter(chunks)
            while True:
                # a link that was cut without a word is noticed by its silence
                async with asyncio.timeout(s_limits.NEXS_SILENCE_SECS):
                    byts = await anext(items)
                if byts is None:
                    await self._caught_up()
                else:
                    await self.root.feed_raw(byts)
                    self.root.core.req_alive()

    async def _read_items(self, proxy: typing.Any) -> None:
        opts = {'tellready': True} if self._feats.get('tellready') else {}
        async with contextlib.aclosing(proxy.getNexusChanges(self.root.index(), **opts)) as items:
            async for item in items:
                if item is None:
                    await self._caught_up()
                    continue
                self.root.feed(item[0], item[1])
                while self.root.core.queued_bytes > s_limits.NEXS_FOLLOW_BYTES:
                    self.root.core.req_alive()
                    await self.root.progress.next_move()

    async def _caught_up(self) -> None:
        core = self.root.core
        await self.root.waitOffs(core.end - 1)
        await self._set_ready(True)

    async def _set_ready(self, ready: bool) -> None:
        if ready != self.ready:
            self.ready = ready
            if self.cell.aha is not None and not self.cell.isactive and not self.isfini:
                self.schedCoro(self.cell.aha.set_ready(ready))
