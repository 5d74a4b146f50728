"""What the compiler does to a chain of operators so that indexes answer more of it (spec: storm-language.md 3.4).

``fuse``: a lift of a whole form followed by ``+:prop=v`` or ``+#tag`` becomes a lift of that property or tag.
Membership stays, order becomes that of the index. Each filter that an index can answer also says so (``Filter.pick``),
which ``fastcount`` uses to count without looking at nodes.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.filters as s_filters
import synapse.lib.storm.lifts as s_lifts
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.values as s_values

Any = typing.Any


class Index:
    """How an index answers a filter: ``pick(rt, form)`` resolves it for the nodes of one form, None where it cannot."""

    def __init__(self, cond: s_ast.CondTag | s_ast.CondProp, value: s_values.Value | None) -> None:
        self.cond = cond
        self.value = value

    async def pick(self, rt: s_runtime.Runtime, form: Any) -> s_lifts.Pick | None:
        """Return the pick of the nodes of a form that fulfil the condition."""
        cond = self.cond
        if isinstance(cond, s_ast.CondTag):
            return s_lifts.Pick([('tag', s_lifts.norm_tag(rt, cond.tag), form.name)])
        prop = form.props.get(cond.prop.name)
        if prop is None:
            return s_lifts.Pick([], nodes=[])
        if cond.cmpr is None:
            return s_lifts.Pick([s_lifts.index_name(prop)])
        if cond.cmpr not in _INDEXED:
            return None
        valu = await typing.cast(s_values.Value, self.value).get(rt, None)
        if valu is None:
            return s_lifts.Pick([], nodes=[])
        try:
            prop.type.cmpr(cond.cmpr, s_coerce.tostor(valu))  # filters refuse more
            return s_lifts.lift_value(rt, [prop], cond.cmpr, valu, False)
        except s_exc.NoSuchCmpr:
            return None


def index_of(node: s_ast.Cond, ctx: Any) -> Index | None:
    """Return how an index answers a condition, None if none does."""
    if isinstance(node, s_ast.CondTag):
        if node.cmpr is None and isinstance(node.tag, str) and '*' not in node.tag:
            return Index(node, None)
        return None
    if not isinstance(node, s_ast.CondProp) or not isinstance(node.prop.name, str) or node.prop.hops:
        return None
    if node.cmpr is None:
        return Index(node, None)
    value = ctx.value(node.value)
    return Index(node, value) if value.runtsafe and value.pure and not value.isasync else None


_INDEXED = ('=', '<', '>', '<=', '>=', 'range=', 'in=')


class FusedLift(s_lifts.Lift):
    """A lift of a form with a filter that an index answers; falls back to lift and filter where it does not."""

    def __init__(self, lift: s_lifts.Lift, filt: s_filters.Filter, index: Index) -> None:
        super().__init__(lift.resolve, lift.value)
        self.lift = lift
        self.filter = filt
        self.index = index

    async def pick(self, rt: s_runtime.Runtime, path: s_runtime.Path | None) -> s_lifts.Pick:
        form = rt.model.form(s_coerce.tostr(self.lift.value.const))
        pick = None if form is None or form.isrunt else await self.index.pick(rt, form)
        return s_lifts.Pick([]) if pick is None else pick

    async def run(self, rt: s_runtime.Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        if genr is None and (await self.pick(rt, None)).known():
            async for batch in super().run(rt, None):
                yield batch
            return
        async for batch in self.filter.run(rt, self.lift.run(rt, genr)):
            yield batch


def fuse(opers: list[s_plan.Oper]) -> list[s_plan.Oper]:
    """Return the operators with the first lift and filter fused where that is possible."""
    if len(opers) < 2 or type(opers[0]) is not s_lifts.Lift or not opers[0].whole:
        return opers
    filt = opers[1]
    if isinstance(filt, s_filters.Filter) and filt.want and filt.index is not None:
        return [FusedLift(opers[0], filt, filt.index), *opers[2:]]
    return opers
