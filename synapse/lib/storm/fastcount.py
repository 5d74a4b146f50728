"""Counting without making nodes: plans of lifts and filters that indexes can answer are counted by keys and ids."""

from __future__ import annotations

import typing

import synapse.lib.limits as s_limits
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.filters as s_filters
import synapse.lib.storm.lifts as s_lifts
import synapse.lib.storm.optimize as s_optimize
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
