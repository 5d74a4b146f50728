"""``$lib.crypto.jwt.verify`` with keys that a service publishes: a real web server with TLS."""

from __future__ import annotations

import base64
import contextlib
import json
import pathlib
import ssl
import typing

import aiohttp.web
import pytest
import trustme

import synapse.cortex as s_cortex
import tests.lib.cortex.serving as t_serving

VERIFY = 'return($lib.crypto.jwt.verify($token, $lib.null, (ES256, RS256), jwks_uri=$uri, ssl_opts=$tls, {args}))'
MAKE = """
    $key = $lib.crypto.ecc.generate() $jwt = $lib.crypto.jwt.generate(({"sub": "visi"})) $jwt.header.kid=one
    return(([$jwt.sign($key, ES256), $key.pubkey().encode(der)]))
"""


def jwk_of(der: bytes) -> dict[str, str]:
    """Return the JSON Web Key of a P-256 key: its last 64 bytes are the point."""
    x, y = (base64.urlsafe_b64encode(part).rstrip(b'=').decode() for part in (der[-64:-32], der[-32:]))
    return {'kty': 'EC', 'crv': 'P-256', 'x': x, 'y': y}


@contextlib.asynccontextmanager
async def serving(core: s_cortex.Cortex) -> typing.AsyncIterator[tuple[dict[str, typing.Any], str]]:
    """Serve the key of a token in several ways; gives options for queries, and the URL."""
    token, der = await core.callStorm(MAKE)
    keys = {'keys': [{**jwk_of(der), 'kid': 'one'}, {**jwk_of(der), 'kid': 'two'}]}
    answers: dict[str, tuple[int, str]] = {
        'good': (200, json.dumps(keys)),
        'none': (200, json.dumps({'keys': []})),
        'bare': (200, json.dumps(keys['keys'][0])),
        'junk': (200, 'newp'),
        'deep': (200, '[' * 100_000),
        'huge': (200, ' ' * 2_000_000),
        'gone': (404, json.dumps(keys)),
        'away': (302, ''),
    }

    async def handle(request: aiohttp.web.Request) -> aiohttp.web.Response:
        code, text = answers[request.match_info['name']]
        return aiohttp.web.Response(status=code, text=text, headers={'Location': '/good'} if code == 302 else {})

    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert('127.0.0.1', 'localhost').configure_cert(tls)
    app = aiohttp.web.Application()
    app.router.add_get('/{name}', handle)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, '127.0.0.1', 0, ssl_context=tls).start()
    pem = authority.cert_pem.bytes().decode()
    try:
        opts = {'token': token, 'tls': {'ca_cert': pem}}
        yield opts, f'https://localhost:{runner.addresses[0][1]}'
    finally:
        await runner.cleanup()


async def verify(core: s_cortex.Cortex, opts: dict[str, typing.Any], uri: str, args: str) -> typing.Any:
    return await core.callStorm(VERIFY.replace('{args}', args), {'vars': {**opts, 'uri': uri}})


async def test_keys_of_a_service(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core, serving(core) as (opts, url):
        assert await verify(core, opts, f'{url}/good', 'allowinternal=$lib.true') == (True,)
        ok, (name, info) = await verify(core, {**opts, 'tls': {}}, f'{url}/good', 'allowinternal=$lib.true')
        assert (ok, name) == (False, 'ClientConnectorCertificateError') and 'CERTIFICATE_VERIFY_FAILED' in info['mesg']
        bad = {
            'none': 'JWKS does not contain exactly one key with kid one.',
            'bare': 'A JWKS must be an object with a keys array.',
            'junk': 'Unable to decode JWKS JSON: ',
            'deep': 'Unable to decode JWKS JSON: ',
            'huge': 'JWKS response exceeds the maximum allowed size.',
            'gone': 'JWKS endpoint returned HTTP 404.',
            'away': 'JWKS endpoint returned HTTP 302.',
        }
        for path, mesg in bad.items():
            ok, (name, info) = await verify(core, opts, f'{url}/{path}', 'allowinternal=$lib.true')
            assert (ok, name) == (False, 'BadArg') and info['mesg'].startswith(mesg)


@pytest.mark.parametrize('host', ['localhost', '127.0.0.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '10.1.2.3'])
async def test_addresses_inside_are_not_asked(host: str, tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core, serving(core) as (opts, url):
        ok, (name, info) = await verify(core, opts, f'{url.replace("localhost", host)}/good', 'leeway=(1)')
        assert (ok, name) == (False, 'BadArg')
        assert info['mesg'].startswith('jwks_uri resolves to the non-global address')


async def test_what_is_in_the_way(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core, serving(core) as (opts, url):
        cases = {
            'allowinternal=$lib.true, proxy="socks5://127.0.0.1:1"': 'ProxyConnectionError',
            'allowinternal=$lib.true, proxy="newp"': 'BadArg',
            'allowinternal=$lib.true, proxy=(5)': 'BadArg',
            'proxy="socks5://127.0.0.1:1"': 'BadArg',  # a proxy does not make an inner address an outer one
        }
        for args, want in cases.items():
            ok, (name, _) = await verify(core, opts, f'{url}/good', args)
            assert (ok, name) == (False, want)
        low = (await core.auth.addUser('low')).iden
        text = VERIFY.replace('{args}', 'proxy="socks5://127.0.0.1:1"')
        ok, (name, _) = await core.callStorm(text, {'user': low, 'vars': {**opts, 'uri': f'{url}/good'}})
        assert (ok, name) == (False, 'AuthDeny')
