"""Tokens from a provider of OAuth 2.0, which is a real endpoint here: exchanged, kept, refreshed, lost."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import pathlib
import ssl
import time
import typing

import aiohttp.web
import pytest
import trustme

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import tests.lib.cell.mirrors as t_mirrors
import tests.lib.cortex.serving as t_serving
import tests.waiting as t_waiting

Form = dict[str, str]
IDEN = '1f8c2d3c7f8d0a0e4c0b9b0f9b3e4a01'
V2 = '$lib.inet.http.oauth.v2'
SET, GET = f'{V2}.setUserAuthCode($iden, code)', f'return({V2}.getUserAccessToken($iden))'
CLEAR = f'return({V2}.clearUserAccessToken($iden))'


class Provider:
    """A token endpoint. ``answer`` makes the answer to a form; by default each gets new tokens that live an hour."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[tuple[Form, str | None]] = asyncio.Queue()
        self.count = 0
        self.answer: typing.Callable[[Form], typing.Any] = self.grant
        self.secs: float = 3600
        self.url = ''

    def grant(self, form: Form) -> dict[str, typing.Any]:
        self.count += 1
        return {'access_token': f'at{self.count}', 'refresh_token': f'rt{self.count}', 'expires_in': self.secs}

    async def handle(self, request: aiohttp.web.Request) -> aiohttp.web.StreamResponse:
        form = {name: str(valu) for name, valu in (await request.post()).items()}
        self.asked.put_nowait((form, request.headers.get('Authorization')))
        answer = self.answer(form)
        if isinstance(answer, int):
            return aiohttp.web.json_response({}, status=answer)
        if isinstance(answer, bytes):
            return aiohttp.web.Response(body=answer)
        return aiohttp.web.json_response(answer, status=answer.pop('code', 200))

    def then(self, refreshed: typing.Any, secs: float = 0.2) -> None:
        """Give for a code tokens that live so long, and for a refresh token an answer."""
        self.secs = secs
        self.answer = lambda form: self.grant(form) if form['grant_type'] == 'authorization_code' else refreshed

    async def next(self) -> Form:
        """Return the next form that the endpoint is asked with."""
        async with asyncio.timeout(10):
            return (await self.asked.get())[0]


@contextlib.asynccontextmanager
async def provider(tls: ssl.SSLContext | None = None) -> typing.AsyncIterator[Provider]:
    prov = Provider()
    app = aiohttp.web.Application()
    app.router.add_post('/token', prov.handle)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, '127.0.0.1', 0, ssl_context=tls).start()
    prov.url = f'http{"s" if tls else ""}://127.0.0.1:{runner.addresses[0][1]}/token'
    try:
        yield prov
    finally:
        await runner.cleanup()


def conf(url: str, **info: typing.Any) -> dict[str, typing.Any]:
    """Return the definition of a provider; None takes an entry away."""
    base = {'iden': IDEN, 'name': 'p1', 'client_id': 'visi', 'client_secret': 's:ü', 'scope': 'all things'}
    base |= {'auth_uri': 'https://a.corp/auth', 'token_uri': url, 'redirect_uri': 'https://b.corp/back', **info}
    return {name: valu for name, valu in base.items() if valu is not None}


async def add(core: s_cortex.Cortex, info: dict[str, typing.Any]) -> dict[str, typing.Any]:
    """Add a provider; returns options for queries about it."""
    await core.callStorm(f'{V2}.addProvider($conf)', {'vars': {'conf': info}})
    return {'vars': {'iden': info['iden']}}


async def fails(core: s_cortex.Cortex, text: str, opts: dict[str, typing.Any]) -> tuple[str, str]:
    with pytest.raises(s_exc.SynErr) as err:
        await core.callStorm(text, opts)
    return err.value.errname, err.value.get('mesg')


@contextlib.asynccontextmanager
async def both(dirn: pathlib.Path) -> typing.AsyncIterator[tuple[s_cortex.Cortex, Provider, dict[str, typing.Any]]]:
    """Run a provider and a Cortex that knows it."""
    async with provider() as prov, t_serving.cortex(dirn) as core:
        yield core, prov, await add(core, conf(prov.url))


