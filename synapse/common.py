"""Small helpers that every part uses: idens, times, msgpack, files.

The msgpack form is the wire and log form of the whole project (spec: telepath.md 2): text with lone surrogates is
legal, arrays decode to tuples, integers beyond 64 bits use the extension types 0 (unsigned) and 1 (signed).
"""

from __future__ import annotations

import hashlib
import json
import linecache
import os
import time
import typing

import msgpack
import msgspec
import yaml

import synapse.exc as s_exc


class NoValu:
    """Marks "no value was given" where None is a value."""

    def __repr__(self) -> str:
        return 'novalu'

    def __bool__(self) -> bool:
        return False


novalu = NoValu()

version = (2, 256, 0)
verstring = '2.256.0'


def now() -> int:
    """Return the time as epoch milliseconds."""
    return time.time_ns() // 1000000


def guid(valu: typing.Any = None) -> str:
    """Return 32 lower-case hex characters: random, or the md5 of the msgpack form of a value."""
    if valu is None:
        return os.urandom(16).hex()
    return hashlib.md5(en(valu), usedforsecurity=False).hexdigest()


def isguid(text: typing.Any) -> bool:
    """Return True for 32 lower-case hex characters."""
    return isinstance(text, str) and len(text) == 32 and all(c in '0123456789abcdef' for c in text)


def buid(valu: typing.Any) -> bytes:
    """Return the 32 byte identifier of plain data: the SHA-256 of its msgpack form (cortex.md: node identifiers)."""
    return hashlib.sha256(en_plain(valu)).digest()


def ordered(valu: typing.Any) -> typing.Any:
    """Return a copy of plain data with the keys of all dictionaries in order, and tuples for lists."""
    if isinstance(valu, dict):
        return {key: ordered(valu[key]) for key in sorted(valu, key=str)}
    return tuple(map(ordered, valu)) if isinstance(valu, (list, tuple)) else valu


def ehex(byts: bytes) -> str:
    """Bytes to lower-case hex."""
    return byts.hex()


def uhex(text: str) -> bytes:
    """Hex to bytes."""
    return bytes.fromhex(text)


