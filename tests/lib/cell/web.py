"""A real cell with its HTTPS API, and a client that trusts exactly its certificate."""

from __future__ import annotations

import base64
import contextlib
import json
import pathlib
import ssl
import typing

import aiohttp

import synapse.lib.auth as s_auth
import synapse.lib.cell as s_cell

Answer = tuple[int, typing.Any]


def basic(name: str, passwd: str) -> dict[str, str]:
    """Return the header of HTTP Basic."""
    return {'Authorization': 'Basic ' + base64.b64encode(f'{name}:{passwd}'.encode()).decode()}


ROOT = basic('root', 'secret')


class Web:
    """A client of one cell. ``call`` returns (status, JSON or text); ``last`` keeps the last response's headers."""

    def __init__(self, cell: s_cell.Cell, port: int, client: aiohttp.ClientSession) -> None:
        self.cell = cell
        self.auth: s_auth.Auth = cell.auth
        self.port = port
        self.client = client
        self.base = f'https://127.0.0.1:{port}'
        self.headers: typing.Any = {}

    async def call(
        self,
        method: str,
        path: str,
        body: typing.Any = None,
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answer:
        """Send a request, as root unless ``headers`` say otherwise."""
        headers = ROOT if headers is None else headers
        data = raw if raw is not None or body is None else json.dumps(body).encode()
        async with self.client.request(method, self.base + path, data=data, headers=headers) as resp:
            self.headers = resp.headers
            text = await resp.text()
            if resp.headers.get('Content-Type') == 'application/json; charset=UTF-8':
                return resp.status, json.loads(text)
            return resp.status, text

    async def get(self, path: str, **kwargs: typing.Any) -> Answer:
        return await self.call('GET', path, **kwargs)

    async def post(self, path: str, body: typing.Any = None, **kwargs: typing.Any) -> Answer:
        return await self.call('POST', path, body, **kwargs)


def trusting(dirn: pathlib.Path, certname: str = 'sslcert.pem') -> ssl.SSLContext:
    """Return a client context that accepts the certificate in a service directory and no other."""
    ctx = ssl.create_default_context(cafile=str(dirn / certname))
    ctx.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    ctx.check_hostname = False
    return ctx


@contextlib.asynccontextmanager
async def connect(cell: s_cell.Cell, dirn: pathlib.Path, certname: str = 'sslcert.pem') -> typing.AsyncIterator[Web]:
    """Open an HTTPS port of a cell and connect to it."""
    _, port = await cell.addHttpsPort(0, '127.0.0.1')
    connector = aiohttp.TCPConnector(ssl=trusting(dirn, certname))
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as client:
        yield Web(cell, port, client)


async def add_user(web: Web, name: str, *rules: str) -> dict[str, str]:
    """Add a user with some rules and return the header that he comes with."""
    user = await web.auth.addUser(name)
    await user.setPasswd('secret')
    for rule in rules:
        await user.addRule((True, tuple(rule.split('.'))))
    return basic(name, 'secret')


@contextlib.asynccontextmanager
async def serve(dirn: pathlib.Path, certname: str = 'sslcert.pem', **conf: typing.Any) -> typing.AsyncIterator[Web]:
    """Start a cell in a directory, with a root password, and connect to its HTTPS port."""
    base = {'auth:passwd': 'secret', 'health:sysctl:checks': False, 'limit:disk:free': None}
    async with await s_cell.Cell.anit(str(dirn), conf={**base, **conf}) as cell, connect(cell, dirn, certname) as web:
        yield web


def ok(result: typing.Any) -> dict[str, typing.Any]:
    """Return the envelope of a result."""
    return {'status': 'ok', 'result': result}


def err(code: str, mesg: str) -> dict[str, typing.Any]:
    """Return the envelope of an error."""
    return {'status': 'err', 'code': code, 'mesg': mesg}


def page(status: int, reason: str) -> Answer:
    """Return the answer that is a plain page."""
    return status, f'<html><title>{status}: {reason}</title><body>{status}: {reason}</body></html>'


DENIED = (401, err('NotAuthenticated', 'The session is not logged in.'))
