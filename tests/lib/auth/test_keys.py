"""What is kept for users: API keys, HTTP sessions, profiles and variables (cell.md 5.8, 6, 13.2)."""

from __future__ import annotations

import base64
import typing

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import synapse.lib.auth.apikeys as s_apikeys
import synapse.lib.auth.sessions as s_sessions
import synapse.lib.limits as s_limits
import tests.lib.auth.home as t_home


@pytest.fixture
async def bob(home: t_home.Home) -> s_auth.User:
    return await home.auth.addUser('bob')


async def test_a_key_is_shown_once_and_stands_for_its_user(home: t_home.Home, bob: s_auth.User) -> None:
    token, kdef = await home.ops.addUserApiKey(bob.iden, 'hehe')
    assert len(token) == 44 and base64.urlsafe_b64decode(token)[:16].hex() == kdef['iden']
    assert kdef == {
        'iden': kdef['iden'],
        'name': 'hehe',
        'user': bob.iden,
        'created': kdef['created'],
        'updated': kdef['created'],
    }
    assert await home.ops.listUserApiKeys(bob.iden) == [kdef] == [await home.ops.getUserApiKey(kdef['iden'])]
    assert await home.ops.checkUserApiKey(token) == (True, {'kdef': kdef, 'udef': bob.pack(packroles=True)})


async def test_bad_keys_are_told_apart(home: t_home.Home, bob: s_auth.User, monkeypatch: pytest.MonkeyPatch) -> None:
    token, kdef = await home.ops.addUserApiKey(bob.iden, 'hehe', duration=1000)
    iden, who = kdef['iden'], {'user': bob.iden, 'name': 'bob'}
    other = s_apikeys.make_token(iden, b'x' * 16)
    unknown = s_apikeys.make_token('00' * 16, b'x' * 16)
    assert await home.ops.checkUserApiKey(unknown) == (False, {'mesg': f'API key does not exist: {"00" * 16}'})
    mesg = f'API key shadow mismatch: {iden}'
    assert await home.ops.checkUserApiKey(other) == (False, {'mesg': mesg, **who})
    await bob.setLocked(True)
    mesg = f'User associated with API key is locked: {iden}'
    assert await home.ops.checkUserApiKey(token) == (False, {'mesg': mesg, **who})
    await bob.setLocked(False)
    assert (await home.ops.checkUserApiKey(token))[0]
    monkeypatch.setattr(s_common, 'now', lambda: kdef['expires'] + 1)
    assert await home.ops.checkUserApiKey(token) == (False, {'mesg': f'API key is expired: {iden}', **who})


@pytest.mark.parametrize('token', ['zz', '', 'A' * 43 + '/', 'A' * 40 + '+AA=', 'A' * 44, 'ä' * 44, 5, None, 'A' * 88])
async def test_malformed_keys(home: t_home.Home, token: typing.Any) -> None:
    assert await home.auth.apikeys.check(token) == (False, {'mesg': 'API key is malformed.'})


async def test_keys_change_and_go(home: t_home.Home, bob: s_auth.User, monkeypatch: pytest.MonkeyPatch) -> None:
    token, kdef = await home.ops.addUserApiKey(bob.iden, 'hehe')
    changed = await home.ops.modUserApiKey(kdef['iden'], 'name', 'haha')
    assert changed['name'] == 'haha' and changed['updated'] >= kdef['updated']
    with pytest.raises(s_exc.BadArg, match='Cannot set user on user API keys.'):
        await home.ops.modUserApiKey(kdef['iden'], 'user', home.auth.rootuser.iden)
    assert await home.ops.delUserApiKey(kdef['iden']) is True
    with pytest.raises(s_exc.NoSuchIden):
        await home.ops.delUserApiKey(kdef['iden'])
    assert not (await home.ops.checkUserApiKey(token))[0]
    for name, duration, errname in (('k', 0, 'BadArg'), ('k', 'x', 'BadArg'), (5, None, 'SchemaViolation')):
        with pytest.raises(s_exc.CLASSES[errname]):
            await home.ops.addUserApiKey(bob.iden, typing.cast(str, name), duration=typing.cast(int, duration))
    monkeypatch.setattr(s_limits, 'AUTH_APIKEYS_PER_USER', 1)
    await home.ops.addUserApiKey(bob.iden, 'one')
    with pytest.raises(s_exc.HitLimit):
        await home.ops.addUserApiKey(bob.iden, 'two')


async def test_sessions_end_with_lock_age_and_logout(
    home: t_home.Home, bob: s_auth.User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = home.auth.sessions
    one, two = await sessions.add(bob.iden, 'bob'), await sessions.add(bob.iden, 'bob')
    assert (sessions.get(one) or {})['user'] == bob.iden and one != two
    await sessions.update(one, {'lang': 'de', 'user': 'somebody else'})
    assert {**sessions.infos[one], 'created': 0} == {'created': 0, 'user': bob.iden, 'username': 'bob', 'lang': 'de'}
    await sessions.delete(one)
    await sessions.delete(one)
    assert sessions.get(one) is None and sessions.get(two) is not None
    await bob.setLocked(True)
    assert sessions.infos == {}
    old = await sessions.add(home.auth.rootuser.iden, 'root')
    tick = s_common.now() + s_sessions.MAX_AGE + 1000
    monkeypatch.setattr(s_common, 'now', lambda: tick)
    assert sessions.get(old) is None
    new = await sessions.add(home.auth.rootuser.iden, 'root')
    assert list(sessions.infos) == [new]


async def test_the_oldest_sessions_make_room(home: t_home.Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'HTTP_SESS_MAX', 3)
    idens = [await home.auth.sessions.add(home.auth.rootuser.iden, 'root') for _ in range(5)]
    assert len(home.auth.sessions.infos) == 3 and idens[-1] in home.auth.sessions.infos


async def test_profiles_and_variables_are_kept_apart(home: t_home.Home, bob: s_auth.User) -> None:
    assert await home.ops.setUserProfInfo(bob.iden, 'b', (1, 2)) == (1, 2)
    await home.ops.setUserProfInfo(bob.iden, 'a', {'x': None})
    await bob.vars.set('a', 'var')
    assert await home.ops.getUserProfile(bob.iden) == {'a': {'x': None}, 'b': (1, 2)}
    assert bob.vars.items() == [('a', 'var')] and home.auth.rootuser.vars.items() == []
    assert await home.ops.getUserProfInfo(bob.iden, 'b') == (1, 2)
    assert await home.ops.getUserProfInfo(bob.iden, 'c', default=5) == 5
    assert await home.ops.popUserProfInfo(bob.iden, 'b') == (1, 2)
    assert await home.ops.popUserProfInfo(bob.iden, 'b', default=4) == 4
    assert await bob.vars.pop('a') == 'var' and bob.vars.get('a') is None


async def test_a_value_that_was_missed_before_is_found(bob: s_auth.User) -> None:
    for valu in (1, 2):
        assert [bob.profile.get('a'), bob.profile.get('a', 5)] == [None, 5]
        await bob.profile.set('a', valu)
        assert bob.profile.get('a') == valu
        assert await bob.profile.pop('a') == valu
    with pytest.raises(s_exc.BadArg):
        bob.profile.get([])  # type: ignore[arg-type]


@pytest.mark.parametrize('name', [5, None, 'x' * 500, '\ud800'])
async def test_names_of_values_have_a_form(bob: s_auth.User, name: typing.Any) -> None:
    with pytest.raises(s_exc.BadArg):
        await bob.profile.set(name, 1)
    with pytest.raises(s_exc.NotMsgpackSafe):
        await bob.profile.set('set', {1, 2})
