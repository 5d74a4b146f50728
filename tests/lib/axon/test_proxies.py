"""wget, wput and postfiles through proxies that work, and to servers that ask who we are (axon.md 6)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pathlib
import ssl
import typing

import aiohttp.web
import pytest
import trustme

import tests.lib.axon.proxies as t_proxies
import tests.lib.axon.serving as t_axon

BLOB = os.urandom(300_000)
SCHEMES = ['socks5', 'socks4', 'http']


async def answer(request: aiohttp.web.Request) -> aiohttp.web.Response:
    body = await request.read()
    assert request.transport is not None
    cert = request.transport.get_extra_info('peercert') or {}
    name = dict(rdn[0] for rdn in cert.get('subject', ())).get('commonName', '')
    return aiohttp.web.Response(body=body or BLOB, headers={'X-Peer': name})


@contextlib.asynccontextmanager
async def site(ctx: ssl.SSLContext | None = None) -> typing.AsyncIterator[str]:
    """Run a web server; yields its URL."""
    app = aiohttp.web.Application(client_max_size=1 << 24)
    app.router.add_route('*', '/', answer)
    runner = aiohttp.web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, '127.0.0.1', 0, ssl_context=ctx).start()
    port = runner.addresses[0][1]
    yield f'https://localhost:{port}/' if ctx else f'http://127.0.0.1:{port}/'
    await runner.cleanup()


async def all_three(prox: typing.Any, url: str, **opts: typing.Any) -> None:
    """Send and fetch a blob in every way."""
    info = await prox.wget(url, **opts)
    sha256 = hashlib.sha256(BLOB).digest()
    assert (info.get('code'), info.get('size')) == (200, len(BLOB)), info
    assert await t_axon.read(prox, sha256) == BLOB
    assert (await prox.wput(sha256, url, **opts))['code'] == 200
    info = await prox.postfiles([{'name': 'x', 'sha256': sha256.hex()}], url, **opts)
    assert info['code'] == 200 and BLOB in info['body']


@pytest.mark.parametrize('scheme', SCHEMES)
async def test_the_configured_proxy(tmp_path: pathlib.Path, scheme: str) -> None:
    async with site() as url, t_proxies.proxy() as proxy:
        async with t_axon.serve(tmp_path / 'axon', **{'http:proxy': proxy.url(scheme)}) as prox:
            await all_three(prox, url)
            assert [(kind, host) for kind, host, _ in proxy.seen] == [(scheme, '127.0.0.1')] * 3
            await all_three(prox, url, proxy=False)
            assert len(proxy.seen) == 3


@pytest.mark.parametrize('scheme', SCHEMES)
async def test_a_proxy_by_argument(tmp_path: pathlib.Path, scheme: str) -> None:
    async with site() as url, t_proxies.proxy() as proxy, t_axon.serve(tmp_path / 'axon') as prox:
        await all_three(prox, url, proxy=proxy.url(scheme))
        assert len(proxy.seen) == 3


async def test_client_certificates(tmp_path: pathlib.Path) -> None:
    ca = trustme.CA()
    ctx = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert('localhost').configure_cert(ctx)
    ca.configure_trust(ctx)
    ctx.verify_mode = ssl.CERT_REQUIRED
    cert = ca.issue_cert('me@vertex.link', common_name='me@vertex.link')
    chain = b''.join(blob.bytes() for blob in cert.cert_chain_pems).decode()
    key = cert.private_key_pem.bytes().decode()
    root = ca.cert_pem.bytes().decode()
    async with site(ctx) as url, t_axon.serve(tmp_path / 'axon') as prox, t_proxies.proxy() as proxy:
        assert (await prox.wget(url, ssl_opts={'ca_cert': root}))['ok'] is False
        for opts in ({'client_cert': chain, 'client_key': key}, {'client_cert': chain + key, 'client_key': None}):
            ssl_opts = {'ca_cert': root, **opts}
            info = await prox.wget(url, ssl_opts=ssl_opts)
            assert info['headers']['X-Peer'] == 'me@vertex.link'
            await all_three(prox, url, ssl_opts=ssl_opts)
            await all_three(prox, url, ssl_opts=ssl_opts, proxy=proxy.url('socks5'))
        assert {host for _, host, _ in proxy.seen} <= {'localhost', '127.0.0.1'} and len(proxy.seen) == 6
