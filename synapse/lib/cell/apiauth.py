"""Remote methods for users, roles, rules, gates, passwords and keys (cell.md 5, 6)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.cell.apibase as s_apibase

adminapi = s_apibase.adminapi

Info = dict[str, typing.Any]
Rule = typing.Any


class UserApi(s_apibase.ApiBase):
    """Users: who they are, what they may do."""

    def getCellUser(self) -> Info:
        """Return the pack of the caller."""
        return self.user.pack()

    async def setCellUser(self, iden: str) -> bool:
        """Go on as another user, for the rest of this session. Raises AuthDeny, NoSuchUser."""
        if not self.user.isAdmin():
            mesg = 'setCellUser() caller must be admin.'
            raise s_exc.AuthDeny(mesg=mesg, user=self.user.iden, username=self.user.name)
        user = self.cell.auth.reqUser(iden)
        if user.isLocked():
            raise s_exc.AuthDeny(mesg=f'User ({user.name}) is locked.', user=user.iden, username=user.name)
        self.user = user
        if self.sess is not None:
            self.sess.user = user
        return True

    async def getUserInfo(self, name: str) -> Info:
        """Return a user with role names. Raises AuthDeny (neither self nor admin), NoSuchUser."""
        if name != self.user.name and not self.user.isAdmin():
            mesg = 'getUserInfo denied for non-admin and non-self'
            raise s_exc.AuthDeny(mesg=mesg, user=self.user.iden, username=self.user.name)
        return await self.cell.getUserInfo(name)

    @adminapi(log=True)
    async def addUser(
        self, name: str, passwd: str | None = None, email: str | None = None, iden: str | None = None
    ) -> Info:
        """Add a user and return its definition. Raises DupUserName, DupUserEmail, DupIden, HitLimit, BadArg."""
        return await self.cell.addUser(name, passwd=passwd, email=email, iden=iden)

    @adminapi(log=True)
    async def delUser(self, iden: str) -> None:
        """Delete a user. Raises NoSuchUser, BadArg (root)."""
        await self.cell.delUser(iden)

    @adminapi(log=True)
    async def addUserRule(self, iden: str, rule: Rule, indx: int | None = None, gateiden: str | None = None) -> None:
        """Add a rule, as the last one or at an index. Raises NoSuchUser, SchemaViolation, NoSuchAuthGate."""
        await self.cell.addUserRule(iden, rule, indx=indx, gateiden=gateiden)

    @adminapi(log=True)
    async def delUserRule(self, iden: str, rule: Rule, gateiden: str | None = None) -> bool:
        """Remove a rule; False when it is not there."""
        return await self.cell.delUserRule(iden, rule, gateiden=gateiden)

    @adminapi(log=True)
    async def setUserRules(self, iden: str, rules: typing.Sequence[Rule], gateiden: str | None = None) -> None:
        """Replace all rules."""
        await self.cell.setUserRules(iden, rules, gateiden=gateiden)

    @adminapi(log=True)
    async def setUserAdmin(self, iden: str, admin: bool, gateiden: str | None = None) -> None:
        """Make a user an admin (of a gate), or no longer."""
        await self.cell.setUserAdmin(iden, admin, gateiden=gateiden)

    @adminapi(log=True)
    async def setUserLocked(self, iden: str, locked: bool) -> None:
        """Lock a user out, or let him in again."""
        await self.cell.setUserLocked(iden, locked)

    @adminapi(log=True)
    async def setUserArchived(self, iden: str, archived: bool) -> None:
        """Archive (and lock) a user, or take him back from the archive, still locked."""
        await self.cell.setUserArchived(iden, archived)

    @adminapi(log=True)
    async def setUserEmail(self, iden: str, email: str | None) -> None:
        """Set the email address of a user."""
        await self.cell.setUserEmail(iden, email)

    @adminapi(log=True)
    async def addUserRole(self, useriden: str, roleiden: str, indx: int | None = None) -> None:
        """Grant a role; nothing changes when it is granted already."""
        await self.cell.addUserRole(useriden, roleiden, indx=indx)

    @adminapi(log=True)
    async def setUserRoles(self, useriden: str, roleidens: typing.Sequence[str]) -> None:
        """Replace all roles; the role all must be among them."""
        await self.cell.setUserRoles(useriden, roleidens)

    @adminapi(log=True)
    async def delUserRole(self, useriden: str, roleiden: str) -> None:
        """Revoke a role."""
        await self.cell.delUserRole(useriden, roleiden)

    @adminapi()
    async def getUserDef(self, iden: str, packroles: bool = True) -> Info | None:
        """Return a user, None when there is none; ``packroles`` makes role packs of the role idens."""
        return await self.cell.getUserDef(iden, packroles=packroles)

    @adminapi()
    async def getUserDefByName(self, name: str) -> Info | None:
        """Return a user by name, None when there is none."""
        return await self.cell.getUserDefByName(name)

    @adminapi()
    async def getUserDefs(self) -> list[Info]:
        """Return all users with role packs."""
        return await self.cell.getUserDefs()

    @adminapi()
    async def getAuthUsers(self, archived: bool = False) -> list[Info]:
        """Return all users with role idens; archived ones only when asked for."""
        return await self.cell.getAuthUsers(archived=archived)

    @adminapi()
    async def isUserAllowed(
        self, iden: str, perm: typing.Sequence[str], gateiden: str | None = None, default: bool | None = False
    ) -> bool | None:
        """Return whether a user has a permission; False for an unknown user."""
        return await self.cell.isUserAllowed(iden, perm, gateiden=gateiden, default=default)


class RoleApi(s_apibase.ApiBase):
    """Roles and gates."""

    async def getRoleInfo(self, name: str) -> Info:
        """Return a role. Raises AuthDeny (neither member nor admin), NoSuchRole."""
        role = self.cell.auth.reqRoleByName(name)
        if not self.user.isAdmin() and not self.user.hasRole(role.iden):
            mesg = 'getRoleInfo denied for non-admin and non-member'
            raise s_exc.AuthDeny(mesg=mesg, user=self.user.iden, username=self.user.name)
        return role.pack()

    @adminapi(log=True)
    async def addRole(self, name: str, iden: str | None = None) -> Info:
        """Add a role and return it. Raises DupRoleName, DupIden, BadArg."""
        return await self.cell.addRole(name, iden=iden)

    @adminapi(log=True)
    async def delRole(self, iden: str) -> None:
        """Delete a role. Raises NoSuchRole, BadArg (all)."""
        await self.cell.delRole(iden)

    @adminapi(log=True)
    async def addRoleRule(self, iden: str, rule: Rule, indx: int | None = None, gateiden: str | None = None) -> None:
        """Add a rule, as the last one or at an index."""
        await self.cell.addRoleRule(iden, rule, indx=indx, gateiden=gateiden)

    @adminapi(log=True)
    async def delRoleRule(self, iden: str, rule: Rule, gateiden: str | None = None) -> bool:
        """Remove a rule; False when it is not there."""
        return await self.cell.delRoleRule(iden, rule, gateiden=gateiden)

    @adminapi(log=True)
    async def setRoleRules(self, iden: str, rules: typing.Sequence[Rule], gateiden: str | None = None) -> None:
        """Replace all rules."""
        await self.cell.setRoleRules(iden, rules, gateiden=gateiden)

    @adminapi()
    async def getRoleDef(self, iden: str) -> Info | None:
        """Return a role, None when there is none."""
        return await self.cell.getRoleDef(iden)

    @adminapi()
    async def getRoleDefByName(self, name: str) -> Info | None:
        """Return a role by name, None when there is none."""
        return await self.cell.getRoleDefByName(name)

    @adminapi()
    async def getRoleDefs(self) -> list[Info]:
        """Return all roles."""
        return await self.cell.getRoleDefs()

    @adminapi()
    async def getAuthRoles(self) -> list[Info]:
        """Return all roles."""
        return await self.cell.getAuthRoles()

    @adminapi()
    async def isRoleAllowed(self, iden: str, perm: typing.Sequence[str], gateiden: str | None = None) -> bool | None:
        """Return what a role says to a permission; False for an unknown role."""
        return await self.cell.isRoleAllowed(iden, perm, gateiden=gateiden)

    @adminapi()
    async def getAuthGate(self, iden: str) -> Info | None:
        """Return a gate, None when there is none."""
        return await self.cell.getAuthGate(iden)

    @adminapi()
    async def getAuthGates(self) -> list[Info]:
        """Return all gates."""
        return await self.cell.getAuthGates()


class SecretsApi(s_apibase.ApiBase):
    """Passwords, keys, and what services remember of a user."""

    def _req_self_or(self, useriden: str, what: str) -> None:
        if useriden == self.user.iden:
            self.user.confirm(('auth', 'self', 'set', what), default=True)
        else:
            self.user.confirm(('auth', 'user', 'set', what))

    async def setUserPasswd(self, iden: str, passwd: str | None) -> None:
        """Set a password: one's own, or with permission somebody else's. Raises AuthDeny, NoSuchUser, BadArg."""
        self._req_self_or(iden, 'passwd')
        await self.cell.setUserPasswd(iden, passwd)

    @adminapi()
    async def tryUserPasswd(self, name: str, passwd: str) -> Info | None:
        """Return the user when the password is right, else None."""
        return await self.cell.tryUserPasswd(name, passwd)

    @adminapi()
    async def genUserOnepass(self, iden: str, duration: int = 60000) -> str:
        """Return a new one-time password of a user, good for ``duration`` milliseconds."""
        return await self.cell.genUserOnepass(iden, duration=duration)

    async def addUserApiKey(
        self, name: str, duration: int | None = None, useriden: str | None = None
    ) -> tuple[str, Info]:
        """Return ``(key text, key def)`` of a new API key. ``duration`` in milliseconds. Raises AuthDeny, BadArg."""
        useriden = self.user.iden if useriden is None else useriden
        self._req_self_or(useriden, 'apikey')
        return await self.cell.addUserApiKey(useriden, name, duration=duration)

    async def listUserApiKeys(self, useriden: str | None = None) -> list[Info]:
        """Return the API keys of a user, without their secrets. Raises AuthDeny."""
        useriden = self.user.iden if useriden is None else useriden
        self._req_self_or(useriden, 'apikey')
        return await self.cell.listUserApiKeys(useriden)

    async def delUserApiKey(self, iden: str) -> bool:
        """Delete an API key. Raises NoSuchIden, AuthDeny."""
        self._req_self_or(self.cell.auth.apikeys.req(iden)['user'], 'apikey')
        return await self.cell.delUserApiKey(iden)

    @adminapi()
    async def checkUserApiKey(self, key: str) -> tuple[bool, Info]:
        """Return ``(True, {kdef, udef})`` or ``(False, {mesg, user?, name?})`` for the text of a key."""
        return await self.cell.checkUserApiKey(key)

    @adminapi()
    async def getUserProfile(self, iden: str) -> Info:
        """Return all values of a user's profile."""
        return await self.cell.getUserProfile(iden)

    @adminapi()
    async def getUserProfInfo(self, iden: str, name: str, default: typing.Any = None) -> typing.Any:
        """Return one value of a user's profile."""
        return await self.cell.getUserProfInfo(iden, name, default)

    @adminapi()
    async def setUserProfInfo(self, iden: str, name: str, valu: typing.Any) -> typing.Any:
        """Set one value of a user's profile and return it."""
        return await self.cell.setUserProfInfo(iden, name, valu)

    @adminapi()
    async def popUserProfInfo(self, iden: str, name: str, default: typing.Any = None) -> typing.Any:
        """Remove one value of a user's profile and return it, or the default."""
        return await self.cell.popUserProfInfo(iden, name, default)


