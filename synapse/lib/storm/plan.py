"""What the compiler makes: plans, which are immutable and can be cached and run by many queries at once.

A plan is a chain of operators. ``run(rt, stream)`` wires them as asynchronous generators of *batches* (lists of
paths); ``stream`` is None where no node comes in, or ``Silent`` where statements go before. Operators without
effects work on whole batches; the others take them apart and hand on one path at a time, so that what a user sees has
the order of a pipeline that moves single nodes.
"""

from __future__ import annotations

import typing

import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Stream = s_runtime.Stream
Runtime = s_runtime.Runtime
Path = s_runtime.Path
Once = tuple[typing.Callable[[Runtime], Any], bool]  # (function, must its result be awaited?)


class Oper:
    """One stage.

    ``once``: how to run it where no node comes in, for stages that never yield any then. ``quiet``: nobody can see
    when a node passes it.
    """

    quiet = False
    once: list[Once] | None = None
    place: tuple[str, s_ast.Node] | None = None  # the text it comes from, and what it stands for there

    def run(self, rt: Runtime, genr: Stream | None) -> Stream:
        """Return the stream of this stage over the stream of the one before."""
        raise NotImplementedError


class Plan:
    """A compiled query (or block of one).

    ``needs``: variables that must be supplied. ``edits``: may running it change nodes? ``once``: its statements,
    where it is made of nothing else, for running without nodes at full speed. ``first``: those that it begins with,
    before the stages of ``rest``.
    """

    __slots__ = ('opers', 'edits', 'once', 'first', 'rest', 'needs', 'text', 'place')

    def __init__(self, opers: list[Oper], edits: bool, text: str) -> None:
        self.opers = opers
        self.edits = edits
        self.text = text
        self.place: tuple[str, s_ast.Node] | None = None
        self.needs: frozenset[str] = frozenset()
        count = next((indx for indx, oper in enumerate(opers) if oper.once is None), len(opers))
        self.first = [item for oper in opers[:count] for item in typing.cast('list[Once]', oper.once)]
        self.rest = opers[count:]
        self.once = self.first if not self.rest else None

    def run(self, rt: Runtime, genr: Stream | None = None) -> Stream:
        """Return the stream of the whole plan."""
        opers = self.opers
        if genr is None and self.first:
            genr, opers = Silent(rt, self.run_once), self.rest
        for oper in opers:
            genr = oper.run(rt, genr)
        return nothing() if genr is None else genr

    async def run_once(self, rt: Runtime) -> None:
        """Run the statements that the plan begins with."""
        for func, isasync in self.first:
            valu = func(rt)
            if isasync:
                await valu


class Silent(Stream):
    """A stream of no nodes, which runs statements when it is asked for the first."""

    def __init__(self, rt: Runtime, work: typing.Callable[[Runtime], typing.Awaitable[None]]) -> None:
        self.rt = rt
        self.work: typing.Callable[[Runtime], typing.Awaitable[None]] | None = work

    async def __anext__(self) -> list[Path]:
        work, self.work = self.work, None
        if work is not None:
            await work(self.rt)
        raise StopAsyncIteration

    async def asend(self, value: None) -> list[Path]:
        return await self.__anext__()

    async def athrow(self, typ: Any, val: Any = None, tb: Any = None) -> list[Path]:
        raise typ

    async def aclose(self) -> None:
        self.work = None


def silent(genr: Stream | None) -> bool:
    """Is it known that no node comes in?"""
    return genr is None or type(genr) is Silent


async def nothing() -> Stream:
    return
    yield


async def one(path: Path) -> Stream:
    """A stream of one path."""
    yield [path]


async def some(batch: list[Path]) -> Stream:
    """A stream of one batch."""
    if batch:
        yield batch


async def limited(genr: Stream, count: int) -> Stream:
    """Yield the first nodes of a stream, at least one."""
    left = max(count, 1)
    try:
        async for batch in genr:
            if len(batch) >= left:
                yield batch[:left]
                return
            left -= len(batch)
            yield batch
    finally:
        await genr.aclose()


async def singles(genr: Stream | None) -> typing.AsyncGenerator[Path, None]:
    """Yield the paths of a stream one by one."""
    if genr is not None:
        async for batch in genr:
            for path in batch:
                yield path
