"""Leaderships of services: at most one holder in each term (beyond the peer).

A service that is promoted by force takes the next term here. Its former leader, when it comes back, finds a term that
is higher than its own, and knows that it was deposed. The decision is made by the handler of the event, so that of two
who claim the same term at once the first in the log has it, on every AHA alike.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.aha.names as s_names
import synapse.lib.aha.table as s_table
import synapse.lib.cell as s_cell
import synapse.lib.nexus.terms as s_rules

Term = dict[str, typing.Any]
onPush = s_cell.Cell.onPush


def req_int(valu: typing.Any, what: str) -> int:
    """Return a number that is not negative and fits 64 bits. Raises BadArg."""
    if isinstance(valu, bool) or not isinstance(valu, int) or not 0 <= valu < 2**63:
        raise s_exc.BadArg(mesg=f'The {what} must be an integer that is not negative.', name=what)
    return valu


def req_guid(valu: typing.Any, what: str) -> str:
    """Return an iden. Raises BadArg."""
    if not s_common.isguid(valu):
        raise s_exc.BadArg(mesg=f'The {what} must be an iden of 32 hex characters.', name=what)
    return typing.cast(str, valu)


class Terms(s_cell.Cell):
    """The slice of AHA that keeps the terms, by the iden of the service."""

    terms: s_table.Table

    def getAhaSvcTerm(self, iden: str) -> Term | None:
        """Return ``{iden, term, name, run, offs, time}`` of the present leadership, None when there never was one."""
        return typing.cast('Term | None', self.terms.get(req_guid(iden, 'iden')))

    async def claimAhaSvcTerm(self, iden: str, term: int, name: str, run: str, offs: int) -> Term:
        """Take a term for an instance; it may claim its own again (a restart).

        Args:
            iden: Of the service. term: Higher than the present one. name: Full name of the instance.
            run: Iden of its process. offs: End of its log when the leadership began.

        Raises:
            BadState: Somebody holds that term or a higher one; ``term`` and ``name`` say which and who. BadArg.
        """
        req_guid(iden, 'iden')
        item = {'iden': iden, 'term': req_int(term, 'term'), 'name': s_names.req_label(name, 'name')}
        item.update(run=req_guid(run, 'run'), offs=req_int(offs, 'offs'), time=s_common.now())
        self._req_claimable(item)
        return typing.cast(Term, await self._push('aha:term:claim', iden, item))

    def _req_claimable(self, item: Term) -> None:
        held = self.terms.get(item['iden'])
        if not s_rules.claimable(held, item['term'], item['name']):
            raise s_rules.refused(held)

    def req_term(self, iden: typing.Any, term: typing.Any) -> None:
        """Raise BadState when a service that says it leads was deposed. A peer's service has no term, and passes."""
        held = None if term is None or not isinstance(iden, str) else self.terms.get(iden)
        if held is not None and term < held['term']:
            raise s_rules.refused(held)

    @onPush('aha:term:claim')
    def _on_term_claim(self, iden: str, item: Term) -> Term:
        self._req_claimable(item)
        self.terms.set(iden, item)
        return item
