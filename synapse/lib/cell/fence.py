"""The right to lead: what this instance is, kept over restarts, and claimed in AHA (rules: ``lib/nexus/terms.py``).

Each leadership begins with an entry in the log, a ``sync`` whose meta says ``term``: one that changes nothing for a
follower that does not know of terms. The rows of these entries are in the cell's database. What must not depend on the
log is in the log's ``state.json``: that we were deposed, or that we do not know how a handoff ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.nexus.terms as s_terms
import synapse.lib.slab as s_slab
import synapse.lib.telepath as s_telepath

if typing.TYPE_CHECKING:
    import synapse.lib.cell.cell as s_cell

logger = logging.getLogger('synapse.lib.cell')


# What AHA stores of a service that nobody has led yet.
NOBODY: dict[str, typing.Any] = {'term': 0, 'name': ''}


class Fence:
    """The role of one cell.

    Attributes:
        role: Rules and state. held: Why changes are refused for it, None while they are not.
    """

    def __init__(self, cell: s_cell.Cell) -> None:
        self.cell = cell
        self.held: str | None = None
        self._noterms = False
        self._table = s_slab.KeyVal(cell.slab, 'nexs:terms')
        rows = s_terms.to_rows(valu for _, valu in self._table.items())
        self.role = s_terms.Role(cell.ahasvcname or f'{socket.gethostname()}:{cell.dirn}', cell.runid, rows)

    # -- the log

    def applied(self, offs: int, term: int, name: str, run: str) -> None:
        """Take the entry that opens a leadership. For the handler of ``sync``."""
        row = s_terms.Row(offs, term, name, run)
        self._table.set(f'{offs:016x}', tuple(row))
        for gone in self.role.add(row):
            self._table.pop(f'{gone.offs:016x}')
        self.cell.term = self.role.term

    async def open(self, term: int) -> None:
        """Lead, and log it before any other change."""
        root = self.cell.nexsroot
        self.role.lead()
        self._release()
        root.log.set_state(fence=None, term=term)
        await root.issue(self.cell.iden, 'sync', (), {}, {'term': (term, self.role.name, self.role.run)})
        logger.warning('Leading since offset %d in term %d as %s.', self.role.rows[-1].offs, term, self.role.name)

    async def req_opened(self) -> None:
        """See to it that the leadership of this run has its entry: the first follower asks. Raises BadState."""
        if self.role.state == s_terms.LEAD and not self.role.opened:
            await self.open(self.role.start_term(None))

    # -- start

    def load(self) -> bool:
        """Take up what was known when the process ended. Returns False when this is no leader."""
        saved = self.cell.nexsroot.log.state.get('fence')
        self.cell.term = self.role.term or None
        if not saved:
            return True
        self.role.state = saved['state']
        self.role.above = (saved['term'], saved['name'])
        self.hold()
        return False

    async def start(self) -> bool:
        """Decide at start whether to lead. Returns False when another instance leads."""
        if not self.load():
            return False
        stored = await self.ask() if self.counted else await self.cell.ask_leader(self.role.term)
        try:
            term = self.role.start_term(stored)
        except s_exc.BadState:
            await self._deposed()
            return False
        self.role.lead()
        if stored is not None or self.role.rows:
            if self.counted and not await self._claim(term):
                return False
            await self.open(term)
        return True

    async def meet_follower(self, hello: typing.Mapping[str, typing.Any]) -> None:
        """Judge one who wants to follow, see `Role.meet_follower`; we may learn that we are deposed."""
        rows = s_terms.to_rows(hello['rows'])
        if self.counted and self.role.state == s_terms.LEAD and rows and rows[-1].rank > self.role.rank:
            await self._arbitrate(rows[-1])
        before = self.role.state
        try:
            self.role.meet_follower(hello, self.cell.nexsroot.index())
        finally:
            if self.role.state != before:
                await self._deposed()

    async def _arbitrate(self, row: s_terms.Row) -> None:
        """Somebody took the lead without AHA's knowledge. AHA decides: it is he, or we lead on above his term.

        Raises NotReady when AHA cannot be asked.
        """
        stored = await self.ask()
        if stored is None:
            raise s_exc.NotReady(mesg=f'{row.name} claims term {row.term}, and AHA cannot be asked who leads.')
        if stored['name'] == self.role.name:
            term = max(row.term, stored['term'], self.role.term) + 1
            await self.claim(term)
            await self.open(term)

    # -- deposed, or in doubt

    async def depose(self, rank: s_terms.Rank) -> None:
        """Learn of a leadership elsewhere, and refuse changes when that ends ours."""
        if self.role.depose(rank):
            await self._deposed()

    async def _deposed(self) -> None:
        self.save()
        self.hold()
        logger.error('DEPOSED: %s', self.role.reason)
        cell = self.cell
        if cell.isactive:  # done when we return: nobody may register us as the leader after that
            await asyncio.shield(cell.schedCoro(cell.setCellActive(False)))

    def save(self, **info: typing.Any) -> None:
        """Remember, over a restart too, that we do not lead or may not."""
        assert self.role.above is not None
        term, name = self.role.above
        fence = {'state': self.role.state, 'term': term, 'name': name, **info}
        self.cell.nexsroot.log.set_state(fence=fence)

    def hold(self) -> None:
        """Refuse changes, with the role's reason."""
        self._release()
        self.held = self.role.reason
        self.cell.nexsroot.hold(self.held)

    def _release(self) -> None:
        if self.held is not None:
            self.cell.nexsroot.unhold(self.held)
            self.held = None

    def follow(self) -> None:
        """Be a follower from now on."""
        self.role.follow()
        self._release()
        if self.cell.nexsroot.log.state.get('fence'):
            self.cell.nexsroot.log.set_state(fence=None)

    def resume(self) -> None:
        """Lead on as before: the handoff did not take place."""
        self.role.lead()
        self._release()
        self.cell.nexsroot.log.set_state(fence=None)

    # -- AHA

    @property
    def counted(self) -> bool:
        """True when AHA keeps our terms (that of a peer does not)."""
        return self.cell.aha is not None and self.cell.ahasvcname is not None and not self._noterms

    async def ask(self) -> typing.Any:
        """Return the term that AHA stores for this service, NOBODY when there is none, None when it cannot be asked."""
        assert self.cell.aha is not None
        try:
            stored = await self.cell.aha.call('getAhaSvcTerm', self.cell.iden, timeout=s_limits.FENCE_ASK_SECS)
        except s_exc.NoSuchMeth:
            self._noterms = True
            return None
        except s_exc.SynErr as e:
            logger.warning('AHA does not tell who leads: %s', e.get('mesg') or e)
            return None
        return NOBODY if stored is None else stored

    async def claim(self, term: int) -> None:
        """Take a term in AHA. Raises BadState when another instance has it, NotReady and others when AHA is away."""
        assert self.cell.aha is not None
        args = (self.cell.iden, term, self.role.name, self.role.run, self.cell.getNexsIndx())
        try:
            await self.cell.aha.call('claimAhaSvcTerm', *args, timeout=s_limits.FENCE_ASK_SECS)
        except s_exc.NoSuchMeth:  # an AHA without terms
            return

    async def _claim(self, term: int) -> bool:
        try:
            await self.claim(term)
        except s_exc.BadState as e:
            await self._yield_to((e.get('term'), e.get('name')))
            return False
        except s_exc.SynErr as e:
            logger.warning('AHA did not take our term, the next contact repeats it: %s', e.get('mesg') or e)
        return True

    async def _yield_to(self, rank: s_terms.Rank) -> None:
        self.role.yield_to(rank)
        await self._deposed()

    async def aha_linked(self, proxy: s_telepath.Proxy) -> None:
        """Compare with AHA on each link-up: a leader learns here that it was deposed, or makes itself known."""
        if self.role.state == s_terms.LEAD and self.counted:
            with contextlib.suppress(s_exc.NoSuchMeth):
                await self._compare(await proxy.call('getAhaSvcTerm', self.cell.iden))

    async def tell(self) -> None:
        """Take the leader's name in AHA: it may still be with who led before."""
        if self.cell.aha is not None:
            with contextlib.suppress(s_exc.BadState):  # deposed meanwhile: the next look tells
                await self.cell.aha.role_changed(True)

    async def watch(self) -> None:
        """Compare with AHA now and then: a link to it may outlive a promotion elsewhere."""
        while self.counted:
            await asyncio.sleep(s_limits.FENCE_POLL_SECS)
            if self.role.state == s_terms.LEAD and (stored := await self.ask()) is not None:
                await self._compare(stored)

    async def _compare(self, stored: typing.Any) -> None:
        role = self.role
        if role.state != s_terms.LEAD:
            return
        if stored is not None and stored['name'] != role.name and stored['term'] >= max(role.term, 1):
            await self._yield_to((stored['term'], stored['name']))
        elif stored is None or (stored['term'], stored.get('run')) != (role.term, role.run):
            term = role.start_term(stored)
            if await self._claim(term):
                if not (role.opened and role.term == term):
                    await self.open(term)
                await self.tell()
