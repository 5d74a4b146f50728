"""Passwords, one-time passwords, wrong tries (cell.md 5.6)."""

from __future__ import annotations

import asyncio
import logging

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import synapse.lib.auth.passwords as s_passwords
import tests.lib.auth.conftest as t_conftest
import tests.lib.auth.home as t_home

GOOD = 'ZxQw!?9{}hTRs'


@pytest.fixture
async def bob(home: t_home.Home) -> s_auth.User:
    return await home.auth.addUser('bob', passwd='secret')


async def test_a_password_is_right_or_wrong(bob: s_auth.User) -> None:
    assert await bob.tryPasswd('secret') and await bob.tryPasswd('secret')
    for passwd in ('', 'Secret', None, 5, b'secret'):
        assert not await bob.tryPasswd(passwd)
    await bob.setPasswd('other')
    assert not await bob.tryPasswd('secret') and await bob.tryPasswd('other')
    await bob.setPasswd(None)
    assert not await bob.tryPasswd('other')


async def test_who_is_locked_or_deleted_stays_outside(home: t_home.Home, bob: s_auth.User) -> None:
    assert (await home.ops.tryUserPasswd('bob', 'secret') or {})['name'] == 'bob'
    await bob.setLocked(True)
    assert await home.ops.tryUserPasswd('bob', 'secret') is None
    await bob.setLocked(False)
    assert await bob.tryPasswd('secret')
    await home.auth.delUser(bob.iden)
    assert not await bob.tryPasswd('secret') and await home.ops.tryUserPasswd('bob', 'secret') is None


async def test_a_known_password_is_hashed_once(bob: s_auth.User, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    real = s_passwords.check_shadow

    async def spy(secret: str, shadow: s_passwords.Shadow) -> bool:
        calls.append(secret)
        return await real(secret, shadow)

    monkeypatch.setattr(s_passwords, 'check_shadow', spy)
    for _ in range(3):
        assert await bob.tryPasswd('secret')
    assert calls == ['secret']
    await bob.setRules([(True, ('a',))])
    assert await bob.tryPasswd('secret') and calls == ['secret']
    await bob.setPasswd('secret')
    assert await bob.tryPasswd('secret') and calls == ['secret', 'secret']


async def test_a_password_that_changes_under_the_check_does_not_pass(bob: s_auth.User) -> None:
    trying = asyncio.create_task(bob.tryPasswd('secret'))
    await asyncio.sleep(0)
    bob.auth.apply_info('user', bob.iden, 'passwd', None)
    assert await trying is False


async def test_a_one_time_password_is_good_once(bob: s_auth.User) -> None:
    onepass = await bob.genOnepass()
    assert await bob.tryPasswd('secret')
    tries = await asyncio.gather(*(bob.tryPasswd(onepass) for _ in range(5)))
    assert sorted(tries) == [False] * 4 + [True]
    first, second = await bob.genOnepass(), await bob.genOnepass()
    assert not await bob.tryPasswd(first) and await bob.tryPasswd(second)


async def test_a_one_time_password_expires(bob: s_auth.User, monkeypatch: pytest.MonkeyPatch) -> None:
    onepass = await bob.genOnepass(duration=1000)
    tick = s_common.now()
    monkeypatch.setattr(s_common, 'now', lambda: tick + 2000)
    assert not await bob.tryPasswd(onepass)
    for duration in (0, -1, True, 'x'):
        with pytest.raises(s_exc.BadArg, match='Duration must be equal or greater than 1'):
            await bob.genOnepass(duration=duration)  # type: ignore[arg-type]


async def test_former_passwords_are_refused(make_home: t_conftest.MakeHome) -> None:
    home = await make_home(policy={'previous': 2})
    bob = await home.auth.addUser('bob', passwd=GOOD.format(1))
    for num, good in ((1, False), (2, True), (1, False), (3, True), (1, True)):
        if good:
            await bob.setPasswd(GOOD.format(num))
            continue
        with pytest.raises(s_exc.BadArg) as e:
            await bob.setPasswd(GOOD.format(num))
        assert e.value.get('failures') == ['Password cannot be the same as previous 2 password(s).']


async def test_the_policy_holds_for_new_users_and_root_but_not_for_the_boot_password(
    make_home: t_conftest.MakeHome,
) -> None:
    home = await make_home(policy={'complexity': {'length': 8}})
    for coro in (home.auth.addUser('bob', passwd='x'), home.auth.rootuser.setPasswd('x')):
        with pytest.raises(s_exc.BadArg, match='policy violations'):
            await coro
    assert home.auth.getUserByName('bob') is None
    await home.auth.boot_passwd('x')
    assert await home.auth.rootuser.tryPasswd('x')


async def test_wrong_tries_lock_a_user(make_home: t_conftest.MakeHome, caplog: pytest.LogCaptureFixture) -> None:
    home = await make_home(policy={'attempts': 3})
    bob = await home.auth.addUser('bob', passwd='secret')
    for passwd in ('x', 'x', 'secret', 'x', 'x'):
        assert await bob.tryPasswd(passwd) is (passwd == 'secret')
    assert not bob.isLocked()
    with caplog.at_level(logging.WARNING, 'synapse.lib.auth'):
        assert not await bob.tryPasswd('x')
    assert bob.isLocked() and not await bob.tryPasswd('secret')
    assert 'User bob has exceeded the number of allowed password attempts (3), locking their account.' in caplog.text
    await bob.setLocked(False)
    assert await bob.tryPasswd('secret')


async def test_root_is_never_locked_by_guessing(make_home: t_conftest.MakeHome) -> None:
    home = await make_home(policy={'attempts': 1})
    await home.auth.boot_passwd('secret')
    for _ in range(3):
        assert not await home.auth.rootuser.tryPasswd('x')
    assert await home.auth.rootuser.tryPasswd('secret')


async def test_people_get_in_while_the_service_takes_no_writes(make_home: t_conftest.MakeHome) -> None:
    home = await make_home(policy={'attempts': 3})
    bob = await home.auth.addUser('bob', passwd='secret')
    onepass = await bob.genOnepass()
    assert not await bob.tryPasswd('x')
    home.nexsroot.hold('Insufficient free space on disk.')
    assert not await bob.tryPasswd('x') and await bob.tryPasswd('secret')
    with pytest.raises(s_exc.IsReadOnly):  # it could be used twice if it were let through
        await bob.tryPasswd(onepass)


async def test_the_boot_password_is_set_when_it_differs(make_home: t_conftest.MakeHome) -> None:
    home = await make_home()
    root = home.auth.rootuser
    assert not await root.tryPasswd('secret')
    await home.auth.boot_passwd('secret')
    shadow = root.info['passwd']
    await home.auth.boot_passwd('secret')
    assert root.info['passwd'] is shadow and await root.tryPasswd('secret')
    await home.auth.boot_passwd('other')
    assert await root.tryPasswd('other') and not await root.tryPasswd('secret')
    assert home.nexsroot.index() == 0
