"""Endpoints for users and roles (cell.md 13.3). The operations are those of `AuthOps`: each leaves its audit line."""

from __future__ import annotations

import contextlib
import typing

import synapse.exc as s_exc
import synapse.lib.auth.rules as s_rules
import synapse.lib.httpapi.handler as s_handler

# Errors with which a caller is told that the thing he named is not there.
_MISSING = frozenset(('NoSuchAuthGate', 'NoSuchRole', 'NoSuchUser'))

Body = dict[str, typing.Any]


class AuthHandler(s_handler.Handler):
    """What the endpoints below share."""

    @contextlib.contextmanager
    def answered(self) -> typing.Iterator[None]:
        """Answer errors of ours that leave the block.

        A rule that does not match the schema is left to become the 500 page that clients know from it (cell.md 16).
        """
        try:
            yield
        except s_exc.SchemaViolation:
            raise
        except s_exc.SynErr as e:
            status_code = 404 if e.errname in _MISSING else None
            self.sendRestExc(e, status_code=status_code)

    def check_rules(self, body: Body) -> None:
        """Raise SchemaViolation for bad rules, before anything else in the body is done."""
        if body.get('rules') is not None:
            s_rules.req_rules(body['rules'])

    async def reqAdminBody(self) -> Body | None:
        """Return the JSON body of a request by an admin, None when something was wrong and was answered."""
        if not await self.reqAuthAdmin():
            return None
        return typing.cast('Body | None', self.getJsonBody())


class Users(AuthHandler):
    """``/auth/users``: all users, those in the archive when asked."""

    async def get(self) -> None:
        if not await self.reqAuthUser():
            return
        archived = self.request.arguments.get('archived', [b'0'])[0]
        if archived not in (b'0', b'1'):
            mesg = 'The parameter "archived" must be 0 or 1 if specified.'
            self.sendRestErr('BadHttpParam', mesg, status_code=400)
            return
        users = [user for user in self.getAuth().users() if archived == b'1' or not user.isArchived()]
        self.sendRestRetn([user.pack(packroles=True) for user in users])


class Roles(AuthHandler):
    """``/auth/roles``: all roles."""

    async def get(self) -> None:
        if await self.reqAuthUser():
            self.sendRestRetn([role.pack() for role in self.getAuth().roles()])


class User(AuthHandler):
    """``/auth/user/<iden>``: look at a user, or (admins) change one."""

    async def get(self, iden: str) -> None:
        if not await self.reqAuthUser():
            return
        user = self.getAuth().user(iden)
        if user is None:
            self.sendRestErr('NoSuchUser', f'User {iden} does not exist.', status_code=404)
            return
        self.sendRestRetn(user.pack())

    async def post(self, iden: str) -> None:
        if not await self.reqAuthAdmin():
            return
        user = self.getAuth().user(iden)
        if user is None:
            self.sendRestErr('NoSuchUser', f'User {iden} does not exist.', status_code=404)
            return
        body = self.getJsonBody()
        if body is None:
            return
        with self.answered():
            await self._change(iden, body)
            self.sendRestRetn(user.pack())

    async def _change(self, iden: str, body: Body) -> None:
        self.check_rules(body)
        ops = self.getOps()
        gateiden = body.get('gate')
        if 'name' in body:
            await ops.setUserName(iden, body['name'])
        if 'email' in body:
            await ops.setUserEmail(iden, body['email'])
        if 'locked' in body:
            await ops.setUserLocked(iden, bool(body['locked']))
        if 'rules' in body:
            await ops.setUserRules(iden, body['rules'], gateiden=gateiden)
        if 'admin' in body:
            await ops.setUserAdmin(iden, bool(body['admin']), gateiden=gateiden)
        if 'archived' in body:
            await ops.setUserArchived(iden, bool(body['archived']))


class Passwd(AuthHandler):
    """``/auth/password/<iden>``: set a password; of oneself, or as an admin. For anybody else nothing happens."""

    async def post(self, iden: str) -> None:
        if not await self.reqAuthUser():
            return
        body = self.getJsonBody()
        if body is None:
            return
        caller = await self.user()
        user = self.getAuth().user(iden)
        passwd = body.get('passwd')
        if user is None:
            self.sendRestErr('NoSuchUser', f'User does not exist: {iden}', status_code=404)
            return
        with self.answered():
            if passwd is not None and (not isinstance(passwd, str) or not passwd):
                raise s_exc.BadArg(mesg='Password must be a string')
            if caller is not None and (caller.isAdmin() or caller.iden == iden):
                await self.getOps().setUserPasswd(iden, passwd)
            self.sendRestRetn(user.pack())


