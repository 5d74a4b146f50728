"""Extended HTTP endpoints: paths under ``/api/ext/`` that are answered by Storm (spec: cortex.md 9.4).

Here are the definitions and their order; ``webhandler`` answers the requests. A path is a regular expression for the
whole of what stands behind ``/api/ext/``; the first endpoint in order whose path matches is the one.
"""

from __future__ import annotations

import functools
import typing

import regex

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.limits as s_limits
import synapse.lib.nexus as s_nexus
import synapse.lib.schema as s_schema
import synapse.lib.slab as s_slab
import synapse.lib.storm.run as s_run

Any = typing.Any
Def = dict[str, Any]

METHODS = ('delete', 'get', 'head', 'options', 'patch', 'post', 'put')
_ORDER = 'order'

_TEXT = {'type': 'string'}
_FLAG = {'type': 'boolean'}
_IDEN = {'type': 'string', 'pattern': '^[0-9a-f]{32}$'}
_PERM = {
    'type': 'object',
    'properties': {'perm': {'type': 'array', 'items': _TEXT}, 'default': {'type': 'boolean', 'default': False}},
    'required': ['perm'],
}
_SETTABLE: Def = {
    'path': _TEXT,
    'name': {'type': 'string', 'default': ''},
    'desc': {'type': 'string', 'default': ''},
    'authenticated': {'type': 'boolean', 'default': True},
    'readonly': {'type': 'boolean', 'default': False},
    'pool': {'type': 'boolean', 'default': False},
    'runas': {'type': 'string', 'pattern': '^(owner|user)$'},
    'owner': _IDEN,
    'view': _IDEN,
    'methods': {'type': 'object', 'properties': dict.fromkeys(METHODS, _TEXT), 'additionalProperties': False},
    'perms': {'type': 'array', 'items': _PERM, 'default': []},
    'vars': {'type': 'object', 'default': {}},
}
_OWN: Def = {'iden': _IDEN, 'creator': _IDEN, 'created': {'type': 'number'}, 'updated': {'type': 'number'}}
_check = s_schema.checker(
    {
        'type': 'object',
        'properties': {**_SETTABLE, **_OWN},
        'required': ['path', 'runas', 'owner', 'view', 'methods', *_OWN],
        'additionalProperties': False,
    }
)


def checked(adef: Def) -> Def:
    """Return a definition with defaults. Raises: SchemaViolation, BadArg (the path)."""
    adef = typing.cast(Def, _check(adef))
    _compiled(adef['path'])
    return adef


@functools.lru_cache(maxsize=1024)
def _compiled(path: str) -> Any:
    """Return the expression of a path. Raises: BadArg."""
    mesg = f'Invalid path for Extended HTTP API - cannot compile regular expression for [{path[:1000]}] : '
    if len(path) > s_limits.WEBAPI_PATH:
        raise s_exc.BadArg(mesg=mesg + 'it is too long')
    try:
        return regex.compile(path)
    except (regex.error, RecursionError, ValueError, OverflowError, MemoryError) as e:
        raise s_exc.BadArg(mesg=f'{mesg}{e}') from None


