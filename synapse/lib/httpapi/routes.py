"""Which handler answers which path, for the endpoints that every service has."""

from __future__ import annotations

import typing

import tornado.web

import synapse.lib.httpapi.auth as s_auth
import synapse.lib.httpapi.handler as s_handler
import synapse.lib.httpapi.service as s_service

# (regular expression of the path, handler class); the groups are arguments of the method.
BASE_ROUTES: tuple[tuple[str, type[typing.Any]], ...] = (
    ('/robots.txt', s_service.Robots),
    ('/api/v1/login', s_service.Login),
    ('/api/v1/logout', s_service.Logout),
    ('/api/v1/active', s_service.Active),
    ('/api/v1/healthcheck', s_service.Health),
    ('/api/v1/behold', s_service.Behold),
    ('/api/v1/auth/users', s_auth.Users),
    ('/api/v1/auth/roles', s_auth.Roles),
    ('/api/v1/auth/adduser', s_auth.AddUser),
    ('/api/v1/auth/addrole', s_auth.AddRole),
    ('/api/v1/auth/delrole', s_auth.DelRole),
    ('/api/v1/auth/user/(.*)', s_auth.User),
    ('/api/v1/auth/role/(.*)', s_auth.Role),
    ('/api/v1/auth/password/(.*)', s_auth.Passwd),
    ('/api/v1/auth/grant', s_auth.Grant),
    ('/api/v1/auth/revoke', s_auth.Revoke),
    ('/api/v1/auth/onepass/issue', s_auth.Onepass),
)


class NotFound(s_handler.Handler):
    """Answers every path that nobody registered."""

    async def prepare(self) -> None:
        """Answer 404, whatever the method."""
        raise tornado.web.HTTPError(404)