async def token_until(core: s_cortex.Cortex, opts: typing.Any, want: tuple[bool, str]) -> None:
    async with asyncio.timeout(10):
        while await core.callStorm(GET, opts) != want:
            await asyncio.sleep(0.01)


async def test_a_code_becomes_a_token(tmp_path: pathlib.Path) -> None:
    async with both(tmp_path / 'core') as (core, prov, opts):
        assert await core.callStorm(GET, opts) == (False, 'Auth code has not been set')
        assert await core.callStorm(CLEAR, opts) is None
        before = int(time.time() * 1000)
        assert await core.callStorm(f'return({V2}.setUserAuthCode($iden, "a b", code_verifier=x))', opts) is None
        form, auth = prov.asked.get_nowait()
        assert form == {
            'grant_type': 'authorization_code',
            'scope': 'all things',
            'redirect_uri': 'https://b.corp/back',
            'code': 'a b',
            'code_verifier': 'x',
        }
        assert auth == 'Basic ' + base64.b64encode('visi:s:ü'.encode()).decode()
        assert await core.callStorm(GET, opts) == (True, 'at1')
        data = await core.callStorm(CLEAR, opts)
        assert before + 3600_000 <= data.pop('expires_at') and before + 1800_000 <= data.pop('refresh_at')
        assert data == {'access_token': 'at1', 'expires_in': 3600, 'refresh_token': 'rt1'}
        assert await core.callStorm(GET, opts) == (False, 'Auth code has not been set')


async def test_tokens_belong_to_users(tmp_path: pathlib.Path) -> None:
    async with both(tmp_path / 'core') as (core, _, opts):
        low = {**opts, 'user': (await core.auth.addUser('low')).iden}
        await core.callStorm(SET, opts)
        assert await core.callStorm(GET, low) == (False, 'Auth code has not been set')
        await core.callStorm(SET, low)
        assert await core.callStorm(GET, low) == (True, 'at2')
        await core.callStorm(CLEAR, low)
        assert await core.callStorm(GET, opts) == (True, 'at1')
        for text in ('addProvider(({}))', 'getProvider($iden)', 'delProvider($iden)', 'listProviders()'):
            name = text.partition('(')[0]
            assert await fails(core, f'{V2}.{text}', low) == ('AuthDeny', f'{name}() requires admin privs.')
        for text in (GET, SET, CLEAR, f'{V2}.listProviders()'):
            assert (await fails(core, text, {**opts, 'readonly': True}))[0] == 'IsReadOnly'


@pytest.mark.usefixtures('no_hurry')
async def test_providers(tmp_path: pathlib.Path) -> None:
    async with both(tmp_path / 'core') as (core, prov, opts):
        shown = await core.callStorm(f'return({V2}.getProvider($iden))', opts)
        defaults = {'flow_type': 'authorization_code', 'auth_scheme': 'basic', 'ssl_verify': True}
        assert shown == {**conf(prov.url, client_secret=None), **defaults}
        assert await core.callStorm(f'return({V2}.listProviders())') == ((IDEN, shown),)
        assert (await fails(core, f'{V2}.addProvider($conf)', {'vars': {'conf': conf(prov.url)}}))[0] == 'DupIden'
        await core.callStorm(SET, opts)
        assert await core.callStorm(f'return({V2}.delProvider($iden))', opts) == shown
        assert await core.callStorm(f'return({V2}.delProvider($iden))', opts) is None
        gone = ('BadArg', f'OAuth V2 provider has not been configured ({IDEN})')
        assert await fails(core, GET, opts) == gone and await fails(core, SET, opts) == gone
        await add(core, conf(prov.url))
        assert await core.callStorm(GET, opts) == (False, 'Auth code has not been set')
        infos = [conf(prov.url, iden='a' * 32, name=name) for name in 'xy']
        made = await asyncio.gather(*(core.automation.oauth.add(info) for info in infos), return_exceptions=True)
        assert isinstance(made[1], s_exc.DupIden) and core.automation.oauth.get('a' * 32)['name'] == 'x'


STORM = 'cortex:callstorm'
AZURE = {'client_secret': None, 'auth_scheme': 'client_assertion'}


