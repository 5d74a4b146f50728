"""Auth: the registry with a log. Every change is checked first, then pushed, then applied (cell.md 5, 7.1)."""

from __future__ import annotations

import asyncio
import logging
import re
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.auth.apikeys as s_apikeys
import synapse.lib.auth.events as s_events
import synapse.lib.auth.maps as s_maps
import synapse.lib.auth.passwords as s_passwords
import synapse.lib.auth.policy as s_policy
import synapse.lib.auth.sessions as s_sessions
import synapse.lib.auth.subjects as s_subjects
import synapse.lib.auth.users as s_users
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab

logger = logging.getLogger('synapse.lib.auth')

NEXSIDEN = 'auth:auth'

_EMAIL = re.compile(r'[^@\s]+@[^@\s]+\Z')

Info = s_subjects.Info


def root_iden(celliden: str) -> str:
    """Return the iden of the user root of a cell: the same at every start, on leader and mirrors."""
    return s_common.guid((s_common.guid((celliden, 'hive', 'auth')), 'auth', 'user', 'root'))


def all_iden(celliden: str) -> str:
    """Return the iden of the role all of a cell."""
    return s_common.guid((s_common.guid((celliden, 'hive', 'auth')), 'auth', 'role', 'all'))


class Auth(s_events.AuthEvents):
    """Users, roles, gates, keys and sessions of a service.

    Attributes:
        rootuser, allrole: The two that always exist. policy: What passwords must look like.
        maxusers: How many users may be active, root aside; 0 for any number.
        lock: Held from reading a list to pushing its successor, so that two changes do not undo each other.
        perm_default: Returns what a permission is worth that no rule speaks of. Set by the service.
        log_extra: Makes the ``extra=`` argument of an audit line from keywords. Set by the cell.
    """

    async def __anit__(  # type: ignore[override]
        self,
        slab: s_slab.Slab,
        nexsroot: s_nexus.NexsRoot | None = None,
        celliden: str = '',
        policy: dict[str, typing.Any] | None = None,
        maxusers: int = 0,
    ) -> None:
        """Load users and roles from a slab, and see to it that root and all exist.

        Args:
            slab: The slab that holds the tables, the cell's own.
            celliden: Iden of the service, from which the idens of root and all follow.
            policy: Value of the option ``auth:passwd:policy``. maxusers: Value of ``max:users``.
        """
        await s_nexus.Pusher.__anit__(self, NEXSIDEN, nexsroot=nexsroot, slab=slab)
        self.celliden = celliden
        self.policy = s_policy.Policy(policy)
        self.maxusers = maxusers
        self.lock = asyncio.Lock()
        self.beholder = None
        self.perm_default: typing.Callable[[tuple[str, ...]], bool | None] = lambda perm: None
        self.log_extra: typing.Callable[..., dict[str, typing.Any]] = lambda **kwargs: {'synapse': kwargs}
        self.apikeys = s_apikeys.ApiKeys(self, slab)
        self.sessions = s_sessions.Sessions(self, slab)
        self.maps = {
            'profile': s_maps.MapTable(slab, 'auth:profiles'),
            'var': s_maps.MapTable(slab, 'auth:vars'),
        }
        self.init_registry(slab)
        self._boot()

    # ----- facts that hold at every start; not logged, so that leader and mirrors agree ------------------------------

    def _boot(self) -> None:
        self.allrole = typing.cast(s_subjects.Role, self.apply_add('role', all_iden(self.celliden), 'all'))
        self.rootuser = typing.cast(s_users.User, self.apply_add('user', root_iden(self.celliden), 'root'))
        self._boot_unlocked_admin(self.rootuser)

    def _boot_unlocked_admin(self, user: s_users.User) -> None:
        for name, valu in (('admin', True), ('archived', False), ('locked', False)):
            if user.info[name] != valu:
                self.apply_info('user', user.iden, name, valu)

    def boot_admin(self, name: str) -> s_users.User:
        """See to it that an unlocked admin of that name exists (options ``aha:admin`` and ``aha:user``). Not logged."""
        user = self.getUserByName(name)
        if user is None:
            user = typing.cast(s_users.User, self.apply_add('user', s_common.guid(name), name))
        self._boot_unlocked_admin(user)
        return user

    async def boot_passwd(self, passwd: str) -> None:
        """Set the password of root unless it is that already (option ``auth:passwd``). Not logged, policy exempt."""
        shadow = self.rootuser.info.get('passwd')
        if shadow is None or not await s_passwords.check_shadow(s_passwords.req_passwd(passwd), shadow):
            await self.rootuser.setPasswd(passwd, logged=False, policy=False)

    async def apply_inaugural(self, conf: dict[str, typing.Any]) -> None:
        """Create the roles and users of the option ``inaugural``, through the log; those that exist are left alone."""
        for info in conf.get('roles', ()):
            name = info['name']
            if self.getRoleByName(name) is None:
                role = await self.addRole(name, iden=s_common.guid((self.celliden, 'auth', 'role', name)))
                await role.setRules(info.get('rules', ()))
        for info in conf.get('users', ()):
            name = info['name']
            if self.getUserByName(name) is not None:
                continue
            iden = s_common.guid((self.celliden, 'auth', 'user', name))
            user = await self.addUser(name, email=info.get('email'), iden=iden)
            if info.get('admin'):
                await user.setAdmin(True)
            for rolename in info.get('roles', ()):
                await user.grant(self.reqRoleByName(rolename).iden)
            await user.setRules(info.get('rules', ()))

    # ----- users and roles come and go --------------------------------------------------------------------------------

    async def addUser(
        self, name: str, passwd: str | None = None, email: str | None = None, iden: str | None = None
    ) -> s_users.User:
        """Add a user, who is granted the role all. Everything is checked before anything is done.

        Raises:
            DupUserName, DupUserEmail, DupIden, HitLimit, BadArg (name, iden, email, password).
        """
        self.req_user_name(name)
        email = self.req_email(email)
        iden = self._req_new_iden(iden, name, self._users, 'User already exists for the iden.')
        if passwd is not None:
            s_policy.req_no_failures(self.policy.failures(s_passwords.req_passwd(passwd)))
        async with self.lock:
            self.req_user_name(name)
            self.req_email(email)
            self._req_new_iden(iden, name, self._users, 'User already exists for the iden.')
            self.req_user_room()
            await self._push('user:add', iden, name)
            mesg = {'name': 'role:grant', 'iden': iden, 'role': self.allrole.pack()}
            await self.push_info('user', iden, 'roles', (self.allrole.iden,), mesg=mesg)
            if email is not None:
                await self.push_info('user', iden, 'email', email)
        user = self.reqUser(iden)
        if passwd is not None:
            await user.setPasswd(passwd)
        return user

    async def delUser(self, iden: str) -> None:
        """Delete a user, with keys, sessions and all rules. Raises NoSuchUser, BadArg (root)."""
        self.reqUser(iden)
        if iden == self.rootuser.iden:
            raise s_exc.BadArg(mesg='User "root" may not be deleted.')
        await self._push('user:del', iden)

    async def addRole(self, name: str, iden: str | None = None) -> s_subjects.Role:
        """Add a role. Raises DupRoleName, DupIden, BadArg (name, iden)."""
        self.req_role_name(name)
        iden = self._req_new_iden(iden, name, self._roles, f'Role already exists for {iden=}.')
        async with self.lock:
            self._req_new_iden(iden, name, self._roles, f'Role already exists for {iden=}.')
            await self._push('role:add', iden, name)
        return self.reqRole(iden)

    async def delRole(self, iden: str) -> None:
        """Delete a role; users lose it. Raises NoSuchRole, BadArg (all)."""
        self.reqRole(iden)
        if iden == self.allrole.iden:
            raise s_exc.BadArg(mesg='Role "all" may not be deleted.')
        await self._push('role:del', iden)

    # ----- checks -----------------------------------------------------------------------------------------------------

    def req_user_name(self, name: typing.Any, iden: str | None = None) -> str:
        """Return a name that the user ``iden`` (None: a new one) may have. Raises BadArg, DupUserName."""
        _req_text(name, 'user')
        owner = self.getUserByName(name)
        if owner is not None and owner.iden != iden:
            self.req_new_user_name(name)
        return typing.cast(str, name)

    def req_role_name(self, name: typing.Any, iden: str | None = None) -> str:
        """Return a name that the role ``iden`` (None: a new one) may have. Raises BadArg, DupRoleName."""
        _req_text(name, 'role')
        owner = self.getRoleByName(name)
        if owner is not None and owner.iden != iden:
            self.req_new_role_name(name)
        return typing.cast(str, name)

    def _req_new_iden(self, iden: typing.Any, name: str, known: typing.Container[str], mesg: str) -> str:
        if iden is None:
            return s_common.guid()
        if not s_common.isguid(iden):
            raise s_exc.BadArg(mesg='Argument it not a valid iden.', name='iden', arg=iden)
        if iden in known:
            raise s_exc.DupIden(mesg=mesg, name=name, iden=iden)
        return typing.cast(str, iden)

    def req_email(self, email: typing.Any, iden: str | None = None) -> str | None:
        """Return an address, in lower case, that the user ``iden`` (None: a new one) may have.

        Raises BadArg, DupUserEmail.
        """
        if email is None:
            return None
        if not isinstance(email, str):
            raise s_exc.BadArg(mesg='email must be a string', name='email')
        if not _EMAIL.match(email.strip()):
            raise s_exc.BadArg(mesg=f'Email address expected in <user>@<fqdn> format, got "{email}"', name='email')
        email = email.strip().lower()
        if any(user.email == email and user.iden != iden for user in self._users.values()):
            raise s_exc.make('DupUserEmail', mesg=f'Duplicate email, {email=} already exists.', email=email)
        return email

    def req_user_room(self) -> None:
        """Raise HitLimit when one more active user is too many."""
        if self.maxusers:
            active = (user for user in self._users.values() if not user.isLocked() and not user.isArchived())
            if sum(user.iden != self.rootuser.iden for user in active) >= self.maxusers:
                raise s_exc.HitLimit(mesg=f'Cell at maximum number of users ({self.maxusers}).')

    def req_gate_or_none(self, iden: str | None) -> None:
        """Raise NoSuchAuthGate when an iden is given that is not that of a gate."""
        if iden is not None:
            self.reqAuthGate(iden)

    # ----- the way into the log ---------------------------------------------------------------------------------------

    async def push(self, event: str, *args: typing.Any, **kwargs: typing.Any) -> typing.Any:
        """Push a change that belongs to a part of auth. Nobody outside of this package calls it."""
        return await self._push(event, *args, **kwargs)

    async def push_name(self, kind: str, iden: str, name: str) -> None:
        """Push a new name of a user or role."""
        await self._push(f'{kind}:name', iden, name)

    async def push_info(
        self,
        kind: str,
        iden: str,
        name: str,
        valu: typing.Any,
        gateiden: str | None = None,
        mesg: Info | None = None,
        logged: bool = True,
    ) -> None:
        """Push one value of a user or role.

        Args:
            mesg: What watchers are told in place of name and value.
            logged: False applies it here and now: a fact of the start, or a part of another change's handler.
        """
        if not logged:
            self.apply_info(kind, iden, name, valu, gateiden=gateiden)
            return
        kwargs: Info = {'gateiden': gateiden, 'mesg': mesg}
        if kind == 'user':
            kwargs['logged'] = True
        await self._push(f'{kind}:info', iden, name, valu, **kwargs)


def _req_text(name: typing.Any, kind: str) -> None:
    if not isinstance(name, str) or not name:
        raise s_exc.BadArg(mesg=f'The name of a {kind} must be a string that is not empty.', name=str(name))
