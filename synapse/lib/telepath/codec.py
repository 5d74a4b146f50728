"""Messages to bytes and back (spec: telepath.md 2 to 4).

A message is a msgpack array ``(type, info)``; a result travels in a *retn* envelope: ``(True, value)`` or
``(False, (errname, errinfo))``. The messages that a busy server sends differ only in their last value, so their
constant part is packed once, here, and the packed value is appended to it.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc

Mesg = tuple[str, dict[str, typing.Any]]
Retn = tuple[bool, typing.Any]

VERS = (3, 0)

FINI_OK = b'\x92\xa7t2:fini\x81\xa4retn\x92\xc3'
YIELD_OK = b'\x92\xa8t2:yield\x81\xa4retn\x92\xc3'
YIELD_END = b'\x92\xa8t2:yield\x81\xa4retn\xc0'
GENR = b'\x92\xa7t2:genr\x80'

BIN32 = b'\xc6'

pack = s_common.en
unpack = s_common.un
unpacker = s_common.unpacker


def bin_head(size: int) -> bytes:
    """Return the header of a binary value of more than 64 KiB, so that its body can be sent without a copy."""
    return BIN32 + size.to_bytes(4, 'big')


def err_retn(exc: BaseException) -> Retn:
    """Return the failure envelope of an exception (section 4)."""
    return (False, s_common.err_info(exc))


def pack_fini(retn: Retn) -> bytes:
    """Pack a ``t2:fini``. An envelope that does not pack is replaced by the NotMsgpackSafe that says so."""
    return _pack_retn('t2:fini', retn)


def pack_yield_err(exc: BaseException) -> bytes:
    """Pack the last message of a stream that failed; a ``t2:fini`` when the error info itself does not pack."""
    try:
        return pack(('t2:yield', {'retn': err_retn(exc)}))
    except s_exc.NotMsgpackSafe as e:
        return pack(('t2:fini', {'retn': err_retn(e)}))


def _pack_retn(kind: str, retn: Retn) -> bytes:
    try:
        return pack((kind, {'retn': retn}))
    except s_exc.NotMsgpackSafe as e:
        return pack((kind, {'retn': err_retn(e)}))


def decode_err(exc: Exception) -> s_exc.SynErr:
    """Return the error of a client whose server sent bytes that do not decode."""
    return s_exc.BadMesgFormat(mesg=f'Undecodable telepath message: {exc!r}')


def split(mesg: typing.Any) -> Mesg:
    """Return the type and the info of a message that a server sent. Raises BadMesgFormat when it is none."""
    if type(mesg) is tuple and len(mesg) >= 2 and type(mesg[1]) is dict:
        return mesg[0], mesg[1]
    raise s_exc.BadMesgFormat(mesg=f'Malformed telepath message: {mesg!r:.80}')


def bad_type(kind: typing.Any) -> s_exc.SynErr:
    """Return the error for a message that does not belong where it came."""
    return s_exc.BadMesgFormat(mesg=f'Telepath protocol violation: unexpected message type: {kind!s:.80}')


def make_err(retn: typing.Any) -> s_exc.SynErr:
    """Return the exception for the second half of a failure envelope, not raised yet.

    Errors outside of our vocabulary become a SynErr with ``errx`` set to the remote name. Malformed envelopes become
    BadMesgFormat.
    """
    try:
        name, info = retn
        info = {str(key): valu for key, valu in dict(info).items()}
    except (TypeError, ValueError):
        return s_exc.BadMesgFormat(mesg=f'Malformed telepath error: {retn!r:.80}')
    cls = s_exc.CLASSES.get(name)
    if cls is None:
        cls = s_exc.SynErr
        info['errx'] = name
    exc = cls()
    exc.update(info)
    return exc


def result(retn: typing.Any) -> typing.Any:
    """Return the value of a retn envelope or raise its error."""
    try:
        good, valu = retn
    except (TypeError, ValueError):
        raise s_exc.BadMesgFormat(mesg=f'Malformed telepath result: {retn!r:.80}')
    if good:
        return valu
    raise make_err(valu)
