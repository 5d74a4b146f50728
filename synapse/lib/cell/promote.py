"""Who leads next: promotion by force, handing over in good order, stepping down (cell.md 7.5, 7.6).

In good order no write is lost, done twice or refused: the leader waits until its follower is near, holds its changes,
waits for the last entry to arrive, has the follower take the lead, and becomes its follower; the changes that waited
meanwhile go to the new leader. The one thing that can go wrong in between is that the answer of the new leader is lost.
Then nobody may write until it is known who leads: the old leader asks until the other says that it leads, or that it
has given up this handoff (named by an iden, so that a request that comes late is refused).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell.fence as s_fence
import synapse.lib.cell.mirror as s_mirror
import synapse.lib.limits as s_limits
import synapse.lib.nexus.terms as s_terms
import synapse.lib.telepath as s_telepath

if typing.TYPE_CHECKING:
    import synapse.lib.cell.cell as s_cell

logger = logging.getLogger('synapse.lib.cell')


class Promotion:
    """Changes of the lead, as seen by one cell."""

    def __init__(self, cell: s_cell.Cell, mirror: s_mirror.Mirror) -> None:
        self.cell = cell
        self.mirror = mirror
        self.fence: s_fence.Fence = mirror.fence
        self.root = cell.nexsroot
        self._lock = asyncio.Lock()
        self._given_up: set[str] = set()

    # -- becoming the leader

    async def promote(self, graceful: bool) -> None:
        """See `CellChanges.promote`."""
        role = self.fence.role
        if role.state == s_terms.LEAD:
            raise s_exc.BadConfValu(mesg='promote() called on non-mirror')
        if graceful:
            if role.state != s_terms.FOLLOW:
                raise s_exc.BadState(mesg=role.reason)
            await self._ask_for_lead()
            return
        url, former = self.mirror.url, role.rank[1]
        logger.warning('PROMOTION: taking the lead without asking the leader.')
        await self._whole(lambda: self._take(force=True))
        self.tell_former(url, former if former not in ('', role.name) else None)

    async def _whole(self, func: typing.Callable[[], typing.Awaitable[None]]) -> None:
        """Change the lead, one change at a time. What has begun goes on when the link of who asked for it is lost."""

        async def locked() -> None:
            async with self._lock:
                await func()

        await asyncio.shield(self.cell.schedCoro(locked()))

    async def _ask_for_lead(self) -> None:
        assert self.mirror.url is not None
        myurl = self.cell.lead_url()
        logger.warning('PROMOTION: Connecting to %s to request leadership handoff.', _public(self.mirror.url))
        async with await _open(self.mirror.url) as proxy:
            await proxy.handoff(myurl)
        logger.warning('PROMOTION: Completed leadership handoff to %s', myurl)

    async def take(self, info: typing.Mapping[str, typing.Any]) -> None:
        """Take the lead that the leader hands over: ``{'token': iden, 'offs': length of its log}``.

        Raises:
            BadState: Not a follower, the log is not as long, the handoff was given up, or AHA knows another leader.
        """
        if not isinstance(info, dict) or type(info.get('offs')) is not int or not isinstance(info.get('token'), str):
            raise s_exc.BadArg(mesg='A handoff needs an offset and a token.')
        await self._whole(lambda: self._take_over(info))

    async def _take_over(self, info: typing.Mapping[str, typing.Any]) -> None:
        if self.fence.role.state != s_terms.FOLLOW:
            raise s_exc.BadState(mesg='Only a follower can take the lead.')
        if info['token'] in self._given_up:
            raise s_exc.BadState(mesg='The handoff was given up.')
        await self.settle(s_limits.HANDOFF_SECS / 2)
        await self._take(offs=info['offs'])

    async def settle(self, timeout: float) -> None:
        """Wait until all that belongs to our changes is here, see `CellCore.settle`. Raises NotReady."""
        try:
            async with asyncio.timeout(timeout):
                await self.cell.settle()
        except TimeoutError:
            raise s_exc.NotReady(mesg='The mirror has not yet fetched all that its changes name.') from None

    async def give_up(self, token: str) -> dict[str, typing.Any]:
        """Forget a handoff that has not happened; returns what we are now (``hello``)."""
        async with self._lock:
            self._given_up.add(token)
            return self.fence.role.hello(self.root.index())

    async def _take(self, force: bool = False, offs: int | None = None) -> None:
        await self.mirror.stop()
        try:
            if offs is not None and self.root.index() != offs:
                raise s_exc.BadState(mesg=f'The log ends at {self.root.index()}, not at {offs}.', offs=offs)
            term = await self._next_term(force)
        except BaseException:
            self.mirror.start()
            raise
        # first of all: a crash after it leaves a leader that opens its term anew, before it a follower
        self.cell.modCellConf({'mirror': None})
        self.mirror.lead()
        await self.fence.open(term)
        await self.cell.setCellActive(True)

    async def _next_term(self, force: bool) -> int:
        role = self.fence.role
        if not self.fence.counted:
            return role.next_term(None)
        term = role.next_term(await self.fence.ask())
        try:
            await self.fence.claim(term)
        except s_exc.BadState:
            raise
        except s_exc.SynErr as e:
            if not force:
                raise
            logger.warning('PROMOTION: AHA does not take our term now, later it will: %s', e.get('mesg') or e)
        return term

    def tell_former(self, url: str | None, name: str | None) -> None:
        """Tell the former leader that it was deposed, as soon as it can be reached: at a URL, or as a name in AHA."""
        if self.fence.counted and name is not None:
            url = f'aha://{name}'
        if url is not None:
            self.root.log.set_state(former=url)
            self.cell.schedCoro(self._tell_former(url))

    def start(self) -> None:
        """Take up what the last run of the process left to be told."""
        former = self.root.log.state.get('former')
        if former and self.mirror.leads:
            self.cell.schedCoro(self._tell_former(former))
        handoff = self.root.log.state.get('fence') or {}
        if self.fence.role.state == s_terms.WAIT:
            self.cell.schedCoro(self._learn_outcome(handoff['url'], handoff['token']))

    async def _tell_former(self, url: str) -> None:
        target: str | None = url
        while target is not None and self.mirror.leads and self.root.log.state.get('former') == url:
            try:
                target = await self._tell(target)
            except s_exc.NoSuchMeth:  # a peer: it does not know of terms
                break
            except (s_exc.SynErr, OSError, TimeoutError):
                await asyncio.sleep(s_limits.DEPOSE_TELL_SECS)
        if self.root.log.state.get('former') == url:
            self.root.log.set_state(former=None)

    async def _tell(self, url: str) -> str | None:
        """Tell one instance who leads by now. Returns whom it follows, when it is not the one that was meant."""
        async with await _open(url) as proxy:
            if await proxy.getCellRunId() == self.cell.runid:
                return None
            with contextlib.suppress(s_exc.BadState, s_exc.NotReady):
                await proxy.meetNexs(self.fence.role.hello(self.root.index()))
            hello = await proxy.getNexsHello()
        if hello['state'] == s_terms.FOLLOW:
            return typing.cast('str | None', hello['follows'])
        if hello['state'] == s_terms.LEAD:
            raise s_exc.NotReady(mesg=f'{_public(url)} leads on')
        logger.warning('PROMOTION: %s was told that it does not lead any more.', _public(url))
        return None

    # -- handing over

    async def handoff(self, url: str, timeout: float) -> None:
        """See `CellChanges.handoff`."""
        await self._whole(lambda: self._hand_over(url, timeout))

    async def _hand_over(self, url: str, timeout: float) -> None:
        if self.fence.role.state != s_terms.LEAD:
            name = self.cell.ahasvcname or self.cell.getCellType()
            mesg = f'HANDOFF: {name} is not the current leader and cannot handoff leadership to {_public(url)}.'
            raise s_exc.BadState(mesg=mesg)
        logger.warning('HANDOFF: Performing leadership handoff to %s.', _public(url))
        async with await _open(url) as proxy:
            await self._req_mate(proxy)
            # near first: changes are held for the rest only
            await self._req_near(proxy, timeout)
            if proxy._features.get('nexslog'):
                await proxy.settleNexs(timeout)
            async with self.root.paused(timeout):
                await self._req_near(proxy, timeout)
                await self._give(proxy, url)
        await self._step_down()
        logger.warning('HANDOFF: Done performing the leadership handoff with %s.', _public(url))

    async def _req_mate(self, proxy: typing.Any) -> None:
        if await proxy.getCellIden() != self.cell.iden:
            raise s_exc.BadArg(mesg='Mirror handoff remote cell iden does not match!')
        if await proxy.getCellRunId() == self.cell.runid:
            raise s_exc.BadArg(mesg='Cannot handoff mirror leadership to myself!')

    async def _req_near(self, proxy: typing.Any, timeout: float) -> None:
        indx = self.root.index()
        if not await proxy.waitNexsOffs(indx - 1, timeout=timeout):
            mesg = f'Remote mirror did not catch up in time: {await proxy.getNexsIndx()}/{indx}.'
            raise s_exc.NotReady(mesg=mesg)

    async def _give(self, proxy: typing.Any, url: str) -> None:
        """Have the follower take the lead, while changes are held. Raises when it does not lead, or may."""
        info = await proxy.getCellInfo()
        mate = 'mirror' if not info['features'].get('nexslog') else (await self._hello(proxy))['name']
        token = s_common.guid()
        self.fence.role.wait(mate)
        self.fence.save(url=url, token=token)
        try:
            async with asyncio.timeout(s_limits.HANDOFF_SECS):
                if info['features'].get('nexslog'):
                    await proxy.takeNexsLead({'token': token, 'offs': self.root.index()})
                else:
                    await proxy.promote()
        except (s_exc.LinkShutDown, s_exc.IsFini, OSError, TimeoutError) as e:
            logger.error('HANDOFF: the link to %s was lost, asking it whether it leads now.', _public(url))
            self.fence.hold()
            self._refuse_waiting()
            self.cell.schedCoro(self._learn_outcome(url, token))
            raise s_exc.LinkErr(mesg=f'The link was lost in the handoff to {_public(url)}: {e!r}') from e
        except BaseException:
            self.fence.resume()
            raise
        self._follow(await self._leader_url(url, info))

    def _refuse_waiting(self) -> None:
        for entry in self.root.core.refuse_queue():
            self.root.applier.answer(entry, s_exc.IsReadOnly(mesg=self.fence.held))

    async def _hello(self, proxy: typing.Any) -> typing.Any:
        return await proxy.getNexsHello()

    async def _leader_url(self, url: str, info: typing.Any) -> str:
        """Return what to follow from now on: the leader's alias in AHA when there is one, else the instance."""
        leader, user = (info['cell'].get('aha') or {}).get('leader'), self.cell.conf.get('aha:user')
        if url.startswith('aha://') and leader and self.cell.conf.get('aha:leader') == leader:
            return f'aha://{user}@{leader}...' if user else f'aha://{leader}...'
        return url

    def _follow(self, url: str) -> None:
        self.cell.modCellConf({'mirror': url})
        self.mirror.follow(url)

    async def _step_down(self) -> None:
        self.mirror.start()
        await self.cell.setCellActive(False)

    async def _learn_outcome(self, url: str, token: str) -> None:
        """Ask the follower that was to lead until it says whether it does."""
        role = self.fence.role
        while role.state == s_terms.WAIT:
            try:
                async with await _open(url) as proxy:
                    hello = await proxy.giveUpLead(token)
            except (s_exc.SynErr, OSError, TimeoutError):
                await asyncio.sleep(s_limits.HANDOFF_RETRY_SECS)
                continue
            async with self._lock:
                if role.state == s_terms.WAIT:
                    await self._conclude(url, hello)

    async def _conclude(self, url: str, hello: typing.Any) -> None:
        rows = s_terms.to_rows(hello['rows'])
        if rows and rows[-1].rank > self.fence.role.rank:
            logger.warning('HANDOFF: %s leads now.', _public(url))
            self._follow(url)
            await self._step_down()
            return
        logger.warning('HANDOFF: %s did not take the lead, going on.', _public(url))
        await self.fence.open(await self._next_term(force=True))
        await self.fence.tell()
        await self.cell.setCellActive(True)

    async def demote(self, timeout: float | None) -> bool:
        """See `CellChanges.demote`."""
        if self.cell.aha is None or self.cell.ahasvcname is None:
            raise s_exc.NeedConfValu(mesg='AHA is not configured on this service.')
        if self.fence.role.state != s_terms.LEAD:
            return False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout), contextlib.AsyncExitStack() as stack:
                for url, proxy in await self._candidates(stack):
                    try:
                        await proxy.promote(graceful=True)
                        return True
                    except (s_exc.SynErr, OSError) as e:
                        logger.warning('DEMOTE: %s does not take the lead: %s', url, e)
        return False

    async def leave(self, timeout: float | None) -> None:
        """Hand over before the service ends for good, when it leads and somebody can take the lead (cell.md 10)."""
        if self.fence.role.state != s_terms.LEAD or self.cell.aha is None or self.cell.ahasvcname is None:
            return
        try:
            await self.demote(timeout)
        except s_exc.SynErr as e:
            logger.warning('SHUTDOWN: the lead could not be handed over: %s', e.get('mesg') or e)

    async def _candidates(self, stack: contextlib.AsyncExitStack) -> list[tuple[str, typing.Any]]:
        """Return the followers that may lead, the most advanced first."""
        assert self.cell.aha is not None
        found = []
        for entry in await self.cell.aha.call('getAhaSvcMirrors', self.cell.ahasvcname) or ():
            url = f'aha://{entry["svcname"]}.{entry["svcnetw"]}'
            if entry['svcinfo'].get('run') == self.cell.runid or not entry['svcinfo'].get('promotable', True):
                continue
            try:
                proxy = await stack.enter_async_context(await _open(url))
                found.append((await proxy.getNexsIndx(), url, proxy))
            except (s_exc.SynErr, OSError, TimeoutError) as e:
                logger.warning('DEMOTE: %s cannot be asked: %s', url, e)
        found.sort(key=lambda item: item[0], reverse=True)
        return [(url, proxy) for _, url, proxy in found]


def _public(url: str | None) -> typing.Any:
    return s_telepath.sanitize(url)


async def _open(url: str) -> s_telepath.Proxy:
    async with asyncio.timeout(s_limits.MIRROR_LINK_SECS):
        return await s_telepath.openurl(url)
