"""Methods of bytes, and compression, packing and text encodings of them (spec: storm-runtime.md 2.2, 4)."""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import itertools
import string
import struct
import typing
import zlib

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.root as s_libroot
import synapse.lib.storm.libs.values.strs as s_libstrs
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
lib, method = s_registry.lib, s_registry.method
s_registry.typedoc('bytes', 'Raw bytes.')


def req_bytes(valu: Any, mesg: str, **info: Any) -> bytes:
    """Return bytes. Raises: BadArg with the message."""
    if not isinstance(valu, bytes):
        raise s_exc.BadArg(mesg=mesg, **info)
    return valu


@method('bytes', 'decode', pure=True)
def bytes_decode(rt: Runtime, obj: bytes, encoding: str = 'utf8', errors: str = 'surrogatepass') -> str:
    """Return the text in an encoding. Raises: StormRuntimeError."""
    try:
        return obj.decode(encoding, errors)
    except (LookupError, ValueError, TypeError) as e:
        raise s_exc.StormRuntimeError(mesg=f'{e}: {obj[:1000]!r}') from e


@method('bytes', 'json', pure=True)
def bytes_json(rt: Runtime, obj: bytes, encoding: str | None = None, errors: str = 'surrogatepass') -> Any:
    """Return the value of a JSON text; null finds out which UTF it is in. Raises: BadJsonText."""
    encoding = encoding or _utf(obj)
    try:
        return s_libstrs.load_json(obj.decode(encoding, errors))
    except (LookupError, ValueError, TypeError) as e:
        raise s_exc.StormRuntimeError(mesg=f'{e}: {obj[:1000]!r}') from e


def _utf(obj: bytes) -> str:
    if obj.startswith((b'\x00\x00\xfe\xff', b'\xff\xfe\x00\x00')):
        return 'utf-32'
    if obj.startswith((b'\xfe\xff', b'\xff\xfe')):
        return 'utf-16'
    if obj.startswith(b'\xef\xbb\xbf'):
        return 'utf-8-sig'
    zeros = [not byte for byte in obj[:4]]
    if len(zeros) == 4:
        if zeros[:3] == [True, True, True]:
            return 'utf-32-be'
        if zeros == [False, True, True, True]:
            return 'utf-32-le'
    if len(zeros) >= 2 and zeros[0] != zeros[1]:
        return 'utf-16-be' if zeros[0] else 'utf-16-le'
    return 'utf-8'


@method('bytes', 'slice', pure=True)
def bytes_slice(rt: Runtime, obj: bytes, start: int, end: int | None = None) -> bytes:
    """Return the part from start up to but without end; negative places count from the end."""
    return obj[start:end]


@method('bytes', 'unpack', pure=True)
def bytes_unpack(rt: Runtime, obj: bytes, fmt: str, offset: int = 0) -> tuple[Any, ...]:
    """Return the numbers at an offset, laid out as a struct format says. Raises: BadArg."""
    try:
        return s_coerce.keep(struct.unpack_from(fmt, obj, offset))
    except (struct.error, ValueError, OverflowError) as e:
        raise s_exc.BadArg(mesg=f'unpack() error: {e}') from e


