"""Named graph projections, which users share (``$lib.graph``; spec: storm-language.md 11).

A definition is the rules of a projection (see ``synapse.lib.storm.commands.graph``) with a name and easy permissions.
"""

from __future__ import annotations

import asyncio
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.nexus as s_nexus
import synapse.lib.schema as s_schema
import synapse.lib.slab as s_slab

Any = typing.Any
Def = dict[str, Any]

_TEXTS = {'type': 'array', 'items': {'type': 'string'}}
_IDEN = {'type': 'string', 'pattern': '^[0-9a-f]{32}$'}
_RULES: Def = {
    'name': {'type': 'string', 'minLength': 1},
    'desc': {'type': 'string', 'default': ''},
    'refs': {'type': 'boolean', 'default': False},
    'edges': {'type': 'boolean', 'default': True},
    'edgelimit': {'type': 'integer', 'default': 3000},
    'maxsize': {'type': 'number', 'minimum': 0},
    'existing': _TEXTS,
    'degrees': {'type': ['integer', 'null'], 'minimum': 0},
    'filterinput': {'type': 'boolean', 'default': True},
    'yieldfiltered': {'type': 'boolean', 'default': False},
    'filters': _TEXTS,
    'pivots': _TEXTS,
    'forms': {
        'type': 'object',
        'patternProperties': {
            '^.*$': {
                'type': 'object',
                'properties': {'filters': _TEXTS, 'pivots': _TEXTS},
                'additionalProperties': False,
            }
        },
    },
}
_OWN: Def = {
    'iden': _IDEN,
    'scope': {'type': 'string', 'enum': ['user']},
    'creator': _IDEN,
    'created': {'type': 'number'},
    'updated': {'type': 'number'},
    'permissions': {'type': 'object'},
}
_check = s_schema.checker(
    {'type': 'object', 'properties': {**_RULES, **_OWN}, 'required': ['name'], 'additionalProperties': False}
)


def checked(gdef: Any) -> Def:
    """Return a definition with defaults. Raises: SchemaViolation."""
    return typing.cast(Def, _check(gdef))


class Graphs(s_nexus.Pusher):
    """The definitions by iden. Whether a user may is decided by the callers."""

    async def __anit__(self, cell: s_cell.Cell) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:graphs', nexsroot=cell.nexsroot, slab=cell.slab)
        self.store = s_slab.KeyVal(cell.slab, 'cortex:graphs')
        self.lock = asyncio.Lock()  # held from reading a definition to pushing another

    def get(self, iden: Any) -> Def:
        """Return a definition. Raises: NoSuchIden."""
        found = self.store.get(iden) if s_common.isguid(iden) else None
        if found is None:
            raise s_exc.NoSuchIden(mesg=f'No graph projection with iden {iden} exists!')
        return typing.cast(Def, found)

    def list(self) -> list[Def]:
        """Return all definitions, by name."""
        return sorted((gdef for _, gdef in self.store.items()), key=lambda gdef: (gdef['name'], gdef['iden']))

    async def add(self, gdef: Any, user: str) -> Def:
        """Add a definition; its creator is its admin, everybody else may read it. Returns it complete.

        Raises: SchemaViolation.
        """
        rules = {name: valu for name, valu in gdef.items() if name not in _OWN} if isinstance(gdef, dict) else gdef
        tick = s_common.now()
        own = {
            'permissions': {'users': {user: 3}, 'roles': {}, 'default': 1},
            'iden': s_common.guid(),
            'scope': 'user',
            'creator': user,
            'created': tick,
            'updated': tick,
        }
        checked(rules)
        return typing.cast(Def, await self._push('storm:graph:add', checked({**rules, **own})))

    @s_nexus.Pusher.onPush('storm:graph:add')
    def _on_add(self, gdef: Def) -> Def:
        self.store.set(gdef['iden'], gdef)
        return gdef

    async def modify(self, iden: str, info: Any) -> None:
        """Change some rules. Raises: NoSuchIden, BadArg (what nobody may change), SchemaViolation."""
        self.get(iden)
        if not isinstance(info, dict):
            raise s_exc.BadArg(mesg='The changes of a graph projection must be a dictionary.')
        for name in info:
            if name not in _RULES:
                raise s_exc.BadArg(mesg=f'User may not edit the field: {name}.')
        async with self.lock:
            await self._push('storm:graph:set', checked({**self.get(iden), **info, 'updated': s_common.now()}))

    async def grant(self, iden: str, scope: str, target: str, level: int | None) -> None:
        """Give a user or role (scope ``users`` or ``roles``) a level, or take it away. Raises: NoSuchIden."""
        async with self.lock:
            gdef = self.get(iden)
            table = gdef['permissions'][scope]
            if level is None:
                table.pop(target, None)
            else:
                table[target] = level
            await self._push('storm:graph:set', {**gdef, 'updated': s_common.now()})

    @s_nexus.Pusher.onPush('storm:graph:set')
    def _on_set(self, gdef: Def) -> None:
        if self.store.has(gdef['iden']):
            self.store.set(gdef['iden'], gdef)

    async def remove(self, iden: str) -> None:
        """Remove a definition. Raises: NoSuchIden."""
        await self._push('storm:graph:del', self.get(iden)['iden'])

    @s_nexus.Pusher.onPush('storm:graph:del')
    def _on_del(self, iden: str) -> None:
        self.store.pop(iden)
