"""``$lib.projects``: projects with epics, sprints, tickets and comments, kept as nodes (spec: storm-runtime.md 21).

Who may do what is up to permissions of their own, which count for the real user also in privileged code; those on nodes
do not matter. A project is the auth gate of all that is in it. Who made a ticket may say what it is about, and delete
it; a comment is changed by nobody but its author.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.picks as s_picks
import synapse.lib.storm.pivots as s_pivots
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Node = s_view.Node
Runtime = s_runtime.Runtime
lib, method = s_registry.lib, s_registry.method
s_registry.libdoc('$lib.projects', 'Projects, and what is to be done in them.')


class Item(s_coerce.StormObj):
    """A project, epic, sprint, ticket or comment: a node that belongs to a project."""

    def __init__(self, kind: str, node: Node, project: str) -> None:
        self.kind = kind
        self.storm_name = f'proj:{kind}'
        self.node = node
        self.project = project  # the guid, which is the iden of the gate

    def storm_value(self) -> Any:
        return self.node.valu

    def storm_repr(self) -> str:
        return f'{self.storm_name}: {self.node.valu}'

    def live(self) -> Node:
        """Return the node. Raises: StormRuntimeError, when it was deleted."""
        if self.node.deleted:
            raise s_exc.StormRuntimeError(mesg=f'{self.kind.capitalize()} has been deleted')
        return self.node

    def made_by(self, rt: Runtime) -> bool:
        """Did the user of the query make it?"""
        return bool(self.live().props.get('creator') == rt.query.user.iden)


class Items(s_coerce.StormObj):
    """The epics, sprints or tickets of a project, or the comments of a ticket."""

    def __init__(self, rt: Runtime, kind: str, owner: Item) -> None:
        self.rt = rt
        self.kind = kind
        self.storm_name = f'proj:{kind}s'
        self.owner = owner

    def storm_repr(self) -> str:
        return f'{self.storm_name}: {self.owner.node.valu}'

    async def storm_iter(self) -> typing.AsyncGenerator[Item, None]:
        for node in await self.nodes():
            yield Item(self.kind, node, self.owner.project)

    async def nodes(self) -> list[Node]:
        """Return the nodes."""
        return await _lift(self.rt, f'proj:{self.kind}', self.owner.kind, '=', self.owner.live().valu)


async def _lift(rt: Runtime, form: str, name: str, cmpr: str, valu: Any) -> list[Node]:
    prop = rt.model.reqForm(form).reqProp(name)
    await rt.editor.flush()
    lifts = prop.type.lifts(cmpr, valu)
    return s_picks.all_nodes(rt, s_picks.Pick([s_picks.index_name(prop)], lifts, s_picks.range_test(prop, lifts)))


async def _find(rt: Runtime, kind: str, text: str, project: str | None = None) -> Node | None:
    """Return the node with a guid, a name or a name that begins so. Raises: StormRuntimeError, if there are several."""
    form = f'proj:{kind}'
    await rt.editor.flush()
    node = rt.editor.node_by_ndef(form, text)
    if node is not None:
        return node if project in (None, node.props.get('project')) else None
    found = await _lift(rt, form, 'name', '^=', text)
    found = [node for node in found if project in (None, node.props.get('project'))]
    exact = [node for node in found if node.props['name'] == text]
    found = exact or found
    if len(found) > 1:
        raise s_exc.StormRuntimeError(mesg=f'Ambiguous value for single node lookup: {form}:name^={text}')
    return found[0] if found else None


def _confirm(rt: Runtime, gate: str, *perm: str) -> None:
    """Raise AuthDeny unless the real user may; privileges that were lent to the query do not count."""
    rt.query.user.confirm(('project', *perm), gateiden=gate)


def _projects(rt: Runtime) -> Any:
    return rt.query.core.cortex.projects


async def _make(rt: Runtime, kind: str, props: dict[str, Any]) -> Node:
    """Make a node with these properties; those that are None are left out. Raises: BadTypeValu."""
    form, now = rt.model.reqForm(f'proj:{kind}'), s_common.now()
    props = {**props, 'creator': rt.query.user.iden, 'created': now}
    if kind in ('ticket', 'comment'):
        props['updated'] = now
    normed = {name: _norm(form.props[name], valu) for name, valu in props.items() if valu is not None}
    rt.writable()
    mark = rt.editor.mark()
    node = rt.editor.add_node(form, s_common.guid())
    for name, norm in normed.items():
        rt.editor.set_prop(node, form.props[name], *norm)
    rt.edited(mark)
    await rt.editor.flush()
    return node


def _norm(prop: Any, valu: Any) -> tuple[Any, Any]:
    try:
        norm: tuple[Any, Any] = prop.type.norm(s_coerce.tostor(valu))
        return norm
    except s_exc.BadTypeValu as e:
        e.set('mesg', f'Bad prop value {prop.full}={valu!r} : {e.get("mesg")}')
        e.set('form', prop.form.name)
        e.set('prop', prop.name)
        raise


async def _put(rt: Runtime, node: Node, name: str, valu: Any) -> None:
    """Set a property, or remove it if the value is None. Raises: BadTypeValu."""
    prop = node.form.props[name]
    norm = None if valu is None else _norm(prop, valu)
    rt.writable()
    mark = rt.editor.mark()
    if norm is not None:
        rt.editor.set_prop(node, prop, *norm)
    elif name in node.props:
        rt.editor.del_prop(node, prop)
    if node.form.name in ('proj:ticket', 'proj:comment'):
        rt.editor.set_prop(node, node.form.props['updated'], s_common.now())
    rt.edited(mark)
    await rt.editor.flush()


async def _drop(rt: Runtime, node: Node) -> None:
    """Delete a node. Raises: CantDelNode, while others refer to it."""
    rt.writable()
    await rt.editor.flush()
    for other in s_pivots.refs_in(rt, node):
        if other.iden != node.iden:
            info = {'form': node.form.name, 'iden': node.iden.hex()}
            raise s_exc.CantDelNode(mesg='Other nodes still refer to this node.', **info)
    mark = rt.editor.mark()
    rt.editor.del_node(node)
    rt.edited(mark)
    await rt.editor.flush()


# projects


@lib('$lib.projects.get', readonly=False)
async def projects_get(rt: Runtime, name: str) -> Item | None:
    """Return the project with a guid or a name, or with the only name that begins so; null without one."""
    node = await _find(rt, 'project', name)
    if node is None:
        return None
    # one that was made as a plain node has no gate yet
    await _projects(rt).ensure(node.valu, node.props.get('creator', rt.query.user.iden))
    return Item('project', node, node.valu)


@lib('$lib.projects.add', readonly=False)
async def projects_add(rt: Runtime, name: str, desc: str = '') -> Item:
    """Make a project. Raises: AuthDeny."""
    _confirm(rt, rt.view.iden, 'add')
    node = await _make(rt, 'project', {'name': name, 'desc': desc})
    await _projects(rt).ensure(node.valu, rt.query.user.iden)
    return Item('project', node, node.valu)


@lib('$lib.projects.del', readonly=False)
async def projects_del(rt: Runtime, name: str) -> bool:
    """Delete a project; returns false if there is none. Raises: AuthDeny, CantDelNode (something is in it)."""
    node = await _find(rt, 'project', name)
    if node is None:
        return False
    _confirm(rt, rt.view.iden, 'del')
    await _drop(rt, node)
    if rt.editor.node_by_ndef('proj:project', node.valu) is None:  # in a fork it may still be seen
        await _projects(rt).remove(node.valu)
    return True


# what is in them


async def _get(rt: Runtime, obj: Items, name: str) -> Item | None:
    node = await _find(rt, obj.kind, name, obj.owner.project)
    return None if node is None else Item(obj.kind, node, obj.owner.project)


async def _add(rt: Runtime, obj: Items, props: dict[str, Any]) -> Item:
    _confirm(rt, obj.owner.project, obj.kind, 'add')
    node = await _make(rt, obj.kind, {**props, obj.owner.kind: obj.owner.live().valu})
    return Item(obj.kind, node, obj.owner.project)


async def _del(rt: Runtime, obj: Items, name: str) -> bool:
    item = await _get(rt, obj, name)
    if item is None:
        return False
    if obj.kind != 'ticket' or not item.made_by(rt):
        _confirm(rt, item.project, item.kind, 'del')
    if obj.kind == 'ticket':
        for node in await _lift(rt, 'proj:comment', 'ticket', '=', item.node.valu):
            await _drop(rt, node)
    else:
        for node in await _lift(rt, 'proj:ticket', obj.kind, '=', item.node.valu):
            await _put(rt, node, obj.kind, None)
    await _drop(rt, item.node)
    return True


def _named(kind: str) -> None:
    """Register what the items of a project that have names share."""
    plural = f'proj:{kind}s'

    async def get(rt: Runtime, obj: Items, name: str) -> Item | None:
        return await _get(rt, obj, name)

    async def delete(rt: Runtime, obj: Items, name: str) -> bool:
        return await _del(rt, obj, name)

    get.__doc__ = f'Return the {kind} with a guid or a name, or with the only name that begins so; null without one.'
    delete.__doc__ = f'Delete a {kind}; returns false if there is none. Raises: AuthDeny, CantDelNode.'
    method(plural, 'get', readonly=kind == 'ticket')(get)
    method(plural, 'del', readonly=False)(delete)


for _kind in ('epic', 'sprint', 'ticket'):
    _named(_kind)


@method('proj:epics', 'add', readonly=False)
async def epics_add(rt: Runtime, obj: Items, name: str) -> Item:
    """Make an epic. Raises: AuthDeny."""
    return await _add(rt, obj, {'name': name})


@method('proj:sprints', 'add', readonly=False)
async def sprints_add(rt: Runtime, obj: Items, name: str, period: Any = None) -> Item:
    """Make a sprint. Raises: AuthDeny, BadTypeValu."""
    return await _add(rt, obj, {'name': name, 'status': 'planned', 'period': period})


@method('proj:tickets', 'add', readonly=False)
async def tickets_add(rt: Runtime, obj: Items, name: str, desc: str = '') -> Item:
    """Make a ticket. Raises: AuthDeny."""
    return await _add(rt, obj, {'name': name, 'desc': desc, 'status': 0, 'priority': 0})


@method('proj:comments', 'add', readonly=False)
async def comments_add(rt: Runtime, obj: Items, text: str) -> Item:
    """Make a comment. Raises: AuthDeny."""
    return await _add(rt, obj, {'text': text})


@method('proj:comments', 'get')
async def comments_get(rt: Runtime, obj: Items, guid: str) -> Item | None:
    """Return the comment with a guid; null without one."""
    found = next((node for node in await obj.nodes() if node.valu == guid), None)
    return None if found is None else Item('comment', found, obj.owner.project)


@method('proj:comment', 'del', readonly=False)
async def comment_del(rt: Runtime, obj: Item) -> bool:
    """Delete the comment. Raises: AuthDeny, StormRuntimeError (it was deleted)."""
    if not obj.made_by(rt):
        _confirm(rt, obj.project, 'comment', 'del')
    await _drop(rt, obj.live())
    return True


# their attributes

_ATTRS = {
    'project': ('name',),
    'epic': ('name',),
    'sprint': ('name', 'desc', 'status'),
    'ticket': ('name', 'desc', 'epic', 'sprint', 'status', 'assignee', 'priority'),
    'comment': ('text',),
}
_PARTS = {'project': ('epic', 'sprint', 'ticket'), 'ticket': ('comment',)}
_NEEDED = ('status', 'priority', 'text')  # what a ticket or comment always has
_OWN = ('name', 'desc', 'epic')  # what may be set of a ticket by who made it


def _attr(kind: str, name: str) -> None:
    def get(rt: Runtime, obj: Item) -> str | int | None:
        valu: str | int | None = obj.live().props.get(name)
        return valu

    get.__doc__ = f'The {name} of the {kind}.'
    s_registry.getter(f'proj:{kind}', name)(get)


def _part(kind: str, part: str) -> None:
    def get(rt: Runtime, obj: Item) -> Items:
        return Items(rt, part, obj)

    get.__doc__ = f'The {part}s of the {kind}.'
    s_registry.getter(f'proj:{kind}', f'{part}s')(get)


@s_registry.getter('proj:sprint', 'tickets')
async def sprint_tickets(rt: Runtime, obj: Item) -> typing.AsyncGenerator[Item, None]:
    """The tickets of the sprint."""
    for node in await _lift(rt, 'proj:ticket', 'sprint', '=', obj.live().valu):
        yield Item('ticket', node, obj.project)


async def _set(rt: Runtime, obj: Item, name: Any, valu: Any) -> None:
    if name not in _ATTRS[obj.kind]:
        mesg = f'Setting {s_coerce.text(name)} is not supported on {obj.storm_name}.'
        raise s_exc.NoSuchName(mesg=mesg, name=s_coerce.text(name))
    node = obj.live()
    if obj.kind == 'comment':
        if not obj.made_by(rt):
            raise s_exc.AuthDeny(mesg='Comment was created by a different user', user=rt.query.user.iden)
    elif obj.kind != 'ticket' or name not in _OWN or not obj.made_by(rt):
        _confirm(rt, obj.project, *(() if obj.kind == 'project' else (obj.kind,)), 'set', name)
    if valu is None or valu is s_coerce.undef:
        if name in _NEEDED and obj.kind != 'sprint':
            raise s_exc.BadTypeValu(mesg=f'A {obj.kind} cannot be without {name}.', name=name)
        valu = None
    elif name in ('epic', 'sprint'):
        valu = await _part_of(rt, obj, name, valu)
    elif name == 'assignee':
        valu = _user(rt, s_coerce.tostr(valu))
    else:
        valu = s_coerce.tostr(valu)
    await _put(rt, node, name, valu)


def _user(rt: Runtime, name: str) -> str:
    """Return the iden of a user. Raises: NoSuchUser."""
    user = rt.query.user.auth.getUserByName(name)
    if user is None:
        raise s_exc.NoSuchUser(mesg=f'No user found by the name {name}', username=name)
    return str(user.iden)


async def _part_of(rt: Runtime, obj: Item, kind: str, valu: Any) -> str:
    """Return the guid of an epic or sprint of the project of a ticket. Raises: NoSuchName."""
    text = s_coerce.tostr(valu.node.valu if isinstance(valu, Item) else valu.valu if type(valu) is Node else valu)
    node = await _find(rt, kind, text, obj.project)
    if node is None:
        raise s_exc.NoSuchName(mesg=f'No {kind} found by that name/iden ({text}).', name=text)
    return str(node.valu)


for _kind, _names in _ATTRS.items():
    s_registry.typedoc(f'proj:{_kind}', f'A {_kind} of a project.' if _kind != 'project' else 'A project.')
    s_registry.SETTERS[f'proj:{_kind}'] = _set
    for _name in _names:
        _attr(_kind, _name)
for _kind, _names in _PARTS.items():
    for _name in _names:
        s_registry.typedoc(f'proj:{_name}s', f'The {_name}s of a {_kind}.')
        _part(_kind, _name)
