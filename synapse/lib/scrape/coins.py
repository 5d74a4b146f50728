"""Addresses of cryptocurrencies: each has a checksum, so that little else is taken for one.

The value of a hit is (coin, address), with the address in the one spelling that the coin's users go by.
"""

from __future__ import annotations

import binascii
import hashlib
import re
import typing

import Crypto.Hash.keccak as keccak

Found = typing.Iterator[tuple[typing.Any, int, int]]
Finder = typing.Callable[[str], Found]

# base58 (Bitcoin, Ripple, Polkadot, Cardano)

_B58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
_B58_XRP = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz'


def base58(text: str, alphabet: str = _B58) -> bytes:
    """Decode base58. Raises ValueError. The time is quadratic in the length: bound it."""
    numb = 0
    for char in text:
        numb = numb * 58 + alphabet.index(char)
    zeros = len(text) - len(text.lstrip(alphabet[0]))
    return bytes(zeros) + numb.to_bytes((numb.bit_length() + 7) // 8, 'big')


def base58check(text: str, alphabet: str = _B58) -> bytes | None:
    """Return the payload of base58 with a checksum, None when that is wrong."""
    byts = base58(text, alphabet)
    body, check = byts[:-4], byts[-4:]
    return body if hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4] == check else None


def btc_base58(text: str) -> str | None:
    """Bitcoin, the addresses that begin with 1 and 3."""
    body = base58check(text)
    return text if body is not None and len(body) == 21 and body[0] in (0, 5) else None


def xrp_classic(text: str) -> str | None:
    """Ripple, the addresses that begin with r."""
    body = base58check(text, _B58_XRP)
    return text if body is not None and len(body) == 21 and body[0] == 0 else None


def xrp_tagged(text: str) -> str | None:
    """Ripple, X-addresses of the main network."""
    body = base58check(text, _B58_XRP)
    return text if body is not None and len(body) == 31 and body[:2] == b'\x05\x44' else None


def _ss58(kind: int) -> typing.Callable[[str], str | None]:
    def check(text: str) -> str | None:
        byts = base58(text)
        if len(byts) != 35 or byts[0] != kind:
            return None
        return text if hashlib.blake2b(b'SS58PRE' + byts[:-2]).digest()[:2] == byts[-2:] else None

    return check


def ada_byron(text: str) -> str | None:
    """Cardano before Shelley: CBOR [tag 24 (bytes), CRC-32 of the bytes] in base58."""
    byts = base58(text)
    if byts[:4] != b'\x82\xd8\x18\x58' or len(byts) < 10:
        return None
    body, rest = byts[5 : 5 + byts[4]], byts[5 + byts[4] :]
    if rest[:1] == b'\x1a' and len(rest) == 5:
        crc = int.from_bytes(rest[1:], 'big')
    else:  # a checksum that happens to be small is written shorter
        size = {0x19: 2, 0x18: 1}.get(rest[0] if rest else 0)
        if size is None or len(rest) != 1 + size:
            return None
        crc = int.from_bytes(rest[1:], 'big')
    return text if binascii.crc32(body) == crc else None


# bech32 (Bitcoin, Cardano) and its relative cashaddr (Bitcoin Cash)

_B32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
_BECH32, _BECH32M = 1, 0x2BC830A3
_GEN_BECH32 = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_GEN_CASH = (0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)


def _polymod(valus: typing.Iterable[int], gens: tuple[int, ...], bits: int) -> int:
    mask, chk = (1 << bits) - 1, 1
    for valu in valus:
        top = chk >> bits
        chk = (chk & mask) << 5 ^ valu
        for i, gen in enumerate(gens):
            if top >> i & 1:
                chk ^= gen
    return chk


