"""What the compiler makes: plans, which are immutable and can be cached and run by many queries at once.

A plan is a chain of operators. ``run(rt, stream)`` wires them as asynchronous generators of *batches* (lists of
paths); ``stream`` is None where no node comes in. Operators without effects work on whole batches; the others take
them apart and hand on one path at a time, so that what a user sees has the order of a pipeline that moves single
nodes.
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
    where it is made of nothing else, for running without nodes at full speed.
    """

    __slots__ = ('opers', 'edits', 'once', 'needs', 'text', 'place')

    def __init__(self, opers: list[Oper], edits: bool, text: str) -> None:
        self.opers = opers
        self.edits = edits
        self.text = text
        self.place: tuple[str, s_ast.Node] | None = None
        self.needs: frozenset[str] = frozenset()
        self.once: list[Once] | None = None
        if all(oper.once is not None for oper in opers):
            self.once = [item for oper in opers for item in typing.cast('list[Once]', oper.once)]

    def run(self, rt: Runtime, genr: Stream | None = None) -> Stream:
        """Return the stream of the whole plan."""
        if genr is None and self.once is not None:
            return self._once(rt)
        for oper in self.opers:
            genr = oper.run(rt, genr)
        return nothing() if genr is None else genr

    async def _once(self, rt: Runtime) -> Stream:
        await self.run_once(rt)
        return
        yield

    async def run_once(self, rt: Runtime) -> None:
        """Run the statements of a plan that has ``once``."""
        for func, isasync in typing.cast('list[Once]', self.once):
            valu = func(rt)
            if isasync:
                await valu


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
