"""``/api/ext/...``: requests that Storm answers (spec: cortex.md 9.4). The endpoints are those of ``webapis``.

The query is one like any other. What its ``$request`` says (``webrequest`` in ``synapse.lib.storm.libs``) comes as
messages of its stream: ``http:resp:code``, ``http:resp:headers``, ``http:resp:body``. So an answer leaves after the
edits before it are on disk, a caller who hangs up ends the query, and it can run on a member of the storm pool.

Until the first piece of the body everything can still become an error; after it the connection breaks off, so that
nobody takes a part for the whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import typing
import urllib.parse

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import synapse.lib.cortex.http as s_http
import synapse.lib.cortex.queries as s_queries

Any = typing.Any
Def = dict[str, Any]
logger = logging.getLogger('synapse.lib.httpapi')

# The variable that holds what is known of the request, and what makes $request of it: on the line where the query
# begins, so that its lines keep their numbers.
_INFO = '_http_request_info'
_PREFIX = f'init {{ $request = $lib.cortex.httpapi.response(${_INFO}) }} '
_SHOW = ('http:resp:code', 'http:resp:headers', 'http:resp:body')
_LENGTH = re.compile('[0-9]{1,18}')
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")


class Answer:
    """What the messages of a query make of the response.

    Args:
        handler: It has the response. iden: The endpoint, for errors.
    """

    def __init__(self, handler: WebHandler, iden: str) -> None:
        self.handler = handler
        self.iden = iden
        self.coded = False
        self.began = False  # a part of the body was sent
        self.left: int | None = None  # bytes that a Content-Length has promised and that are not sent yet

    async def take(self, name: str, info: Any) -> None:
        """Do what a message says. Raises: StormRuntimeError for what HTTP cannot do."""
        if name == 'http:resp:body':
            await self._body(info['body'])
        elif name == 'http:resp:code':
            self._code(info['code'])
        elif name == 'http:resp:headers':
            self._headers(info['headers'])

    def _fault(self, text: str) -> s_exc.SynErr:
        return s_exc.StormRuntimeError(mesg=f'Extended HTTP API {self.iden} {text}')

    def _early(self, what: str) -> None:
        if self.began:
            raise self._fault(f'must set {what} before sending body.')

    def _code(self, code: int) -> None:
        self._early('status code')
        # an interim code would leave the caller waiting for another one
        if not 200 <= code <= 999:
            raise self._fault(f'cannot answer with status code {code}.')
        self.handler.set_status(code)
        self.coded = True

    def _headers(self, headers: Def) -> None:
        self._early('headers')
        for name, valu in headers.items():
            self._header(name, str(valu))

    def _header(self, name: str, valu: str) -> None:
        lower = name.lower()
        bad = _TOKEN.fullmatch(name) is None or lower == 'transfer-encoding'  # which is the server's business
        if bad or (lower == 'content-length' and _LENGTH.fullmatch(valu) is None):
            raise self._fault(f'cannot send the header {name[:200]!r}: {valu[:200]!r}.')
        try:
            self.handler.set_header(name, valu)
        except ValueError:
            raise self._fault(f'cannot send the header {name!r}: {valu[:200]!r}.') from None

    async def _body(self, body: bytes) -> None:
        if not self.coded:
            raise self._fault('must set status code before sending body.')
        self._begin()
        if self.left is not None:
            self.left -= len(body)
            if self.left < 0:
                raise self._fault('sends more than its Content-Length.')
        if not self.bodiless:
            self.handler.write(body)
            await self.handler.flush()

    def _begin(self) -> None:
        if not self.began:
            self.began = True
            length = self.handler.sent_header('Content-Length')
            self.left = None if length is None else int(length)

    @property
    def bodiless(self) -> bool:
        """A response with this status has no body, and no length."""
        return self.handler.get_status() in (204, 304)

    def end(self) -> None:
        """Finish the response. Raises: StormRuntimeError for a query that has not answered."""
        if not self.coded:
            raise self._fault('never set status code.')
        self._begin()
        if self.bodiless:
            self.handler.clear_header('Content-Length')
        elif self.left and self.handler.request.method != 'HEAD':
            raise self._fault('has sent less than its Content-Length.')
        self.handler.finish()

    def fail(self, e: s_exc.SynErr) -> None:
        """Answer an error, if nothing was sent yet; else break off, if something is missing."""
        mesg = e.get('mesg', str(e))
        name = e.get('errx', e.errname) if e.errname == 'SynErr' else e.errname
        logger.error('Error executing Extended HTTP API %s: %s %s', self.iden, name, mesg)
        if not self.handler._headers_written:
            self.handler.clear()
            self.handler.sendRestErr(name, str(mesg), status_code=500)
        elif self.left == 0:
            self.handler.finish()
        else:
            self.handler.cut_off()


class WebHandler(s_http.CoreHandler):
    """All methods of all extended endpoints."""

    def common_headers(self) -> list[tuple[str, str]]:
        """Return the headers of every response: those of ``https:headers`` alone, all others are the endpoint's."""
        return [(name, str(valu)) for name, valu in (self.cell.conf.get('https:headers') or {}).items()]

    def sent_header(self, name: str) -> str | None:
        """Return a header of the response."""
        return self._headers.get(name)

    async def get(self, path: str) -> None:
        """Answer a request."""
        await self._handle('get', path)

    async def head(self, path: str) -> None:
        """Answer a request."""
        await self._handle('head', path)

    async def post(self, path: str) -> None:
        """Answer a request."""
        await self._handle('post', path)

    async def put(self, path: str) -> None:
        """Answer a request."""
        await self._handle('put', path)

    async def delete(self, path: str) -> None:
        """Answer a request."""
        await self._handle('delete', path)

    async def patch(self, path: str) -> None:
        """Answer a request."""
        await self._handle('patch', path)

    async def options(self, path: str) -> None:  # type: ignore[override]
        """Answer a request; preflight requests of browsers as well are the endpoint's."""
        await self._handle('options', path)

    async def _handle(self, meth: str, path: str) -> None:
        """Find the endpoint and check the caller; then run its query."""
        with self.answered():
            found = self.cell.webapis.match(path)
            if found is None:
                self.sendRestErr('NoSuchPath', f'No Extended HTTP API endpoint matches {path}', status_code=404)
                return
            adef, args = found
            if adef['authenticated'] and not await self._allowed(adef):
                return
            text = adef['methods'].get(meth)
            if text is None:
                self._no_method(adef)
                return
            await self._run(adef, text, path, args)

    async def _allowed(self, adef: Def) -> bool:
        """Return True for a caller who may; others are answered."""
        if not await self.reqAuthUser():
            return False
        for item in adef['perms']:
            if not await self.reqAuthAllowed(item['perm'], default=item['default']):
                return False
        return True

    def _no_method(self, adef: Def) -> None:
        names = ', '.join(name.upper() for name in adef['methods'])
        self.set_header('Allowed', names)
        self.set_header('Allow', names)
        mesg = f'Extended HTTP API {adef["iden"]} has no method for {self.request.method}.'
        mesg = f'{mesg} Supports {names}.' if names else f'{mesg} It has none at all.'
        self.sendRestErr('NeedConfValu', mesg, status_code=405)

    async def _info(self, adef: Def, path: str, args: list[str | None]) -> Def:
        """Return what the query knows of the request. Raises: BadArg for a query string that is no UTF-8."""
        try:
            pairs = urllib.parse.parse_qsl(self.request.query, keep_blank_values=True, errors='strict')
        except ValueError:
            raise s_exc.BadArg(mesg='The query of the URL is not UTF-8.') from None
        params: dict[str, str] = {}
        for name, valu in pairs:
            params.setdefault(name, valu)
        user = await self.useriden() if adef['authenticated'] else None
        return {
            'uri': self.request.uri,
            'body': self.request.body,
            'iden': adef['iden'],
            'path': path,
            'user': user or '',
            'method': self.request.method,
            'params': params,
            'headers': {name.lower(): valu for name, valu in self.request.headers.items()},
            'args': args,
            'client': self.request.remote_ip,
        }

    async def _user(self, adef: Def) -> s_auth.User:
        """Return the user that the query runs as. Raises: NoSuchUser."""
        caller = await self.user()
        if adef['authenticated'] and adef['runas'] == 'user' and caller is not None:
            return caller
        return self.cell.auth.reqUser(adef['owner'])

    async def _run(self, adef: Def, text: str, path: str, args: list[str | None]) -> None:
        answer = Answer(self, adef['iden'])
        opts: Def = {'view': adef['view'], 'readonly': adef['readonly'], 'mirror': adef['pool'], 'show': _SHOW}
        opts['vars'] = {**adef['vars'], _INFO: await self._info(adef, path, args)}
        opts['_loginfo'] = {'httpapi': adef['iden']}
        try:
            messages = self.cell.queries.messages(_PREFIX + text, opts, await self._user(adef))
            async with contextlib.aclosing(messages) as bursts:
                async for burst in bursts:
                    for byts in burst:
                        name, info = s_common.un(byts)
                        if name == 'err':
                            raise s_queries.error_of(*info)
                        await answer.take(name, info)
            answer.end()
        except s_exc.SynErr as e:
            answer.fail(e)
        except asyncio.CancelledError:
            if self._gone:
                raise
            answer.fail(s_exc.StormRuntimeError(mesg=f'Extended HTTP API {adef["iden"]} was killed.'))


ROUTES: tuple[tuple[str, type[s_http.CoreHandler]], ...] = (('/api/ext/(.*)', WebHandler),)