def bech32(text: str) -> tuple[str, list[int], int] | None:
    """Return (prefix, 5 bit numbers without the checksum, checksum constant) of lower-case bech32 text, or None."""
    hrp, _, data = text.rpartition('1')
    valus = [_B32.find(char) for char in data]
    if len(valus) < 7 or -1 in valus:
        return None
    expanded = [ord(char) >> 5 for char in hrp] + [0] + [ord(char) & 31 for char in hrp]
    return hrp, valus[:-6], _polymod(expanded + valus, _GEN_BECH32, 25)


def btc_bech32(text: str) -> str | None:
    """Bitcoin segregated witness: version 0 has the first kind of checksum, version 1 (taproot) the second."""
    lower = _one_case(text)
    found = None if lower is None else bech32(lower)
    if found is None:
        return None
    _, valus, check = found
    size = (len(valus) - 1) * 5 // 8
    if valus[0] == 0:
        return lower if check == _BECH32 and size in (20, 32) else None
    return lower if check == _BECH32M and valus[0] == 1 and size == 32 else None


def ada_shelley(text: str) -> str | None:
    """Cardano since Shelley."""
    lower = _one_case(text)
    found = None if lower is None else bech32(lower)
    return text if found is not None and found[2] == _BECH32 else None


def bch_cashaddr(text: str) -> str | None:
    """Bitcoin Cash, with its prefix."""
    lower = _one_case(text)
    if lower is None:
        return None
    prefix, _, data = lower.partition(':')
    valus = [ord(char) & 31 for char in prefix] + [0] + [_B32.index(char) for char in data]
    return lower if _polymod(valus, _GEN_CASH, 35) == 1 else None


def _one_case(text: str) -> str | None:
    lower = text.lower()
    return lower if text in (lower, text.upper()) else None


# hexadecimal (Ethereum)


def eip55(digits: str) -> str:
    """Return 40 hex digits with the capitals that are their checksum."""
    digits = digits.lower()
    marks = keccak.new(digest_bits=256, data=digits.encode()).hexdigest()
    return ''.join(char.upper() if mark > '7' else char for char, mark in zip(digits, marks, strict=False))


def eth_hex(text: str) -> str | None:
    """Ethereum: capitals and small letters mixed are a checksum, one case alone says nothing."""
    digits = text[2:]
    valu = eip55(digits)
    return f'0x{valu}' if _one_case(digits) is not None or valu == digits else None


def _finder(coin: str, pattern: str, check: typing.Callable[[str], str | None], flags: int = 0) -> Finder:
    rule = re.compile(rf'(?<![0-9A-Za-z]){pattern}(?![0-9A-Za-z])', flags)

    def find(text: str) -> Found:
        for match in rule.finditer(text):
            valu = check(match[0])
            if valu is not None:
                yield (coin, valu), *match.span()

    return find


_ANYCASE = re.IGNORECASE | re.ASCII
_B58SET = '[1-9A-HJ-NP-Za-km-z]'

FINDERS: tuple[Finder, ...] = (
    _finder('btc', rf'[13]{_B58SET}{{24,34}}+', btc_base58),
    _finder('btc', rf'(?:bcrt|bc|tb)1[{_B32}]{{6,87}}+', btc_bech32, _ANYCASE),
    _finder('eth', '0x[0-9a-f]{40}', eth_hex, _ANYCASE),
    _finder('bch', rf'(?:bitcoincash|bchtest|bchreg):[qp][{_B32}]{{41,103}}+', bch_cashaddr, _ANYCASE),
    _finder('xrp', rf'r{_B58SET}{{24,34}}+', xrp_classic),
    _finder('xrp', rf'X{_B58SET}{{46}}', xrp_tagged),
    _finder('ksm', rf'[C-HJ]{_B58SET}{{45,47}}+', _ss58(2)),
    _finder('dot', rf'1{_B58SET}{{45,47}}+', _ss58(0)),
    _finder('ada', rf'(?:Ae2|Ddz){_B58SET}{{50,130}}+', ada_byron),
    _finder('ada', rf'addr1[{_B32}]{{50,200}}+', ada_shelley, _ANYCASE),
)
