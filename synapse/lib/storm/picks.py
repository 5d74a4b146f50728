"""What a lift will yield once its names are resolved: ``Pick``, and how nodes are read from one.

A pick is either a list of nodes that are known by value, or a source over indexes together with the names of these
indexes and a test for what the index alone cannot decide.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Names = list[tuple[Any, ...]]
Test = typing.Callable[[s_view.Node], bool]


def _touched(name: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the name under which an editor notes changes to an index."""
    kind = name[0]
    if kind == 'tagprop':
        return name[:3]
    if kind == 'tag':
        return name[:2]
    return ('prop', *name[1:]) if kind == 'array' else name


class Pick:
    """What a resolved lift will yield.

    Args:
        names: The value indexes to read (as ``View.lift``), or ``('tag', tag)`` / ``('tag', tag, form)``.
        lifts: Ranges on them, None for all.
        test: Decides about each node where the index cannot.
        nodes: Known nodes instead of an index.
    """

    __slots__ = ('names', 'lifts', 'test', 'nodes', 'reverse')

    def __init__(
        self,
        names: Names,
        lifts: Any = None,
        test: Test | None = None,
        nodes: list[s_view.Node] | None = None,
        reverse: bool = False,
    ) -> None:
        self.names = names
        self.lifts = lifts
        self.test = test
        self.nodes = nodes
        self.reverse = reverse

    def known(self) -> bool:
        """Return True if this names something to lift."""
        return bool(self.names) or self.nodes is not None

    def form(self, model: Any) -> Any:
        """Return the form of all nodes that it will yield, None if there may be several."""
        if len(self.names) != 1 or self.names[0][0] not in ('prop', 'array'):
            return None
        return model.form(self.names[0][1])

    def touches(self) -> list[Any]:
        """Return the names under which an editor notes changes that this lift would see."""
        names = [_touched(name) for name in self.names]
        return names + [name[1] for name in names if name[0] == 'prop']  # new nodes are noted by form

    def source(self, view: s_view.View) -> Any:
        """Return the source of ids."""
        if self.names and self.names[0][0] == 'tag':
            _, tag, *form = self.names[0]
            return view.lift_tag(tag, form[0] if form else None, self.reverse)
        return view.lift(self.names, self.lifts, self.reverse)

    def count(self, view: s_view.View) -> int | None:
        """Return how many nodes it would yield if that is known without lifting."""
        if self.nodes is not None:
            return len(self.nodes)
        if self.test is not None:
            return None
        if self.names and self.names[0][0] == 'tag':
            _, tag, *form = self.names[0]
            return view.count_tag(tag, form[0] if form else None)
        return view.count(self.names, self.lifts)


async def lift_nodes(rt: s_runtime.Runtime, pick: Pick) -> typing.AsyncGenerator[list[s_view.Node], None]:
    """Yield the nodes of a pick in batches; one by one in a query that edits: the index is read as it then is."""
    if pick.nodes is not None:
        if pick.nodes:
            yield pick.nodes
        return
    query = rt.query
    touches = pick.touches()
    await rt.editor.settle(touches)
    source = pick.source(rt.view)
    size = 1 if query.edits else s_limits.STORM_BATCH_MIN
    test, form = pick.test, pick.form(rt.model)
    while True:
        if query.edits and rt.editor.touched:
            await rt.editor.settle(touches)
        nids = source.nids(size)
        if not nids:
            return
        nodes = [rt.node(nid) for nid in nids]
        if form is not None:
            for node in nodes:
                node.set_form(form)
        if test is not None:
            nodes = [node for node in nodes if test(node)]
        if nodes:
            yield nodes
        if not query.edits:
            size = min(size * 2, s_limits.STORM_BATCH)
        await rt.breathe()


def is_form(item: Any) -> bool:
    """Return True for a form, False for a prop."""
    return not hasattr(item, 'form')


def index_name(item: Any) -> tuple[Any, ...]:
    """Return the name of the index of a form's or prop's values."""
    return ('prop', item.name, None) if is_form(item) else ('prop', item.form.name, item.name)


def stored(item: Any) -> typing.Callable[[s_view.Node], Any]:
    """Return the function that reads the value of a form or prop from a node."""
    if is_form(item):
        return lambda node: node.valu
    name = item.name
    return lambda node: node.props.get(name)


def range_test(item: Any, lifts: typing.Sequence[Any]) -> Test | None:
    """Return the node test of index ranges, None when the keys alone decide."""
    tests = [lift.test for lift in lifts if lift.test is not None]
    if not tests:
        return None
    get = stored(item)

    def test(node: s_view.Node) -> bool:
        valu = get(node)
        return valu is not None and any(func(valu) for func in tests)

    return test


def all_nodes(rt: s_runtime.Runtime, pick: Pick) -> list[s_view.Node]:
    """Return all nodes of a pick at once; for the short lists of a pivot."""
    if pick.nodes is not None:
        return pick.nodes
    source = pick.source(rt.view)
    nodes: list[s_view.Node] = []
    while nids := source.nids(s_limits.STORM_BATCH):
        nodes.extend(rt.node(nid) for nid in nids)
    test = pick.test
    return nodes if test is None else [node for node in nodes if test(node)]


def array_pick(items: list[Any], cmpr: str, valu: Any, reverse: bool = False) -> Pick:
    """Resolve a lift by array elements. Raises: BadTypeValu for a property that is not an array."""
    first = items[0]
    if not first.type.isarray:
        mesg = f'Array syntax is invalid on non array type: {first.type.name}.'
        raise s_exc.BadTypeValu(mesg=mesg)
    lifts = soft_lifts(first.type.itemtype, cmpr, valu)
    test = _Elements(first, lifts, reverse) if any(lift.test is not None for lift in lifts) else None
    names = [('array', item.name, None) if is_form(item) else ('array', item.form.name, item.name) for item in items]
    return Pick(names, lifts, test, reverse=reverse)


def soft_lifts(typ: Any, cmpr: str, valu: Any) -> list[Any]:
    """Return the ranges of a comparison, none for ``?=`` with a wrong value. Raises: BadTypeValu, NoSuchCmpr."""
    soft = cmpr == '?='
    try:
        return list(typ.lifts('=' if soft else cmpr, s_coerce.tostor(valu)))
    except s_exc.BadTypeValu:
        if soft:
            return []
        raise


class _Elements:
    """Tells which elements of an array match where keys alone do not decide.

    An index of elements gives a node once for each of them, in the order of their keys; so the first time that it
    gives a node it is about its first element in range, and so on.
    """

    def __init__(self, item: Any, lifts: list[Any], reverse: bool) -> None:
        self.get = stored(item)
        self.typ = item.type.itemtype
        self.lifts = lifts
        self.reverse = reverse
        self.left: dict[bytes | None, list[bool]] = {}

    def __call__(self, node: s_view.Node) -> bool:
        left = self.left.get(node.nid)
        if left is None:
            left = self.left[node.nid] = self._verdicts(node)
        return bool(left and left.pop())

    def _verdicts(self, node: s_view.Node) -> list[bool]:
        """Return whether each element in range matches, the first one last."""
        parts = sorted({self.typ.indx(part): part for part in self.get(node) or ()}.items(), reverse=self.reverse)
        found = []
        for lift in self.lifts:
            for key, part in parts:
                inside = key == lift.lo if lift.exact else key >= lift.lo and (lift.hi is None or key < lift.hi)
                if inside:
                    found.append(lift.test is None or lift.test(part))
        return found[::-1]
