"""Macros: queries by name, with easy permissions (spec: storm-runtime.md 13)."""

from __future__ import annotations

import asyncio
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.auth.easyperm as s_easyperm
import synapse.lib.cell as s_cell
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab
import synapse.lib.storm.run as s_run

Def = dict[str, typing.Any]
_NAME = 491  # characters, so that a name fits into a key
_FIELDS = ('name', 'desc', 'storm')


class Macros(s_nexus.Pusher):
    """The macros by name."""

    async def __anit__(self, cell: s_cell.Cell) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:macros', nexsroot=cell.nexsroot, slab=cell.slab)
        self.cell = cell
        self.table = s_slab.KeyVal(cell.slab, 'cortex:macros')
        self.lock = asyncio.Lock()  # held from reading permissions to pushing others, as in auth

    # asking

    def get(self, name: str) -> Def | None:
        """Return the definition of a macro, None without."""
        return typing.cast('Def | None', self.table.get(name))

    def req(self, name: str) -> Def:
        """Return the definition of a macro. Raises: NoSuchName."""
        mdef = self.get(name)
        if mdef is None:
            raise s_exc.NoSuchName(mesg=f'Macro name not found: {name}')
        return mdef

    def list(self) -> list[Def]:
        """Return the definitions, by name."""
        return [mdef for _, mdef in self.table.items()]

    # changing

    async def add(self, name: str, storm: str, useriden: str) -> None:
        """Make a macro of which a user is the admin. Raises: BadArg (name), BadSyntax, DupName."""
        _req_name(name)
        s_run.parse(storm)
        self._req_free(name)
        now = s_common.now()
        mdef = {'name': name, 'storm': storm, 'iden': s_common.guid(), 'updated': now, 'created': now}
        mdef |= {'user': useriden, 'creator': useriden, 'permissions': s_easyperm.initial(useriden), 'desc': ''}
        await self._push('storm:macro:add', mdef)

    def _req_free(self, name: str) -> None:
        if self.table.has(name):
            raise s_exc.DupName(mesg=f'A macro named {name} already exists!', name=name)

    async def mod(self, name: str, info: Def) -> None:
        """Change name, desc or storm. Raises: NoSuchName, BadArg, BadSyntax, DupName."""
        self.req(name)
        for field, valu in info.items():
            if field not in _FIELDS:
                raise s_exc.BadArg(mesg=f'User may not edit the field: {field}.')
            if not isinstance(valu, str):
                raise s_exc.BadArg(mesg=f'The field {field} of a macro is text.', name=field)
        if 'name' in info and info['name'] != name:
            _req_name(info['name'])
            self._req_free(info['name'])
        if 'storm' in info:
            s_run.parse(info['storm'])
        await self._push('storm:macro:mod', name, {**info, 'updated': s_common.now()})

    async def grant(self, name: str, scope: str, iden: str, level: int | None) -> None:
        """Give a user or role a level, or (None) take it away. Raises: NoSuchName, BadArg, NoSuchUser, NoSuchRole."""
        async with self.lock:
            perms = s_easyperm.changed(self.cell.auth, self.req(name)['permissions'], scope, iden, level)
            await self._push('storm:macro:set:perm', name, perms, s_common.now())

    async def delete(self, name: str) -> None:
        """Remove a macro. Raises: NoSuchName."""
        self.req(name)
        await self._push('storm:macro:del', name)

    @s_nexus.Pusher.onPush('storm:macro:add')
    def _on_add(self, mdef: Def) -> None:
        self._req_free(mdef['name'])
        self.table.set(mdef['name'], mdef)
        self.cell.feedBeholder('storm:macro:add', {'macro': mdef})

    @s_nexus.Pusher.onPush('storm:macro:mod')
    def _on_mod(self, name: str, info: Def) -> None:
        mdef = {**self.req(name), **info}
        if mdef['name'] != name:
            self._req_free(mdef['name'])
        self.table.pop(name)
        self.table.set(mdef['name'], mdef)
        self.cell.feedBeholder('storm:macro:mod', {'macro': mdef, 'info': info})

    @s_nexus.Pusher.onPush('storm:macro:set:perm')
    def _on_perm(self, name: str, perms: Def, tick: int) -> None:
        mdef = self.table.get(name)
        if mdef is not None:
            mdef = {**mdef, 'permissions': perms, 'updated': tick}
            self.table.set(name, mdef)
            self.cell.feedBeholder('storm:macro:set:perm', {'macro': mdef})

    @s_nexus.Pusher.onPush('storm:macro:del')
    def _on_del(self, name: str) -> None:
        mdef = self.table.pop(name)
        if mdef is not None:
            self.cell.feedBeholder('storm:macro:del', {'name': name, 'iden': mdef['iden']})


def _req_name(name: typing.Any) -> None:
    """Raise BadArg for what no macro can be called."""
    if not isinstance(name, str):
        raise s_exc.BadArg(mesg='Macro names must be text')
    if not name:
        raise s_exc.BadArg(mesg='Macro names must be at least 1 character long')
    if len(name.encode('utf8', 'surrogatepass')) > _NAME:
        raise s_exc.BadArg(mesg=f'Macro names may only be up to {_NAME} bytes.')
