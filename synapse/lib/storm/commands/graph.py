"""``graph``: the projection of nodes and their neighbours (spec: storm-language.md 11)."""

from __future__ import annotations

import collections
import re
import typing

import synapse.exc as s_exc
import synapse.lib.layer as s_layer
import synapse.lib.layer.scan as s_scan
import synapse.lib.limits as s_limits
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.command as s_command
import synapse.lib.storm.commands.sub as s_sub
import synapse.lib.storm.libs.graph.projections as s_graphs
import synapse.lib.storm.pivots as s_pivots
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Arg = s_command.Arg
Opts = s_command.Opts
Runtime = s_runtime.Runtime
Path = s_runtime.Path
Rules = dict[str, Any]
Edge = tuple[str, dict[str, Any]]
_LIST = (list, tuple)
_IDEN = re.compile('[0-9a-f]{64}')
_COUNT = (int, float, type(None))
_KINDS: dict[str, tuple[type, ...]] = {
    'degrees': (int, type(None)),
    'maxsize': _COUNT,
    'edgelimit': (int,),
    'existing': (list, tuple, type(None)),
    'forms': (dict, type(None)),
}


class Projection:
    """One projection: what was shown already, and what is known to follow.

    Args:
        rules: degrees, pivots, filters, forms, refs, edges, filterinput, yieldfiltered, maxsize, edgelimit, existing.
    """

    def __init__(self, rt: Runtime, rules: Rules) -> None:
        self.rt = rt
        self.rules = rules
        self.existing = frozenset(rules.get('existing') or ())
        self.done: set[str] = set(self.existing)
        self.shown: set[str] = set()
        self.maxsize = rules.get('maxsize') or s_limits.GRAPH_SIZE
        self.edgelimit = rules.get('edgelimit', s_limits.GRAPH_EDGES)
        self.todo: collections.deque[tuple[Path, int]] = collections.deque()
        self.queued: set[str] = set()
        self.pending: dict[str, list[Edge]] = {}  # by iden: edges from nodes that were shown before it

    async def run(self, genr: s_plan.Stream | None) -> s_plan.Stream:
        """Yield the seeds as they arrive, and then what follows from them, breadth first."""
        async for path in s_plan.singles(genr):
            if path.node.iden.hex() not in self.shown:
                async for item in self._visit(path, 0, True):
                    yield item
                if self.full:
                    return
        while self.todo:
            path, depth = self.todo.popleft()
            if path.node.iden.hex() not in self.done:
                async for item in self._visit(path, depth, False):
                    yield item
                if self.full:
                    return

    @property
    def full(self) -> bool:
        """True (with a warning) when the largest size is reached."""
        if len(self.shown) < self.maxsize:
            return False
        self.rt.warn(f'Graph projection hit max size {self.maxsize}. Truncating results.')
        return True

    async def _visit(self, path: Path, depth: int, seed: bool) -> s_plan.Stream:
        iden = path.node.iden.hex()
        self.done.add(iden)
        keep = (seed and not self.rules.get('filterinput', True)) or not await self._omit(path)
        if not keep and not self.rules.get('yieldfiltered'):
            return
        degrees = self.rules.get('degrees', 1)
        edges: list[Edge] = []
        async for other, info in self._neighbours(path):
            name = other.node.iden.hex()
            if name == iden:
                continue
            if name in self.shown or name in self.existing:
                edges.append((name, info))
            elif name in self.pending or len(self.pending) < 10 * self.maxsize:
                self.pending.setdefault(name, []).append((iden, {**info, 'reverse': True}))
            if keep and (degrees is None or depth < degrees):
                self._queue(other, name, depth + 1)
            await self.rt.breathe()
        edges = self.pending.pop(iden, []) + edges
        self.shown.add(iden)
        path.meta = {**(path.meta or {}), **({'graph:seed': True} if seed else {})}
        path.meta['edges'] = edges + await self._light(path.node) if self.rules.get('edges', True) else edges
        yield [path]
        await self.rt.breathe()

    def _queue(self, path: Path, iden: str, depth: int) -> None:
        # more than can be shown need not be remembered
        if iden not in self.done and iden not in self.queued and len(self.todo) < self.maxsize:
            self.queued.add(iden)
            self.todo.append((path, depth))

    def _of_form(self, node: s_view.Node, kind: str) -> typing.Iterator[tuple[str, str]]:
        """Yield (scope, query) of the pivots or filters for a node."""
        for text in self.rules.get(kind) or ():
            yield 'global', text
        forms = self.rules.get('forms') or {}
        name = node.form.name if node.form.name in forms else '*'
        for text in (forms.get(name) or {}).get(kind) or ():
            yield name, text

    async def _omit(self, path: Path) -> bool:
        for _, text in self._of_form(path.node, 'filters'):
            passed = False
            async for _batch in s_sub.inline(self.rt, path.clone(), text):
                passed = True
            if not passed:
                return True
        return False

    async def _neighbours(self, path: Path) -> typing.AsyncGenerator[tuple[Path, dict[str, Any]], None]:
        node = path.node
        if self.rules.get('refs') and not node.form.isrunt:
            for prop in node.form.props.values():
                valu = node.props.get(prop.name)
                if valu is None:
                    continue
                for form, refv in s_pivots.prop_refs(prop, valu):
                    for other in s_pivots.by_ndef(self.rt, form, refv):
                        yield path.fork(other), {'type': 'prop', 'prop': prop.name}
        for scope, text in self._of_form(path.node, 'pivots'):
            indx = 0
            async for item in s_plan.singles(s_sub.inline(self.rt, path.clone(), text)):
                yield item, {'type': 'rules', 'scope': scope, 'index': indx}
                indx += 1

    async def _light(self, node: s_view.Node) -> list[Edge]:
        """Return the light edges from and to the nodes that are shown."""
        await self.rt.editor.flush()
        if node.nid is None:
            return []
        retn: list[Edge] = []
        for reverse in (True, False):
            for verb, iden in await self._linked(node.nid, reverse):
                info: dict[str, Any] = {'type': 'edge', 'verb': verb}
                if reverse:
                    info['reverse'] = True
                retn.append((iden, info))
        return retn

    async def _linked(self, nid: bytes, reverse: bool) -> list[tuple[str, str]]:
        """Return (verb, iden) of the edges from or to nodes that are shown; of a node with very many edges, by asking
        for each of those."""
        view = self.rt.view
        counts = [_count(layer, nid, reverse, self.edgelimit + 1) for layer in view.layers]
        if not any(counts):
            return []
        if max(counts) <= self.edgelimit:
            found = []
            for verb, other in view.edges(nid, None, reverse):
                iden = view.iden_of(other)
                if iden is not None and (iden.hex() in self.shown or iden.hex() in self.existing):
                    found.append((verb, iden.hex()))
            return found
        seen: dict[tuple[str, str], None] = {}
        for name in (*self.existing, *self.shown):
            shown = view.idens.get(bytes.fromhex(name))
            if shown is None:
                continue
            one, two = (shown, nid) if reverse else (nid, shown)
            for layer in view.layers:
                for abrv in _verbs(layer, nid, reverse):
                    if layer.has_edge(one, abrv, two):
                        seen[(layer.abrv_name(abrv), name)] = None
            await self.rt.breathe()
        return list(seen)


