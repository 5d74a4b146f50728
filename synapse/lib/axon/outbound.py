"""Blobs and the web: fetch a URL into a blob (wget), send a blob to a URL (wput), a form with blobs (postfiles).

What goes wrong on the way is an answer (``ok: False``), not an error: a caller asked for an attempt. What is wrong with
the question (options, certificates, a proxy that cannot be) is raised. Shapes: axon.md 6.
"""

from __future__ import annotations

import contextlib
import http
import json as jsonlib
import logging
import os
import ssl as ssllib
import tempfile
import typing

import aiohttp
import aiohttp_socks
import yarl

import synapse.exc as s_exc
import synapse.lib.axon.reading as s_reading
import synapse.lib.limits as s_limits
import synapse.lib.schema as s_schema

if typing.TYPE_CHECKING:
    import synapse.axon as s_axon

Any = typing.Any
Info = dict[str, Any]
logger = logging.getLogger('synapse.axon')

_STR_OR_NULL = {'type': ['string', 'null']}
_req_ssl_opts = s_schema.checker(
    {
        'type': 'object',
        'properties': {
            'verify': {'type': 'boolean'},
            'client_cert': _STR_OR_NULL,
            'client_key': _STR_OR_NULL,
            'ca_cert': _STR_OR_NULL,
        },
        'additionalProperties': False,
    }
)


def reason(code: int) -> str:
    """Return the phrase of a status code."""
    try:
        return http.HTTPStatus(code).phrase
    except ValueError:
        return f'Unknown HTTP status code {code}'


def failure(e: BaseException) -> Info:
    """Return the answer for an exchange that did not complete."""
    info: Info
    if isinstance(e, s_exc.SynErr):
        name, info = e.errname, e.items()
        mesg = e.get('mesg')
    elif isinstance(e, TimeoutError):
        name, mesg, info = 'TimeoutError', None, {}  # every library has one of its own, and words of its own
    else:
        name, mesg = type(e).__name__, str(e) or None
        info = {'mesg': mesg} if mesg else {}
    text = f'{name}: {mesg}' if mesg else name
    fault = {'code': -1, 'reason': f'Exception occurred during request: {text}', 'err': (name, info)}
    return {'ok': False, 'mesg': text, **fault}


def load_cadir(ctx: ssllib.SSLContext, dirn: str) -> None:
    """Trust every certificate file of a directory too; what cannot be read is logged and left out."""
    for name in sorted(os.listdir(dirn)):
        path = os.path.join(dirn, name)
        try:
            ctx.load_verify_locations(cafile=path)
        except (OSError, ssllib.SSLError) as e:
            logger.warning('Cannot load the CA certificate %s: %s', path, e)


def load_client_cert(ctx: ssllib.SSLContext, cert: str, key: str | None) -> None:
    """Present a certificate, PEM text, to the server. Raises BadArg."""
    with tempfile.NamedTemporaryFile('w', suffix='.pem') as file:
        file.write(cert if key is None else f'{cert.rstrip()}\n{key}')
        file.flush()
        try:
            ctx.load_cert_chain(file.name)
        except (OSError, ValueError, ssllib.SSLError) as e:
            raise s_exc.BadArg(mesg=f'Error loading client cert: {e}') from None


def tls_context(cadir: str | None, ssl: bool, opts: Info | None) -> ssllib.SSLContext:
    """Return a client context.

    Args:
        cadir: Directory of further CAs. ssl: False verifies nothing.
        opts: ``{verify, client_cert, client_key, ca_cert}``; texts are PEM.

    Raises: SchemaViolation, BadArg.
    """
    ctx = ssllib.create_default_context()
    if opts is not None:
        _req_ssl_opts(opts)
    opts = opts or {}
    if cadir is not None:
        load_cadir(ctx, cadir)
    if ca_cert := opts.get('ca_cert'):
        try:
            ctx.load_verify_locations(cadata=ca_cert)
        except (ValueError, ssllib.SSLError) as e:
            raise s_exc.BadArg(mesg=f'Error loading CA cert: {e}') from None
    if ssl is False or opts.get('verify') is False:
        ctx.check_hostname = False
        ctx.verify_mode = ssllib.CERT_NONE
    if cert := opts.get('client_cert'):
        load_client_cert(ctx, cert, opts.get('client_key'))
    return ctx


