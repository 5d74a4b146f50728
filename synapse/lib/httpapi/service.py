"""Endpoints about the service itself: login and logout, is it active, is it well, what changes (cell.md 13.3)."""

from __future__ import annotations

import contextlib
import typing

import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import synapse.lib.httpapi.handler as s_handler
import synapse.lib.httpapi.identity as s_identity
import synapse.lib.limits as s_limits
import synapse.lib.schema as s_schema

_req_login = s_schema.checker(
    {
        'type': 'object',
        'properties': {'user': {'type': 'string'}, 'passwd': {'type': 'string'}},
        'additionalProperties': False,
        'required': ['user', 'passwd'],
    }
)


class Robots(s_handler.Handler):
    """``/robots.txt``: nothing here is for crawlers."""

    async def get(self) -> None:
        self.write('User-agent: *\nDisallow: /\n')


class Active(s_handler.Handler):
    """``/api/v1/active``: is this service the leader? Anybody may ask, load balancers do."""

    async def get(self) -> None:
        self.sendRestRetn({'active': self.cell.isactive})


class Health(s_handler.Handler):
    """``/api/v1/healthcheck``: the health report. Needs permission ``health``."""

    async def get(self) -> None:
        if await self.reqAuthAllowed(('health',)):
            self.sendRestRetn(await self.cell.getHealthCheck())


class Login(s_handler.Handler):
    """``/api/v1/login``: begin a session.

    Each login gets a session of its own; one that the caller had ends. (Were it taken over, a cookie that somebody
    planted in a browser would become a session of whoever logs in there.)
    """

    async def post(self) -> None:
        body = self.getJsonBody(validator=_req_login)
        if body is None:
            return
        ident = await s_identity.check_login(self.getAuth(), body['user'], body['passwd'])
        if ident.user is None:
            self._refuse(ident)
            return
        old = self._sess_cookie()
        if old is not None:
            await self.getAuth().sessions.delete(old)
        self.ident = ident
        await self._begin(ident.user)
        self.sendRestRetn(ident.user.pack(packroles=True))

    async def _begin(self, user: s_auth.User) -> None:
        iden = await self.getAuth().sessions.add(user.iden, user.name)
        days = s_limits.HTTP_SESS_DAYS
        self.set_signed_cookie(s_identity.COOKIE, iden, expires_days=days, path='/', secure=True, httponly=True)

    def _refuse(self, ident: s_identity.Identity) -> None:
        issue = typing.cast(str, ident.issue)
        self.logAuthIssue(issue, ident.culprit)
        if ident.culprit is None:
            self.sendRestErr('AuthDeny', 'No such user.', status_code=404)
        else:
            self.sendRestErr('AuthDeny', issue, status_code=403)


class Logout(s_handler.Handler):
    """``/api/v1/logout``: end the session, if there is one."""

    async def get(self) -> None:
        sess = self._sess_cookie()
        if sess is not None:
            await self.getAuth().sessions.delete(sess)
        self.clear_cookie(s_identity.COOKIE, path='/')
        self.sendRestRetn(True)


class Behold(s_handler.WebSocket):
    """``/api/v1/behold``: change events, for admins (cell.md 5.10)."""

    async def on_message(self, byts: str | bytes) -> None:
        """Begin to send events on ``{"type": "call:init"}``."""
        user = await self.user()
        if user is None or not user.isAdmin():
            await self.xmit('errx', code='AuthDeny', mesg='Beholder API requires admin privs')
            return
        try:
            mesg = s_handler.from_json(byts)
        except s_exc.SchemaViolation as e:
            await self.xmit('errx', code='BadJsonText', mesg=e.get('mesg'))
            return
        if not isinstance(mesg, dict) or mesg.get('type') != 'call:init' or self._tasks:
            await self.xmit('errx', code='BadMesgFormat', mesg='Invalid initial message')
            return
        self.spawn(self._watch(user))

    async def _watch(self, user: s_auth.User) -> None:
        events = typing.cast(typing.AsyncGenerator[typing.Any, None], self.cell.behold())
        async with contextlib.aclosing(events):
            await self.xmit('init')
            try:
                async for event in events:
                    if not user.isAdmin():
                        await self.xmit('errx', code='AuthDeny', mesg='Beholder API requires admin privs')
                        return
                    await self.send({'type': 'iter', 'data': event})
            except s_exc.HitLimit:  # too slow: the client must begin again
                await self.send({'type': 'fini'})
