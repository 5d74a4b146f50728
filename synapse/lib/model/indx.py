"""Order-preserving byte encodings: comparing two keys as bytes gives the order of the two values.

An index is a table of keys, so a range lift is one seek and a scan as long as the byte order is the value order.
Keys stay short (LMDB allows 511 bytes for key and prefix together): text beyond ``TEXT_MAX`` bytes keeps that much of
itself, which is enough to order and to find prefixes, and a hash tail, which tells equal from different.
Decoding is not needed: values live in the node's record, the index only finds them.
"""

from __future__ import annotations

import hashlib
import math
import struct
import typing

import synapse.common as s_common

TEXT_MAX = 200  # bytes of text kept as they are; also the longest prefix that a key alone can decide
_TAIL = 24  # bytes of hash behind a clipped text
KEY_MAX = 256

Encoder = typing.Callable[[typing.Any], bytes]

_dbl = struct.Struct('>d')
_u64 = struct.Struct('>Q')
_ival = struct.Struct('>QQ')
_ALL1 = 0xFFFFFFFFFFFFFFFF
_SIGN = 0x8000000000000000


def clip(byts: bytes) -> bytes:
    """Return short bytes as they are, long ones as a prefix of ``TEXT_MAX`` bytes and a hash of the whole."""
    if len(byts) <= TEXT_MAX:
        return byts
    return byts[:TEXT_MAX] + hashlib.blake2b(byts, digest_size=_TAIL).digest()


def text(valu: str) -> bytes:
    """Text: UTF-8, whose byte order is the order of code points."""
    byts = valu.encode('utf8', 'surrogatepass')
    return byts if len(byts) <= TEXT_MAX else clip(byts)


def after(prefix: bytes) -> bytes | None:
    """Return the first key behind all keys that begin with a prefix, None when there is no such key."""
    stripped = prefix.rstrip(b'\xff')
    if not stripped:
        return None
    return stripped[:-1] + bytes((stripped[-1] + 1,))


def int_encoder(size: int, signed: bool) -> Encoder:
    """Return the encoder for integers of 1, 2, 4, 8 or 16 bytes: big-endian, the sign bit flipped."""
    off = 1 << (8 * size - 1) if signed else 0
    if size == 16:
        return lambda valu: (valu + off).to_bytes(16, 'big')
    pack = struct.Struct('>' + {1: 'B', 2: 'H', 4: 'I', 8: 'Q'}[size]).pack
    if signed:
        return lambda valu: pack(valu + off)
    return lambda valu: pack(valu)


i64 = int_encoder(8, True)


def ival(valu: tuple[int, int]) -> bytes:
    """A pair of times: ordered by the first, then by the second."""
    return _ival.pack(valu[0] + _SIGN, valu[1] + _SIGN)


def float64(valu: float) -> bytes:
    """IEEE doubles in numeric order; nan (one key for all of them) below everything, -0.0 is 0.0."""
    if math.isnan(valu):
        return bytes(8)
    bits = _u64.unpack(_dbl.pack(valu + 0.0))[0]
    return _u64.pack(bits ^ _ALL1 if bits & _SIGN else bits | _SIGN)


def latlong(valu: tuple[float, float]) -> bytes:
    """Latitude first: a search around a point scans a band of latitudes."""
    return float64(valu[0]) + float64(valu[1])


def guid(valu: str) -> bytes:
    """The 16 bytes that 32 hex digits stand for."""
    return bytes.fromhex(valu)


def loc(valu: str) -> bytes:
    """Dotted parts, each closed by a zero byte: the parts order before their lengths do, and a parent is a prefix."""
    if '\x00' in valu or '\x01' in valu:
        valu = valu.replace('\x01', '\x01\x02').replace('\x00', '\x01\x01')
    return clip(valu.encode('utf8', 'surrogatepass').replace(b'.', b'\x00') + b'\x00')


def fqdn(valu: str) -> bytes:
    """The text backwards, so that everything under a domain is one prefix."""
    return text(valu[::-1])


def msgp(valu: typing.Any) -> bytes:
    """Composite values: their msgpack form. Only equality has a meaning, neighbours share their first fields."""
    return clip(s_common.en(valu))


def ndef(valu: tuple[str, typing.Any]) -> bytes:
    """A node reference: the form's name, a zero byte, and the value; all of one form are one prefix."""
    return clip(valu[0].encode() + b'\x00' + s_common.en(valu[1]))