def answer_of(resp: aiohttp.ClientResponse) -> Info:
    """Return what an answer tells of itself."""
    request = resp.request_info
    return {
        'ok': True,
        'url': str(resp.url),
        'code': resp.status,
        'headers': dict(resp.headers),
        'reason': reason(resp.status),
        'request': {'url': str(request.url), 'headers': dict(request.headers), 'method': request.method},
    }


async def read_body(resp: aiohttp.ClientResponse, most: int) -> bytes:
    """Return the body of an answer. Raises: HitLimit (it is larger than so many bytes)."""
    body = bytearray()
    async for byts in resp.content.iter_chunked(s_limits.AXON_HTTP_PIECE):
        body += byts
        if len(body) > most:
            raise s_exc.HitLimit(mesg=f'The answer is larger than {most} bytes.', limit=most)
    return bytes(body)


class Web:
    """The web client of one service, by its configuration: ``http:proxy`` and ``tls:ca:dir``."""

    def __init__(self, conf: typing.Mapping[str, Any]) -> None:
        self.conf = conf

    def _connector(self, proxy: Any, ctx: ssllib.SSLContext, resolver: Any) -> aiohttp.BaseConnector:
        if proxy is not None and not isinstance(proxy, (bool, str)):
            raise s_exc.BadArg(mesg='HTTP proxy argument must be a string or bool.')
        url = proxy if isinstance(proxy, str) else None if proxy is False else self.conf.get('http:proxy')
        if not url:
            return aiohttp.TCPConnector(ssl=ctx, resolver=resolver)
        try:
            return aiohttp_socks.ProxyConnector.from_url(url, ssl=ctx)
        except ValueError as e:
            raise s_exc.BadArg(mesg=str(e)) from None

    def session(
        self,
        proxy: Any,
        ssl: bool,
        opts: Info | None,
        timeout: float | None,
        resolver: aiohttp.abc.AbstractResolver | None = None,
    ) -> aiohttp.ClientSession:
        """Return a client session; a resolver is asked where there is no proxy. Raises: BadArg, SchemaViolation."""
        if not isinstance(ssl, bool):
            raise s_exc.SchemaViolation(mesg='data.verify must be boolean', name='data.verify')
        ctx = tls_context(self.conf.get('tls:ca:dir'), ssl, opts)
        return aiohttp.ClientSession(
            connector=self._connector(proxy, ctx, resolver),
            timeout=aiohttp.ClientTimeout(total=timeout),
            max_line_size=s_limits.AXON_HTTP_HEADER,
            max_field_size=s_limits.AXON_HTTP_HEADER,
        )


