"""What is stored of a secret, and what checks it."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.auth.passwords as s_passwords

# as shipped, before the fixture of these tests lowers it
SHIPPED = s_passwords.ITERATIONS


def test_the_number_of_iterations_is_that_of_the_contract() -> None:
    assert SHIPPED == 310000


async def test_a_shadow_is_pbkdf2_with_a_salt_of_its_own() -> None:
    one, two = await s_passwords.make_shadow('hehe'), await s_passwords.make_shadow('hehe')
    assert one['type'] == 'pbkdf2' and one['hashed'] != two['hashed']
    params = one['func_params']
    assert len(params['salt']) == 32 and params['hash_name'] == 'sha256'
    assert one['hashed'] == hashlib.pbkdf2_hmac('sha256', b'hehe', params['salt'], params['iterations'])


@pytest.mark.parametrize('secret', ['hehe', 'pässwörd', ' ', 'x' * 5000, '\ud800'])
async def test_only_the_secret_itself_fits(secret: str) -> None:
    for shadow in (await s_passwords.make_shadow(secret), s_passwords.make_fast_shadow(secret)):
        assert await s_passwords.check_shadow(secret, shadow)
        assert not await s_passwords.check_shadow(secret + 'x', shadow)
        assert not await s_passwords.check_shadow('', shadow)


async def test_slow_hashes_run_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    real = s_passwords._digest

    def spy(text: str, shadow: s_passwords.Shadow) -> bytes:
        names.append(threading.current_thread().name)
        return real(text, shadow)

    monkeypatch.setattr(s_passwords, '_digest', spy)
    await asyncio.gather(*(s_passwords.make_shadow(f'p{num}') for num in range(4)))
    assert len(names) == 4 and all(name.startswith('auth-kdf') for name in names)
    assert len(set(names)) <= 2


@pytest.mark.parametrize('passwd', ['', 5, b'bytes', ['x'], False])
def test_a_password_is_a_string_with_something_in_it(passwd: typing.Any) -> None:
    with pytest.raises(s_exc.BadArg, match='Password must be a string'):
        s_passwords.req_passwd(passwd)


async def test_an_unknown_kind_of_shadow_is_refused() -> None:
    with pytest.raises(s_exc.CryptoErr):
        await s_passwords.check_shadow('x', {'type': 'md4', 'func_params': {}, 'hashed': b''})


def test_fingerprints_are_equal_for_equal_secrets_only() -> None:
    assert s_passwords.same(s_passwords.fingerprint('a'), s_passwords.fingerprint('a'))
    assert not s_passwords.same(s_passwords.fingerprint('a'), s_passwords.fingerprint('b'))
    assert len({s_passwords.new_secret() for _ in range(100)}) == 100
