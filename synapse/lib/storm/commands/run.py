"""Commands that run a query: tee, tree, parallel, batch, divert, intersect, storm.exec, background, runas ..."""

from __future__ import annotations

import asyncio
import logging
import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.command as s_command
import synapse.lib.storm.commands.sub as s_sub
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.signals as s_signals

Any = typing.Any
Arg = s_command.Arg
Opts = s_command.Opts
Runtime = s_runtime.Runtime
Stream = s_plan.Stream
logger = logging.getLogger(__name__)
_TREE_DEPTH = 200
_BATCH = 10000
_PARALLEL = 128


@s_command.command
class Tee(s_command.Cmd):
    """Run several queries on each node and pass all their results on, one query after the other.

    Without nodes each query runs once.
    """

    name = 'tee'
    pernode = False
    args = (
        Arg('--join', '-j', action='store_true', help='Pass the node itself on as well, after the results.'),
        Arg('--parallel', '-p', action='store_true', help='Run the queries at the same time, in no order.'),
        Arg('query', nargs='*', help='The queries.'),
    )
    readonly = True

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        if not opts.query:
            raise s_exc.StormRuntimeError(mesg='Tee command must take at least one query as input.', name='tee')
        empty = True
        async for path in s_plan.singles(genr):
            empty = False
            async for batch in self._each(rt, path, opts):
                yield batch
            if opts.join:
                yield [path]
        if empty:
            async for batch in self._each(rt, None, opts):
                yield batch

    async def _each(self, rt: Runtime, path: s_runtime.Path | None, opts: Opts) -> Stream:
        if opts.parallel:
            paths = [None if path is None else path.clone() for _ in opts.query]
            genrs = [s_sub.inline(rt, item, query) for item, query in zip(paths, opts.query, strict=True)]
            async for batch in _together(genrs):
                yield batch
            return
        for query in opts.query:
            async for batch in s_sub.inline(rt, None if path is None else path.clone(), query):
                yield batch


async def _together(genrs: list[Stream]) -> Stream:
    """Yield what several streams give, as it comes."""
    queue: asyncio.Queue[Any] = asyncio.Queue(maxsize=len(genrs))

    async def drain(genr: Stream) -> None:
        try:
            async for batch in genr:
                await queue.put(batch)
        except Exception as e:
            await queue.put(e)
            return
        await queue.put(None)

    tasks = [asyncio.create_task(drain(genr)) for genr in genrs]
    left = len(tasks)
    try:
        while left:
            item = await queue.get()
            if item is None:
                left -= 1
            elif isinstance(item, Exception):
                raise item
            else:
                yield item
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@s_command.command
class Parallel(s_command.Cmd):
    """Hand the nodes to several copies of a query that run at the same time. The order of the results is not kept.

    Copies are started as nodes come. Without nodes every copy runs once.
    """

    name = 'parallel'
    pernode = False
    args = (
        Arg('--size', default=8, help='How many copies to run.'),
        Arg('query', help='The query.'),
    )
    readonly = True

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        size = s_coerce.toint(opts.size)
        if not 1 <= size <= _PARALLEL:
            raise s_exc.BadArg(mesg=f'The size of parallel must be between 1 and {_PARALLEL}.')
        queue: asyncio.Queue[Any] = asyncio.Queue(maxsize=size)
        # each of the first nodes starts a copy; None: there was none for it
        starts: list[asyncio.Future[Any]] = [asyncio.get_running_loop().create_future() for _ in range(size)]

        async def feed(path: Any) -> Stream:
            while path is not None:
                if isinstance(path, Exception):
                    raise path
                yield [path]
                path = await queue.get()

        async def fill() -> None:
            count, end = 0, None
            try:
                async for path in s_plan.singles(genr):
                    if count < size:
                        starts[count].set_result(path)
                    else:
                        await queue.put(path)
                    count += 1
            except Exception as e:
                end = e
            for start in starts[count:]:
                start.set_result(end)
            for _ in starts[:count]:
                await queue.put(end)

        async def copy(start: asyncio.Future[Any]) -> Stream:
            first = await start
            if first is None and start is not starts[0] and starts[0].result() is not None:
                return  # there were fewer nodes than copies
            inner, plan = s_sub.prepare(rt, None, opts.query)
            async for batch in plan.run(inner, feed(first)):
                yield batch

        filler = asyncio.create_task(fill())
        try:
            async for batch in _together([copy(start) for start in starts]):
                yield batch
        finally:
            filler.cancel()
            await asyncio.gather(filler, return_exceptions=True)