class Outbound(Web):
    """What one Axon asks of the web."""

    def __init__(self, axon: s_axon.Axon) -> None:
        super().__init__(axon.conf)
        self.axon = axon

    async def wget(
        self,
        url: str,
        params: Any = None,
        headers: Info | None = None,
        json: Any = None,
        body: Any = None,
        method: str = 'GET',
        ssl: bool = True,
        timeout: float | None = None,
        proxy: Any = True,
        ssl_opts: Info | None = None,
    ) -> Info:
        """Fetch a URL and store the body, whatever the status. Raises: BadArg, SchemaViolation."""
        async with self.session(proxy, ssl, ssl_opts, timeout) as sess:
            try:
                if json is not None and body is not None:
                    raise ValueError('data and json parameters can not be used at the same time')
                target = yarl.URL(url, encoded='%' in url)
                async with sess.request(method, target, params=params, headers=headers, json=json, data=body) as resp:
                    info = answer_of(resp)
                    if resp.history:
                        info['history'] = [answer_of(item) for item in resp.history]
                    return {**info, **await self._store(resp)}
            except Exception as e:
                logger.debug('wget of %s failed', url, exc_info=e)
                return failure(e)

    async def _store(self, resp: aiohttp.ClientResponse) -> Info:
        hashes = s_reading.Hashes()
        incoming = self.axon.incoming()
        try:
            async for byts in resp.content.iter_chunked(s_limits.AXON_HTTP_PIECE):
                await hashes.update(byts)
                await incoming.write(byts)
            size, _ = await incoming.save()
        finally:
            await incoming.abort()
        return {'size': size, 'hashes': hashes.pack()}

    async def wput(
        self,
        sha256: bytes,
        url: str,
        params: Any = None,
        headers: Info | None = None,
        method: str = 'PUT',
        ssl: bool = True,
        timeout: float | None = None,
        proxy: Any = True,
        ssl_opts: Info | None = None,
    ) -> Info:
        """Send a blob as the body of a request. Raises: BadArg, SchemaViolation."""
        async with self.session(proxy, ssl, ssl_opts, timeout) as sess:
            try:
                size = self.axon.reading.req_size(sha256)
                heads = {'Content-Length': str(size), 'Content-Type': 'application/octet-stream', **(headers or {})}
                async with contextlib.aclosing(self.axon.reading.pieces(sha256)) as pieces:
                    async with sess.request(method, url, params=params, headers=heads, data=pieces) as resp:
                        info = answer_of(resp)
                        return {name: info[name] for name in ('ok', 'url', 'code', 'headers', 'reason')}
            except Exception as e:
                logger.debug('wput to %s failed', url, exc_info=e)
                return failure(e)

    async def postfiles(
        self,
        fields: typing.Sequence[Info],
        url: str,
        params: Any = None,
        headers: Info | None = None,
        method: str = 'POST',
        ssl: bool = True,
        timeout: float | None = None,
        proxy: Any = True,
        ssl_opts: Info | None = None,
    ) -> Info:
        """Send a multipart form, some of whose fields are blobs. Raises: BadArg, SchemaViolation."""
        async with self.session(proxy, ssl, ssl_opts, timeout) as sess:
            try:
                async with contextlib.AsyncExitStack() as stack:
                    form = aiohttp.MultipartWriter('form-data')
                    for field in fields:
                        await self._add_field(form, field, stack)
                    async with sess.request(method, url, params=params, headers=headers, data=form) as resp:
                        info = answer_of(resp)
                        body = await read_body(resp, s_limits.AXON_HTTP_BODY)
                        return {
                            **{name: info[name] for name in ('ok', 'url', 'code', 'headers', 'reason')},
                            'body': body,
                        }
            except Exception as e:
                logger.debug('postfiles to %s failed', url, exc_info=e)
                info = failure(e)
                return {
                    'ok': False,
                    'err': info['err'],
                    'reason': info['reason'],
                    'url': url,
                    'body': b'',
                    'code': -1,
                    'headers': {},
                }

    async def _add_field(self, form: aiohttp.MultipartWriter, field: Info, stack: contextlib.AsyncExitStack) -> None:
        name = field.get('name')
        if not isinstance(name, str):
            raise s_exc.BadArg(mesg=f'Each field requires a "name" key with a string value: {name}', name=name)
        valu, kind, filename = field.get('value'), field.get('content_type'), field.get('filename')
        data: Any
        size: int | None = None
        if (sha256 := field.get('sha256')) is not None:
            size = self.axon.reading.req_size(sha256)
            data = await stack.enter_async_context(contextlib.aclosing(self.axon.reading.pieces(sha256)))
            kind = kind or 'application/octet-stream'
        elif isinstance(valu, bytes):
            data, kind, filename = valu, kind or 'application/octet-stream', filename or name
        else:
            data = (valu if isinstance(valu, str) else jsonlib.dumps(valu)).encode()
            kind = kind or 'text/plain; charset=utf-8'
        heads = {'Content-Type': kind}
        if encoding := field.get('content_transfer_encoding'):
            heads['Content-Transfer-Encoding'] = encoding
        part = form.append(data, typing.cast(Any, heads))
        part.set_content_disposition('form-data', name=name, **({'filename': filename} if filename else {}))
        if size is not None:
            part.headers['Content-Length'] = str(size)