@method('bytes', 'xor', pure=True)
def bytes_xor(rt: Runtime, obj: bytes, key: Any) -> bytes:
    """Return the bytes combined by exclusive or with a key that is repeated as needed. Raises: BadArg."""
    if isinstance(key, str):
        key = key.encode('utf8', 'surrogatepass')
    req_bytes(key, '$bytes.xor() key argument must be bytes or a str.')
    if not key:
        raise s_exc.BadArg(mesg='$bytes.xor() key length must be greater than 0.')
    size = len(obj)
    mask = (key * (size // len(key) + 1))[:size]
    return (int.from_bytes(obj, 'big') ^ int.from_bytes(mask, 'big')).to_bytes(size, 'big')


# compression


def _inflate(name: str, valu: bytes) -> bytes:
    """Return the content of compressed bytes, up to the limit. Raises: StormRuntimeError."""
    limit = s_libroot.LIMIT
    retn = b''
    rest = valu
    while rest or not retn:
        if name == 'bzip2':
            unzip: Any = bz2.BZ2Decompressor()
        else:
            unzip = zlib.decompressobj(wbits=31 if name == 'gzip' else 15)
        retn += unzip.decompress(rest, limit + 1 - len(retn))
        s_libroot.bounded(len(retn))
        if not unzip.eof:
            text = (
                'Error -5 while decompressing data: incomplete or truncated stream' if name == 'zlib' else 'truncated'
            )
            raise ValueError(
                text if name == 'zlib' else 'Compressed data ended before the end-of-stream marker was reached'
            )
        rest = unzip.unused_data.lstrip(b'\x00') if name == 'gzip' else b''
        if not rest:
            return retn
    return retn


_DEFLATE: dict[str, typing.Callable[[bytes], bytes]] = {
    'gzip': gzip.compress,
    'bzip2': bz2.compress,
    'zlib': zlib.compress,
}


def _pack(name: str, valu: Any) -> bytes:
    try:
        return _DEFLATE[name](valu)
    except (TypeError, ValueError) as e:
        shown = repr(valu)[:1000]
        raise s_exc.StormRuntimeError(mesg=f'Error during {name} compression - {e}: {shown}') from e


def _unpack(name: str, valu: Any) -> bytes:
    try:
        if name == 'gzip' and isinstance(valu, bytes) and valu[:2] != b'\x1f\x8b':
            raise ValueError(f'Not a gzipped file ({valu[:2]!r})')
        return _inflate(name, valu)
    except (TypeError, ValueError, OSError, EOFError, zlib.error) as e:
        shown = repr(valu)[:1000]
        raise s_exc.StormRuntimeError(mesg=f'Error during {name} decompression - {e}: {shown}') from e


def _codec(name: str, ziplabel: str, unziplabel: str, methods: bool) -> None:
    def en(rt: Runtime, valu: Any) -> bytes:
        return _pack(name, valu)

    def un(rt: Runtime, valu: Any) -> bytes:
        return _unpack(name, valu)

    en.__doc__ = f'Return bytes compressed with {name}.'
    un.__doc__ = f'Return the content of bytes compressed with {name}. Raises: StormRuntimeError.'
    lib(f'$lib.compression.{name}.en', pure=True)(en)
    lib(f'$lib.compression.{name}.un', readonly=False, pure=True)(un)
    s_registry.libdoc(f'$lib.compression.{name}', f'Compression with {name}.')
    if methods:
        method('bytes', ziplabel, pure=True)(lambda rt, obj: _pack(name, obj))
        method('bytes', unziplabel, readonly=False, pure=True)(lambda rt, obj: _unpack(name, obj))


_codec('gzip', 'gzip', 'gunzip', True)
_codec('bzip2', 'bzip', 'bunzip', True)
_codec('zlib', '', '', False)


# structures

s_registry.libdoc('$lib.pack', 'Numbers in bytes, laid out by struct formats.')


def _req_endian(fmt: str) -> None:
    if not fmt.startswith(('>', '<')):
        raise s_exc.BadArg(mesg='Pack format string must start with > or < to denote endianness.')


@lib('$lib.pack.en', pure=True)
def pack_en(rt: Runtime, fmt: str, items: Any) -> bytes:
    """Return values packed by a struct format. Raises: BadArg."""
    _req_endian(fmt)
    try:
        s_libroot.bounded(struct.calcsize(fmt))
        return struct.pack(fmt, *s_coerce.toprim(items))
    except (struct.error, TypeError, ValueError, OverflowError) as e:
        raise s_exc.BadArg(mesg=str(e)) from e


@lib('$lib.pack.un', pure=True)
def pack_un(rt: Runtime, fmt: str, byts: Any, offs: int = 0) -> tuple[Any, ...]:
    """Return the values at an offset, laid out as a struct format says. Raises: BadArg."""
    _req_endian(fmt)
    try:
        return s_coerce.keep(struct.unpack_from(fmt, byts, offs))
    except (struct.error, TypeError, ValueError, OverflowError) as e:
        raise s_exc.BadArg(mesg=str(e)) from e


# base64

s_registry.libdoc('$lib.base64', 'Bytes as text of 64 characters.')


@lib('$lib.base64.encode', pure=True)
def base64_encode(rt: Runtime, valu: Any, urlsafe: bool = True) -> str:
    """Return the base64 text of bytes. Raises: StormRuntimeError."""
    try:
        return (base64.urlsafe_b64encode(valu) if urlsafe else base64.b64encode(valu)).decode('ascii')
    except TypeError as e:
        mesg = f'Error during base64 encoding - {e}: {repr(valu)[:1000]}'
        raise s_exc.StormRuntimeError(mesg=mesg, urlsafe=urlsafe) from e


@lib('$lib.base64.decode', pure=True)
def base64_decode(rt: Runtime, valu: Any, urlsafe: bool = True) -> bytes:
    """Return the bytes of a base64 text; characters that are none of its own are skipped. Raises: StormRuntimeError."""
    try:
        return base64.urlsafe_b64decode(valu) if urlsafe else base64.b64decode(valu)
    except (binascii.Error, TypeError, ValueError, AttributeError) as e:
        mesg = f'Error during base64 decoding - {e}: {repr(valu)[:1000]}'
        raise s_exc.StormRuntimeError(mesg=mesg, urlsafe=urlsafe) from e


# any base

s_registry.libdoc('$lib.basex', 'Bytes as text of any set of characters.')
_BASEX = 100000


def _charset(charset: str, name: str) -> str:
    if len(charset) < 2 or len(set(charset)) != len(charset):
        raise s_exc.BadArg(mesg=f'$lib.basex.{name}() charset must have at least two different characters.')
    return charset


@lib('$lib.basex.encode', pure=True)
def basex_encode(rt: Runtime, byts: Any, charset: str) -> str:
    """Return the number that bytes mean, in the digits of a character set. Raises: BadArg."""
    byts = req_bytes(byts, '$lib.basex.encode() requires a bytes argument.')
    base = len(_charset(charset, 'encode'))
    if len(byts) > _BASEX:
        raise s_exc.BadArg(mesg=f'$lib.basex.encode() takes at most {_BASEX} bytes.')
    retn: list[str] = []
    number = int.from_bytes(byts, 'big')
    while number:
        number, digit = divmod(number, base)
        retn.append(charset[digit])
    return ''.join(reversed(retn))


@lib('$lib.basex.decode', pure=True)
def basex_decode(rt: Runtime, text: str, charset: str) -> bytes:
    """Return the bytes of a number in the digits of a character set. Raises: BadArg."""
    digits = {char: indx for indx, char in enumerate(_charset(charset, 'decode'))}
    if len(text) > _BASEX:
        raise s_exc.BadArg(mesg=f'$lib.basex.decode() takes at most {_BASEX} characters.')
    number = 0
    for char in text:
        if char not in digits:
            raise s_exc.BadArg(mesg=f'$lib.basex.decode() string contains value not in charset: {char}')
        number = number * len(digits) + digits[char]
    return number.to_bytes((number.bit_length() + 7) // 8, 'big')


# hex

s_registry.libdoc('$lib.hex', 'Bytes and numbers in hexadecimal digits.')


def _unhex(valu: str, name: str) -> bytes:
    try:
        return binascii.unhexlify(valu)
    except ValueError as e:
        raise s_exc.BadArg(mesg=f'$lib.hex.{name}(): {e}') from e


@lib('$lib.hex.encode', pure=True)
def hex_encode(rt: Runtime, valu: Any) -> str:
    """Return the hex digits of bytes. Raises: BadArg."""
    return req_bytes(valu, '$lib.hex.encode() requires a bytes argument.').hex()


@lib('$lib.hex.decode', pure=True)
def hex_decode(rt: Runtime, valu: str) -> bytes:
    """Return the bytes of hex digits. Raises: BadArg."""
    return _unhex(valu, 'decode')


@lib('$lib.hex.toint', pure=True)
def hex_toint(rt: Runtime, valu: str, signed: bool = False) -> int:
    """Return the number of big endian hex digits. Raises: BadArg."""
    return int.from_bytes(_unhex(valu, 'toint'), 'big', signed=signed)


@lib('$lib.hex.fromint', pure=True)
def hex_fromint(rt: Runtime, valu: int, length: int, signed: bool = False) -> str:
    """Return a number in a fixed count of bytes, as big endian hex digits. Raises: BadArg."""
    try:
        return valu.to_bytes(s_libroot.bounded(length), 'big', signed=signed).hex()
    except (OverflowError, ValueError) as e:
        raise s_exc.BadArg(mesg=f'$lib.hex.fromint(): {e}') from e


@lib('$lib.hex.trimext', pure=True)
def hex_trimext(rt: Runtime, valu: str) -> str:
    """Return hex digits of a signed number without the leading bytes that only repeat the sign. Raises: BadArg."""
    byts = _unhex(valu, 'trimext')
    skip = 0
    for one, two in itertools.pairwise(byts):
        if not ((one == 0x00 and two < 0x80) or (one == 0xFF and two >= 0x80)):
            break
        skip += 1
    return byts[skip:].hex()


@lib('$lib.hex.signext', pure=True)
def hex_signext(rt: Runtime, valu: str, length: int) -> str:
    """Return hex digits of a signed number, filled up by its sign to a count of digits. Raises: BadArg."""
    s_libroot.bounded(length)
    if valu and valu[0] not in string.hexdigits:
        raise s_exc.BadArg(mesg=f'$lib.hex.signext(): {valu[:1000]!r} does not begin with a hex digit.')
    return valu.rjust(length, 'f' if valu[:1] in set('89abcdefABCDEF') else '0') if valu else valu
