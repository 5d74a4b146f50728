"""``$lib.crypto``: hashes, HMAC and the check sum of Ethereum addresses (spec: storm-runtime.md 4)."""

from __future__ import annotations

import hashlib
import hmac
import re
import typing

import synapse.exc as s_exc
import synapse.lib.storm.libs.values.bytes as s_libbytes
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
lib = s_registry.lib
s_registry.libdoc('$lib.crypto.hashes', 'Hashes of bytes, as hex digits.')
s_registry.libdoc('$lib.crypto.hmac', 'Keyed hashes.')
s_registry.libdoc('$lib.crypto.coin.ethereum', 'Ethereum addresses.')


def _hash(name: str) -> None:
    def digest(rt: Runtime, byts: Any) -> str:
        byts = s_libbytes.req_bytes(byts, f'$lib.crypto.hashes.{name}() requires a bytes argument.')
        return hashlib.new(name, byts, usedforsecurity=False).hexdigest()

    digest.__doc__ = f'Return the {name.upper()} of bytes. Raises: BadArg.'
    lib(f'$lib.crypto.hashes.{name}', pure=True)(digest)


for _name in ('md5', 'sha1', 'sha256', 'sha512'):
    _hash(_name)


@lib('$lib.crypto.hmac.digest', pure=True)
def hmac_digest(rt: Runtime, key: Any, mesg: Any, alg: str = 'sha256') -> bytes:
    """Return the HMAC of a message. Raises: BadArg."""
    s_libbytes.req_bytes(key, 'key is not bytes.', name='key')
    s_libbytes.req_bytes(mesg, 'mesg is not bytes.', name='mesg')
    try:
        return hmac.digest(key, mesg, alg)
    except (ValueError, TypeError, AttributeError) as e:
        raise s_exc.BadArg(mesg=f'Invalid hmac algorithm provided: {alg}', alg=alg) from e


# Keccak-256 (FIPS 202's permutation with the padding that it had before the standard)

_ROTATIONS = (
    (0, 36, 3, 41, 18),
    (1, 44, 10, 45, 2),
    (62, 6, 43, 15, 61),
    (28, 55, 25, 21, 56),
    (27, 20, 39, 8, 14),
)
_MASK = (1 << 64) - 1


def _rotate(valu: int, count: int) -> int:
    return ((valu << count) | (valu >> (64 - count))) & _MASK if count else valu


def _permute(lanes: list[list[int]]) -> None:
    lfsr = 1
    for _ in range(24):
        parity = [lanes[x][0] ^ lanes[x][1] ^ lanes[x][2] ^ lanes[x][3] ^ lanes[x][4] for x in range(5)]
        for x in range(5):
            delta = parity[x - 1] ^ _rotate(parity[(x + 1) % 5], 1)
            for y in range(5):
                lanes[x][y] ^= delta
        moved = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                moved[y][(2 * x + 3 * y) % 5] = _rotate(lanes[x][y], _ROTATIONS[x][y])
        for x in range(5):
            for y in range(5):
                lanes[x][y] = moved[x][y] ^ (~moved[(x + 1) % 5][y] & moved[(x + 2) % 5][y] & _MASK)
        for bit in range(7):
            lfsr = ((lfsr << 1) ^ ((lfsr >> 7) * 0x71)) & 0xFF
            if lfsr & 2:
                lanes[0][0] ^= 1 << ((1 << bit) - 1)


def keccak256(byts: bytes) -> bytes:
    """Return the Keccak-256 of bytes."""
    rate = 136
    padded = bytearray(byts) + b'\x01' + b'\x00' * (-(len(byts) + 1) % rate)
    padded[-1] |= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), rate):
        for indx in range(rate // 8):
            word = padded[start + indx * 8 : start + indx * 8 + 8]
            lanes[indx % 5][indx // 5] ^= int.from_bytes(word, 'little')
        _permute(lanes)
    return b''.join(lanes[indx % 5][indx // 5].to_bytes(8, 'little') for indx in range(4))


@lib('$lib.crypto.coin.ethereum.eip55', pure=True)
def ethereum_eip55(rt: Runtime, addr: str) -> tuple[bool, str | None]:
    """Return (true, address with the letter case that is its check sum), or (false, null) for what is no address."""
    if re.fullmatch('0[xX][0-9a-fA-F]{40}', addr) is None:
        return (False, None)
    digits = addr[2:].lower()
    check = keccak256(digits.encode()).hex()
    cased = ''.join(char.upper() if int(nibble, 16) >= 8 else char for char, nibble in zip(digits, check, strict=False))
    return (True, f'0x{cased}')
