"""``$lib.inet.http``: requests and web sockets (spec: storm-runtime.md 20).

What goes wrong on the way is an answer with code -1, not an error; what is wrong with the question is raised.
"""

from __future__ import annotations

import asyncio
import json as jsonlib
import typing
import urllib.parse

import aiohttp
import msgpack
import yarl

import synapse.exc as s_exc
import synapse.lib.axon.outbound as s_outbound
import synapse.lib.limits as s_limits
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
Genr = typing.AsyncGenerator[Any, None]
lib, method = s_registry.lib, s_registry.method
s_registry.libdoc('$lib.inet.http', 'Asking web servers.')
s_registry.typedoc('inet:http:resp', 'The answer of a web server.')
s_registry.typedoc('inet:http:socket', 'A web socket.')
_BODY = s_limits.GIB  # bytes of an answer that are kept in memory; larger things belong into the Axon


class Resp(s_coerce.StormObj):
    """The answer to one request."""

    storm_name = 'inet:http:resp'
    storm_mutable = False

    def __init__(self, info: dict[str, Any]) -> None:
        self.info = {'headers': {}, 'body': b'', 'url': '', 'err': (), 'history': [], 'request_headers': {}, **info}

    def storm_value(self) -> dict[str, Any]:
        return {**self.info, 'history': [resp.storm_value() for resp in self.info['history']], 'raw': None}

    def storm_repr(self) -> str:
        return f'inet:http:resp: {self.info["code"]} {self.info["url"]}'


s_registry.facts(
    'inet:http:resp',
    lambda obj, name: obj.info[name],
    {
        'code': 'The status code, -1 if there was no answer.',
        'reason': 'The status as text, or what went wrong.',
        'body': 'The body.',
        'headers': 'The headers; of several with one name the last.',
        'url': 'The URL that answered.',
        'err': '(name, info) of what went wrong, empty if nothing did.',
        'history': 'The answers that led to another URL.',
        'request_headers': 'The headers of the request.',
    },
)


@method('inet:http:resp', 'getRawHeaders', readonly=False)
def resp_raw_headers(rt: Runtime, obj: Resp) -> dict[str, Any]:
    """Return a list of values for each name of a header."""
    return {name: list(valus) for name, valus in obj.info.get('raw', {}).items()}


@method('inet:http:resp', 'json', readonly=False)
def resp_json(rt: Runtime, obj: Resp, encoding: str | None = None, errors: str = 'surrogatepass') -> Prim:
    """Return the body as what its JSON says. Raises: BadJsonText, StormRuntimeError (no text)."""
    body: bytes = obj.info['body']
    if not body:
        raise s_exc.BadJsonText(mesg='Unable to decode HTTP response as json: Cannot deserialize empty value.')
    try:
        text = body.decode(encoding or jsonlib.detect_encoding(body), errors)
    except (UnicodeDecodeError, LookupError) as e:
        raise s_exc.StormRuntimeError(mesg=f'{e}: {body[:1000]!r}') from e
    try:
        return s_coerce.wrap(jsonlib.loads(text))
    except (ValueError, RecursionError) as e:
        mesg = f'Unable to decode HTTP response as json: {e}'
        raise s_exc.BadJsonText(mesg=mesg, text=text[:1000]) from e


@method('inet:http:resp', 'msgpack', readonly=False)
async def resp_msgpack(rt: Runtime, obj: Resp) -> Genr:
    """Yield the msgpack items of the body. Raises: StormRuntimeError."""
    unpk = msgpack.Unpacker(use_list=False, strict_map_key=False, max_buffer_size=len(obj.info['body']) or 1)
    unpk.feed(obj.info['body'])
    try:
        for item in unpk:
            yield s_coerce.keep(item)
    except (ValueError, msgpack.UnpackException) as e:
        raise s_exc.StormRuntimeError(mesg=f'Unable to decode HTTP response as msgpack: {e}') from e


class Ask(typing.NamedTuple):
    """How to ask: what all requests have in common."""

    headers: Any
    ssl_verify: bool
    params: Any
    timeout: int
    allow_redirects: bool
    proxy: Any
    ssl_opts: Any


def texts(valu: Any) -> Any:
    """Return headers or parameters as text; a list repeats its name."""
    if isinstance(valu, dict):
        pairs: list[tuple[str, str]] = []
        for name, item in valu.items():
            items = item if isinstance(item, (list, tuple)) else (item,)
            pairs += [(s_coerce.tostr(name), _word(part)) for part in items]
        return pairs
    if isinstance(valu, (list, tuple)):
        return [(s_coerce.tostr(name), _word(item)) for name, item in valu]
    return None if valu is None else s_coerce.tostr(valu)


def _word(valu: Any) -> str:
    return str(valu) if isinstance(valu, bool) else s_coerce.tostr(valu)