class Role(AuthHandler):
    """``/auth/role/<iden>``: look at a role, or (admins) change its rules."""

    async def get(self, iden: str) -> None:
        if await self.reqAuthUser():
            self._send_role(iden)

    async def post(self, iden: str) -> None:
        if not await self.reqAuthAdmin():
            return
        if self.getAuth().role(iden) is None:
            self._send_role(iden)
            return
        body = self.getJsonBody()
        if body is None:
            return
        with self.answered():
            if 'rules' in body:
                await self.getOps().setRoleRules(iden, body['rules'], gateiden=body.get('gate'))
            self._send_role(iden)

    def _send_role(self, iden: str) -> None:
        role = self.getAuth().role(iden)
        if role is None:
            self.sendRestErr('NoSuchRole', f'Role {iden} does not exist.', status_code=404)
        else:
            self.sendRestRetn(role.pack())


class Grant(AuthHandler):
    """``/auth/grant``: give a role to a user."""

    async def get(self) -> None:
        await self.post()

    async def post(self) -> None:
        body = await self.reqAdminBody()
        if body is None:
            return
        useriden, roleiden = str(body.get('user')), str(body.get('role'))
        user = self.getAuth().user(useriden)
        if user is None:
            self.sendRestErr('NoSuchUser', f'User iden {useriden} not found.', status_code=404)
            return
        if self.getAuth().role(roleiden) is None:
            self.sendRestErr('NoSuchRole', f'Role iden {roleiden} not found.', status_code=404)
            return
        with self.answered():
            await self.change(user.iden, roleiden)
            self.sendRestRetn(user.pack())

    async def change(self, useriden: str, roleiden: str) -> None:
        """Do it."""
        await self.getOps().addUserRole(useriden, roleiden)


class Revoke(Grant):
    """``/auth/revoke``: take a role away from a user."""

    async def change(self, useriden: str, roleiden: str) -> None:
        """Do it."""
        await self.getOps().delUserRole(useriden, roleiden)


class AddUser(AuthHandler):
    """``/auth/adduser``: add a user."""

    async def post(self) -> None:
        body = await self.reqAdminBody()
        if body is None:
            return
        name = body.get('name')
        if name is None:
            self.sendRestErr('MissingField', 'The adduser API requires a "name" argument.', status_code=400)
            return
        if self.getAuth().getUserByName(str(name)) is not None:
            self.sendRestErr('DupUser', f'A user named {name} already exists.', status_code=400)
            return
        with self.answered():
            self.check_rules(body)
            ops = self.getOps()
            udef = await ops.addUser(name, passwd=body.get('passwd'), email=body.get('email'))
            if body.get('admin') is not None:
                await ops.setUserAdmin(udef['iden'], bool(body['admin']))
            if body.get('rules') is not None:
                await ops.setUserRules(udef['iden'], body['rules'])
            self.sendRestRetn(self.getAuth().reqUser(udef['iden']).pack())


class AddRole(AuthHandler):
    """``/auth/addrole``: add a role."""

    async def post(self) -> None:
        body = await self.reqAdminBody()
        if body is None:
            return
        name = body.get('name')
        if name is None:
            self.sendRestErr('MissingField', 'The addrole API requires a "name" argument.', status_code=400)
            return
        if self.getAuth().getRoleByName(str(name)) is not None:
            self.sendRestErr('DupRole', f'A role named {name} already exists.', status_code=400)
            return
        with self.answered():
            self.check_rules(body)
            rdef = await self.getOps().addRole(name)
            if body.get('rules') is not None:
                await self.getOps().setRoleRules(rdef['iden'], body['rules'])
            self.sendRestRetn(self.getAuth().reqRole(rdef['iden']).pack())


class DelRole(AuthHandler):
    """``/auth/delrole``: delete a role, by name."""

    async def post(self) -> None:
        body = await self.reqAdminBody()
        if body is None:
            return
        name = body.get('name')
        if name is None:
            self.sendRestErr('MissingField', 'The delrole API requires a "name" argument.', status_code=400)
            return
        role = self.getAuth().getRoleByName(str(name))
        if role is None:
            self.sendRestErr('NoSuchRole', f'The role {name} does not exist!', status_code=404)
            return
        with self.answered():
            await self.getOps().delRole(role.iden)
            self.sendRestRetn(None)


class Onepass(AuthHandler):
    """``/auth/onepass/issue``: make a one-time password for a user."""

    async def post(self) -> None:
        body = await self.reqAdminBody()
        if body is None:
            return
        user = self.getAuth().user(str(body.get('user')))
        if user is None:
            self.sendRestErr('NoSuchUser', 'The user iden does not exist.', status_code=404)
            return
        with self.answered():
            self.sendRestRetn(await self.getOps().genUserOnepass(user.iden, body.get('duration', 600000)))