@s_command.command
class Tree(s_command.Cmd):
    """Pass each node on, then run a query on it, on what comes of that, and so on, depth first."""

    name = 'tree'
    pernode = False
    args = (Arg('query', help='The query that gives the next nodes of a node.'),)
    readonly = True

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        async for path in s_plan.singles(genr):
            yield [path]
            stack = [self._next(rt, path, opts.query)]
            try:
                while stack:
                    item = await anext(stack[-1], None)
                    if item is None:
                        stack.pop()
                        continue
                    yield [item]
                    if len(stack) >= _TREE_DEPTH:
                        raise s_exc.StormRuntimeError(mesg='tree command exceeded maximum depth')
                    stack.append(self._next(rt, item, opts.query))
                    await rt.breathe()
            finally:
                for left in reversed(stack):
                    await left.aclose()

    @staticmethod
    def _next(rt: Runtime, path: s_runtime.Path, query: Any) -> typing.AsyncGenerator[s_runtime.Path, None]:
        path = path.clone()
        inner, plan = s_sub.prepare(rt, path, query)
        return s_plan.singles(plan.run(inner, s_plan.one(path)))


@s_command.command
class Batch(s_command.Cmd):
    """Collect nodes in a variable named nodes, and run a query for each full batch of them.

    If the condition is true, the nodes of the query go on, else the ones that came in.
    """

    name = 'batch'
    args = (
        Arg('--size', default=10, help='How many nodes to collect.'),
        Arg('cond', help='Pass the results of the query on?'),
        Arg('query', help='The query.'),
    )

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        size = s_coerce.toint(opts.size)
        if size > _BATCH:
            mesg = f'Specified batch size ({size}) is above the maximum ({_BATCH}).'
            raise s_exc.StormRuntimeError(mesg=mesg)
        paths: list[s_runtime.Path] = []
        async for path in s_plan.singles(genr):
            paths.append(path)
            if len(paths) >= size:
                async for batch in self._each(rt, paths, opts):
                    yield batch
                paths = []
        if paths:
            async for batch in self._each(rt, paths, opts):
                yield batch

    async def _each(self, rt: Runtime, paths: list[s_runtime.Path], opts: Opts) -> Stream:
        cond = s_coerce.tobool(opts.cond)
        async for batch in s_sub.inline(rt, None, opts.query, {'nodes': [path.node for path in paths]}):
            if cond:
                yield batch
        if not cond:
            for path in paths:
                yield [path]


@s_command.command
class Divert(s_command.Cmd):
    """Pass on what a generator of nodes gives if a condition is true; else use it up and pass the node on."""

    name = 'divert'
    args = (
        Arg('cond', help='Pass the nodes of the generator on?'),
        Arg('genr', help='The generator.'),
        Arg('--size', help='At most so many nodes of the generator, one at least.'),
    )

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        empty = True
        async for path in s_plan.singles(genr):
            empty = False
            async for batch in self._each(rt, opts, path):
                yield batch
        if empty:
            async for batch in self._each(rt, opts, None):
                yield batch

    async def _each(self, rt: Runtime, opts: Opts, path: s_runtime.Path | None) -> Stream:
        cond, size = s_coerce.tobool(opts.cond), None if opts.size is None else s_coerce.toint(opts.size)
        if not isinstance(opts.genr, s_objects.NodeGenr):
            raise s_exc.BadArg(mesg='The genr argument must yield nodes')
        count = 0
        stream = opts.genr.start()
        try:
            async for item in s_plan.singles(stream):
                count += 1
                if cond:
                    if path is not None:
                        item.merge({**item.vars, **path.vars})
                    yield [item]
                if size is not None and count >= size:
                    break
                await rt.breathe()
        finally:
            await stream.aclose()
        if not cond and path is not None:
            yield [path]


