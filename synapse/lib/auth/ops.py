"""Auth as callers see it: everything by iden, packed results, and an audit line for each change (cell.md 6, 12.4).

`AuthOps` needs nothing but an attribute ``auth``, so a cell can be one. Whether the caller may do it is checked before,
by the remote API or the HTTP handler.
"""

from __future__ import annotations

import logging
import typing

import synapse.exc as s_exc
import synapse.lib.auth.subjects as s_subjects
import synapse.lib.auth.users as s_users

if typing.TYPE_CHECKING:
    import synapse.lib.auth.auth as s_auth

logger = logging.getLogger('synapse.lib.auth')

Info = s_subjects.Info
CREATE, MODIFY, DELETE = 'CREATE', 'MODIFY', 'DELETE'


class OpsBase:
    """What all operations need: the auth object, and the way to the audit log.

    Attributes:
        auth: The users and roles. caller: On whose behalf, when the audit lines shall name him.
    """

    auth: s_auth.Auth
    caller: s_users.User | None = None

    def _audit(self, status: str, subj: s_subjects.Subject, mesg: str, **extra: typing.Any) -> None:
        if self.caller is not None:
            extra.update(user=self.caller.iden, username=self.caller.name)
        extra[f'target_{subj.kind}'] = subj.iden
        extra['target_username' if subj.kind == 'user' else 'target_role_name'] = subj.name
        logger.info(mesg, extra=self.auth.log_extra(status=status, **extra), stacklevel=2)


