"""Leaderships, without I/O: who may write, who wrote what, whether two logs are one.

Every leadership has a *term*, a number that only grows, and begins with an entry of its own in the log. The rows of
those entries are the log's history: each entry was written by the row before it. Two logs with the same rows are equal
as far as both go, because one run of one process wrote each stretch, in one order, and showed nobody what it had not
made durable. So a leader and a follower find out by comparing two short lists whether the follower's log is a prefix of
the leader's, and if not, at which offset they part.

What follows from it, and is decided here:

- A leader that meets a higher rank (from AHA, or from whoever contacts it) is *deposed*: it refuses changes from then
  on, also after a restart, until somebody makes it a follower or promotes it again.
- A promotion takes the highest term that is known plus one. With AHA, which stores the term by compare-and-set, a
  number belongs to one instance; without, the rank (term, name) decides between two that took the same number.
- A handoff whose answer is lost leaves the old leader *waiting*: it neither writes nor gives up until it has learned
  whether the other took over.

A service that never had a follower has no rows and term 0.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc

# Rows that are kept and compared. Beyond, the oldest are forgotten: nobody is that far behind.
ROWS_KEPT = 256

LEAD, FOLLOW, DEPOSED, WAIT = 'lead', 'follow', 'deposed', 'wait'

# Far beyond what can be counted to, and small enough for everybody's integers.
TERM_END = 2**62

ANEW = 'Clone the follower anew with the demote tool (--rejoin).'

Rank = tuple[int, str]


class Row(typing.NamedTuple):
    """One leadership: the offset of the entry that opens it, its term, the name of the instance, the run of it."""

    offs: int
    term: int
    name: str
    run: str

    @property
    def rank(self) -> Rank:
        """What decides between two leaderships. A restart of the same instance has the same rank."""
        return self.term, self.name


def to_rows(items: typing.Any) -> list[Row]:
    """Return rows as they come from the wire or from disk. Raises BadArg."""
    try:
        rows = [Row(int(offs), int(term), str(name), str(run)) for (offs, term, name, run) in items]
    except (TypeError, ValueError) as e:
        raise s_exc.BadArg(mesg=f'Not a history of leaderships: {e}') from e
    if sorted(rows, key=lambda row: row.offs) != rows:
        raise s_exc.BadArg(mesg='A history of leaderships must be in the order of the log.')
    if any(row.offs < 0 or not 0 < row.term < TERM_END for row in rows):
        raise s_exc.BadArg(mesg='A history of leaderships has an offset or a term that cannot be.')
    return rows


def req_hello(hello: typing.Any) -> typing.Mapping[str, typing.Any]:
    """Return what another instance says of itself. Raises BadArg."""
    if not isinstance(hello, dict) or type(hello.get('index')) is not int or hello['index'] < 0:
        raise s_exc.BadArg(mesg='Not what a follower says of itself: index and rows are needed.')
    to_rows(hello.get('rows'))
    return hello


def common(rows: typing.Sequence[Row], index: int, others: typing.Sequence[Row], other_index: int) -> int:
    """Return the number of entries that two logs have in common: histories and lengths of both.

    Where one history has forgotten its oldest rows, those of the other below are left out of the comparison.
    """
    floor = max((part[0].offs for part in (rows, others) if len(part) >= ROWS_KEPT), default=0)
    mine = [row for row in rows if floor <= row.offs < index]
    theirs = [row for row in others if floor <= row.offs < other_index]
    limit = min(index, other_index)
    for indx in range(max(len(mine), len(theirs))):
        one = mine[indx] if indx < len(mine) else None
        two = theirs[indx] if indx < len(theirs) else None
        if one != two:
            return min([limit, *(row.offs for row in (one, two) if row is not None)])
    return limit


def claimable(stored: typing.Mapping[str, typing.Any] | None, term: int, name: str) -> bool:
    """Return whether AHA accepts a claim: a higher term than it stores, or the same term by the same instance."""
    if stored is None:
        return True
    return bool(term > stored['term'] or (term == stored['term'] and name == stored['name']))


def refused(row_or_stored: typing.Any) -> s_exc.SynErr:
    """Return the BadState for a claim that came too late."""
    info = row_or_stored._asdict() if isinstance(row_or_stored, Row) else row_or_stored
    mesg = f'The service {info["name"]} leads since term {info["term"]}.'
    return s_exc.BadState(mesg=mesg, term=info['term'], name=info['name'])


class Role:
    """What one instance is, and what it makes of others that it meets.

    Attributes:
        name: Names this instance among those of the service. run: This run of its process.
        state: One of LEAD, FOLLOW, DEPOSED, WAIT.
        rows: The leaderships in our log, oldest first.
        above: The rank that deposed us, or that a handoff may have gone to.
    """

    def __init__(self, name: str, run: str, rows: typing.Iterable[Row] = ()) -> None:
        self.name = name
        self.run = run
        self.state = FOLLOW
        self.rows = list(rows)
        self.above: Rank | None = None

    # ----- history ----------------------------------------------------------------------------------------------------

    @property
    def term(self) -> int:
        """The term of the newest entry, 0 before there was any."""
        return self.rows[-1].term if self.rows else 0

    @property
    def rank(self) -> Rank:
        """The rank of the newest leadership in our log."""
        return self.rows[-1].rank if self.rows else (0, '')

    def add(self, row: Row) -> list[Row]:
        """Take the row of an entry that was applied; returns the rows that are forgotten for it."""
        if self.rows and row.offs <= self.rows[-1].offs:  # replayed
            return []
        self.rows.append(row)
        gone, self.rows = self.rows[:-ROWS_KEPT], self.rows[-ROWS_KEPT:]
        return gone

    @property
    def opened(self) -> bool:
        """True when our log's newest leadership is that of this run."""
        return bool(self.rows) and (self.rows[-1].name, self.rows[-1].run) == (self.name, self.run)

    # ----- becoming something -----------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Be a follower."""
        self.state = FOLLOW
        self.above = None

    def start_term(self, stored: typing.Mapping[str, typing.Any] | None) -> int:
        """Return the term under which a leader (re)opens its leadership when its process starts.

        Args:
            stored: What AHA has; None without AHA, or when it knows nothing.

        Raises:
            BadState: Another instance leads. We are deposed then.
        """
        if stored is not None and stored['name'] != self.name and stored['term'] >= max(self.term, 1):
            self.yield_to((stored['term'], stored['name']))
            raise refused(stored)
        known = stored['term'] if stored is not None else 0
        mine = self.term if self.rows and self.rows[-1].name == self.name else self.term + 1
        return max(known, mine)

    def next_term(self, stored: typing.Mapping[str, typing.Any] | None) -> int:
        """Return the term of a promotion: above all that we know of."""
        above = self.above[0] if self.above is not None else 0
        return max(self.term, above, stored['term'] if stored is not None else 0) + 1

    def lead(self) -> None:
        """Be the leader; the entry that opens the leadership comes next in the log."""
        self.state = LEAD
        self.above = None

    def depose(self, rank: Rank) -> bool:
        """Learn of a leadership elsewhere. Returns True when that ends ours: changes must be refused from now on.

        Who waits for the end of a handoff refuses them already, and becomes a follower by himself.
        """
        if self.state not in (LEAD, DEPOSED) or rank <= self.rank or rank[1] == self.name:
            return False
        if self.state == DEPOSED and self.above is not None and rank <= self.above:
            return False
        self.yield_to(rank)
        return True

    def yield_to(self, rank: Rank) -> None:
        """Be deposed: AHA says that another instance leads, and AHA decides, also between equal terms."""
        self.state = DEPOSED
        self.above = rank

    def wait(self, name: str) -> None:
        """The answer of a handoff was lost: the other may lead with the term after ours, or not."""
        assert self.state == LEAD, self.state
        self.state = WAIT
        self.above = (self.term + 1, name)

    @property
    def reason(self) -> str:
        """Why a deposed or waiting leader refuses changes."""
        term, name = self.above or self.rank
        if self.state == WAIT:
            return f'The lead was being handed to {name} and it is not known whether it took over.'
        return f'This service was deposed: {name} leads since term {term}. Make it a follower with the demote tool.'

    # ----- meeting others ---------------------------------------------------------------------------------------------

    def hello(self, index: int) -> dict[str, typing.Any]:
        """Return what we tell at each contact. ``index``: the number of entries in our log."""
        return {'name': self.name, 'run': self.run, 'state': self.state, 'index': index, 'rows': list(self.rows)}

    def meet_follower(self, hello: typing.Mapping[str, typing.Any], index: int) -> None:
        """Judge somebody who wants to read our log.

        Raises:
            BadState: We are deposed (perhaps we learn it just now), or his log is not a prefix of ours.
            NotReady: We lag behind him; he may come again.
        """
        rows = to_rows(hello['rows'])
        if rows and rows[-1].rank > self.rank:
            self.depose(rows[-1].rank)
        if self.state == DEPOSED:
            raise s_exc.BadState(mesg=self.reason, term=self.above and self.above[0], name=self.above and self.above[1])
        self._req_prefix(rows, hello['index'], self.rows, index)

    def meet_leader(self, hello: typing.Mapping[str, typing.Any], index: int) -> None:
        """Judge somebody whose log we are to follow. ``index``: the number of entries in ours.

        Raises:
            BadState: His leadership is older than what our log has seen, our log is not a prefix of his, or his was
            trimmed beyond the end of ours.
            NotReady: He lags behind us; we may come again.
        """
        rows = to_rows(hello['rows'])
        theirs = rows[-1].rank if rows else (0, '')
        if hello['state'] == LEAD and theirs < self.rank:
            term, name = self.rank
            mesg = f'The leader {hello["name"]} is at term {theirs[0]}, but {name} leads since term {term}.'
            raise s_exc.BadState(mesg=mesg, term=term, name=name)
        if index < hello.get('first', 0):
            mesg = f'The change log of the leader begins at {hello["first"]}, offset {index} was trimmed. {ANEW}'
            raise s_exc.BadState(mesg=mesg, offs=index)
        self._req_prefix(self.rows, index, rows, hello['index'])

    @staticmethod
    def _req_prefix(rows: list[Row], index: int, lead_rows: list[Row], lead_index: int) -> None:
        offs = common(rows, index, lead_rows, lead_index)
        if offs >= index:
            return
        if offs == lead_index:
            raise s_exc.NotReady(mesg=f'The log to follow ends at {lead_index}, that of the follower at {index}.')
        mesg = (
            f'mirror desync: the logs part at offset {offs}, the follower has {index - offs} entries that the leader '
            f'does not have. {ANEW}'
        )
        raise s_exc.BadState(mesg=mesg, offs=offs, index=index)
