"""``$lib.cortex.httpapi``: HTTP endpoints that are answered by Storm (spec: storm-runtime.md 23)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.auth.objs as s_libauth
import synapse.lib.storm.libs.automation.trigger as s_libtrigger
import synapse.lib.storm.libs.graph.views as s_libviews
import synapse.lib.storm.libs.root as s_libroot
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
Def = dict[str, Any]
lib, method, getter = s_registry.lib, s_registry.method, s_registry.getter
s_registry.libdoc('$lib.cortex', 'The Cortex.')
s_registry.libdoc('$lib.cortex.httpapi', 'HTTP endpoints that are answered by Storm.')
s_registry.typedoc('http:api', 'An HTTP endpoint that is answered by Storm.')
s_registry.typedoc('http:api:methods', 'The queries of an HTTP endpoint, by method.')
s_registry.typedoc('http:api:perms', 'The permissions that a caller of an HTTP endpoint needs.')
s_registry.typedoc('http:api:vars', 'The variables that the queries of an HTTP endpoint begin with.')
_METHODS = ('delete', 'get', 'head', 'options', 'patch', 'post', 'put')


class WebApi(s_coerce.StormObj):
    """An endpoint."""

    storm_name = 'http:api'

    def __init__(self, apis: Any, iden: str) -> None:
        self.apis = apis
        self.iden = iden

    @property
    def info(self) -> Def:
        """The definition as it is now. Raises: NoSuchIden."""
        return typing.cast(Def, self.apis.get(self.iden))

    async def set(self, rt: Runtime, name: str, valu: Any) -> None:
        """Change a field. Raises: AuthDeny, and what the value deserves."""
        _confirm(rt, 'set')
        await rt.editor.flush()
        await self.apis.modify(self.iden, name, valu)

    def storm_repr(self) -> str:
        info = self.info
        return f'http:api: {info["name"] or "<no name>"} ({self.iden}), path={info["path"]}'


class Part(s_coerce.StormObj):
    """A field of an endpoint that has items."""

    field = ''

    def __init__(self, api: WebApi) -> None:
        self.api = api

    @property
    def items(self) -> Any:
        """The items as they are now, to be changed and given back."""
        return s_coerce.wrap(self.api.info[self.field])

    def storm_value(self) -> Any:
        return s_coerce.toprim(self.items)

    def storm_repr(self) -> str:
        return s_coerce.text(self.items)

    def storm_len(self) -> int:
        """Return the number of items."""
        return len(self.items)

    def storm_bool(self) -> bool:
        return bool(self.items)


class Methods(Part):
    """The queries by method."""

    storm_name = 'http:api:methods'
    field = 'methods'

    def storm_iter(self) -> Any:
        return iter(list(self.items.items()))

    def storm_repr(self) -> str:
        return f'{self.storm_name}: {s_coerce.text(self.items)}'


class Vars(Part):
    """The variables."""

    storm_name = 'http:api:vars'
    field = 'vars'

    def storm_dict(self) -> Def:
        """Return the variables, for $lib.dict."""
        return typing.cast(Def, self.items)

    def storm_iter(self) -> Any:
        return iter(list(self.items.items()))


class Perms(Part):
    """The permissions: ``{perm, default}``."""

    storm_name = 'http:api:perms'
    field = 'perms'

    def storm_iter(self) -> Any:
        return iter(self.items)


def apis_of(rt: Runtime) -> Any:
    """Return the endpoints of the Cortex."""
    return rt.query.core.cortex.webapis


def _confirm(rt: Runtime, what: str) -> None:
    rt.confirm(('storm', 'lib', 'cortex', 'httpapi', what))


@lib('$lib.cortex.httpapi.add', readonly=False)
async def api_add(
    rt: Runtime,
    path: str,
    name: str = '',
    desc: str = '',
    runas: str = 'owner',
    authenticated: bool = True,
    readonly: bool = False,
    iden: str | None = None,
) -> WebApi:
    """Make an endpoint below /api/ext/, the last one in order; its path is a regular expression.

    Its queries run in the view of this one, as the user of this one (runas owner) or as the caller (runas user).
    Raises: AuthDeny, BadArg, SchemaViolation, DupIden.
    """
    _confirm(rt, 'add')
    await rt.editor.flush()
    info = {'path': path, 'name': name, 'desc': desc, 'runas': runas, 'authenticated': authenticated}
    info['readonly'] = readonly
    adef = await apis_of(rt).add(info, rt.query.user.iden, rt.view.iden, iden=iden)
    return WebApi(apis_of(rt), adef['iden'])


@lib('$lib.cortex.httpapi.del', readonly=False)
async def api_del(rt: Runtime, iden: str) -> None:
    """Remove an endpoint. Raises: AuthDeny, BadArg."""
    _confirm(rt, 'del')
    await rt.editor.flush()
    await apis_of(rt).delete(iden)


@lib('$lib.cortex.httpapi.get')
def api_get(rt: Runtime, iden: str) -> WebApi:
    """Return an endpoint. Raises: AuthDeny, NoSuchIden."""
    _confirm(rt, 'get')
    return WebApi(apis_of(rt), apis_of(rt).get(iden)['iden'])


@lib('$lib.cortex.httpapi.getByPath')
def api_bypath(rt: Runtime, path: str) -> WebApi | None:
    """Return the first endpoint that has this text as its path, null without. Raises: AuthDeny."""
    _confirm(rt, 'get')
    adef = apis_of(rt).by_path(path)
    return None if adef is None else WebApi(apis_of(rt), adef['iden'])


@lib('$lib.cortex.httpapi.list')
def api_list(rt: Runtime) -> list[WebApi]:
    """Return the endpoints, in the order in which their paths are tried. Raises: AuthDeny."""
    _confirm(rt, 'get')
    return [WebApi(apis_of(rt), iden) for iden in apis_of(rt).order()]


@lib('$lib.cortex.httpapi.index', readonly=False)
async def api_index(rt: Runtime, iden: str, index: int = 0) -> int:
    """Give an endpoint a place in the order, and return it. Raises: AuthDeny, NoSuchIden, BadArg."""
    _confirm(rt, 'set')
    await rt.editor.flush()
    return int(await apis_of(rt).move(iden, index))


# the endpoint


s_registry.facts(
    'http:api',
    lambda obj, name: obj.info[name],
    {
        'iden': 'The iden of the endpoint.',
        'path': 'A regular expression for what stands behind /api/ext/; can be assigned.',
        'name': 'The name of the endpoint; can be assigned.',
        'desc': 'What the endpoint is for; can be assigned.',
        'runas': 'As whom its queries run: owner or user; can be assigned.',
        'authenticated': 'Whether callers have to log in; can be assigned.',
        'readonly': 'Whether its queries are readonly; can be assigned.',
        'pool': 'Whether its queries may run in the Storm pool; can be assigned.',
        'created': 'When it was made.',
        'updated': 'When it was changed.',
    },
)


def _user(rt: Runtime, obj: WebApi, name: str) -> s_libauth.User:
    iden = obj.info[name]
    user = rt.query.core.cortex.auth.user(iden)
    if user is None:
        raise s_exc.NoSuchUser(mesg=f'HTTP API {name} does not exist {iden}', user=iden)
    return s_libauth.User(user)


@getter('http:api', 'creator')
def api_creator(rt: Runtime, obj: WebApi) -> s_libauth.User:
    """The user who made it."""
    return _user(rt, obj, 'creator')


@getter('http:api', 'owner')
def api_owner(rt: Runtime, obj: WebApi) -> s_libauth.User:
    """The user it belongs to; can be assigned."""
    return _user(rt, obj, 'owner')


@getter('http:api', 'view')
def api_view(rt: Runtime, obj: WebApi) -> s_libviews.View:
    """The view its queries run in; can be assigned."""
    iden = obj.info['view']
    view = rt.query.core.cortex.stacks.views.get(iden)
    if view is None:
        raise s_exc.NoSuchView(mesg=f'No view with iden={iden!r}', iden=iden)
    return s_libviews.View(rt, view)


@getter('http:api', 'methods')
def api_methods(rt: Runtime, obj: WebApi) -> Methods:
    """The queries by method."""
    return Methods(obj)


@getter('http:api', 'perms')
def api_perms(rt: Runtime, obj: WebApi) -> Perms:
    """The permissions that a caller needs; can be assigned."""
    return Perms(obj)


@getter('http:api', 'vars')
def api_vars(rt: Runtime, obj: WebApi) -> Vars:
    """The variables that its queries begin with; can be assigned."""
    return Vars(obj)


@method('http:api', 'pack')
def api_pack(rt: Runtime, obj: WebApi) -> Def:
    """Return the definition."""
    return typing.cast(Def, s_coerce.wrap(obj.info))


def _owner(valu: Any) -> Any:
    return valu.iden if isinstance(valu, s_libauth.User) else s_coerce.tostr(valu)


def _view(valu: Any) -> Any:
    return valu.view.iden if isinstance(valu, s_libviews.View) else s_coerce.tostr(valu)


def _perm(valu: Any) -> Any:
    """Return what is kept of a permission: text with dots becomes a path."""
    valu = s_coerce.toprim(valu)
    return {'perm': valu.split('.')} if isinstance(valu, str) else valu


def _perms(valu: Any) -> Any:
    valu = s_coerce.toprim(valu)
    return [_perm(item) for item in valu] if isinstance(valu, (list, tuple)) else valu


_SETTABLE: dict[str, typing.Callable[[Any], Any]] = {
    **dict.fromkeys(('path', 'name', 'desc', 'runas'), s_coerce.tostr),
    **dict.fromkeys(('authenticated', 'readonly', 'pool'), s_coerce.tobool),
    'owner': _owner,
    'view': _view,
    'perms': _perms,
    'vars': s_coerce.toprim,
}


async def _set(rt: Runtime, obj: WebApi, name: Any, valu: Any) -> None:
    func = _SETTABLE.get(s_coerce.tostr(name))
    if func is None:
        raise s_exc.NoSuchName(mesg=f'Setting {s_coerce.text(name)} is not supported on http:api.', name=name)
    await obj.set(rt, name, func(valu))


s_registry.SETTERS['http:api'] = _set


# methods and variables


def _method(name: str) -> None:
    def get(rt: Runtime, obj: Methods) -> str | None:
        return typing.cast('str | None', obj.items.get(name))

    get.__doc__ = f'The query for {name.upper()}; can be assigned.'
    getter('http:api:methods', name)(get)


for _name in _METHODS:
    _method(_name)


async def _set_method(rt: Runtime, obj: Methods, name: Any, valu: Any) -> None:
    if name not in _METHODS:
        mesg = f'Setting {s_coerce.text(name)} is not supported on http:api:methods.'
        raise s_exc.NoSuchName(mesg=mesg, name=s_coerce.text(name))
    items = obj.items
    if valu is s_coerce.undef:
        items.pop(name, None)
    else:
        items[name] = s_libtrigger.text_of(valu).strip()
    await obj.api.set(rt, 'methods', items)


async def _set_var(rt: Runtime, obj: Vars, name: Any, valu: Any) -> None:
    items, name = s_coerce.toprim(obj.items), s_coerce.tostr(name)
    if valu is s_coerce.undef:
        items.pop(name, None)
    else:
        items[name] = s_coerce.toprim(valu)
    await obj.api.set(rt, 'vars', items)


s_registry.SETTERS['http:api:methods'] = _set_method
s_registry.SETTERS['http:api:vars'] = _set_var
s_objects.dynamic('http:api:vars', lambda rt, obj, name: obj.items.get(s_coerce.tostr(name)))


# permissions, a list


async def _change(rt: Runtime, obj: Perms, items: typing.Iterable[Any]) -> None:
    await obj.api.set(rt, 'perms', [_perm(item) for item in items])


@method('http:api:perms', 'append', readonly=False)
async def perms_append(rt: Runtime, obj: Perms, valu: Any) -> None:
    """Add a permission: text with dots, or perm and default. Raises: AuthDeny, SchemaViolation."""
    await _change(rt, obj, [*obj.items, valu])


@method('http:api:perms', 'extend', readonly=False)
async def perms_extend(rt: Runtime, obj: Perms, valu: Any) -> None:
    """Add the permissions of a list. Raises: AuthDeny, SchemaViolation."""
    await _change(rt, obj, [*obj.items, *s_coerce.tolist(valu)])


@method('http:api:perms', 'pop', readonly=False)
async def perms_pop(rt: Runtime, obj: Perms) -> Any:
    """Remove the last permission and return it. Raises: AuthDeny, StormRuntimeError."""
    items = obj.items
    if not items:
        raise s_exc.StormRuntimeError(mesg='The permissions list is empty. Nothing to pop.')
    await _change(rt, obj, items[:-1])
    return items[-1]


@method('http:api:perms', 'reverse', readonly=False)
async def perms_reverse(rt: Runtime, obj: Perms) -> None:
    """Turn the order around. Raises: AuthDeny."""
    await _change(rt, obj, obj.items[::-1])


@method('http:api:perms', 'has', readonly=False)
def perms_has(rt: Runtime, obj: Perms, valu: Any) -> bool:
    """Return true if there is such a permission."""
    want = {'default': False, **valu} if isinstance(valu := _perm(valu), dict) else valu
    return any(s_coerce.same(item, want) for item in obj.items)


@method('http:api:perms', 'index')
def perms_index(rt: Runtime, obj: Perms, valu: int) -> Any:
    """Return the permission at a place. Raises: StormRuntimeError."""
    return s_objects.deref(rt, obj.items, valu)


@method('http:api:perms', 'length')
def perms_length(rt: Runtime, obj: Perms) -> int:
    """Return the number of permissions. Deprecated: use ``size()``."""
    s_libroot.deprecated(rt, 'StormType List.length() is deprecated. Use the size() method.')
    return obj.storm_len()


@method('http:api:perms', 'size')
def perms_size(rt: Runtime, obj: Perms) -> int:
    """Return the number of permissions."""
    return obj.storm_len()


@method('http:api:perms', 'slice', readonly=False)
def perms_slice(rt: Runtime, obj: Perms, start: int, end: int | None = None) -> list[Any]:
    """Return the permissions from start up to but without end; negative places count from the end."""
    return list(obj.items[start:end])


async def _set_perm(rt: Runtime, obj: Perms, name: Any, valu: Any) -> None:
    items = obj.items
    s_objects.setitem(rt, items, name, valu)
    await _change(rt, obj, items)


s_registry.SETTERS['http:api:perms'] = _set_perm
s_objects.dynamic('http:api:perms', lambda rt, obj, name: s_objects.deref(rt, obj.items, name))
