"""``$lib.vault``: secrets and settings (spec: storm-runtime.md 18)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.auth.easyperm as s_easyperm
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.auth.auth as s_libauth
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
Def = dict[str, Any]
lib, method, getter = s_registry.lib, s_registry.method, s_registry.getter
s_registry.libdoc('$lib.vault', 'Secrets and settings of users, roles or all.')
s_registry.typedoc('vault', 'Secrets and settings.')
s_registry.typedoc('vault:data', 'The secrets or the settings of a vault, by name.')
_WORDS = {valu: word for word, valu in s_easyperm.LEVELS.items()}


class Vault(s_coerce.Thing):
    """A vault."""

    storm_name = 'vault'

    def __init__(self, vaults: Any, iden: str) -> None:
        self.vaults = vaults
        self.iden = iden

    @property
    def info(self) -> Def:
        """The definition as it is now. Raises: NoSuchIden."""
        return typing.cast(Def, self.vaults.req(self.iden))

    def storm_repr(self) -> str:
        return f'vault: {self.iden}'


class VaultData(s_coerce.StormObj):
    """The secrets or the configs of a vault."""

    storm_name = 'vault:data'

    def __init__(self, vault: Vault, part: str) -> None:
        self.vault = vault
        self.part = part

    def storm_value(self) -> Def:
        return dict(self.vault.info[self.part])

    def storm_repr(self) -> str:
        return s_coerce.text(s_coerce.keep(self.storm_value()))

    def storm_bool(self) -> bool:
        return bool(self.storm_value())

    def storm_len(self) -> int:
        """Return the number of entries."""
        return len(self.storm_value())

    def storm_iter(self) -> Any:
        return iter([[name, s_coerce.wrap(valu)] for name, valu in self.storm_value().items()])


def _vaults(rt: Runtime) -> Any:
    return rt.query.core.cortex.automation.vaults


def _may(rt: Runtime, vault: Def, level: int) -> bool:
    return s_libauth.has_level(rt, vault, level)


def _confirm(rt: Runtime, vault: Def, level: int, shown: str | None = None) -> None:
    if not _may(rt, vault, level):
        mesg = f'User requires {_WORDS[level]} permission on vault: {shown or vault["iden"]}.'
        s_easyperm.deny(rt.query.user, level, mesg)


@lib('$lib.vault.add', readonly=False)
async def vault_add(rt: Runtime, name: str, vtype: str, scope: Prim, owner: Prim, secrets: Prim, configs: Prim) -> str:
    """Make a vault and return its iden; the scope is user, role, global or null.

    Raises: AuthDeny, SchemaViolation, DupName.
    """
    user = rt.query.user
    if not user.isAdmin() and not rt.query.asroot and (scope in ('role', 'global') or owner != user.iden):
        mesg = f'User {user.name} cannot create {scope} vaults.'
        if scope not in ('role', 'global'):
            mesg = f'User {user.name} cannot create vaults for user {owner}.'
        raise s_exc.AuthDeny(mesg=mesg, user=user.name)
    await rt.editor.flush()
    info = {'name': name, 'type': vtype, 'scope': scope, 'owner': None if scope == 'global' else owner}
    return str(await _vaults(rt).add({**info, 'secrets': secrets, 'configs': configs}))


@lib('$lib.vault.get', readonly=False)
def vault_get(rt: Runtime, iden: str) -> Vault:
    """Return a vault. Raises: BadArg, NoSuchIden, AuthDeny."""
    _confirm(rt, _vaults(rt).req(iden), s_easyperm.READ)
    return Vault(_vaults(rt), iden)


@lib('$lib.vault.byname', readonly=False)
def vault_byname(rt: Runtime, name: str) -> Vault:
    """Return a vault by name. Raises: NoSuchName, AuthDeny."""
    vault = _vaults(rt).req_name(name)
    _confirm(rt, vault, s_easyperm.READ, name)
    return Vault(_vaults(rt), vault['iden'])


@lib('$lib.vault.bytype', readonly=False)
def vault_bytype(rt: Runtime, vtype: str, scope: str | None = None) -> Vault | None:
    """Return the first vault of a type that the user may read: the user's, a role's, the global one; null without."""
    if scope is not None and scope not in ('user', 'role', 'global'):
        raise s_exc.BadArg(mesg=f'Invalid scope: {scope}.')
    user = rt.query.user
    owners = [('user', user.iden), *(('role', role.iden) for role in user.getRoles()), ('global', None)]
    for kind, owner in owners:
        if scope in (None, kind):
            vault = _vaults(rt).by_type(vtype, kind, owner)
            if vault is not None and _may(rt, vault, s_easyperm.READ):
                return Vault(_vaults(rt), vault['iden'])
    return None


@lib('$lib.vault.list', readonly=False)
def vault_list(rt: Runtime) -> list[Vault]:
    """Return the vaults that the user may read."""
    return [Vault(_vaults(rt), vault['iden']) for vault in _vaults(rt).all() if _may(rt, vault, s_easyperm.READ)]


def _lines(rt: Runtime, vault: Def, secrets: bool) -> typing.Iterator[str]:
    auth = s_libauth.auth_of(rt)
    yield f'Vault: {vault["iden"]}'
    for title in ('name', 'type', 'scope'):
        yield f'  {title.capitalize()}: {s_coerce.text(vault[title])}'
    yield '  Permissions:'
    for title, find in (('users', auth.user), ('roles', auth.role)):
        levels = vault['permissions'][title]
        yield f'    {title.capitalize()}:{"" if levels else " None"}'
        for iden, level in levels.items():
            found: Any = find(iden)
            yield f'      {iden if found is None else found.name}: {_WORDS[level]}'
    for part in ('configs', 'secrets') if secrets else ('configs',):
        yield f'  {part.capitalize()}:{"" if vault[part] else " None"}'
        for name, valu in vault[part].items():
            yield f'    {name}: {s_coerce.text(s_coerce.keep(valu))}'


@lib('$lib.vault.print', readonly=False)
def vault_print(rt: Runtime, vault: Any, showsecrets: bool = False) -> None:
    """Print a vault, with its secrets if that is asked for and allowed. Raises: AuthDeny."""
    if not isinstance(vault, Vault):
        raise s_exc.BadArg(mesg='$lib.vault.print() requires a vault.')
    _confirm(rt, vault.info, s_easyperm.EDIT if showsecrets else s_easyperm.READ)
    for line in _lines(rt, vault.info, showsecrets):
        rt.emit('print', mesg=line)


# the object


s_registry.facts(
    'vault',
    lambda obj, name: s_coerce.keep(obj.info[name]),
    {
        'iden': 'The iden of the vault.',
        'name': 'The name of the vault; can be assigned.',
        'type': 'What the vault is for.',
        'scope': 'user, role, global or null.',
        'owner': 'The iden of the user or role that owns it.',
        'permissions': 'The levels of users and roles.',
    },
)


@getter('vault', 'configs')
def vault_configs(rt: Runtime, obj: Vault) -> VaultData:
    """The settings; they and their entries can be assigned."""
    _confirm(rt, obj.info, s_easyperm.READ)
    return VaultData(obj, 'configs')


@getter('vault', 'secrets')
def vault_secrets(rt: Runtime, obj: Vault) -> VaultData | None:
    """The secrets, null for those who may not edit the vault; they and their entries can be assigned."""
    return VaultData(obj, 'secrets') if _may(rt, obj.info, s_easyperm.EDIT) else None


@method('vault', 'setPerm', readonly=False)
async def vault_setperm(rt: Runtime, obj: Vault, iden: str, level: Any) -> Def:
    """Give a user or role a level, or take it away with null. Raises: AuthDeny, NoSuchIden, BadArg."""
    _confirm(rt, obj.info, s_easyperm.ADMIN)
    level = None if level is None or level is s_coerce.undef else s_easyperm.level_of(s_coerce.toint(level))
    await rt.editor.flush()
    return typing.cast(Def, s_coerce.keep(await obj.vaults.set_perm(obj.iden, iden, level)))


@method('vault', 'delete', readonly=False)
async def vault_delete(rt: Runtime, obj: Vault) -> None:
    """Remove the vault. Raises: AuthDeny."""
    _confirm(rt, obj.info, s_easyperm.ADMIN)
    await rt.editor.flush()
    await obj.vaults.delete(obj.iden)


async def _set(rt: Runtime, obj: Vault, name: Any, valu: Any) -> None:
    name = s_coerce.tostr(name)
    if name not in ('name', 'secrets', 'configs'):
        raise s_exc.NoSuchName(mesg=f'Setting {name} is not supported on vault.', name=name)
    _confirm(rt, obj.info, s_easyperm.EDIT)
    await rt.editor.flush()
    if name == 'name':
        await obj.vaults.rename(obj.iden, s_coerce.tostr(valu))
    else:
        await obj.vaults.set(obj.iden, name, {} if valu is s_coerce.undef else s_coerce.toprim(valu))


async def _set_data(rt: Runtime, obj: VaultData, name: Any, valu: Any) -> None:
    _confirm(rt, obj.vault.info, s_easyperm.EDIT)
    data, name = obj.storm_value(), s_coerce.tostr(name)
    if valu is s_coerce.undef:
        data.pop(name, None)
    else:
        data[name] = s_coerce.toprim(valu)
    await rt.editor.flush()
    await obj.vault.vaults.set(obj.vault.iden, obj.part, data)


s_registry.SETTERS['vault'] = _set
s_registry.SETTERS['vault:data'] = _set_data
s_objects.dynamic('vault:data', lambda rt, obj, name: s_coerce.wrap(obj.storm_value().get(s_coerce.tostr(name))))