@s_command.command
class Intersect(s_command.Cmd):
    """Pass on the nodes that a query gives for every node that came in."""

    name = 'intersect'
    pernode = False
    args = (Arg('query', type='str', help='The query.'),)
    readonly = True

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        found: dict[bytes, s_runtime.Path] | None = None
        async for path in s_plan.singles(genr):
            idens: dict[bytes, s_runtime.Path] = {}
            async for item in s_plan.singles(s_sub.inline(rt, path, opts.query)):
                idens.setdefault(item.node.iden, item)
                await rt.breathe()
            found = idens if found is None else {iden: item for iden, item in found.items() if iden in idens}
        for item in (found or {}).values():
            yield [item]


@s_command.command
class StormExec(s_command.Cmd):
    """Run a text or query object as a part of this query."""

    name = 'storm.exec'
    args = (Arg('query', help='The query.'),)

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        if not opts.pernode:
            async for batch in s_sub.over(rt, genr, opts.query):
                yield batch
            return
        async for path in s_plan.singles(genr):
            async for batch in s_sub.inline(rt, path, opts.query):
                yield batch


@s_command.command
class Background(s_command.Cmd):
    """Run a query as a task of its own, with copies of the variables. Nodes are passed through."""

    name = 'background'
    pernode = False
    args = (Arg('query', help='The query.'),)

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        async for path in s_plan.singles(genr):
            yield [path]
        inner, _ = s_sub.prepare(rt, None, opts.query)
        query, cortex = rt.query, rt.query.core.cortex
        text = opts.query.query.text if isinstance(opts.query, s_objects.QueryObj) else opts.query
        info = {'vars': {k: v for k, v in inner.vars.items() if k[:1] != '\x00'}, 'view': rt.view.iden}
        await rt.editor.flush()

        async def task() -> None:
            try:
                async for _ in cortex.queries.nodes(text, info, query.user):
                    pass
            except s_exc.SynErr as e:
                logger.warning('The background query {%s} failed: %s', text[:1000], e)

        cortex.schedCoro(task())


class _Apart(s_command.Cmd):
    """Base of the commands that run a query as another user or in another view, once or for each node."""

    async def apart(self, rt: Runtime, opts: Opts) -> s_sub.Apart:
        """Return where to run. Raises: what the arguments deserve."""
        raise NotImplementedError

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        empty = True
        async for path in s_plan.singles(genr):
            empty = False
            await self._once(rt, opts, path)
            yield [path]
        if empty:
            await self._once(rt, opts, None)

    async def _once(self, rt: Runtime, opts: Opts, path: s_runtime.Path | None) -> None:
        apart = await self.apart(rt, opts)
        try:
            await apart.run(path, opts.storm)
        except s_signals.Exit:
            pass


@s_command.command
class RunAs(_Apart):
    """Run a query as another user. Nodes are passed through; those of the query are dropped. For admins only."""

    name = 'runas'
    args = (
        Arg('user', help='Name or iden of the user.'),
        Arg('storm', help='The query.'),
        Arg('--asroot', action='store_true', help='Skip all checks of permissions.'),
    )

    async def apart(self, rt: Runtime, opts: Opts) -> s_sub.Apart:
        if not rt.query.asroot:
            rt.query.user.reqAdmin(mesg='The runas command requires admin privileges.')
        return s_sub.Apart(rt, rt.view, s_sub.find_user(rt, opts.user), bool(opts.asroot))


@s_command.command
class ViewExec(_Apart):
    """Run a query in another view. Nodes are passed through; those of the query are dropped."""

    name = 'view.exec'
    args = (Arg('view', help='The iden of the view.'), Arg('storm', help='The query.'))
    readonly = True

    async def apart(self, rt: Runtime, opts: Opts) -> s_sub.Apart:
        view = rt.query.core.cortex.stacks.req_view(s_coerce.tostr(opts.view))
        rt.confirm(('view', 'read'), view.iden)
        return s_sub.Apart(rt, view, rt.query.user, rt.query.asroot)