class ByNameApi(s_apibase.ApiBase):
    """Old methods that take the name of a user or, when there is none, of a role. Raises NoSuchName."""

    @adminapi()
    async def getAuthInfo(self, name: str) -> Info:
        """Return a user with role names, or a role."""
        s_apibase.deprecated('CellApi.getAuthInfo', '2.164.0')
        return await self.cell.getAuthInfo(name)

    @adminapi(log=True)
    async def addAuthRule(self, name: str, rule: Rule, indx: int | None = None, gateiden: str | None = None) -> None:
        """Add a rule."""
        s_apibase.deprecated('CellApi.addAuthRule', '2.164.0')
        await self.cell.addAuthRule(name, rule, indx=indx, gateiden=gateiden)

    @adminapi(log=True)
    async def delAuthRule(self, name: str, rule: Rule, gateiden: str | None = None) -> bool:
        """Remove a rule; False when it is not there."""
        s_apibase.deprecated('CellApi.delAuthRule', '2.164.0')
        return await self.cell.delAuthRule(name, rule, gateiden=gateiden)

    @adminapi(log=True)
    async def setAuthAdmin(self, name: str, isadmin: bool) -> None:
        """Make a user an admin, or no longer."""
        s_apibase.deprecated('CellApi.setAuthAdmin', '2.164.0')
        await self.cell.setAuthAdmin(name, isadmin)

    @adminapi(log=True)
    async def addAuthRole(self, name: str) -> Info:
        """Add a role."""
        s_apibase.deprecated('CellApi.addAuthRole', '2.164.0')
        return await self.cell.addRole(name)

    @adminapi(log=True)
    async def delAuthRole(self, name: str) -> None:
        """Delete a role, by its iden whatever the name of the argument says."""
        s_apibase.deprecated('CellApi.delAuthRole', '2.164.0')
        await self.cell.delRole(name)

    @adminapi(log=True)
    async def delAuthUser(self, name: str) -> None:
        """Delete a user, by its iden whatever the name of the argument says."""
        s_apibase.deprecated('CellApi.delAuthUser', '2.164.0')
        await self.cell.delUser(name)