class WebApis(s_nexus.Pusher):
    """The definitions by iden, in order. Whether a user may is decided by the callers."""

    async def __anit__(self, cell: s_cell.Cell) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:webapis', nexsroot=cell.nexsroot, slab=cell.slab)
        self.cell = cell
        self.table = s_slab.KeyVal(cell.slab, 'cortex:webapis')
        self.orders = s_slab.KeyVal(cell.slab, 'cortex:webapis:order')
        self.paths: list[tuple[str, Any]] | None = None  # iden and expression, in order; None after a change

    # asking

    def get(self, iden: Any) -> Def:
        """Return a definition. Raises: NoSuchIden."""
        found = self.table.get(iden) if s_common.isguid(iden) else None
        if found is None:
            raise s_exc.NoSuchIden(mesg=f'No extended http api for iden={iden!r}', iden=iden)
        return typing.cast(Def, found)

    def order(self) -> list[str]:
        """Return the idens, in order."""
        return list(self.orders.get(_ORDER) or ())

    def all(self) -> list[Def]:
        """Return the definitions, in order."""
        return [typing.cast(Def, self.table.get(iden)) for iden in self.order()]

    def by_path(self, path: str) -> Def | None:
        """Return the definition that has this very text as its path, the first in order; None without."""
        return next((adef for adef in self.all() if adef['path'] == path), None)

    def match(self, path: str) -> tuple[Def, list[str | None]] | None:
        """Return the first definition whose expression matches a path, and the groups of the match; None without.

        Raises: StormRuntimeError for an expression that takes too long.
        """
        if self.paths is None:
            self.paths = [(adef['iden'], _compiled(adef['path'])) for adef in self.all()]
        for iden, rule in self.paths:
            try:
                found = rule.fullmatch(path, timeout=s_limits.WEBAPI_MATCH)
            except TimeoutError:
                mesg = f'The path of Extended HTTP API {iden} takes too long to match.'
                raise s_exc.StormRuntimeError(mesg=mesg, iden=iden) from None
            if found is not None:
                return self.get(iden), list(found.groups())
        return None

    # changing

    async def add(self, info: Def, creator: str, view: str, iden: str | None = None) -> Def:
        """Add an endpoint as the last one; its creator owns it. Raises: SchemaViolation, BadArg, DupIden."""
        iden = s_common.guid() if iden is None else iden
        if s_common.isguid(iden):
            self._req_new(iden)
        tick = s_common.now()
        own = {'iden': iden, 'creator': creator, 'created': tick, 'updated': tick}
        adef = checked({'owner': creator, 'view': view, 'methods': {}, **info, **own})
        return typing.cast(Def, await self._push('http:api:add', adef))

    def _req_new(self, iden: str) -> None:
        if self.table.has(iden):
            raise s_exc.DupIden(mesg=f'Duplicate iden specified for Extended HTTP API: {iden}', iden=iden)

    async def modify(self, iden: str, name: str, valu: Any) -> None:
        """Change a field of an endpoint.

        Raises: NoSuchIden, SchemaViolation, BadArg, BadSyntax, NoSuchUser, NoSuchView.
        """
        adef = self.get(iden)
        mesg = f'Cannot set {name}={valu} on extended httpapi, it does not exist.'
        if name == 'owner' and self.cell.auth.user(valu) is None:
            raise s_exc.NoSuchUser(mesg=mesg, user=valu)
        if name == 'view' and valu not in typing.cast(Any, self.cell).stacks.views:
            raise s_exc.NoSuchView(mesg=mesg, iden=valu)
        if name == 'methods':
            for text in valu.values():
                s_run.parse(text)
        changed = checked({**adef, name: valu})
        await self._push('http:api:mod', iden, name, changed[name], s_common.now())

    async def delete(self, iden: Any) -> None:
        """Remove an endpoint, if there is such. Raises: BadArg for what is no iden."""
        if not s_common.isguid(iden):
            raise s_exc.BadArg(mesg=f'Must provide an iden. Got {iden}')
        if self.table.has(iden):
            await self._push('http:api:del', iden)

    async def move(self, iden: Any, indx: int) -> int:
        """Give an endpoint a place in the order; returns it: a large one is the last. Raises: NoSuchIden, BadArg."""
        if indx < 0:
            raise s_exc.BadArg(mesg=f'indx must be greater than or equal to 0; got {indx}')
        self._req_ordered(iden)
        return typing.cast(int, await self._push('http:api:indx', iden, indx))

    def _req_ordered(self, iden: Any) -> None:
        if iden not in self.order():
            raise s_exc.NoSuchIden(mesg=f'Extended HTTP API is not set: {iden}', iden=iden)

    @s_nexus.Pusher.onPush('http:api:add')
    def _on_add(self, adef: Def) -> Def:
        self._req_new(adef['iden'])
        self.orders.set(_ORDER, [*self.order(), adef['iden']])
        self.table.set(adef['iden'], adef)
        self.paths = None
        return adef

    @s_nexus.Pusher.onPush('http:api:mod')
    def _on_mod(self, iden: str, name: str, valu: Any, tick: int) -> None:
        adef = self.table.get(iden)
        if adef is not None:
            self.table.set(iden, {**adef, name: valu, 'updated': tick})
            self.paths = None

    @s_nexus.Pusher.onPush('http:api:del')
    def _on_del(self, iden: str) -> None:
        if self.table.pop(iden) is not None:
            self.orders.set(_ORDER, [item for item in self.order() if item != iden])
            self.paths = None

    @s_nexus.Pusher.onPush('http:api:indx')
    def _on_indx(self, iden: str, indx: int) -> int:
        self._req_ordered(iden)
        order = self.order()
        order.remove(iden)
        order.insert(indx, iden)
        self.orders.set(_ORDER, order)
        self.paths = None
        return order.index(iden)
