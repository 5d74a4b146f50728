"""Who is behind a request: sessions, API keys, Basic, and the order among them (cell.md 13.2)."""

from __future__ import annotations

import pathlib
import re
import typing

import aiohttp
import pytest

import synapse.lib.auth as s_auth
import tests.lib.cell.web as t_web

ok, err = t_web.ok, t_web.err
ROLES = '/api/v1/auth/roles'
LOGIN, LOGOUT = '/api/v1/login', '/api/v1/logout'


@pytest.fixture
async def web(tmp_path: pathlib.Path) -> typing.AsyncIterator[t_web.Web]:
    async with t_web.serve(tmp_path / 'cell') as web:
        await web.auth.addUser('bob', passwd='x')
        yield web


def bob_of(web: t_web.Web) -> s_auth.User:
    return web.auth.reqUserByName('bob')


async def login(web: t_web.Web, name: str = 'bob', passwd: str = 'x', **headers: str) -> dict[str, str]:
    """Log in and return the cookie header."""
    status, _ = await web.post(LOGIN, {'user': name, 'passwd': passwd}, headers=headers)
    assert status == 200
    return {'Cookie': web.headers['Set-Cookie'].split(';')[0]}


async def test_a_login_gives_a_cookie_for_two_weeks(web: t_web.Web) -> None:
    answer = await web.post(LOGIN, {'user': 'bob', 'passwd': 'x'}, headers={})
    udef = bob_of(web).pack(packroles=True)
    assert answer == (200, ok({**udef, 'rules': [], 'roles': [{**udef['roles'][0], 'rules': []}]}))
    cookie = web.headers['Set-Cookie']
    assert re.match(r'sess="2\|1:0\|[^"]+"; expires=[^;]+; HttpOnly; Path=/; Secure$', cookie)
    assert (await web.get(ROLES, headers={'Cookie': cookie.split(';')[0]}))[0] == 200


@pytest.mark.parametrize(
    'body, answer',
    [
        ({'user': 'bob', 'passwd': 'y'}, (403, err('AuthDeny', 'Incorrect password.'))),
        ({'user': 'bob', 'passwd': ''}, (403, err('AuthDeny', 'Incorrect password.'))),
        ({'user': 'tom', 'passwd': 'x'}, (404, err('AuthDeny', 'No such user.'))),
        ({'user': 'bob'}, (400, err('SchemaViolation', "data must contain ['passwd'] properties"))),
        ({'user': 'bob', 'passwd': 1}, (400, err('SchemaViolation', 'data.passwd must be string'))),
        ([], (400, err('SchemaViolation', 'data must be object'))),
        ('zz', (400, err('SchemaViolation', 'data must be object'))),
    ],
)
async def test_bad_logins(web: t_web.Web, body: typing.Any, answer: t_web.Answer) -> None:
    assert await web.post(LOGIN, body, headers={}) == answer
    assert 'Set-Cookie' not in web.headers and web.auth.sessions.infos == {}


async def test_a_locked_user_cannot_log_in_and_loses_the_session(web: t_web.Web) -> None:
    cookie = await login(web)
    await bob_of(web).setLocked(True)
    assert await web.get(ROLES, headers=cookie) == t_web.DENIED
    answer = await web.post(LOGIN, {'user': 'bob', 'passwd': 'x'}, headers={})
    assert answer == (403, err('AuthDeny', 'User is locked.'))
    await bob_of(web).setLocked(False)
    assert await web.get(ROLES, headers=cookie) == t_web.DENIED


async def test_a_logout_ends_the_session_and_hides_basic(web: t_web.Web) -> None:
    cookie = await login(web)
    assert await web.get(LOGOUT, headers=cookie) == (200, ok(True))
    assert web.headers['Set-Cookie'].startswith('sess="";')
    assert await web.get(ROLES, headers=cookie) == t_web.DENIED
    assert await web.get(ROLES, headers={**cookie, **t_web.ROOT}) == t_web.DENIED
    assert await web.get(LOGOUT, headers={}) == (200, ok(True))