class UserOps(OpsBase):
    """Users: who they are and what they may do."""

    async def addUser(
        self, name: str, passwd: str | None = None, email: str | None = None, iden: str | None = None
    ) -> Info:
        """Add a user and return the user def. Raises DupUserName, DupUserEmail, DupIden, HitLimit, BadArg."""
        user = await self.auth.addUser(name, passwd=passwd, email=email, iden=iden)
        self._audit(CREATE, user, f'Added user={user.name}')
        return user.pack(packroles=True)

    async def delUser(self, iden: str) -> None:
        """Delete a user. Raises NoSuchUser, BadArg."""
        user = self.auth.reqUser(iden)
        await self.auth.delUser(iden)
        self._audit(DELETE, user, f'Deleted user={user.name}')

    async def setUserName(self, iden: str, name: str) -> None:
        """Rename a user. Raises NoSuchUser, DupUserName, BadArg."""
        user = self.auth.reqUser(iden)
        old = user.name
        await user.setName(name)
        self._audit(MODIFY, user, f'Set name={name} from {old} on user iden={iden}')

    async def setUserEmail(self, iden: str, email: str | None) -> None:
        """Set an address. Raises NoSuchUser, DupUserEmail, BadArg."""
        user = self.auth.reqUser(iden)
        await user.setEmail(email)
        self._audit(MODIFY, user, f'Set email={user.email} for {user.name}')

    async def setUserPasswd(self, iden: str, passwd: str | None) -> None:
        """Set or (None) remove a password. Raises NoSuchUser, BadArg."""
        user = self.auth.reqUser(iden)
        await user.setPasswd(passwd)
        self._audit(MODIFY, user, f'Set password for {user.name}')

    async def setUserAdmin(self, iden: str, admin: bool, gateiden: str | None = None) -> None:
        """Make a user an admin, or no longer. Raises NoSuchUser, NoSuchAuthGate, BadArg."""
        user = self.auth.reqUser(iden)
        await user.setAdmin(admin, gateiden=gateiden)
        self._audit(MODIFY, user, f'Set admin={admin} for {user.name} for {gateiden=}', gateiden=gateiden)

    async def setUserLocked(self, iden: str, locked: bool) -> None:
        """Lock or unlock a user. Raises NoSuchUser, BadArg, HitLimit."""
        user = self.auth.reqUser(iden)
        await user.setLocked(locked)
        self._audit(MODIFY, user, f'Set lock={locked} for user {user.name}')

    async def setUserArchived(self, iden: str, archived: bool) -> None:
        """Archive a user, or bring him back (locked). Raises NoSuchUser, BadArg."""
        user = self.auth.reqUser(iden)
        await user.setArchived(archived)
        self._audit(MODIFY, user, f'Set archive={archived} for user {user.name}')

    async def addUserRule(
        self, iden: str, rule: typing.Any, indx: int | None = None, gateiden: str | None = None
    ) -> None:
        """Give a rule. Raises NoSuchUser, NoSuchAuthGate, SchemaViolation, BadArg."""
        user = self.auth.reqUser(iden)
        await user.addRule(rule, indx=indx, gateiden=gateiden)
        self._audit(MODIFY, user, f'Added {rule=} on user {user.name} for {gateiden=}', rule=rule, gateiden=gateiden)

    async def delUserRule(self, iden: str, rule: typing.Any, gateiden: str | None = None) -> bool:
        """Take a rule away; False when it was not there. Raises NoSuchUser, SchemaViolation."""
        user = self.auth.reqUser(iden)
        found = await user.delRule(rule, gateiden=gateiden)
        mesg = f'Removing {rule=} on user {user.name} for {gateiden=}'
        self._audit(MODIFY, user, mesg, rule=rule, gateiden=gateiden)
        return found

    async def setUserRules(self, iden: str, rules: typing.Any, gateiden: str | None = None) -> None:
        """Replace all rules. Raises NoSuchUser, NoSuchAuthGate, SchemaViolation."""
        user = self.auth.reqUser(iden)
        await user.setRules(rules, gateiden=gateiden)
        mesg = f'Set user rules = {rules} on user {user.name} for {gateiden=}'
        self._audit(MODIFY, user, mesg, rules=rules, gateiden=gateiden)

    async def addUserRole(self, useriden: str, roleiden: str, indx: int | None = None) -> None:
        """Grant a role. Raises NoSuchUser, NoSuchRole."""
        user = self.auth.reqUser(useriden)
        role = self.auth.reqRole(roleiden)
        await user.grant(roleiden, indx=indx)
        mesg = f'Granted role {role.name} to user {user.name}'
        self._audit(MODIFY, user, mesg, target_role=roleiden, target_role_name=role.name)

    async def setUserRoles(self, useriden: str, roleidens: typing.Sequence[str]) -> None:
        """Replace the roles. Raises NoSuchUser, NoSuchRole, BadArg."""
        user = self.auth.reqUser(useriden)
        await user.setRoles(roleidens)
        self._audit(MODIFY, user, f'Set {roleidens=} on user {user.name}', roleidens=roleidens)

    async def delUserRole(self, useriden: str, roleiden: str) -> None:
        """Revoke a role. Raises NoSuchUser, NoSuchRole, BadArg."""
        user = self.auth.reqUser(useriden)
        role = self.auth.reqRole(roleiden)
        await user.revoke(roleiden)
        mesg = f'Revoked role {role.name} from user {user.name}'
        self._audit(MODIFY, user, mesg, target_role=roleiden, target_role_name=role.name)

    async def getUserDef(self, iden: str, packroles: bool = True) -> Info | None:
        """Return a user def, None when there is none."""
        user = self.auth.user(iden)
        return None if user is None else user.pack(packroles=packroles)

    async def getUserDefByName(self, name: str) -> Info | None:
        """Return a user def, None when there is none."""
        user = self.auth.getUserByName(name)
        return None if user is None else user.pack(packroles=True)

    async def getUserDefs(self) -> list[Info]:
        """Return the user defs of all users."""
        return [user.pack(packroles=True) for user in self.auth.users()]

    async def getAuthUsers(self, archived: bool = False) -> list[Info]:
        """Return the packs of all users, without the archived ones unless asked."""
        return [user.pack() for user in self.auth.users() if archived or not user.isArchived()]

    async def getUserInfo(self, name: str) -> Info:
        """Return the pack of a user with role names for roles. Raises NoSuchUser."""
        return with_role_names(self.auth.reqUserByName(name))

    async def isUserAllowed(
        self,
        iden: str,
        perm: typing.Sequence[str],
        gateiden: str | None = None,
        default: bool | None = False,
    ) -> bool | None:
        """Return whether a user may; False for an unknown user."""
        user = self.auth.user(iden)
        return False if user is None else user.allowed(perm, default=default, gateiden=gateiden)

    async def tryUserPasswd(self, name: str, passwd: str) -> Info | None:
        """Return the pack of the user when the password is right, else None."""
        user = self.auth.getUserByName(name)
        return user.pack() if user is not None and await user.tryPasswd(passwd) else None


