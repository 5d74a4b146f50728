"""Counting without making nodes: a plan that begins with a lift is counted by index keys or by ids where that is possible."""

from __future__ import annotations

import synapse.lib.storm.lifts as s_lifts
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime


async def count(rt: s_runtime.Runtime, plan: s_plan.Plan) -> int | None:
    """Return the number of nodes of a plan that consists of lifts alone, None for any other."""
    if plan.edits or not plan.opers:
        return None
    total = 0
    for oper in plan.opers:
        if not isinstance(oper, s_lifts.Lift) or not oper.value.runtsafe:
            return None
    for oper in plan.opers:
        number = (await oper.pick(rt, None)).count(rt.view)  # type: ignore[attr-defined]
        if number is None:
            return None
        total += number
    return total
