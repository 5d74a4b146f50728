"""User: the permission decision, and the changes that can be made to a user (cell.md 5.4 to 5.6)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.auth.login as s_login
import synapse.lib.auth.maps as s_maps
import synapse.lib.auth.rules as s_rules
import synapse.lib.auth.subjects as s_subjects
import synapse.lib.limits as s_limits

if typing.TYPE_CHECKING:
    import synapse.lib.auth.auth as s_auth

Info = s_subjects.Info


class Decision(typing.NamedTuple):
    """Why a permission is given or not: the rule that decided, and where it was found."""

    allow: bool | None
    rule: s_rules.Rule | None = None
    role: s_subjects.Role | None = None
    gateiden: str | None = None

    def text(self) -> str:
        """Return one sentence for people."""
        if self.rule is None:
            if self.gateiden is not None:
                return f'The user is an admin of auth gate {self.gateiden}.'
            return 'No matching rule found.'
        text = s_rules.text_from_rule(self.rule)
        text = f'Matched user rule ({text})' if self.role is None else f'Matched role rule ({text})'
        if self.role is not None:
            text = f'{text} for role {self.role.name}'
        return f'{text}.' if self.gateiden is None else f'{text} on gate {self.gateiden}.'


class User(s_subjects.Subject):
    """Somebody who may call the service.

    Attributes:
        roleidens: Roles in the order in which they were granted. email: Address or None.
        profile, vars: Two small maps of named values that services keep for the user.
    """

    kind = 'user'

    def __init__(self, auth: s_auth.Auth, iden: str, info: Info) -> None:
        self._perms: dict[tuple[typing.Any, typing.Any], bool | None] = {}
        self._login = s_login.Login(self, auth)
        self.profile = s_maps.UserMap(auth, iden, 'profile')
        self.vars = s_maps.UserMap(auth, iden, 'var')
        super().__init__(auth, iden, info)

    def load(self, info: Info) -> None:
        """Take a new record."""
        self._admin: bool = info['admin']
        self._locked: bool = info['locked']
        self.email: str | None = info['email']
        self.roleidens: tuple[str, ...] = info['roles']
        super().load(info)

    def clear_cache(self) -> None:
        """Forget decisions."""
        self._perms.clear()

    def pack(self, packroles: bool = False) -> Info:
        """Return the user as a dict; ``roles`` are idens, or role packs with ``packroles``."""
        roles: typing.Any = self.roleidens
        if packroles:
            roles = [role.pack() for role in self.getRoles()]
        return {
            'type': 'user',
            'iden': self.iden,
            'name': self.name,
            'rules': self.rules,
            'roles': roles,
            'admin': self._admin,
            'email': self.email,
            'locked': self._locked,
            'archived': self.isArchived(),
            'authgates': {iden: dict(info) for (iden, info) in self.authgates.items()},
        }

    # ----- questions --------------------------------------------------------------------------------------------------

    def isAdmin(self, gateiden: str | None = None) -> bool:
        """Return True for a global admin, or for an admin of the gate. Nobody is one while locked."""
        if self._locked:
            return False
        if self._admin or gateiden is None:
            return self._admin
        return bool(self.authgates.get(gateiden, {}).get('admin', False))

    def isLocked(self) -> bool:
        """Return True when the user may do nothing for now."""
        return self._locked

    def isArchived(self) -> bool:
        """Return True when the user is kept for the record only."""
        return bool(self.info['archived'])

    def hasRole(self, iden: str) -> bool:
        """Return True when the user holds the role."""
        return iden in self.roleidens

    def getRoles(self) -> list[s_subjects.Role]:
        """Return the roles in the order in which they were granted."""
        roles = (self.auth.role(iden) for iden in self.roleidens)
        return [role for role in roles if role is not None]

    def allowed(
        self,
        perm: typing.Sequence[str],
        default: bool | None = None,
        gateiden: str | None = None,
        deepdeny: bool = False,
    ) -> bool | None:
        """Return whether the user may: True, False, or the default when no rule says anything (cell.md 5.4).

        Args:
            perm: The permission path. gateiden: Ask on this gate.
            deepdeny: A deny rule below the path counts as a deny of the whole.
        """
        if self._locked:
            return False
        if self._admin:
            return True
        try:
            valu = self._perms[(perm, gateiden)] if not deepdeny else self._miss(perm, gateiden, True)
        except (KeyError, TypeError):
            valu = self._miss(perm, gateiden, False)
        return default if valu is None else valu

    def _miss(self, perm: typing.Sequence[str], gateiden: str | None, deepdeny: bool) -> bool | None:
        path = s_rules.norm_perm(perm)
        valu = self._decide(path, gateiden, deepdeny).allow
        if not deepdeny:
            if len(self._perms) >= s_limits.AUTH_PERM_CACHE:
                self._perms.clear()
            self._perms[(path, gateiden)] = valu
        return valu

    def _decide(self, path: s_rules.Path, gateiden: str | None, deepdeny: bool = False) -> Decision:
        if gateiden is not None:
            info = self.authgates.get(gateiden)
            if info is not None:
                if info.get('admin'):
                    return Decision(True, gateiden=gateiden)
                rule = s_rules.find(info.get('rules', ()), path, deepdeny)
                if rule is not None:
                    return Decision(rule[0], rule, None, gateiden)
        rule = s_rules.find(self.rules, path, deepdeny)
        if rule is not None:
            return Decision(rule[0], rule)
        roles = self.getRoles()
        if gateiden is not None:
            for role in roles:
                rule = s_rules.find(role.getRules(gateiden), path, deepdeny)
                if rule is not None:
                    return Decision(rule[0], rule, role, gateiden)
        for role in roles:
            rule = s_rules.find(role.rules, path, deepdeny)
            if rule is not None:
                return Decision(rule[0], rule, role)
        return Decision(None)

    def getAllowedReason(
        self, perm: typing.Sequence[str], default: bool | None = None, gateiden: str | None = None
    ) -> tuple[bool | None, str]:
        """Return what ``allowed`` returns, and a sentence that says why."""
        if self._locked:
            return False, 'The user is locked.'
        if self._admin:
            return True, 'The user is a global admin.'
        decision = self._decide(s_rules.norm_perm(perm), gateiden)
        return default if decision.allow is None else decision.allow, decision.text()

    def confirm(self, perm: typing.Sequence[str], default: bool | None = None, gateiden: str | None = None) -> None:
        """Raise AuthDeny unless the user may.

        Where no rule and no default says anything, the default that the service registered for the permission counts.
        """
        if self._admin and not self._locked:
            return
        if default is None:
            default = self.auth.perm_default(s_rules.norm_perm(perm))
        if not self.allowed(perm, default=default, gateiden=gateiden):
            self.raisePermDeny(perm, gateiden=gateiden)

    def raisePermDeny(self, perm: typing.Sequence[str], gateiden: str | None = None) -> typing.NoReturn:
        """Raise the AuthDeny that names the missing permission."""
        text = '.'.join(s_rules.norm_perm(perm))
        mesg = f'User {self.name!r} ({self.iden}) must have permission {text}'
        gate = self.auth.getAuthGate(gateiden) if gateiden is not None else None
        if gateiden is not None:
            mesg += f' on object {gateiden} ({gate.type}).' if gate is not None else f' on object {gateiden}.'
        raise s_exc.AuthDeny(mesg=mesg, perm=text, user=self.iden, username=self.name)

    def reqAdmin(self, gateiden: str | None = None, mesg: str | None = None) -> None:
        """Raise AuthDeny unless the user is a global admin, or an admin of the gate."""
        if not self.isAdmin(gateiden):
            mesg = mesg or f'User is not an admin [{self.name}]'
            raise s_exc.AuthDeny(mesg=mesg, user=self.iden, username=self.name)

    # ----- changes ----------------------------------------------------------------------------------------------------

    async def setName(self, name: str) -> None:
        """Rename the user. Raises DupUserName, BadArg (root keeps its name)."""
        self._req_not_root('Cannot change the name of the root user.')
        async with self.auth.lock:
            if self.auth.req_user_name(name, self.iden) != self.name:
                await self.auth.push_name(self.kind, self.iden, name)

    async def setEmail(self, email: str | None, logged: bool = True) -> None:
        """Set or (None) clear the email address. Raises BadArg, DupUserEmail."""
        async with self.auth.lock:
            await self._push('email', self.auth.req_email(email, self.iden), logged=logged)

    async def setAdmin(self, admin: bool, gateiden: str | None = None, logged: bool = True) -> None:
        """Make the user an admin (of the gate), or no longer. Raises BadArg, NoSuchAuthGate."""
        if not isinstance(admin, bool):
            raise s_exc.BadArg(mesg='setAdmin requires a boolean')
        if gateiden is None and not admin:
            self._req_not_root('Cannot remove admin from root user.')
        self.auth.req_gate_or_none(gateiden)
        await self._push('admin', admin, gateiden=gateiden, logged=logged)

    async def setLocked(self, locked: bool, logged: bool = True) -> None:
        """Lock the user out (and end all HTTP sessions), or let him in again. Raises BadArg, HitLimit."""
        if not isinstance(locked, bool):
            raise s_exc.BadArg(mesg='setLocked requires a boolean')
        if locked:
            self._req_not_root('Cannot lock admin root user.')
        elif self.isArchived():
            raise s_exc.BadArg(mesg='Cannot unlock archived user.', user=self.iden, username=self.name)
        async with self.auth.lock:
            if self._locked and not locked:
                self.auth.req_user_room()
                await self._login.reset()
            await self._push('locked', locked, logged=logged)

    async def setArchived(self, archived: bool) -> None:
        """Archive (and lock) the user; one who comes back from the archive stays locked. Raises BadArg."""
        if not isinstance(archived, bool):
            raise s_exc.BadArg(mesg='setArchived requires a boolean')
        self._req_not_root('Cannot archive root user.')
        async with self.auth.lock:
            await self._push('archived', archived)
            if archived:
                await self._push('locked', True)

    async def setRoles(self, roleidens: typing.Sequence[str]) -> None:
        """Replace the roles, in this order. Raises NoSuchRole, BadArg (the role all must be among them)."""
        idens = tuple(dict.fromkeys(roleidens))
        if self.auth.allrole.iden not in idens:
            raise s_exc.BadArg(mesg='Role "all" must be in the list of roles set.')
        packs = [self.auth.reqRole(iden).pack() for iden in idens]
        mesg = {'name': 'role:set', 'iden': self.iden, 'roles': packs}
        async with self.auth.lock:
            if idens != self.roleidens:
                await self._push('roles', idens, mesg=mesg)

    async def grant(self, roleiden: str, indx: int | None = None) -> None:
        """Give a role: as the last one, or at a place in the order; nothing changes when it is held already.

        Raises NoSuchRole.
        """
        role = self.auth.reqRole(roleiden)
        async with self.auth.lock:
            if roleiden in self.roleidens:
                return
            idens = list(self.roleidens)
            idens.insert(len(idens) if indx is None else indx, roleiden)
            mesg = {'name': 'role:grant', 'iden': self.iden, 'role': role.pack()}
            await self._push('roles', tuple(idens), mesg=mesg)

    async def revoke(self, roleiden: str) -> None:
        """Take a role away; nothing changes when it is not held. Raises NoSuchRole, BadArg (the role all)."""
        role = self.auth.reqRole(roleiden)
        if roleiden == self.auth.allrole.iden:
            raise s_exc.BadArg(mesg='Role "all" may not be revoked.')
        async with self.auth.lock:
            if roleiden in self.roleidens:
                idens = tuple(iden for iden in self.roleidens if iden != roleiden)
                mesg = {'name': 'role:revoke', 'iden': self.iden, 'role': role.pack()}
                await self._push('roles', idens, mesg=mesg)

    async def setPasswd(self, passwd: str | None, logged: bool = True, policy: bool = True) -> None:
        """Set the password; None takes it away, so that the user cannot log in with one.

        Raises BadArg: not a string, empty, or against the policy (``failures``).
        """
        await self._login.set_passwd(passwd, logged=logged, policy=policy)

    async def tryPasswd(self, passwd: typing.Any) -> bool:
        """Return True when the user may log in with this password, or with this one-time password, now used up."""
        return await self._login.try_passwd(passwd)

    async def genOnepass(self, duration: int = 60000) -> str:
        """Return a new one-time password, good for ``duration`` milliseconds; it replaces the one before."""
        return await self._login.gen_onepass(duration)

    def _req_not_root(self, mesg: str) -> None:
        if self.iden == self.auth.rootuser.iden:
            raise s_exc.BadArg(mesg=mesg)