def _count(layer: s_layer.Layer, nid: bytes, reverse: bool, most: int) -> int:
    """Return how many edges a node has in a layer, counted up to a limit."""
    db = layer.n2edges if reverse else layer.n1edges
    return len(s_scan.Scan(layer.slab, db, nid, s_scan.after(nid)).rows(most))


def _verbs(layer: s_layer.Layer, nid: bytes, reverse: bool) -> list[bytes]:
    """Return the (abbreviated) verbs of the edges of a node in a layer."""
    found = []
    with layer.slab.xact.cursor(db=layer.n2edges if reverse else layer.n1edges) as curs:
        there = curs.set_range(nid)
        while there and curs.key()[:8] == nid:
            found.append(bytes(curs.key()[8:]))
            there = curs.next_nodup()
    return found


def rules_of(rt: Runtime, valu: Any) -> Rules:
    """Return the rules that the option ``graph`` of a query means. Raises: NoSuchIden, AuthDeny, BadArg."""
    if valu is True:
        return {'degrees': None, 'refs': True}
    if isinstance(valu, str):
        return s_graphs.graph_of(rt, valu)
    if not isinstance(valu, dict):
        raise s_exc.BadArg(mesg='The option graph must be true, a dictionary of rules, or the iden of a projection.')
    for name, kinds in _KINDS.items():
        if name in valu and not isinstance(valu[name], kinds):
            raise s_exc.BadArg(mesg=f'The rule {name} of a graph projection has the wrong type.', name=name)
    for kind in ('pivots', 'filters'):
        for part in (valu, *(valu.get('forms') or {}).values()):
            texts = part.get(kind) if isinstance(part, dict) else 0
            if texts is not None and not (isinstance(texts, _LIST) and all(isinstance(item, str) for item in texts)):
                raise s_exc.BadArg(mesg=f'The {kind} of a graph projection must be a list of texts.', name=kind)
    if not all(isinstance(item, str) and _IDEN.fullmatch(item) for item in valu.get('existing') or ()):
        raise s_exc.BadArg(mesg='The existing nodes of a graph projection must be idens.', name='existing')
    return valu


