"""The base classes of handlers: identity, permission checks, JSON in, envelopes out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import typing
import urllib.parse

import tornado.web
import tornado.websocket

import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import synapse.lib.httpapi.identity as s_identity
import synapse.lib.limits as s_limits

logger = logging.getLogger('synapse.lib.httpapi')

JSON_TYPE = 'application/json; charset=UTF-8'

# Status codes of errors that a handler does not choose one for; any other error of ours is 400.
STATUS_CODES = {'AuthDeny': 403, 'NoSuchView': 404}

# A request whose caller hung up: logged, never sent.
GONE = 499

Validator = typing.Callable[[typing.Any], typing.Any]


def to_json(item: typing.Any) -> bytes:
    """Return compact JSON in UTF-8. Raises TypeError for a value that JSON cannot hold."""
    try:
        return json.dumps(item, separators=(',', ':'), ensure_ascii=False).encode()
    except UnicodeEncodeError:  # lone surrogates, which only the escaped form can carry
        return json.dumps(item, separators=(',', ':')).encode()


def from_json(byts: bytes | str) -> typing.Any:
    """Return a JSON value. Raises SchemaViolation."""
    try:
        return json.loads(byts)
    except (ValueError, RecursionError):
        raise s_exc.SchemaViolation(mesg='Invalid JSON content.') from None


class HandlerBase:
    """What request handlers and WebSockets share: the cell, the caller, the common headers.

    Attributes:
        cell: The service. ident: The caller, once somebody has asked.
    """

    cell: typing.Any = None
    ident: s_identity.Identity | None = None
    request: typing.Any

    def initialize(self, cell: typing.Any) -> None:
        """Take the info that the handler was registered with: ``{'cell': cell}``."""
        self.cell = cell
        self.ident = None

    def getAuth(self) -> s_auth.Auth:
        """Return the users and roles that callers are looked up in."""
        return typing.cast(s_auth.Auth, self.cell.auth)

    def getOps(self) -> s_auth.AuthOps:
        """Return the operations on users and roles, with their audit lines."""
        return s_auth.AuthOps.of(self.getAuth(), None if self.ident is None else self.ident.user)

    # ----- who is asking ----------------------------------------------------------------------------------------------

    async def getIdentity(self) -> s_identity.Identity:
        """Return who is asking; looked up once per request. A refused credential is logged."""
        if self.ident is None:
            self.ident = await s_identity.identify(
                self.getAuth(),
                self._sess_cookie(),
                self.request.headers.get('X-API-KEY'),
                self.request.headers.get('Authorization'),
            )
            if self.ident.issue is not None:
                self.logAuthIssue(self.ident.issue, self.ident.culprit)
        return self.ident

    def _sess_cookie(self) -> str | None:
        func = typing.cast(tornado.web.RequestHandler, self).get_signed_cookie
        byts = func(s_identity.COOKIE, max_age_days=s_limits.HTTP_SESS_DAYS)
        return None if byts is None else byts.decode(errors='replace')

    async def user(self) -> s_auth.User | None:
        """Return the user who is asking, None for an anonymous caller."""
        return (await self.getIdentity()).user

    async def useriden(self) -> str | None:
        """Return the iden of the user who is asking, None for an anonymous caller."""
        user = await self.user()
        return None if user is None else user.iden

    async def authenticated(self) -> bool:
        """Return True when we know who is asking."""
        return await self.user() is not None

    async def isUserAllowed(
        self, perm: typing.Sequence[str], gateiden: str | None = None, default: bool | None = None
    ) -> bool:
        """Return whether the caller has a permission; False for an anonymous one."""
        user = await self.user()
        return user is not None and bool(user.allowed(tuple(perm), default=default, gateiden=gateiden))

    def logAuthIssue(self, mesg: str, user: s_auth.User | None = None) -> None:
        """Log that a credential was refused."""
        text = f'Failed to authenticate request to {self.request.path} from {self.request.remote_ip} : {mesg}'
        extra = {'uri': self.request.uri, 'remoteip': self.request.remote_ip}
        if user is not None:
            text = f'{text}: user={user.iden} ({user.name})'
            extra.update(user=user.iden, username=user.name)
        logger.warning(text, extra={'synapse': extra})

    # ----- headers ----------------------------------------------------------------------------------------------------

    def isOrigHost(self, origin: str) -> bool:
        """Return True when an Origin header names the host that the request went to, whatever the port."""
        host = urllib.parse.urlparse(origin).hostname
        if host is None:
            return False
        return host == urllib.parse.urlparse(f'//{self.request.host}').hostname

    def common_headers(self) -> list[tuple[str, str]]:
        """Return the headers that every response of a handler has, those of ``https:headers`` last."""
        headers = [('X-Content-Type-Options', 'nosniff')]
        origin = self.request.headers.get('Origin')
        if origin is not None and self.isOrigHost(origin):
            headers.append(('Access-Control-Allow-Origin', origin))
            headers.append(('Access-Control-Allow-Credentials', 'true'))
            headers.append(('Access-Control-Allow-Headers', 'Content-Type'))
        custom = self.cell.conf.get('https:headers') or {}
        headers.extend((name, str(valu)) for (name, valu) in custom.items())
        return headers


class Handler(HandlerBase, tornado.web.RequestHandler):
    """A request handler (promise path ``synapse.lib.httpapi.Handler``).

    Example:
        class Hello(s_httpapi.Handler):
            async def get(self):
                if not await self.reqAuthAllowed(('hello',)):
                    return
                self.sendRestRetn('hello')

        cell.addHttpApi('/api/v1/hello', Hello, {'cell': cell})
    """

    _task: asyncio.Task[typing.Any] | None = None
    _gone = False

    def set_default_headers(self) -> None:
        """Set the common headers, on error pages too."""
        self.clear_header('Server')
        if self.cell is not None:  # tornado asks once before it has initialised the handler
            for name, valu in self.common_headers():
                self.add_header(name, valu)

    def initialize(self, cell: typing.Any) -> None:
        """Take the info that the handler was registered with."""
        super().initialize(cell)
        self.set_default_headers()

    def compute_etag(self) -> None:
        """No entity tags: answers are made for one caller."""

    async def options(self, *args: str, **kwargs: str) -> None:
        """Answer 204 to a preflight request; whether it may is told by the headers."""
        self.set_status(204)
        self.finish()

    # ----- a caller who hangs up --------------------------------------------------------------------------------------

    async def _execute(self, transforms: typing.Any, *args: typing.Any, **kwargs: typing.Any) -> None:
        self._task = asyncio.current_task()
        try:
            await super()._execute(transforms, *args, **kwargs)
        except asyncio.CancelledError:
            if not self._gone:
                raise
            self.set_status(GONE, 'Client Closed Request')
            self._log()
        finally:
            self._task = None

    def on_connection_close(self) -> None:
        """Cancel the work for a caller who hung up."""
        super().on_connection_close()
        if self._task is not None:
            self._gone = True
            self._task.cancel()

    # ----- answers ----------------------------------------------------------------------------------------------------

    def sendRestRetn(self, retn: typing.Any, status_code: int | None = None) -> None:
        """Answer ``{"status": "ok", "result": retn}``."""
        self._send(200 if status_code is None else status_code, {'status': 'ok', 'result': retn})

    def sendRestErr(self, code: str, mesg: str, status_code: int | None = None) -> None:
        """Answer ``{"status": "err", "code": code, "mesg": mesg}``."""
        if status_code is None:
            status_code = STATUS_CODES.get(code, 400)
        self._send(status_code, {'status': 'err', 'code': code, 'mesg': mesg})

    def sendRestExc(self, e: BaseException, status_code: int | None = None) -> None:
        """Answer an exception: its name and its ``mesg``."""
        if isinstance(e, s_exc.SynErr):
            self.sendRestErr(e.errname, e.get('mesg', str(e)), status_code=status_code)
        else:
            self.sendRestErr(type(e).__name__, str(e), status_code=status_code)

    def _send(self, status_code: int, item: dict[str, typing.Any]) -> None:
        byts = to_json(item)
        self.set_status(status_code)
        self.set_header('Content-Type', JSON_TYPE)
        self.finish(byts)

    # ----- conditions: each answers for itself when it is not met -----------------------------------------------------

    async def reqAuthUser(self) -> bool:
        """Return True for a known caller; others are answered 401."""
        if await self.authenticated():
            return True
        self.add_header('WWW-Authenticate', 'Basic realm=synapse')
        self.sendRestErr('NotAuthenticated', 'The session is not logged in.', status_code=401)
        return False

    async def reqAuthAdmin(self) -> bool:
        """Return True for a global admin; others are answered 401 or 403."""
        if not await self.reqAuthUser():
            return False
        user = typing.cast(s_auth.User, await self.user())
        if user.isAdmin():
            return True
        mesg = f'User {user.iden} ({user.name}) is not an admin.'
        self.sendRestErr('AuthDeny', mesg, status_code=403)
        return False

    async def reqAuthAllowed(
        self, perm: typing.Sequence[str], gateiden: str | None = None, default: bool | None = None
    ) -> bool:
        """Return True for a caller with a permission; others are answered 401 or 403.

        Args:
            default: What holds where no rule speaks of it.
        """
        if not await self.reqAuthUser():
            return False
        if await self.isUserAllowed(perm, gateiden=gateiden, default=default):
            return True
        user = typing.cast(s_auth.User, await self.user())
        mesg = f'User ({user.name}) must have permission {".".join(perm)}'
        if gateiden is not None:
            mesg = f'{mesg} on object {gateiden}'
        self.sendRestErr('AuthDeny', mesg, status_code=403)
        return False

    def getJsonBody(self, validator: Validator | None = None) -> typing.Any:
        """Return the JSON value of the body, None when it is bad and that was answered (400 SchemaViolation).

        Args:
            validator: Called with the value; raises SchemaViolation.
        """
        return self.loadJsonMesg(self.request.body, validator=validator)

    def loadJsonMesg(self, byts: bytes, validator: Validator | None = None) -> typing.Any:
        """Return a JSON value, None when it is bad and that was answered (400 SchemaViolation)."""
        try:
            item = from_json(byts)
            if validator is not None:
                validator(item)
        except s_exc.SchemaViolation as e:
            self.sendRestExc(e, status_code=400)
            return None
        return item


@tornado.web.stream_request_body
class StreamHandler(Handler):
    """A handler that takes the request body in chunks, as they come (promise path).

    Overrides ``data_received(chunk)`` (may be a coroutine function: the sender waits for it) and checks the caller in
    ``prepare``, before the first chunk. The method itself (``post``, ``put``) runs when the body is complete.
    """

    async def prepare(self) -> None:
        """Lift the bound of bodies that are held in memory."""
        self.request.connection.set_max_body_size(s_limits.HTTP_STREAM_BYTES)

    async def data_received(self, chunk: bytes) -> None:
        """Take a part of the body."""
        raise s_exc.NoSuchImpl(mesg='A StreamHandler must implement data_received().')


class WebSocket(HandlerBase, tornado.websocket.WebSocketHandler):
    """A WebSocket of JSON messages ``{"type", "data"}``. Tasks started with ``spawn`` end with the connection."""

    def initialize(self, cell: typing.Any) -> None:
        """Take the info that the handler was registered with."""
        super().initialize(cell)
        self._tasks: set[asyncio.Task[None]] = set()

    def check_origin(self, origin: str) -> bool:
        """Refuse pages of other hosts."""
        return self.isOrigHost(origin)

    async def xmit(self, kind: str, **data: typing.Any) -> None:
        """Send a message."""
        await self.send({'type': kind, 'data': data})

    async def send(self, mesg: typing.Any) -> None:
        """Send any JSON value; a connection that was closed is left alone."""
        with contextlib.suppress(tornado.websocket.WebSocketClosedError):
            await self.write_message(to_json(mesg).decode())

    def spawn(self, coro: typing.Coroutine[typing.Any, typing.Any, None]) -> None:
        """Run a coroutine until it ends or the connection does."""
        task = asyncio.get_running_loop().create_task(coro)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error('error in a WebSocket task of %s', self.request.path, exc_info=task.exception())

    def on_close(self) -> None:
        """End the tasks of this connection."""
        for task in tuple(self._tasks):
            task.cancel()
