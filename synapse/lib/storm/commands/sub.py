"""Running queries that a command was given: inline, as another user, in another view."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.signals as s_signals

Any = typing.Any
Runtime = s_runtime.Runtime
Path = s_runtime.Path


def prepare(
    rt: Runtime,
    path: Path | None,
    query: Any,
    vars: dict[str, Any] | None = None,
    within: s_runtime.Query | None = None,
) -> tuple[Runtime, s_plan.Plan]:
    """Return a runtime with copies of all variables in scope, and the plan of a query (text or query object) for it.

    Raises: BadSyntax, NoSuchVar, BadArg.
    """
    inner = Runtime(within or rt.query, None)
    inner.vars.update(s_objects.capture(rt, path))
    if isinstance(query, s_objects.QueryObj):
        inner.vars.update(query.vars)
    inner.vars.update(vars or {})
    core = rt.query.core
    if isinstance(query, s_objects.QueryObj):
        return inner, core.plan_for(query.query, inner.vars)
    if not isinstance(query, str):
        raise s_exc.BadArg(mesg=f'A query must be text or a query object, not {s_objects.kind_of(query)}.')
    return inner, core.plan(query, 'storm', inner.vars)


async def inline(rt: Runtime, path: Path | None, query: Any, vars: dict[str, Any] | None = None) -> s_plan.Stream:
    """Run a query on one path (or without any); its nodes bring their variables along."""
    inner, plan = prepare(rt, path, query, vars)
    before = dict(inner.vars)
    rt.enter(plan.text)
    try:
        async for batch in plan.run(inner, None if path is None else s_plan.one(path)):
            yield batch
    finally:
        rt.leave()
    _hand_back(rt, inner, before)


async def over(rt: Runtime, genr: s_plan.Stream | None, query: Any) -> s_plan.Stream:
    """Run a query on a whole stream; its nodes bring their variables along."""
    inner, plan = prepare(rt, None, query)
    before = dict(inner.vars)
    rt.enter(plan.text)
    try:
        async for batch in plan.run(inner, genr):
            yield batch
    finally:
        rt.leave()
    _hand_back(rt, inner, before)


def _hand_back(rt: Runtime, inner: Runtime, before: dict[str, Any]) -> None:
    """Set the variables that a query assigned, for what comes behind its command."""
    for name, valu in inner.vars.items():
        if name[:1] != '\x00' and before.get(name, s_runtime.MISSING) is not valu:
            rt.assign(name, valu)


class Apart:
    """A query of its own within another one: for another user or view. Its messages join those of the outer one."""

    def __init__(self, rt: Runtime, view: Any, user: Any, asroot: bool = False) -> None:
        self.rt = rt
        outer = rt.query
        self.query = s_runtime.Query(outer.core, view, user, outer.opts)
        self.query.readonly = outer.readonly
        self.query.asroot = asroot
        self.query.out.open = outer.out.open
        self.query.depth = outer.depth

    async def run(self, path: Path | None, query: Any) -> None:
        """Run a query at a path (or without any) and drop its nodes. Raises: what it raises."""
        rt = self.rt
        await rt.editor.flush()
        inner, plan = prepare(rt, path, query, within=self.query)
        before = dict(inner.vars)
        self.query.edits = plan.edits
        rt.enter(plan.text)
        try:
            async for _ in plan.run(inner):
                await self._forward()
        except s_signals.Return:
            pass
        finally:
            rt.leave()
            for spool in self.query.spools or ():
                rt.query.opened(spool)  # variables may bring sets along
            self.query.spools = None
            await self.query.end()
            await self._forward()
        _hand_back(rt, inner, before)
        if plan.edits:
            forget(rt)

    async def _forward(self) -> None:
        out = self.query.out
        await out.publish()
        ready, out.ready = out.ready, []
        for mesg in ready:
            self.rt.out.forward(mesg)
        await self.rt.breathe()


def forget(rt: Runtime) -> None:
    """Read nodes again after somebody else changed them."""
    editor = rt.editor
    for node in list(editor.live.values()):
        if not node.dirty:
            node.forget()
    editor.known.clear()


def find_user(rt: Runtime, name: Any) -> Any:
    """Return a user by name or iden. Raises: NoSuchUser."""
    text = s_coerce.tostr(name)
    auth = rt.query.core.cortex.auth
    user = auth.user(text) or auth.getUserByName(text)
    if user is None:
        raise s_exc.NoSuchUser(mesg=f'No user with name or iden {text}.')
    return user