async def test_a_login_never_takes_over_a_session(web: t_web.Web) -> None:
    planted = await login(web)
    fresh = await login(web, 'root', 'secret', **planted)
    assert fresh != planted
    assert await web.get(ROLES, headers=planted) == t_web.DENIED
    assert (await web.get('/api/v1/healthcheck', headers=fresh))[0] == 200
    assert len(web.auth.sessions.infos) == 1


async def test_sessions_survive_a_restart(tmp_path: pathlib.Path) -> None:
    async with t_web.serve(tmp_path / 'cell') as web:
        cookie = await login(web, 'root', 'secret')
    async with t_web.serve(tmp_path / 'cell') as web:
        assert (await web.get(ROLES, headers=cookie))[0] == 200


async def test_a_cookie_that_we_did_not_sign_is_no_cookie(web: t_web.Web) -> None:
    cookie = (await login(web))['Cookie']
    forged = {'Cookie': cookie[:-2] + ('0"' if cookie[-2] != '0' else '1"')}
    assert await web.get(ROLES, headers=forged) == t_web.DENIED
    assert (await web.get(ROLES, headers={**forged, **t_web.ROOT}))[0] == 200


async def test_a_key_is_taken_before_basic(web: t_web.Web) -> None:
    token, _ = await web.auth.apikeys.add(bob_of(web).iden, 'key')
    good, bad = {'X-API-KEY': token}, {'X-API-KEY': token[:-3] + 'AA='}
    assert (await web.get(ROLES, headers=good))[0] == 200
    assert (await web.get(ROLES, headers={**good, **t_web.basic('root', 'wrong')}))[0] == 200
    assert await web.get(ROLES, headers=bad) == t_web.DENIED
    assert await web.get(ROLES, headers={**bad, **t_web.ROOT}) == t_web.DENIED
    cookie = await login(web, 'root', 'secret')
    assert (await web.get(ROLES, headers={**bad, **cookie}))[0] == 200
    await bob_of(web).setLocked(True)
    assert await web.get(ROLES, headers=good) == t_web.DENIED


@pytest.mark.parametrize(
    'header',
    [
        'Basic !!!',
        'Basic',
        'Basic cm9vdA==',
        'Bearer cm9vdDpzZWNyZXQ=',
        'Basic /w==',
        t_web.basic('no', 'x')['Authorization'],
    ],
)
async def test_malformed_basic_is_a_stranger(web: t_web.Web, header: str) -> None:
    assert await web.get(ROLES, headers={'Authorization': header}) == t_web.DENIED
    assert (await web.get('/api/v1/active', headers={'Authorization': header}))[0] == 200


async def test_a_password_may_hold_colons_and_any_letter(web: t_web.Web) -> None:
    await bob_of(web).setPasswd('pä:ss:')
    assert (await web.get(ROLES, headers=t_web.basic('bob', 'pä:ss:')))[0] == 200
    lower = {'Authorization': t_web.basic('bob', 'pä:ss:')['Authorization'].replace('Basic', 'basic')}
    assert (await web.get(ROLES, headers=lower))[0] == 200


async def test_refusals_are_logged_with_the_reason(web: t_web.Web, caplog: pytest.LogCaptureFixture) -> None:
    bob = bob_of(web)
    await web.get(ROLES, headers=t_web.basic('bob', 'wrong'))
    await web.get(ROLES, headers={'X-API-KEY': 'zz'})
    lines = [record.getMessage() for record in caplog.records if record.name == 'synapse.lib.httpapi']
    head = f'Failed to authenticate request to {ROLES} from 127.0.0.1 : '
    assert lines == [f'{head}Incorrect password.: user={bob.iden} (bob)', f'{head}API key is malformed.']
    assert 'wrong' not in caplog.text


async def test_health_needs_a_permission(web: t_web.Web) -> None:
    path = '/api/v1/healthcheck'
    mine = t_web.basic('bob', 'x')
    assert await web.get(path, headers={}) == t_web.DENIED
    assert await web.get(path, headers=mine) == (403, err('AuthDeny', 'User (bob) must have permission health'))
    await bob_of(web).addRule((True, ('health',)))
    want = {'iden': web.cell.iden, 'components': [], 'status': 'nominal'}
    assert await web.get(path, headers=mine) == (200, ok(want))


