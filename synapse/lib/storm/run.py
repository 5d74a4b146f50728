"""Running Storm: from text and options to messages, a count or a value (spec: cortex.md 3, storm-language.md 10)."""

from __future__ import annotations

import asyncio
import collections
import contextvars
import hashlib
import logging
import time
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell.tasks as s_tasks
import synapse.lib.eager as s_eager
import synapse.lib.limits as s_limits
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.command as s_command
import synapse.lib.storm.commands as s_commands
import synapse.lib.storm.commands.graph as s_graph
import synapse.lib.storm.compile as s_compile
import synapse.lib.storm.control as s_control
import synapse.lib.storm.fastcount as s_fastcount
import synapse.lib.storm.filters as s_filters
import synapse.lib.storm.grammar as s_grammar
import synapse.lib.storm.highlight as s_highlight
import synapse.lib.storm.libs as s_libs
import synapse.lib.storm.lookup as s_lookup
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.optimize as s_optimize
import synapse.lib.storm.pack as s_pack
import synapse.lib.storm.pivots as s_pivots
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.signals as s_signals
import synapse.lib.view as s_view

Any = typing.Any
Opts = dict[str, Any]
logger = logging.getLogger('synapse.lib.view')
# importing them fills the registries of commands, functions and operators
_REGISTERED = (s_commands, s_control, s_filters, s_libs, s_lookup, s_pivots)
s_compile.Compiler.fuse = staticmethod(s_optimize.fuse)
s_compile.Compiler.find_index = staticmethod(s_optimize.index_of)
_EDITFORMATS = ('nodeedits', 'count', 'none')


def _stray(signal: BaseException, mesg: str, keyword: str) -> s_exc.SynErr:
    """Return the error for a statement outside of what it controls."""
    e = s_exc.StormRuntimeError(mesg=mesg, statement=keyword)
    s_highlight.add(e, signal)
    return e