@pytest.mark.parametrize(
    ('info', 'name', 'mesg'),
    [
        ({'iden': 'newp'}, 'SchemaViolation', 'data.iden must match pattern ^[0-9a-f]{32}$'),
        ({'iden': None, 'name': None}, 'SchemaViolation', "data must contain ['iden', 'name'] properties"),
        ({'newp': 5}, 'SchemaViolation', "data must not contain {'newp'} properties"),
        ({'scope': 5}, 'SchemaViolation', 'data.scope must be string'),
        ({'extra_auth_params': {'a': 5}}, 'SchemaViolation', 'data.extra_auth_params.a must be string'),
        ({'flow_type': 'newp'}, 'SchemaViolation', "data.flow_type must be one of ['authorization_code']"),
        ({'auth_scheme': 'x'}, 'SchemaViolation', "data.auth_scheme must be one of ['basic', 'client_assertion']"),
        ({'client_assertion': {}}, 'SchemaViolation', 'data.client_assertion must be valid exactly by one definition'),
        ({'client_id': None}, 'BadArg', 'Must provide client_id for auth_scheme=basic'),
        ({'client_id': 'a:b'}, 'BadArg', 'A client_id for auth_scheme=basic must not have a colon.'),
        ({'client_secret': None}, 'BadArg', 'client_assertion and client_secret missing. These'),
        ({'auth_scheme': 'client_assertion'}, 'BadArg', 'Must provide client_assertion for auth_scheme='),
        (
            {'client_assertion': {STORM: {'query': '', 'view': '0' * 32}}},
            'BadArg',
            'client_assertion and client_secret',
        ),
        (
            {**AZURE, 'client_assertion': {STORM: {'query': '', 'view': '0' * 32}}},
            'BadArg',
            f'View {"0" * 32} does not',
        ),
        ({**AZURE, 'client_assertion': {STORM: {'query': '(', 'view': '0' * 32}}}, 'BadArg', 'Bad storm query: '),
        (
            {**AZURE, 'client_assertion': {'msft:azure:workloadidentity': {'token': True}}},
            'BadArg',
            'Failed to get the client_assertion data: AZURE_FEDERATED_TOKEN_FILE environment variable is not set.',
        ),
    ],
)
async def test_providers_that_make_no_sense(
    info: dict[str, typing.Any], name: str, mesg: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv('AZURE_FEDERATED_TOKEN_FILE', raising=False)
    async with t_serving.cortex(tmp_path / 'core') as core:
        opts = {'vars': {'conf': conf('http://a', **info)}}
        have, text = await fails(core, f'{V2}.addProvider($conf)', opts)
        assert have == name and text.startswith(mesg)


@pytest.mark.parametrize(
    ('answer', 'mesg'),
    [
        ({'code': 400, 'error': 'invalid_request', 'error_description': 'bad'}, 'invalid_request: bad (HTTP code 400)'),
        ({'code': 401, 'error': 'invalid_client'}, 'invalid_client (HTTP code 401)'),
        (404, 'Token API returned HTTP code 404'),
        (503, 'Token API returned HTTP code 503'),
        (302, 'Token API returned HTTP code 302'),
        (b'newp', "SchemaViolation: mesg='data must be object' name='data'"),
        (b'[' * 100_000, "SchemaViolation: mesg='data must be object' name='data'"),
        (b'x' * 2_000_000, 'The answer is larger than 1048576 bytes.'),
        ({'access_token': 'a'}, 'expires_in'),
        ({'access_token': 5, 'expires_in': 5}, 'data.access_token must be string'),
        ({'access_token': 'a', 'expires_in': '5'}, 'data.expires_in must be number'),
        (b'{"access_token": "a", "expires_in": NaN}', 'data.expires_in must be number'),
        (b'{"access_token": "a", "expires_in": 1e999}', 'data.expires_in must be smaller'),
    ],
)
async def test_answers_without_a_token(answer: typing.Any, mesg: str, tmp_path: pathlib.Path) -> None:
    async with both(tmp_path / 'core') as (core, prov, opts):
        prov.answer = lambda form: dict(answer) if isinstance(answer, dict) else answer
        name, text = await fails(core, SET, opts)
        assert name == 'SynErr' and text.startswith('Failed to get OAuth v2 token: ') and mesg in text
        assert prov.asked.qsize() == (2 if answer == 503 else 1)  # a fault of its own is worth a second try
        assert await core.callStorm(GET, opts) == (False, 'Auth code has not been set')


async def test_providers_that_cannot_be_asked(tmp_path: pathlib.Path) -> None:
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert('127.0.0.1').configure_cert(ctx)
    async with provider(ctx) as prov, t_serving.cortex(tmp_path / 'core') as core:
        for number, url in enumerate(('newp', 'http://127.0.0.1:1/', prov.url)):
            opts = await add(core, conf(url, iden=f'{number:032x}'))
            assert (await fails(core, SET, opts))[0] == 'SynErr'
        opts = await add(core, conf(prov.url, iden='b' * 32, ssl_verify=False))
        await core.callStorm(SET, opts)
        assert await core.callStorm(GET, opts) == (True, 'at1')


async def test_refreshing(tmp_path: pathlib.Path) -> None:
    async with both(tmp_path / 'core') as (core, prov, opts):
        prov.answer = lambda form: {**prov.grant(form), 'expires_in': 0.2 if prov.count < 4 else 3600}
        await core.callStorm(SET, opts)
        assert (await prov.next())['grant_type'] == 'authorization_code'
        for number in (1, 2, 3):
            assert await prov.next() == {'grant_type': 'refresh_token', 'refresh_token': f'rt{number}'}
        await token_until(core, opts, (True, 'at4'))


async def test_refresh_tokens_that_stay(tmp_path: pathlib.Path) -> None:
    async with both(tmp_path / 'core') as (core, prov, opts):
        prov.then({'access_token': 'new', 'expires_in': 0.2})
        await core.callStorm(SET, opts)
        await prov.next()
        for _ in range(3):
            assert (await prov.next())['refresh_token'] == 'rt1'


async def test_tokens_that_expire(tmp_path: pathlib.Path) -> None:
    async with both(tmp_path / 'core') as (core, prov, opts):
        prov.answer = lambda form: {'access_token': 'once', 'expires_in': 0.2}
        await core.callStorm(SET, opts)
        await token_until(core, opts, (False, 'Token is expired'))
        assert prov.asked.qsize() == 1


async def test_a_refresh_that_is_refused(tmp_path: pathlib.Path) -> None:
    async with both(tmp_path / 'core') as (core, prov, opts):
        prov.then({'code': 400, 'error': 'invalid_grant'})
        await core.callStorm(SET, opts)
        await token_until(core, opts, (False, 'invalid_grant (HTTP code 400)'))
        prov.answer, prov.secs = prov.grant, 3600
        await core.callStorm(SET, opts)
        assert await core.callStorm(GET, opts) == (True, 'at2')


async def test_a_refresh_that_fails_is_tried_again(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'OAUTH_RETRY', 0.1)
    monkeypatch.setattr(s_limits, 'OAUTH_PAUSE', 0.01)
    async with both(tmp_path / 'core') as (core, prov, opts):
        prov.then(503)
        await core.callStorm(SET, opts)
        for _ in range(6):
            await prov.next()
        prov.answer, prov.secs = prov.grant, 3600
        await token_until(core, opts, (True, 'at2'))


async def test_one_slow_provider_holds_up_nobody(tmp_path: pathlib.Path) -> None:
    async with both(tmp_path / 'core') as (core, prov, opts), provider() as slow:
        slow_opts = await add(core, conf(slow.url, iden='a' * 32))
        slow.secs = prov.secs = 0.2
        await core.callStorm(SET, slow_opts)
        slow.answer = lambda form: 503  # and a pause before the second try
        await core.callStorm(SET, opts)
        for _ in range(3):
            await prov.next()


async def test_tokens_survive_and_deleted_users_do_not(tmp_path: pathlib.Path) -> None:
    async with provider() as prov:
        async with t_serving.cortex(tmp_path / 'core') as core:
            opts = await add(core, conf(prov.url))
            low = {**opts, 'user': (await core.auth.addUser('low')).iden}
            prov.then(503, secs=1)
            await core.callStorm(SET, opts)
            await core.callStorm(SET, low)
            await core.auth.delUser(low['user'])
        while not prov.asked.empty():
            prov.asked.get_nowait()
        prov.answer, prov.secs = prov.grant, 3600
        async with t_serving.cortex(tmp_path / 'core') as core:
            assert (await prov.next())['refresh_token'] == 'rt1'
            await token_until(core, opts, (True, 'at3'))
            await t_waiting.until(lambda: len([*core.automation.oauth.tokens.items()]) == 1)
            assert prov.asked.empty()


async def test_assertions_by_storm(tmp_path: pathlib.Path) -> None:
    async with provider() as prov, t_serving.cortex(tmp_path / 'core') as core:
        view = await core.callStorm('return($lib.view.get().iden)')
        good = 'return(($lib.true, ({"token": `{$foo} {$lib.user.name()}`})))'
        bad = {
            'return(($lib.false, ({"error": "bad"})))': 'Failed to get OAuth v2 token: bad',
            'return(5)': 'Failed to get OAuth v2 token: Error executing callStorm: ',
            '$lib.raise(Foo, bar)': 'Failed to get OAuth v2 token: Error executing callStorm: ',
        }
        for number, query in enumerate((good, *bad)):
            call = {'query': query, 'view': view, 'vars': {'foo': 'bar'}}
            info = conf(prov.url, **AZURE, iden=f'{number:032x}', client_assertion={STORM: call})
            opts = await add(core, info)
            if query in bad:
                assert (await fails(core, SET, opts))[1].startswith(bad[query])
                continue
            await core.callStorm(SET, opts)
            form, auth = prov.asked.get_nowait()
            assert (form['client_assertion'], form['client_id'], auth) == ('bar root', 'visi', None)
            assert form['client_assertion_type'] == 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'


async def test_assertions_of_azure(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / 'token'
    path.write_text('federated')
    monkeypatch.setenv('AZURE_FEDERATED_TOKEN_FILE', str(path))
    monkeypatch.setenv('AZURE_CLIENT_ID', 'azure')
    async with provider() as prov, t_serving.cortex(tmp_path / 'core') as core:
        azure = {'msft:azure:workloadidentity': {'token': True, 'client_id': True}}
        opts = await add(core, conf(prov.url, **AZURE, client_id=None, client_assertion=azure))
        await core.callStorm(SET, opts)
        form = await prov.next()
        assert (form['client_assertion'], form['client_id']) == ('federated', 'azure')
        path.unlink()
        assert 'Cannot read' in (await fails(core, SET, opts))[1]


async def test_a_mirror_has_the_tokens_and_its_leader_refreshes_them(tmp_path: pathlib.Path) -> None:
    async with provider() as prov, t_serving.cortex(tmp_path / '0', **t_mirrors.CONF) as lead:
        opts = await add(lead, conf(prov.url))
        await t_mirrors.copy(lead, tmp_path / '1')
        follow = {**t_mirrors.CONF, 'mirror': lead.getLocalUrl()}
        async with t_serving.cortex(tmp_path / '1', **follow) as mirr:
            await t_mirrors.level(lead, mirr)
            prov.answer = lambda form: {**prov.grant(form), 'expires_in': 4 if prov.count < 3 else 3600}
            await mirr.callStorm(SET, opts)
            assert (await prov.next())['grant_type'] == 'authorization_code'
            assert await lead.callStorm(GET, opts) == await mirr.callStorm(GET, opts) == (True, 'at1')
            assert await prov.next() == {'grant_type': 'refresh_token', 'refresh_token': 'rt1'}
            await token_until(mirr, opts, (True, 'at2'))
            assert (lead.automation.oauth.worker is None, mirr.automation.oauth.worker is None) == (False, True)
            await lead.handoff(mirr.getLocalUrl())
            assert (lead.automation.oauth.worker is None, mirr.automation.oauth.worker is None) == (True, False)
            assert (await prov.next())['refresh_token'] == 'rt2'
            await token_until(lead, opts, (True, 'at3'))