class RoleOps(OpsBase):
    """Roles and gates."""

    async def addRole(self, name: str, iden: str | None = None) -> Info:
        """Add a role and return its pack. Raises DupRoleName, DupIden, BadArg."""
        role = await self.auth.addRole(name, iden=iden)
        self._audit(CREATE, role, f'Added role={role.name}')
        return role.pack()

    async def delRole(self, iden: str) -> None:
        """Delete a role. Raises NoSuchRole, BadArg."""
        role = self.auth.reqRole(iden)
        await self.auth.delRole(iden)
        self._audit(DELETE, role, f'Deleted role={role.name}')

    async def setRoleName(self, iden: str, name: str) -> None:
        """Rename a role. Raises NoSuchRole, DupRoleName, BadArg."""
        role = self.auth.reqRole(iden)
        old = role.name
        await role.setName(name)
        self._audit(MODIFY, role, f'Set name={name} from {old} on role iden={iden}')

    async def addRoleRule(
        self, iden: str, rule: typing.Any, indx: int | None = None, gateiden: str | None = None
    ) -> None:
        """Give a rule. Raises NoSuchRole, NoSuchAuthGate, SchemaViolation, BadArg."""
        role = self.auth.reqRole(iden)
        await role.addRule(rule, indx=indx, gateiden=gateiden)
        self._audit(MODIFY, role, f'Added {rule=} on role {role.name} for {gateiden=}', rule=rule, gateiden=gateiden)

    async def delRoleRule(self, iden: str, rule: typing.Any, gateiden: str | None = None) -> bool:
        """Take a rule away; False when it was not there. Raises NoSuchRole, SchemaViolation."""
        role = self.auth.reqRole(iden)
        found = await role.delRule(rule, gateiden=gateiden)
        mesg = f'Removing {rule=} on role {role.name} for {gateiden=}'
        self._audit(MODIFY, role, mesg, rule=rule, gateiden=gateiden)
        return found

    async def setRoleRules(self, iden: str, rules: typing.Any, gateiden: str | None = None) -> None:
        """Replace all rules. Raises NoSuchRole, NoSuchAuthGate, SchemaViolation."""
        role = self.auth.reqRole(iden)
        await role.setRules(rules, gateiden=gateiden)
        mesg = f'Set role rules = {rules} on role {role.name} for {gateiden=}'
        self._audit(MODIFY, role, mesg, rules=rules, gateiden=gateiden)

    async def getRoleDef(self, iden: str) -> Info | None:
        """Return the pack of a role, None when there is none."""
        role = self.auth.role(iden)
        return None if role is None else role.pack()

    async def getRoleDefByName(self, name: str) -> Info | None:
        """Return the pack of a role, None when there is none."""
        role = self.auth.getRoleByName(name)
        return None if role is None else role.pack()

    async def getRoleDefs(self) -> list[Info]:
        """Return the packs of all roles."""
        return [role.pack() for role in self.auth.roles()]

    async def getAuthRoles(self) -> list[Info]:
        """Return the packs of all roles."""
        return await self.getRoleDefs()

    async def getRoleInfo(self, name: str) -> Info:
        """Return the pack of a role. Raises NoSuchRole."""
        return self.auth.reqRoleByName(name).pack()

    async def isRoleAllowed(self, iden: str, perm: typing.Sequence[str], gateiden: str | None = None) -> bool | None:
        """Return what a role alone says: True, False, None for nothing; False for an unknown role."""
        role = self.auth.role(iden)
        return False if role is None else role.allowed(perm, gateiden=gateiden)

    async def getAuthGate(self, iden: str) -> Info | None:
        """Return the pack of a gate, None when there is none."""
        gate = self.auth.getAuthGate(iden)
        return None if gate is None else gate.pack()

    async def getAuthGates(self) -> list[Info]:
        """Return the packs of all gates."""
        return [gate.pack() for gate in self.auth.getAuthGates()]