async def test_anybody_may_ask_who_leads(web: t_web.Web) -> None:
    assert await web.get('/api/v1/active', headers={}) == (200, ok({'active': True}))
    assert await web.post('/api/v1/active', {}) == t_web.page(405, 'Method Not Allowed')
    assert await web.get('/robots.txt', headers={}) == (200, 'User-agent: *\nDisallow: /\n')


# ----- the websocket --------------------------------------------------------------------------------------------------

BEHOLD = '/api/v1/behold'
INIT = {'type': 'call:init'}


async def test_behold_tells_admins_what_changes(web: t_web.Web) -> None:
    async with web.client.ws_connect(web.base + BEHOLD, headers=t_web.ROOT) as sock:
        await sock.send_json(INIT)
        assert await sock.receive_json(timeout=5) == {'type': 'init', 'data': {}}
        role = await web.auth.addRole('ninjas')
        info = {**role.pack(), 'rules': []}
        mesg = await sock.receive_json(timeout=5)
        assert mesg['type'] == 'iter' and mesg['data']['event'] == 'role:add' and mesg['data']['info'] == info
        assert mesg['data']['offset'] == web.cell.nexsroot.index()
        await sock.send_json(INIT)  # one subscription is enough
        mesg = await sock.receive_json(timeout=5)
        assert mesg == {'type': 'errx', 'data': {'code': 'BadMesgFormat', 'mesg': 'Invalid initial message'}}
    async with web.client.ws_connect(web.base + BEHOLD, headers=t_web.ROOT) as sock:
        await web.auth.delRole(role.iden)
        await sock.send_json(INIT)
        assert await sock.receive_json(timeout=5) == {'type': 'init', 'data': {}}


@pytest.mark.parametrize(
    'who, text, code, mesg',
    [
        ({}, '{"type": "call:init"}', 'AuthDeny', 'Beholder API requires admin privs'),
        (t_web.basic('bob', 'x'), '{"type": "call:init"}', 'AuthDeny', 'Beholder API requires admin privs'),
        (t_web.ROOT, 'zz', 'BadJsonText', 'Invalid JSON content.'),
        (t_web.ROOT, '{"type": "newp"}', 'BadMesgFormat', 'Invalid initial message'),
        (t_web.ROOT, '[1]', 'BadMesgFormat', 'Invalid initial message'),
    ],
)
async def test_behold_refuses(web: t_web.Web, who: dict[str, str], text: str, code: str, mesg: str) -> None:
    async with web.client.ws_connect(web.base + BEHOLD, headers=who) as sock:
        await sock.send_str(text)
        assert await sock.receive_json(timeout=5) == {'type': 'errx', 'data': {'code': code, 'mesg': mesg}}


async def test_behold_ends_for_who_is_no_admin_any_more(web: t_web.Web) -> None:
    bob = bob_of(web)
    await bob.setAdmin(True)
    async with web.client.ws_connect(web.base + BEHOLD, headers=t_web.basic('bob', 'x')) as sock:
        await sock.send_json(INIT)
        await sock.receive_json(timeout=5)
        await bob.setAdmin(False)
        mesg = await sock.receive_json(timeout=5)
        assert mesg['type'] == 'errx' and mesg['data']['code'] == 'AuthDeny'


async def test_pages_of_other_hosts_get_no_websocket(web: t_web.Web) -> None:
    headers = {**t_web.ROOT, 'Origin': 'https://example.com'}
    with pytest.raises(aiohttp.WSServerHandshakeError) as e:
        await web.client.ws_connect(web.base + BEHOLD, headers=headers)
    assert e.value.status == 403
    headers['Origin'] = 'https://127.0.0.1:1'
    async with web.client.ws_connect(web.base + BEHOLD, headers=headers) as sock:
        await sock.send_json(INIT)
        assert await sock.receive_json(timeout=5) == {'type': 'init', 'data': {}}
