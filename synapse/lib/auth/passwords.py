"""Secrets: how they are stored, checked, and kept off the event loop (cell.md 5.6, 5.8).

What is stored of a secret is a *shadow*, one of two kinds:

- ``pbkdf2``: PBKDF2-HMAC-SHA256, 310,000 iterations, 32 bytes of salt. For passwords, which people choose and which are
  therefore slow to check on purpose (tens of milliseconds of one core).
- ``sha256``: one salted SHA-256. For API keys and one-time passwords: those are 128 random bits that we made ourselves,
  nobody can guess them, and a client may present one with each request.

The slow kind runs in two threads of its own, so that a flood of logins can delay other logins but nothing else.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import hashlib
import hmac
import os
import secrets
import typing

import synapse.exc as s_exc

ITERATIONS = 310000
SALT_SIZE = 32

Shadow = dict[str, typing.Any]

# Makes the fast fingerprints of this process worthless to anybody else.
_process_key = os.urandom(32)


@functools.cache
def _executor() -> concurrent.futures.ThreadPoolExecutor:
    return concurrent.futures.ThreadPoolExecutor(max_workers=2, thread_name_prefix='auth-kdf')


def _digest(text: str, shadow: Shadow) -> bytes:
    params = shadow['func_params']
    byts = text.encode('utf8', 'surrogatepass')
    if shadow['type'] == 'pbkdf2':
        return hashlib.pbkdf2_hmac(params['hash_name'], byts, params['salt'], params['iterations'])
    if shadow['type'] == 'sha256':
        return hashlib.sha256(params['salt'] + byts).digest()
    raise s_exc.CryptoErr(mesg=f'Unknown kind of password shadow: {shadow["type"]}')


async def _run(func: typing.Callable[..., bytes], *args: typing.Any) -> bytes:
    return await asyncio.get_running_loop().run_in_executor(_executor(), func, *args)


def req_passwd(passwd: typing.Any) -> str:
    """Return a password that may be set. Raises BadArg unless it is a string that is not empty."""
    if not isinstance(passwd, str) or not passwd:
        raise s_exc.BadArg(mesg='Password must be a string')
    return passwd


async def make_shadow(passwd: str) -> Shadow:
    """Return what to store of a password: ``{type, hashed, func_params: {salt, iterations, hash_name}}``."""
    params = {'salt': os.urandom(SALT_SIZE), 'iterations': ITERATIONS, 'hash_name': 'sha256'}
    shadow: Shadow = {'type': 'pbkdf2', 'func_params': params}
    shadow['hashed'] = await _run(_digest, passwd, shadow)
    return shadow


def make_fast_shadow(secret: str) -> Shadow:
    """Return what to store of a secret that we made ourselves from at least 128 random bits."""
    shadow: Shadow = {'type': 'sha256', 'func_params': {'salt': os.urandom(SALT_SIZE)}}
    shadow['hashed'] = _digest(secret, shadow)
    return shadow


async def check_shadow(secret: str, shadow: Shadow) -> bool:
    """Return True when the secret is the one that the shadow was made of."""
    if shadow['type'] == 'sha256':
        hashed = _digest(secret, shadow)
    else:
        hashed = await _run(_digest, secret, shadow)
    return hmac.compare_digest(hashed, shadow['hashed'])


def fingerprint(secret: str) -> bytes:
    """Return a keyed digest that is good for this process only: recognises a password that was checked before."""
    return hashlib.blake2b(secret.encode('utf8', 'surrogatepass'), key=_process_key, digest_size=32).digest()


def same(one: bytes, two: bytes) -> bool:
    """Compare two digests in constant time."""
    return hmac.compare_digest(one, two)


def new_secret() -> str:
    """Return 32 hex characters that nobody can guess."""
    return secrets.token_hex(16)