class Engine:
    """Runs queries for a Cortex.

    Args:
        model: The data model.
        commands: Further commands by name, beside the built-in ones.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.cortex: Any = None  # the service, for libraries that ask for more than nodes
        self.commands: dict[str, s_command.Cmd] = {}
        self.plans: collections.OrderedDict[Any, s_plan.Plan] = collections.OrderedDict()

    # plans

    def get_command(self, name: str) -> s_command.Cmd | None:
        """Return a command by name."""
        return self.commands.get(name) or s_command.COMMANDS.get(name)

    def get_commands(self) -> dict[str, s_command.Cmd]:
        """Return all commands by name."""
        return {**s_command.COMMANDS, **self.commands}

    def plan(self, text: str, mode: str, supplied: typing.Iterable[str]) -> s_plan.Plan:
        """Return the plan of a text, compiled or kept from before. Raises: BadSyntax, NoSuchVar."""
        key = (text, mode, frozenset(supplied), self.model.version)
        plan = self.plans.get(key)
        if plan is not None:
            self.plans.move_to_end(key)
            return plan
        query = s_grammar.parse_query(text, mode)
        plan = s_compile.compile_query(query, self.model, key[2], self.get_command)
        if len(text) <= s_limits.STORM_PLAN_TEXT:
            self.plans[key] = plan
            if len(self.plans) > s_limits.STORM_PLANS:
                self.plans.popitem(last=False)
        return plan

    def plan_for(self, query: s_ast.Query, vars: typing.Iterable[str]) -> s_plan.Plan:
        """Return the plan of a query object, whose variables are supplied."""
        if query.text != query.source:  # it stands within a query, but is a text of its own
            return self.plan(query.text, 'storm', vars)
        return s_compile.compile_query(query, self.model, vars, self.get_command)


def parse(text: str, mode: str = 'storm') -> s_ast.Query:
    """Return the syntax tree of a text. Raises: BadSyntax."""
    return s_grammar.parse_query(text, mode)


class Run:
    """One top-level query.

    Args:
        engine: The engine.
        view: The view it runs in.
        user: The user it runs as.
        text: The query.
        opts: The options (cortex.md 3.1). Raises: BadArg, BadConfValu for options that make no sense.
    """

    def __init__(self, engine: Engine, view: s_view.View, user: Any, text: str, opts: Opts | None) -> None:
        self.engine = engine
        self.text = text
        self.opts = opts = opts or {}
        if not isinstance(text, str):
            raise s_exc.BadArg(mesg='Storm query text must be a string')
        editformat = opts.get('editformat', 'nodeedits')
        if editformat not in _EDITFORMATS:
            raise s_exc.BadConfValu(mesg=f'invalid edit format, got {editformat}', name='editformat', valu=editformat)
        keepalive = opts.get('keepalive')
        if keepalive is not None and keepalive <= 0:
            raise s_exc.BadArg(mesg=f'keepalive must be > 0; got {keepalive}', keepalive=keepalive)
        self.mode = opts.get('mode') if opts.get('mode') in ('lookup', 'autoadd', 'search') else 'storm'
        self.query = s_runtime.Query(engine, view, user, opts)
        self.query.trails |= '$path' in text  # it may ask how a node was reached
        self.source: typing.Callable[[s_runtime.Runtime], s_view.Node | None] | None = None  # gives the first node
        self.count = 0
        self.exited: s_signals.Exit | None = None  # the query ended itself with $lib.exit()

    def _start(self) -> tuple[s_runtime.Runtime, s_plan.Plan]:
        rt = s_runtime.Runtime(self.query)
        for name, valu in (self.opts.get('vars') or {}).items():
            rt.vars[name] = s_coerce.wrap(valu)
        plan = self.engine.plan(self.text, typing.cast(str, self.mode), rt.vars)
        self.query.edits = self.query.editor.shared = plan.edits or s_graph.wanted(self.opts)
        if s_graph.wanted(self.opts):
            s_graph.rules_of(rt, self.opts['graph'])
        return rt, plan

    async def _inputs(self, rt: s_runtime.Runtime) -> s_plan.Stream:
        if self.source is not None:
            first = self.source(rt)
            if first is not None:
                yield [rt.path(first)]
        for ndef in self.opts.get('ndefs') or ():
            if not isinstance(ndef, (list, tuple)) or len(ndef) != 2:
                continue
            node = rt.editor.node_by_ndef(ndef[0], _tuples(ndef[1]))
            if node is not None:
                yield [rt.path(node)]
        for iden in self.opts.get('idens') or ():
            try:
                byts = bytes.fromhex(iden)
            except (ValueError, TypeError):
                byts = b''
            if len(byts) != 32:
                raise s_exc.NoSuchIden(mesg='Iden must be 64 hex digits', iden=iden)
            node = rt.editor.node_by_iden(byts)
            if node is not None:
                yield [rt.path(node)]

    async def paths(self) -> s_plan.Stream:
        """Yield the batches of the query; flushes the edits at the end, also after an error."""
        try:
            rt, plan = self._start()
            given = self.source is not None or self.opts.get('ndefs') or self.opts.get('idens')
            inputs = self._inputs(rt) if given else None
            genr = plan.run(rt, inputs)
            if self.opts.get('limit') is not None:
                genr = s_plan.limited(genr, self.opts['limit'])
            try:
                async for batch in genr:
                    # the query itself may have chosen a projection
                    if 'graph' in self.query.opts and s_graph.wanted(self.query.opts):
                        async for shown in s_graph.project(rt, s_command.chain(batch, genr)):
                            self.count += len(shown)
                            yield shown
                        break
                    self.count += len(batch)
                    yield batch
            finally:
                await genr.aclose()
        except s_signals.Exit as e:
            self.exited = e
        except s_signals.LOOP as e:
            raise _stray(e, f'Loop control statement "{e.keyword}" used outside of a loop.', e.keyword) from e
        except s_signals.Stop as e:
            mesg = 'Generator control statement "stop" used outside of a generator function.'
            raise _stray(e, mesg, 'stop') from e
        except s_exc.SynErr as e:
            s_highlight.add(e)
            raise
        except RecursionError as e:
            raise s_exc.RecursionLimitHit(mesg='Maximum Storm pipeline depth exceeded.') from e
        finally:
            await self.query.end()
            await self.query.editor.flush()

    # what callers ask for

    async def total(self) -> int:
        """Run for the number of nodes."""
        if not self.opts:
            rt, plan = self._start()
            count = await s_fastcount.count(rt, plan)
            if count is not None:
                return count
        try:
            async for _ in self.paths():
                pass
        except s_signals.Return as e:
            raise s_exc.make('StormReturn', mesg=_returned(e)) from e
        return self.count

    async def value(self) -> Any:
        """Run for the value of ``return()``, None without one. Raises: StormExit after $lib.exit()."""
        try:
            async for _ in self.paths():
                pass
        except s_signals.Return as e:
            if s_objects.kind_of(e.valu) == 'generator':
                items = s_objects.iterate(s_runtime.Runtime(self.query), e.valu)
                return [s_coerce.toprim(item) async for item in items]
            return s_coerce.toprim(e.valu)
        if self.exited is not None:
            raise s_exc.make('StormExit', mesg=f'StormExit: {self.exited}')
        return None

    async def nodes(self) -> typing.AsyncGenerator[s_view.Node, None]:
        """Run for the nodes."""
        async for batch in self.paths():
            for path in batch:
                yield path.node

    async def export(self) -> typing.AsyncGenerator[tuple[Any, Any], None]:
        """Run for packed nodes, each once, with the edges among them (cortex.md 4.4)."""
        packer = s_pack.Packer(self.query)
        podes: dict[bytes, tuple[s_view.Node, Any]] = {}
        async for batch in self.paths():
            for path in batch:
                podes[path.node.iden] = (path.node, packer.pode(path))
        view = self.query.view
        for node, (ndef, info) in podes.values():
            edges = []
            for verb, nid in view.edges(typing.cast(bytes, node.nid)):
                iden = view.iden_of(nid)
                if iden in podes:
                    edges.append((verb, iden.hex()))
            if edges:
                info['edges'] = edges
            yield ndef, info

    async def messages(self, boss: s_tasks.Boss, task: s_tasks.Task) -> typing.AsyncGenerator[list[bytes], None]:
        """Run for the message stream; yields lists of packed messages."""
        out = self.query.out
        loop = asyncio.get_running_loop()
        abstick, tick = time.monotonic(), s_common.now()
        info = {'tick': tick, 'abstick': int(abstick * 1000), 'text': self.text, 'task': task.iden}
        info['hash'] = hashlib.md5(self.text.encode('utf8', 'surrogatepass'), usedforsecurity=False).hexdigest()
        out.begin(s_common.en(('init', info)))
        worker = s_eager.start(self._work(boss, task), loop, contextvars.copy_context())
        if worker is not None:
            bursts = self._follow(worker)
            try:
                async for burst in bursts:
                    yield burst
            finally:
                await bursts.aclose()
        abstock = time.monotonic()
        took = int((abstock - abstick) * 1000)
        fini = {'tock': tick + took, 'abstock': int(abstock * 1000), 'took': took, 'count': self.count}
        yield [*out.ready, s_common.en(('fini', fini))]

    async def _follow(self, worker: asyncio.Task[None]) -> typing.AsyncGenerator[list[bytes], None]:
        """Yield what a query has to tell while it runs as a task of its own; it ends with us."""
        out = self.query.out
        out.linger()
        pinger = None
        if self.opts.get('keepalive'):
            pinger = asyncio.create_task(self._ping(self.opts['keepalive']))
        try:
            while not worker.done():
                ready = await out.take()
                if ready:
                    yield ready
            await worker
        finally:
            if pinger is not None:
                pinger.cancel()
            if not worker.done():
                worker.cancel()
                await asyncio.gather(worker, return_exceptions=True)

    async def _ping(self, period: float) -> None:
        while True:
            await asyncio.sleep(period)
            self.query.out.ready.append(s_common.en(('ping', {})))
            self.query.out.event.set()

    async def _work(self, boss: s_tasks.Boss, task: s_tasks.Task) -> None:
        out = self.query.out
        try:
            with boss.task('runstorm', task.user, {'query': self.text}):
                await self._run()
            await out.publish()
        except asyncio.CancelledError:
            logger.warning('Storm runtime cancelled.')
            raise
        except Exception as e:
            await self._fail(e)
        finally:
            out.event.set()

    async def _run(self) -> None:
        out = self.query.out
        shown = out.shows('node')
        packer = s_pack.Packer(self.query)
        async for batch in self.paths():
            if shown:
                for path in batch:
                    out.node(packer.pack(path))
            if out.full:
                await out.room()

    async def _fail(self, e: Exception) -> None:
        out = self.query.out
        try:
            await out.publish()
        except Exception as other:
            e = other
            out.waiting.clear()
        logger.error('Error during storm execution for { %s }', self.text[:1000], exc_info=e)
        out.ready.append(s_common.en(('err', error_info(e))))
        out.event.set()


def _returned(e: s_signals.Return) -> str:
    return e.valu if isinstance(e.valu, str) else s_coerce.raw(e.valu)


def error_info(e: Exception) -> tuple[str, dict[str, Any]]:
    """Return the content of an err message."""
    if isinstance(e, s_signals.Return):
        name, info = s_common.err_info(e)
        return 'StormReturn', {**info, 'mesg': _returned(e)}
    name, info = s_common.err_info(e)
    if not isinstance(e, s_exc.SynErr):
        name, info['mesg'] = 'StormRuntimeError', f'{name}: {e}'
    for key in ('esrc', 'ename'):
        info.pop(key, None)
    try:
        s_common.en(info)
    except s_exc.NotMsgpackSafe:
        info = {
            key: valu if isinstance(valu, (str, int, type(None))) else repr(valu)[:1000] for key, valu in info.items()
        }
    return name, info


def _tuples(valu: Any) -> Any:
    return tuple(_tuples(item) for item in valu) if isinstance(valu, (list, tuple)) else valu
