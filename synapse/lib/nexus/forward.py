"""Changes that go or come by way of a follower: each carries an iden, ``meta['resp']``, so that it happens once.

A follower sends a change to its leader and waits until it comes back through the log; the result is computed here, by
the handler. When the link is lost meanwhile, nobody can tell whether the leader has logged the change. So the follower
asks again with the same iden, after it has taken all that the leader has, and the leader (or who leads by then) logs an
iden once: it has seen it in its queue or in its log.
"""

from __future__ import annotations

import asyncio
import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits

Retn = tuple[int, typing.Any]
Done = asyncio.Future[Retn]


class Lost(Exception):
    """The link to the leader is gone: what became of the change is not known yet."""


class Leader(typing.Protocol):
    """What a follower needs of the way to its leader."""

    async def linked(self) -> None:
        """Wait until there is a link, and all that the leader had when it was made is applied here."""

    async def issue(
        self, nexsiden: str, event: str, args: typing.Any, kwargs: dict[str, typing.Any], meta: dict[str, typing.Any]
    ) -> typing.Any:
        """Log and apply a change on the leader. Raises Lost, and what the leader raises."""


class Forwards:
    """The idens of one log.

    Attributes:
        waiting: Who waits here for a change that was sent to the leader.
    """

    def __init__(self) -> None:
        self.waiting: dict[str, Done] = {}
        self._seen: dict[str, int | Done] = {}  # offset, or the future of a change that is under way

    # ----- on the side that sends -------------------------------------------------------------------------------------

    def expect(self, resp: str) -> Done:
        """Return the future of a change that is about to be sent, or was sent over a link that is lost."""
        done = self.waiting.get(resp)
        return self._new(resp) if done is None or _is_lost(done) else done

    def _new(self, resp: str) -> Done:
        done = self.waiting[resp] = asyncio.get_running_loop().create_future()
        done.add_done_callback(_retrieve)
        return done

    def forget(self, resp: str) -> None:
        """Stop to wait for a change."""
        self.waiting.pop(resp, None)

    def lost(self, exc: Exception | None = None) -> None:
        """Tell all who wait that the link is gone, or ``exc``."""
        for done in self.waiting.values():
            if not done.done():
                done.set_exception(exc or Lost())

    # ----- on the side that logs --------------------------------------------------------------------------------------

    def begin(self, resp: str, done: Done) -> None:
        """Note a change that is queued."""
        done.add_done_callback(_retrieve)
        self._note(resp, done)

    async def again(self, resp: str) -> Retn | None:
        """Return (offset, result if it is known) of a change that came before; None when it is new."""
        known = self._seen.get(resp)
        if known is None or isinstance(known, int):
            return None if known is None else (known, None)
        return await asyncio.shield(known)

    def answered(self, resp: str, offs: int, exc: Exception | None, retn: Retn | None) -> None:
        """Take the end of a change: applied at ``offs``, or (offs < 0) refused before it was logged."""
        if offs < 0:
            self._seen.pop(resp, None)
        else:
            self._note(resp, offs)
        done = self.waiting.get(resp)
        if done is not None and _is_lost(done):  # its waiter has not noticed yet, and need not
            done = self._new(resp)
        if done is not None and not done.done():
            if exc is not None:
                done.set_exception(exc)
            else:
                done.set_result(typing.cast(Retn, retn))

    def _note(self, resp: str, valu: int | Done) -> None:
        self._seen[resp] = valu
        if len(self._seen) > s_limits.NEXS_RESPS_KEPT:
            del self._seen[next(iter(self._seen))]


def _is_lost(done: Done) -> bool:
    return done.done() and not done.cancelled() and isinstance(done.exception(), Lost)


def _retrieve(done: Done) -> None:
    # nobody may wait any more: an exception in it is not worth a complaint
    if not done.cancelled():
        done.exception()


def unreachable() -> s_exc.SynErr:
    """Return the error of a write that found no leader in time (cell.md 7.4)."""
    return s_exc.LinkErr(mesg='Mirror cannot reach leader for write request')