class DataOps(OpsBase):
    """What is kept for users: profile, variables, API keys, one-time passwords."""

    async def getUserProfile(self, iden: str) -> Info:
        """Return the profile of a user as a dict. Raises NoSuchUser."""
        return dict(self.auth.reqUser(iden).profile.items())

    async def getUserProfInfo(self, iden: str, name: str, default: typing.Any = None) -> typing.Any:
        """Return one value of a profile. Raises NoSuchUser."""
        return self.auth.reqUser(iden).profile.get(name, default)

    async def setUserProfInfo(self, iden: str, name: str, valu: typing.Any) -> typing.Any:
        """Set one value of a profile and return it. Raises NoSuchUser, BadArg."""
        return await self.auth.reqUser(iden).profile.set(name, valu)

    async def popUserProfInfo(self, iden: str, name: str, default: typing.Any = None) -> typing.Any:
        """Remove and return one value of a profile. Raises NoSuchUser."""
        return await self.auth.reqUser(iden).profile.pop(name, default)

    async def genUserOnepass(self, iden: str, duration: int = 60000) -> str:
        """Return a new one-time password, good for ``duration`` milliseconds. Raises NoSuchUser, BadArg."""
        user = self.auth.reqUser(iden)
        onepass = await user.genOnepass(duration)
        self._audit(MODIFY, user, f'Issued one time password for {user.name}')
        return onepass

    async def addUserApiKey(self, useriden: str, name: str, duration: int | None = None) -> tuple[str, Info]:
        """Make an API key and return ``(text, kdef)``. Raises NoSuchUser, SchemaViolation, BadArg, HitLimit."""
        user = self.auth.reqUser(useriden)
        token, kdef = await self.auth.apikeys.add(useriden, name, duration=duration)
        self._audit(CREATE, user, f'Created HTTP API key for {user.name}, {name=}', keyiden=kdef['iden'])
        return token, kdef

    async def listUserApiKeys(self, useriden: str) -> list[Info]:
        """Return the kdefs of a user. Raises NoSuchUser."""
        return self.auth.apikeys.list(self.auth.reqUser(useriden).iden)

    async def getUserApiKey(self, iden: str) -> Info | None:
        """Return a kdef, None when there is none."""
        return self.auth.apikeys.get(iden)

    async def modUserApiKey(self, iden: str, name: str, valu: typing.Any) -> Info:
        """Set one value of a key. Raises NoSuchIden, BadArg."""
        kdef = await self.auth.apikeys.edit(iden, name, valu)
        user = self.auth.reqUser(kdef['user'])
        self._audit(MODIFY, user, f'Updated HTTP API key for {user.name}, set {name}={valu}', keyiden=iden)
        return kdef

    async def delUserApiKey(self, iden: str) -> bool:
        """Delete a key. Raises NoSuchIden."""
        kdef = self.auth.apikeys.req(iden)
        user = self.auth.reqUser(kdef['user'])
        await self.auth.apikeys.delete(iden)
        self._audit(DELETE, user, f'Deleted HTTP API key for {user.name}, name={kdef["name"]}', keyiden=iden)
        return True

    async def checkUserApiKey(self, key: str) -> tuple[bool, Info]:
        """Return ``(True, {kdef, udef})`` or ``(False, {mesg, user?, name?})``."""
        return await self.auth.apikeys.check(key)


class AuthOps(UserOps, RoleOps, DataOps):
    """All operations, and the deprecated ones that take a name, of a user first, then of a role."""

    @classmethod
    def of(cls, auth: s_auth.Auth, caller: s_users.User | None = None) -> AuthOps:
        """Return the operations of an auth object, on behalf of a user."""
        self = cls()
        self.auth = auth
        self.caller = caller
        return self

    def req_named(self, name: str) -> s_users.User | s_subjects.Role:
        """Return the user, or else the role, of a name. Raises NoSuchName."""
        found = self.auth.getUserByName(name) or self.auth.getRoleByName(name)
        if found is None:
            raise s_exc.NoSuchName(mesg=f'No user or role named {name}.', name=name)
        return found

    async def getAuthInfo(self, name: str) -> Info:
        """Return the user info or role pack of a name. Raises NoSuchName."""
        found = self.req_named(name)
        return with_role_names(found) if isinstance(found, s_users.User) else found.pack()

    async def addAuthRule(
        self, name: str, rule: typing.Any, indx: int | None = None, gateiden: str | None = None
    ) -> None:
        """Give a rule by name. Raises NoSuchName, NoSuchAuthGate, SchemaViolation."""
        found = self.req_named(name)
        func = self.addUserRule if isinstance(found, s_users.User) else self.addRoleRule
        await func(found.iden, rule, indx=indx, gateiden=gateiden)

    async def delAuthRule(self, name: str, rule: typing.Any, gateiden: str | None = None) -> bool:
        """Take a rule away by name. Raises NoSuchName, SchemaViolation."""
        found = self.req_named(name)
        func = self.delUserRule if isinstance(found, s_users.User) else self.delRoleRule
        return await func(found.iden, rule, gateiden=gateiden)

    async def setAuthAdmin(self, name: str, isadmin: bool) -> None:
        """Make a user an admin by name. Raises NoSuchName, BadArg."""
        await self.setUserAdmin(self.req_named(name).iden, isadmin)


def with_role_names(user: s_users.User) -> Info:
    """Return the pack of a user with role names in place of idens."""
    return {**user.pack(), 'roles': [role.name for role in user.getRoles()]}
