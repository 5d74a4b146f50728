"""``graph``: the projection of nodes and their neighbours (spec: storm-language.md 11)."""

from __future__ import annotations

import collections
import typing

import synapse.lib.storm.command as s_command
import synapse.lib.storm.commands.sub as s_sub
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
MAXSIZE = 100000
EDGELIMIT = 3000


class Projection:
    """One projection: what was shown already, and what is known to follow.

    Args:
        rules: degrees, pivots, filters, forms, refs, edges, filterinput, yieldfiltered, maxsize, edgelimit, existing.
    """

    def __init__(self, rt: Runtime, rules: Rules) -> None:
        self.rt = rt
        self.rules = rules
        self.done: set[str] = set(rules.get('existing') or ())
        self.shown: set[str] = set()
        self.count = 0
        self.maxsize = rules.get('maxsize') or MAXSIZE
        self.pending: dict[str, list[Edge]] = {}  # by iden: edges from nodes that were shown before it

    async def run(self, genr: s_plan.Stream | None) -> s_plan.Stream:
        """Yield the seeds as they arrive, and then what follows from them, breadth first."""
        todo: collections.deque[tuple[Path, int]] = collections.deque()
        async for path in s_plan.singles(genr):
            async for item in self._visit(path, 0, todo, True):
                yield item
            if self.full:
                return
        while todo:
            path, depth = todo.popleft()
            async for item in self._visit(path, depth, todo, False):
                yield item
            if self.full:
                return

    @property
    def full(self) -> bool:
        """True (with a warning) when the largest size is reached."""
        if self.count < self.maxsize:
            return False
        self.rt.warn(f'Graph projection hit max size {self.maxsize}. Truncating results.')
        return True

    async def _visit(
        self, path: Path, depth: int, todo: collections.deque[tuple[Path, int]], seed: bool
    ) -> s_plan.Stream:
        iden = path.node.iden.hex()
        if iden in self.shown or iden in self.done:
            return
        self.done.add(iden)
        keep = (seed and not self.rules.get('filterinput', True)) or not await self._omit(path)
        if not keep and not self.rules.get('yieldfiltered'):
            return
        edges: list[Edge] = []
        if keep:
            async for other, info in self._neighbours(path):
                name = other.node.iden.hex()
                if name == iden:
                    continue
                if name in self.shown or name in (self.rules.get('existing') or ()):
                    edges.append((name, info))
                else:
                    self.pending.setdefault(name, []).append((iden, {**info, 'reverse': True}))
                degrees = self.rules.get('degrees', 1)
                if name not in self.done and (degrees is None or depth < degrees):
                    todo.append((other, depth + 1))
        edges += self.pending.pop(iden, [])
        if self.rules.get('edges', True):
            edges += await self._light(path.node, iden)
        self.shown.add(iden)
        self.count += 1
        path.meta = {**(path.meta or {}), 'edges': edges}
        if seed:
            path.meta['graph:seed'] = True
        yield [path]
        await self.rt.breathe()

    def _of_form(self, node: s_view.Node, kind: str) -> typing.Iterator[tuple[str, int, str]]:
        """Yield (scope, index, query) of the pivots or filters for a node."""
        for indx, text in enumerate(self.rules.get(kind) or ()):
            yield 'global', indx, text
        forms = self.rules.get('forms') or {}
        name = node.form.name if node.form.name in forms else '*'
        for indx, text in enumerate((forms.get(name) or {}).get(kind) or ()):
            yield name, indx, text

    async def _omit(self, path: Path) -> bool:
        for _, _, text in self._of_form(path.node, 'filters'):
            passed = False
            async for _batch in s_sub.inline(self.rt, path.clone(), text):
                passed = True
            if not passed:
                return True
        return False

    async def _neighbours(self, path: Path) -> typing.AsyncGenerator[tuple[Path, dict[str, Any]], None]:
        if self.rules.get('refs'):
            node = path.node
            for prop in node.form.props.values():
                valu = node.props.get(prop.name)
                if valu is None:
                    continue
                for form, refv in s_pivots.prop_refs(prop, valu):
                    for other in s_pivots.by_ndef(self.rt, form, refv):
                        yield path.fork(other), {'type': 'prop', 'prop': prop.name}
        for scope, indx, text in self._of_form(path.node, 'pivots'):
            async for item in s_plan.singles(s_sub.inline(self.rt, path.clone(), text)):
                yield item, {'type': 'rules', 'scope': scope, 'index': indx}

    async def _light(self, node: s_view.Node, iden: str) -> list[Edge]:
        """Return the light edges to and from the nodes that are shown."""
        await self.rt.editor.flush()
        if node.nid is None:
            return []
        known = self.shown | set(self.rules.get('existing') or ()) | {iden}
        retn: list[Edge] = []
        for reverse in (False, True):
            for verb, nid in self.rt.view.edges(node.nid, None, reverse):
                other = self.rt.view.iden_of(nid)
                if other is None or other.hex() not in known:
                    continue
                if reverse and other.hex() == iden:
                    continue  # an edge to itself was seen in the other direction
                info: dict[str, Any] = {'type': 'edge', 'verb': verb}
                if reverse:
                    info['reverse'] = True
                retn.append((other.hex(), info))
        return retn


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
                forms.setdefault(form, {}).setdefault(kind, []).append(text)
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