def session(rt: Runtime, how: Ask, resolver: aiohttp.abc.AbstractResolver | None = None) -> aiohttp.ClientSession:
    """Return a client session. Raises: AuthDeny, BadArg, SchemaViolation."""
    if how.proxy is not True:
        rt.confirm(('storm', 'lib', 'inet', 'http', 'proxy'))
    web = s_outbound.Web(rt.query.core.cortex.conf)
    return web.session(how.proxy, how.ssl_verify, s_coerce.toprim(how.ssl_opts), how.timeout or None, resolver)


async def request(
    rt: Runtime, meth: str, url: str, how: Ask, json: Any = None, body: Any = None, fields: Any = None
) -> Resp:
    """Ask a web server. Raises: AuthDeny, BadArg, SchemaViolation."""
    sess = session(rt, how)
    await rt.out.publish()
    async with sess:
        try:
            if json is not None and body is not None:
                raise ValueError('data and json parameters can not be used at the same time')
            data = _form(fields) if fields is not None else body
            kwargs = {'headers': texts(how.headers), 'params': texts(how.params), 'json': json, 'data': data}
            target = yarl.URL(url, encoded='%' in url)
            async with sess.request(meth, target, allow_redirects=how.allow_redirects, **kwargs) as resp:
                return Resp({**_told(resp), 'body': await s_outbound.read_body(resp, _BODY)})
        except (asyncio.CancelledError, s_exc.AuthDeny):
            raise
        except Exception as e:
            fault = s_outbound.failure(e)
            return Resp({'code': -1, 'reason': fault['reason'], 'err': fault['err'], 'url': url})


def _told(resp: aiohttp.ClientResponse) -> dict[str, Any]:
    raw: dict[str, list[str]] = {}
    for name, valu in resp.headers.items():
        raw.setdefault(name, []).append(valu)
    return {
        'code': resp.status,
        'reason': s_outbound.reason(resp.status),
        'headers': {name: valus[-1] for name, valus in raw.items()},
        'raw': raw,
        'url': str(resp.url),
        'history': [Resp(_told(item)) for item in resp.history],
        'request_headers': dict(resp.request_info.headers),
    }


def _form(fields: Any) -> aiohttp.FormData:
    """Return a form of ``{name, value, filename, content_type, content_transfer_encoding}`` entries."""
    form = aiohttp.FormData()
    for field in fields:
        valu = field.get('value')
        valu = valu if isinstance(valu, bytes) else '' if valu is None else _word(valu)
        names = ('filename', 'content_type')
        form.add_field(field.get('name'), valu, **{name: field[name] for name in names if field.get(name)})
    return form


async def _post(rt: Runtime, meth: str, url: str, how: Ask, json: Any, body: Any, fields: Any) -> Resp:
    fields = s_coerce.toprim(fields)
    if isinstance(fields, (list, tuple)) and any(isinstance(item, dict) and 'sha256' in item for item in fields):
        return await _post_blobs(rt, meth, url, how, fields)
    return await request(rt, meth, url, how, s_coerce.toprim(json), s_coerce.toprim(body), fields)


async def _post_blobs(rt: Runtime, meth: str, url: str, how: Ask, fields: Any) -> Resp:
    """Let the Axon send a form, since it has the blobs."""
    rt.confirm(('storm', 'lib', 'axon', 'wput'))
    if how.proxy is not True:
        rt.confirm(('storm', 'lib', 'inet', 'http', 'proxy'))
    axon = await rt.query.core.cortex.getAxon()
    await rt.out.publish()
    opts = {'ssl': how.ssl_verify, 'timeout': how.timeout or None, 'proxy': how.proxy}
    info = await axon.postfiles(
        fields,
        url,
        headers=s_coerce.toprim(how.headers),
        params=s_coerce.toprim(how.params),
        method=meth,
        ssl_opts=s_coerce.toprim(how.ssl_opts),
        **opts,
    )
    names = ('code', 'reason', 'headers', 'body', 'err')
    return Resp({'url': url, **{name: info[name] for name in names if name in info}})


@lib('$lib.inet.http.get', readonly=False)
async def http_get(
    rt: Runtime,
    url: str,
    headers: Any = None,
    ssl_verify: bool = True,
    params: Any = None,
    timeout: int = 300,
    allow_redirects: bool = True,
    proxy: Any = True,
    ssl_opts: Any = None,
) -> Resp:
    """Ask for a URL. Raises: AuthDeny (the proxy), BadArg, SchemaViolation."""
    how = Ask(headers, ssl_verify, params, timeout, allow_redirects, proxy, ssl_opts)
    return await request(rt, 'GET', url, how)