def _ext_pack(obj: typing.Any) -> typing.Any:
    if isinstance(obj, int):
        if obj > 0xFFFFFFFFFFFFFFFF:
            return msgpack.ExtType(0, obj.to_bytes((obj.bit_length() + 7) // 8, 'big'))
        if obj < -0x8000000000000000:
            return msgpack.ExtType(1, obj.to_bytes(obj.bit_length() // 8 + 1, 'big', signed=True))
    raise TypeError(f"can not serialize '{type(obj).__name__}' object: {repr(obj)[:20]}")


def _ext_unpack(code: int, byts: bytes) -> typing.Any:
    if code == 0:
        return int.from_bytes(byts, 'big')
    if code == 1:
        return int.from_bytes(byts, 'big', signed=True)
    raise s_exc.SynErr(mesg=f'Invalid msgpack ext code: {code}')


# The shared packer has no ``default``: packing from within a default would corrupt what is being packed.
_packer = msgpack.Packer(use_bin_type=True, unicode_errors='surrogatepass')

map_head = _packer.pack_map_header  # what begins a dictionary of so many items

# Three times as fast, but it knows types that the wire does not (sets, dates), and fails where en() does not.
pack = msgspec.msgpack.Encoder().encode


def en(item: typing.Any) -> bytes:
    """Pack a value to msgpack bytes. Raises NotMsgpackSafe."""
    try:
        return _packer.pack(item)
    except Exception:
        _packer.reset()
    packer = msgpack.Packer(use_bin_type=True, unicode_errors='surrogatepass', default=_ext_pack)
    try:
        return packer.pack(item)
    except Exception as e:
        mesg = str(e.args[0]) if e.args else repr(e)
        if not (isinstance(e, TypeError) and mesg.startswith('can not serialize')):
            mesg = f'Cannot serialize: {e!r}:  {_brief(item)}'
        raise s_exc.NotMsgpackSafe(mesg=mesg) from e


def en_plain(item: typing.Any) -> bytes:
    """As ``en()`` for plain data, in less time: for what came from a norm or off the wire. Raises NotMsgpackSafe."""
    try:
        return pack(item)
    except Exception:  # integers of more than 64 bits, lone surrogates
        return en(item)


def _brief(item: typing.Any) -> str:
    try:
        return repr(item)[:20]
    except RecursionError:
        return f'<{type(item).__name__}>'


def un(byts: bytes) -> typing.Any:
    """Unpack one msgpack value; arrays become tuples."""
    return msgpack.unpackb(
        byts, use_list=False, raw=False, strict_map_key=False, unicode_errors='surrogatepass', ext_hook=_ext_unpack
    )


def unpacker(max_buffer: int = 2**32 - 1) -> msgpack.Unpacker:
    """Return an incremental unpacker with the project's settings (feed() bytes, iterate values)."""
    return msgpack.Unpacker(
        use_list=False,
        raw=False,
        strict_map_key=False,
        unicode_errors='surrogatepass',
        ext_hook=_ext_unpack,
        max_buffer_size=max_buffer,
    )


def genpath(*parts: str) -> str:
    """Join parts to an absolute path; ``~`` and variables are expanded."""
    return os.path.abspath(os.path.expandvars(os.path.expanduser(os.path.join(*parts))))


def gendir(*parts: str, mode: int = 0o700) -> str:
    """Make a directory (and its parents) when missing and return its absolute path."""
    path = genpath(*parts)
    os.makedirs(path, mode=mode, exist_ok=True)
    return path


def write_file(path: str, byts: bytes, mode: int = 0o600) -> None:
    """Replace a file so that a crash leaves the old or the new content, never a part: write beside, fsync, rename."""
    temp = f'{path}.{os.urandom(4).hex()}.tmp'
    fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(fd, 'wb') as file:
            file.write(byts)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temp, path)
    except BaseException:
        if os.path.exists(temp):
            os.unlink(temp)
        raise
    sync_path(os.path.dirname(path))


def sync_path(path: str) -> None:
    """Make a file, or the entries of a directory (new or renamed files), durable."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def yamlload(*parts: str) -> typing.Any:
    """Load one YAML document from a file, None when the file is absent or empty."""
    path = genpath(*parts)
    if not os.path.isfile(path):
        return None
    with open(path, encoding='utf8') as file:
        return yaml.safe_load(file)


def yamlsave(obj: typing.Any, *parts: str) -> None:
    """Write one YAML document with explicit start and end markers, atomically."""
    text = yaml.safe_dump(
        obj, allow_unicode=True, default_flow_style=False, default_style='', explicit_start=True, explicit_end=True
    )
    write_file(genpath(*parts), text.encode())


def jsonload(*parts: str) -> typing.Any:
    """Load one JSON document from a file, None when the file is absent."""
    path = genpath(*parts)
    if not os.path.isfile(path):
        return None
    with open(path, encoding='utf8') as file:
        return json.load(file)


def err_info(e: BaseException) -> tuple[str, dict[str, typing.Any]]:
    """Return ``(errname, errinfo)`` as it travels (telepath.md 4): place of the innermost frame, then the error's
    info."""
    info: dict[str, typing.Any] = {}
    tb = e.__traceback__
    if tb is not None:
        while tb.tb_next is not None:
            tb = tb.tb_next
        code = tb.tb_frame.f_code
        info = {
            'efile': os.path.basename(code.co_filename),
            'eline': tb.tb_lineno,
            'esrc': linecache.getline(code.co_filename, tb.tb_lineno).strip(),
            'ename': code.co_name,
        }
    if isinstance(e, s_exc.SynErr):
        info.update(e.errinfo)
    else:
        info['mesg'] = str(e)
    return (type(e).__name__, info)
