"""``$lib.view`` and view objects: making, changing, merging and removing views (spec: storm-runtime.md 7)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.commands.sub as s_sub
import synapse.lib.storm.libs.graph.layers as s_liblayers
import synapse.lib.storm.libs.graph.views as s_libviews
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
View = s_libviews.View
lib, method = s_registry.lib, s_registry.method


def stacks_of(rt: Runtime) -> Any:
    """Return the layers and views of the Cortex."""
    return rt.query.core.cortex.stacks


def merger_of(rt: Runtime) -> Any:
    """Return what moves edits between layers (``synapse.lib.cortex.merge``)."""
    return rt.query.core.cortex.merger


def live(rt: Runtime, obj: View) -> s_view.View:
    """Return the view of an object. Raises: NoSuchView (it was deleted meanwhile)."""
    if stacks_of(rt).views.get(obj.view.iden) is not obj.view:
        raise s_exc.NoSuchView(mesg=f'No view with iden: {obj.view.iden}', iden=obj.view.iden)
    return obj.view


def req_admin(rt: Runtime, iden: str, mesg: str | None = None) -> None:
    """Raise AuthDeny unless the user of the query is an admin, a global one or of a gate."""
    if not rt.query.asroot:
        mesg = mesg or f'This action requires admin permissions on gate: {iden}'
        rt.query.user.reqAdmin(gateiden=iden, mesg=mesg)


async def _settled(rt: Runtime) -> None:
    """Flush the edits of the query: what is about to happen must come after them."""
    await rt.editor.flush()


@lib('$lib.view.add', readonly=False)
async def view_add(rt: Runtime, layers: Prim, name: Prim = None, worldreadable: bool = False) -> View:
    """Make a view over layers, given by their idens, the one that is written to first.

    Raises: AuthDeny, SchemaViolation, NoSuchLayer.
    """
    rt.confirm(('view', 'add'))
    for iden in layers if isinstance(layers, (list, tuple)) else ():
        if isinstance(iden, str) and iden in stacks_of(rt).layers:
            s_liblayers.req_readable(rt, stacks_of(rt).layers[iden])
    vdef = {'layers': layers, 'name': _text(name), 'worldreadable': worldreadable}
    return View(rt, await stacks_of(rt).add_view(vdef, rt.query.user.iden))


def _text(valu: Any) -> str | None:
    return None if valu is None or valu is s_coerce.undef else s_coerce.tostr(valu)


@lib('$lib.view.del', readonly=False)
async def view_del(rt: Runtime, iden: str) -> None:
    """Remove a view; its layers stay. Raises: NoSuchView, AuthDeny, CantDelView (protected), SynErr (main, parent)."""
    if iden not in stacks_of(rt).views:
        raise s_exc.NoSuchView(mesg=f'No such view {iden=}', iden=iden)
    rt.confirm(('view', 'del'), iden)
    await _settled(rt)
    await stacks_of(rt).del_view(iden)


@method('view', 'set', readonly=False)
async def view_set(rt: Runtime, obj: View, name: str, valu: Any) -> Any:
    """Set an option: name, desc, parent, protected (or nomerge), layers, quorum. Returns the value.

    Raises: AuthDeny, BadOptValu (the option), SchemaViolation (the value), and what the options raise.
    """
    view = live(rt, obj)
    valu = None if valu is s_coerce.undef else s_coerce.toprim(valu)
    if name == 'layers':
        req_admin(rt, view.iden)
        for iden in valu if isinstance(valu, (list, tuple)) else ():
            s_liblayers.req_readable(rt, stacks_of(rt).req_layer(iden))
    else:
        rt.confirm(('view', 'set', 'protected' if name == 'nomerge' else name), view.iden)
    if name in ('name', 'desc'):
        valu = _text(valu)
    elif name in ('protected', 'nomerge'):
        valu = s_coerce.tobool(valu)
    elif name == 'parent' and valu is None:
        if view.info.get('parent') is not None:
            raise s_exc.BadArg(mesg='You may not set parent on a view which already has one.')
        return None
    await _settled(rt)
    return s_coerce.keep(await stacks_of(rt).set_view(view.iden, name, valu))


# forks


def _confirm_fork(rt: Runtime, view: s_view.View) -> None:
    rt.confirm(('view', 'add'))
    rt.confirm(('view', 'read'), view.iden)
    if not rt.query.asroot:
        rt.query.user.confirm(('view', 'fork'), default=True, gateiden=view.iden)


@method('view', 'fork', readonly=False)
async def view_fork(rt: Runtime, obj: View, name: Prim = None) -> View:
    """Return a new view over a new layer and all that this view sees. Raises: AuthDeny."""
    view = live(rt, obj)
    _confirm_fork(rt, view)
    return View(rt, await stacks_of(rt).fork(view.iden, rt.query.user.iden, {'name': _text(name)}))


@method('view', 'insertParentFork', readonly=False)
async def view_insert_parent(rt: Runtime, obj: View, name: Prim = None) -> View:
    """Put a new fork between this fork and its parent and return it. Raises: AuthDeny, BadState (no fork)."""
    view = live(rt, obj)
    req_admin(rt, view.iden)
    rt.confirm(('view', 'add'))
    return View(rt, await stacks_of(rt).insert_parent(view.iden, rt.query.user.iden, {'name': _text(name)}))


@method('view', 'insertChildFork', readonly=False)
async def view_insert_child(rt: Runtime, obj: View, name: Prim = None) -> View:
    """Put a new fork between this view and its forks and return it. Raises: AuthDeny."""
    view = live(rt, obj)
    req_admin(rt, view.iden)
    _confirm_fork(rt, view)
    return View(rt, await stacks_of(rt).insert_child(view.iden, rt.query.user.iden, {'name': _text(name)}))


@method('view', 'detach', readonly=False)
async def view_detach(rt: Runtime, obj: View) -> None:
    """Make this fork a view of its own that goes on to see the same layers. Raises: AuthDeny, BadArg (no fork)."""
    view = live(rt, obj)
    req_admin(rt, view.iden, 'You must be an admin of the view to detach.')
    await stacks_of(rt).detach(view.iden)


# merging


@method('view', 'merge', readonly=False)
async def view_merge(rt: Runtime, obj: View, force: bool = False) -> None:
    """Write what the layer of this fork holds to the parent; the fork stays as it is.

    Raises: CantMergeView, ReadOnlyLayer, SynErr (the parent demands a quorum), AuthDeny.
    """
    view = live(rt, obj)
    await _settled(rt)
    await merger_of(rt).merge(view.iden, acting(rt))
    s_sub.forget(rt)


def acting(rt: Runtime) -> Any:
    """Return who is asked for permissions: the user, or root in a query that runs with all rights."""
    return rt.query.core.cortex.auth.rootuser if rt.query.asroot else rt.query.user


@method('view', 'wipeLayer', readonly=False)
async def view_wipe(rt: Runtime, obj: View) -> None:
    """Delete all that the write layer of the view holds, by edits. Raises: AuthDeny."""
    view = live(rt, obj)
    await _settled(rt)
    await merger_of(rt).wipe(view.iden, acting(rt))
    s_sub.forget(rt)


@method('view', 'swapLayer', readonly=False)
async def view_swap(rt: Runtime, obj: View) -> None:
    """Give the view a new empty write layer; the old one is deleted unless other views use it. Raises: AuthDeny."""
    view = live(rt, obj)
    req_admin(rt, view.iden)
    await _settled(rt)
    await merger_of(rt).swap_layer(view.iden, rt.query.user.iden)
    s_sub.forget(rt)


# node edits


@method('view', 'addNodeEdits', readonly=False)
async def view_edits(rt: Runtime, obj: View, edits: Prim) -> None:
    """Store node edits: a list of (iden, form, list of (type, values, ())).

    Raises: BadArg, NoSuchForm, NoSuchProp, AuthDeny (for any of them, before the first is stored).
    """
    view = live(rt, obj)
    rt.writable()
    layer = view.wlyr
    checked = merger_of(rt).check(view.model, _with_bytes(edits))
    for _, form, items in checked:
        for edit in items:
            rt.confirm(merger_of(rt).edit_perm(form, edit), layer.iden)
    await _settled(rt)
    user = rt.query.user.iden
    await view.changed(user, await layer.storNodeEdits(checked, {'time': s_common.now(), 'user': user}))
    s_sub.forget(rt)


def _with_bytes(edits: Any) -> Any:
    """Return node edits with idens as bytes, where they are text."""
    if not isinstance(edits, (list, tuple)):
        return edits
    retn = []
    for item in edits:
        if isinstance(item, (list, tuple)) and item and isinstance(item[0], str):
            try:
                item = (s_common.uhex(item[0]), *item[1:])
            except ValueError as e:
                raise s_exc.BadArg(mesg=f'The iden of a node edit must be 64 hex digits: {item[0]!r}'[:200]) from e
        retn.append(item)
    return retn