def wanted(opts: dict[str, Any]) -> bool:
    """Do the options of a query ask for a projection? Empty rules do."""
    valu = opts.get('graph')
    return bool(valu) or isinstance(valu, (dict, list, tuple))


async def project(rt: Runtime, genr: s_plan.Stream) -> s_plan.Stream:
    """Yield the projection of nodes that the option ``graph`` of the query asks for."""
    async for batch in Projection(rt, rules_of(rt, rt.query.opts['graph'])).run(genr):
        yield batch


@s_command.command
class Graph(s_command.Cmd):
    """Make a graph of the nodes: pass them on, and then what is linked to them, each node once.

    Each node tells in its path which of the nodes before it it is linked to.
    """

    name = 'graph'
    args = (
        Arg('--degrees', type='int', default=1, help='How far from the nodes to go.'),
        Arg('--pivot', action='append', default=[], help='A query that leads to what is linked to a node.'),
        Arg('--filter', action='append', default=[], help='A query that drops what should be left out.'),
        Arg('--no-edges', action='store_true', help='Do not tell about light edges.'),
        Arg('--form-pivot', action='append', nargs=2, default=[], help='A form, and a query for its nodes.'),
        Arg('--form-filter', action='append', nargs=2, default=[], help='A form, and a filter for its nodes.'),
        Arg('--refs', action='store_true', help='Follow all properties that refer to nodes.'),
        Arg('--yield-filtered', action='store_true', help='Pass on what filters leave out, but go no further.'),
        Arg('--no-filter-input', action='store_true', help='Do not filter the inbound nodes.'),
    )

    async def run(self, rt: Runtime, genr: s_plan.Stream | None, opts: Opts) -> s_plan.Stream:
        forms: dict[str, dict[str, list[str]]] = {}
        for kind, items in (('pivots', opts.form_pivot), ('filters', opts.form_filter)):
            for form, text in items:
                forms.setdefault(s_coerce.tostr(form), {}).setdefault(kind, []).append(text)
        rules = {
            'degrees': opts.degrees,
            'pivots': opts.pivot,
            'filters': opts.filter,
            'forms': forms,
            'refs': opts.refs,
            'edges': not opts.no_edges,
            'yieldfiltered': opts.yield_filtered,
            'filterinput': not opts.no_filter_input,
        }
        async for batch in Projection(rt, rules).run(genr):
            yield batch
