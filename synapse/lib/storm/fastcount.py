"""Counting without making nodes: plans of lifts and filters that indexes can answer, and a pivot or walk
behind a lift, are counted by keys and ids."""

from __future__ import annotations

import typing

import synapse.lib.layer.record as s_record
import synapse.lib.limits as s_limits
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.filters as s_filters
import synapse.lib.storm.lifts as s_lifts
import synapse.lib.storm.optimize as s_optimize
import synapse.lib.storm.pivots as s_pivots
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime


async def count(rt: s_runtime.Runtime, plan: s_plan.Plan) -> int | None:
    """Return the number of nodes of a plan, None where it has to be run to know."""
    if plan.edits or not plan.opers or not rt.view.single:
        return None
    if all(isinstance(oper, s_lifts.Lift) and oper.value.runtsafe for oper in plan.opers):
        return await _lifts(rt, typing.cast('list[s_lifts.Lift]', plan.opers))
    head, *rest = plan.opers
    if isinstance(head, s_lifts.Lift) and head.value.runtsafe:
        if all(isinstance(oper, s_filters.Filter) and oper.index is not None for oper in rest):
            return await _filtered(rt, head, typing.cast('list[s_filters.Filter]', rest))
        if len(rest) == 1 and isinstance(rest[0], s_pivots.Pivot):
            return await _pivoted(rt, head, rest[0])
    return None


async def _lifts(rt: s_runtime.Runtime, lifts: list[s_lifts.Lift]) -> int | None:
    total = 0
    for lift in lifts:
        pick = await lift.pick(rt, None)
        number = pick.count(rt.view) if pick.known() else None
        if number is None:
            return None
        total += number
    return total


async def _filtered(rt: s_runtime.Runtime, head: s_lifts.Lift, filters: list[s_filters.Filter]) -> int | None:
    """Intersect and subtract sets of ids: all nodes of the lift are of one form, so each index tells about all."""
    form = _form(rt, head)
    pick = await head.pick(rt, None)
    if form is None or not pick.known() or pick.nodes is not None or pick.test is not None:
        return None
    picks: list[tuple[bool, s_lifts.Pick]] = []
    for filt in filters:
        other = await typing.cast(s_optimize.Index, filt.index).pick(rt, form)
        if other is None or other.test is not None:
            return None
        number = other.count(rt.view)
        if number is None or number > s_limits.STORM_IDSET:
            return None
        picks.append((filt.want, other))
    nids = await _nids(rt, pick)
    for want, other in picks:
        ids = set() if other.nodes is not None else set(await _nids(rt, other))
        nids = [nid for nid in nids if (nid in ids) is want]
    return len(nids)


async def _pivoted(rt: s_runtime.Runtime, head: s_lifts.Lift, pivot: s_pivots.Pivot) -> int | None:
    """Count the nodes to which those of a lift lead: by their values, or at the other end of edges."""
    pick = await head.pick(rt, None)
    form = pick.form(rt.model)
    if form is None or not pick.known() or pick.nodes is not None or pick.test is not None:
        return None
    source, common, total = pick.source(rt.view), None, 0
    while nids := source.nids(s_limits.STORM_BATCH):
        common = common or await pivot.common(rt)  # not before there is a node: it may be an error
        number = None if common is None else await _led_to(rt, form, pivot, nids, *common)
        if number is None:
            return None
        total += number
        await rt.breathe()
    return total


async def _led_to(
    rt: s_runtime.Runtime, form: typing.Any, pivot: s_pivots.Pivot, nids: list[bytes], valu: typing.Any
) -> int | None:
    """Return to how many nodes some of a form lead, None where that takes the nodes."""
    view = rt.view
    if pivot.ends is not None:
        total = 0
        for nid in nids:
            ends = pivot.ends(view, nid, valu)
            if ends is None:
                return None
            for part in view.existing(ends):
                total += len(part)
                await rt.breathe()
        return total
    way = None if pivot.way is None else pivot.way(form, valu)
    if way is None:
        return None
    ndefs = []
    for byts in view.wlyr.records(nids).values():
        props = s_record.props(byts)
        ndefs += [(target, props[name]) for name, target in way if name in props]
    return view.count_ndefs(ndefs)


def _form(rt: s_runtime.Runtime, head: s_lifts.Lift) -> typing.Any:
    lift = head.lift if isinstance(head, s_optimize.FusedLift) else head
    if not lift.whole:
        return None
    return rt.model.form(s_coerce.tostr(lift.value.const))


async def _nids(rt: s_runtime.Runtime, pick: s_lifts.Pick) -> list[bytes]:
    source, nids = pick.source(rt.view), []
    while more := source.nids(s_limits.STORM_BATCH * 8):
        nids.extend(more)
        await rt.breathe()
    return nids
