"""Vaults: secrets and settings of users, roles or all, with easy permissions (spec: storm-runtime.md 18).

The default permissions follow from the scope: the user who owns it administrates a vault, members of the role that owns
it may read it, and everybody may read a global one.
"""

from __future__ import annotations

import asyncio
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.auth.easyperm as s_easyperm
import synapse.lib.cell as s_cell
import synapse.lib.nexus as s_nexus
import synapse.lib.schema as s_schema
import synapse.lib.slab as s_slab

Any = typing.Any
Def = dict[str, Any]
SCOPES = ('user', 'role', 'global')
_IDEN = {'type': 'string', 'pattern': '^[0-9a-f]{32}$'}
_check = s_schema.checker(
    {
        'type': 'object',
        'properties': {
            'name': {'type': 'string', 'pattern': '^.{1,128}$'},
            'type': {'type': 'string', 'pattern': '^.{1,128}$'},
            'iden': _IDEN,
            'scope': {'enum': [None, *SCOPES]},
            'owner': {**_IDEN, 'type': ['string', 'null']},
            'secrets': {'type': 'object'},
            'configs': {'type': 'object'},
        },
        'required': ['name', 'type', 'iden', 'scope', 'owner', 'secrets', 'configs'],
    }
)


class Vaults(s_nexus.Pusher):
    """The vaults by iden."""

    async def __anit__(self, cell: s_cell.Cell) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:vaults', nexsroot=cell.nexsroot, slab=cell.slab)
        self.cell = cell
        self.table = s_slab.KeyVal(cell.slab, 'cortex:vaults')
        self.lock = asyncio.Lock()  # held from reading permissions to pushing others, as in auth

    # asking

    def all(self) -> list[Def]:
        """Return all vaults, by name."""
        return sorted((vault for _, vault in self.table.items()), key=lambda vault: vault['name'])

    def req(self, iden: str) -> Def:
        """Return a vault. Raises: BadArg (no iden), NoSuchIden."""
        if not s_common.isguid(iden):
            raise s_exc.BadArg(mesg=f'Iden is not a valid iden: {iden}.')
        vault = self.table.get(iden)
        if vault is None:
            raise s_exc.NoSuchIden(mesg=f'Vault not found for iden: {iden}.', iden=iden)
        return typing.cast(Def, vault)

    def by_name(self, name: str) -> Def | None:
        """Return a vault by name, None without."""
        return next((vault for vault in self.all() if vault['name'] == name), None)

    def req_name(self, name: str) -> Def:
        """Return a vault by name. Raises: NoSuchName."""
        vault = self.by_name(name)
        if vault is None:
            raise s_exc.NoSuchName(mesg=f'Vault not found for name: {name}.')
        return vault

    def by_type(self, kind: str, scope: str | None, owner: str | None) -> Def | None:
        """Return the vault of a type, a scope and an owner, None without."""
        want = (kind, scope, owner)
        return next((item for item in self.all() if (item['type'], item['scope'], item['owner']) == want), None)

    # changing

    async def add(self, info: Def) -> str:
        """Make a vault; returns its iden. Raises: SchemaViolation, DupName, NoSuchUser, NoSuchRole, NotMsgpackSafe."""
        vault = _check({**info, 'iden': s_common.guid()})
        scope, owner = vault['scope'], vault['owner']
        self._req_new(vault)
        perms: Def = {'users': {}, 'roles': {}, 'default': s_easyperm.DENY}
        auth = self.cell.auth
        if scope == 'role':
            perms['roles'][auth.reqRole(owner).iden] = s_easyperm.READ
        elif scope == 'global':
            perms['roles'][auth.allrole.iden] = s_easyperm.READ
        else:
            perms['users'][auth.reqUser(owner).iden] = s_easyperm.ADMIN
        s_common.en(vault)
        await self._push('vault:add', {**vault, 'permissions': perms})
        return str(vault['iden'])

    def _req_new(self, vault: Def) -> None:
        kind, scope, owner = vault['type'], vault['scope'], vault['owner']
        self._req_free(vault['name'])
        if scope is not None and self.by_type(kind, scope, owner) is not None:
            mesg = f'Vault already exists for type {kind}, scope {scope}, owner {owner}.'
            raise s_exc.DupName(mesg=mesg)

    def _req_free(self, name: str) -> None:
        if self.by_name(name) is not None:
            raise s_exc.DupName(mesg=f'Vault {name} already exists.', name=name)

    async def rename(self, iden: str, name: str) -> None:
        """Rename a vault. Raises: NoSuchIden, DupName, SchemaViolation."""
        vault = self.req(iden)
        if name != vault['name']:
            _check({**vault, 'name': name})
            self._req_free(name)
            await self._push('vault:set', iden, 'name', name)

    async def set(self, iden: str, part: str, valu: Any) -> None:
        """Replace the secrets or configs. Raises: NoSuchIden, BadArg (no dict), NotMsgpackSafe."""
        self.req(iden)
        if not isinstance(valu, dict):
            raise s_exc.BadArg(mesg='valu must be a dictionary.', name='valu', valu=valu)
        s_common.en(valu)
        await self._push('vault:set', iden, part, valu)

    async def set_perm(self, iden: str, who: str, level: int | None) -> Def:
        """Give a user or role a level, or (None) take it away; returns the vault. Raises: NoSuchIden, BadArg."""
        self.req(iden)
        auth = self.cell.auth
        scope = 'users' if auth.user(who) is not None else 'roles' if auth.role(who) is not None else None
        if scope is None:
            raise s_exc.NoSuchIden(mesg=f'Iden {who} is not a valid user or role.', iden=who)
        async with self.lock:
            perms = s_easyperm.changed(auth, self.req(iden)['permissions'], scope, who, level)
            await self._push('vault:set', iden, 'permissions', perms)
        return self.req(iden)

    async def delete(self, iden: str) -> None:
        """Remove a vault. Raises: NoSuchIden."""
        self.req(iden)
        await self._push('vault:del', iden)

    @s_nexus.Pusher.onPush('vault:add')
    def _on_add(self, vault: Def) -> None:
        self._req_new(vault)
        self.table.set(vault['iden'], vault)

    @s_nexus.Pusher.onPush('vault:set')
    def _on_set(self, iden: str, name: str, valu: Any) -> None:
        vault = self.table.get(iden)
        if vault is not None:
            if name == 'name' and valu != vault['name']:
                self._req_free(valu)
            self.table.set(iden, {**vault, name: valu})

    @s_nexus.Pusher.onPush('vault:del')
    def _on_del(self, iden: str) -> None:
        self.table.pop(iden)