@lib('$lib.inet.http.head', readonly=False)
async def http_head(
    rt: Runtime,
    url: str,
    headers: Any = None,
    ssl_verify: bool = True,
    params: Any = None,
    timeout: int = 300,
    allow_redirects: bool = False,
    proxy: Any = True,
    ssl_opts: Any = None,
) -> Resp:
    """Ask for the headers of a URL. Raises: AuthDeny (the proxy), BadArg, SchemaViolation."""
    how = Ask(headers, ssl_verify, params, timeout, allow_redirects, proxy, ssl_opts)
    return await request(rt, 'HEAD', url, how)


@lib('$lib.inet.http.post', readonly=False)
async def http_post(
    rt: Runtime,
    url: str,
    headers: Any = None,
    json: Any = None,
    body: Any = None,
    ssl_verify: bool = True,
    params: Any = None,
    timeout: int = 300,
    allow_redirects: bool = True,
    fields: Any = None,
    proxy: Any = True,
    ssl_opts: Any = None,
) -> Resp:
    """Send something to a URL: JSON, text, bytes, a dict as form, or the fields of a multipart form.

    A field with ``sha256`` sends that blob of the Axon. Raises: AuthDeny, BadArg, SchemaViolation.
    """
    how = Ask(headers, ssl_verify, params, timeout, allow_redirects, proxy, ssl_opts)
    return await _post(rt, 'POST', url, how, json, body, fields)


@lib('$lib.inet.http.request', readonly=False)
async def http_request(
    rt: Runtime,
    meth: str,
    url: str,
    headers: Any = None,
    json: Any = None,
    body: Any = None,
    ssl_verify: bool = True,
    params: Any = None,
    timeout: int = 300,
    allow_redirects: bool = True,
    fields: Any = None,
    proxy: Any = True,
    ssl_opts: Any = None,
) -> Resp:
    """Make a request of any method. Raises: AuthDeny, BadArg, SchemaViolation."""
    how = Ask(headers, ssl_verify, params, timeout, allow_redirects, proxy, ssl_opts)
    return await _post(rt, meth, url, how, json, body, fields)


@lib('$lib.inet.http.codereason')
def http_codereason(rt: Runtime, code: int) -> str:
    """Return what a status code means."""
    return s_outbound.reason(code)


@lib('$lib.inet.http.urlencode', pure=True)
def http_urlencode(rt: Runtime, text: str) -> str:
    """Return text as it is written in the query of a URL."""
    return urllib.parse.quote_plus(text)


@lib('$lib.inet.http.urldecode', pure=True)
def http_urldecode(rt: Runtime, text: str) -> str:
    """Return the text that is written in the query of a URL."""
    return urllib.parse.unquote_plus(text)


# web sockets


class Socket(s_coerce.StormObj):
    """A web socket, which is closed with the query."""

    storm_name = 'inet:http:socket'
    storm_mutable = False

    def __init__(self, sock: aiohttp.ClientWebSocketResponse) -> None:
        self.sock = sock

    def storm_repr(self) -> str:
        return 'inet:http:socket'


def _err(e: BaseException) -> tuple[bool, Any]:
    return (False, s_outbound.failure(e)['err'])


@lib('$lib.inet.http.connect', readonly=False)
async def http_connect(
    rt: Runtime,
    url: str,
    headers: Any = None,
    ssl_verify: bool = True,
    timeout: int = 300,
    params: Any = None,
    proxy: Any = True,
    ssl_opts: Any = None,
) -> tuple[bool, Any]:
    """Open a web socket; returns (true, socket) or (false, error). Raises: AuthDeny, BadArg, SchemaViolation."""
    how = Ask(headers, ssl_verify, params, timeout, True, proxy, ssl_opts)
    sess = session(rt, how)
    await rt.out.publish()
    try:
        sock = await sess.ws_connect(url, headers=texts(headers), params=texts(params))
    except Exception as e:
        await sess.close()
        return _err(e)

    async def close() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await sess.close()

    rt.query.spawn(close())
    return (True, Socket(sock))


@method('inet:http:socket', 'tx', readonly=False)
async def socket_tx(rt: Runtime, obj: Socket, mesg: Prim) -> tuple[bool, Any]:
    """Send a value as JSON; returns (true, null) or (false, error)."""
    try:
        await obj.sock.send_bytes(jsonlib.dumps(mesg).encode())
    except Exception as e:
        return _err(e)
    return (True, None)


@method('inet:http:socket', 'rx', readonly=False)
async def socket_rx(rt: Runtime, obj: Socket, timeout: int | None = None) -> tuple[bool, Any]:
    """Return (true, value) of the next JSON message, or (false, error); null when the other side closed."""
    await rt.out.publish()
    try:
        async with asyncio.timeout(timeout):
            mesg = await obj.sock.receive()
        if mesg.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING):
            return (True, None)
        return (True, s_coerce.wrap(jsonlib.loads(mesg.data)))
    except Exception as e:
        return _err(e)
