"""The stored form of one node in one layer.

Layout of a record (big-endian), written so that a packed node for a client is a concatenation of slices, with no
decoding in between::

    u8   flags       1 = this layer holds the primary value (the node was added here)
    u32  length of ndef, u32 length of props, u32 length of tags
    32   iden        SHA-256 of the ndef bytes
    ..   ndef        msgpack (form, valu)
    ..   props       msgpack {relative name: storage value}
    ..   tags        msgpack {tag: (min, max) | (None, None)}
    ..   tagprops    msgpack {tag: {prop: storage value}}
"""

from __future__ import annotations

import struct
import typing

import synapse.common as s_common
import synapse.lib.layer.block as s_block

_HEAD = struct.Struct('>BIII')
_lengths = _HEAD.unpack_from
_BODY = _HEAD.size + 32
_EMPTY = b'\x80'

_K_IDEN = b'\x86' + s_common.en('iden') + b'\xd9\x40'
_K_TAGS = s_common.en('tags')
_K_PROPS = s_common.en('props')
_K_TAGPROPS = s_common.en('tagprops')
_K_REST = s_common.en('nodedata') + _EMPTY + s_common.en('path') + _EMPTY


class Record:
    """A decoded record, for whoever changes one."""

    __slots__ = ('added', 'iden', 'ndef', 'props', 'tags', 'tagprops')

    def __init__(self, iden: bytes, ndef: tuple[str, typing.Any]) -> None:
        self.added = False
        self.iden = iden
        self.ndef = ndef
        self.props: dict[str, typing.Any] = {}
        self.tags: dict[str, tuple[int | None, int | None]] = {}
        self.tagprops: dict[str, dict[str, typing.Any]] = {}

    @classmethod
    def load(cls, byts: bytes) -> Record:
        """Decode a stored record."""
        flags, nlen, plen, tlen = _lengths(byts)
        pos = _BODY + nlen
        self = cls(byts[_HEAD.size : _BODY], s_common.un(byts[_BODY:pos]))
        self.added = bool(flags & 1)
        self.props = s_common.un(byts[pos : pos + plen])
        pos += plen
        self.tags = s_common.un(byts[pos : pos + tlen])
        self.tagprops = s_common.un(byts[pos + tlen :])
        return self

    def dump(self) -> bytes:
        """Encode for storage."""
        form, valu = self.ndef
        (byts,) = dumps(form, (self.iden,), (valu,), (self.props,), (self.tags,), (self.tagprops,))
        return byts if self.added else b'\x00' + byts[1:]

    def empty(self) -> bool:
        """Return True when nothing of the node is left in this layer."""
        return not (self.added or self.props or self.tags or self.tagprops)


def dumps(form: str, *columns: typing.Iterable[typing.Any]) -> list[bytes]:
    """Encode the records of nodes of one form that were added as a whole; columns: iden, valu, props, tags,
    tagprops."""
    pack, head = s_common.pack, _HEAD.pack
    start = b'\x92' + pack(form)
    retn = []
    for iden, valu, props, tags, tagprops in zip(*columns, strict=True):
        try:
            ndefb, propsb = start + pack(valu), pack(props)
            tagpropsb = pack(tagprops) if tagprops else _EMPTY
        except Exception:  # see s_common.en_plain()
            ndefb, propsb, tagpropsb = start + s_common.en(valu), s_common.en(props), s_common.en(tagprops)
        tagsb = pack(tags) if tags else _EMPTY
        retn.append(head(1, len(ndefb), len(propsb), len(tagsb)) + iden + ndefb + propsb + tagsb + tagpropsb)
    return retn


def dump_block(form: str, block: s_block.Block) -> list[bytes]:
    """Encode the records of the nodes of a block."""
    head, start, idens = _HEAD.pack, b'\x92' + s_common.pack(form), block.each()
    ndefs = [start + byts for byts in s_block.packed(block.valus)]
    props, tags = [s_block.packed_dicts(part, len(idens)) for part in (block.props, block.tags)]
    return [
        head(1, len(ndefb), len(propsb), len(tagsb)) + iden + ndefb + propsb + tagsb + _EMPTY
        for iden, ndefb, propsb, tagsb in zip(idens, ndefs, props, tags, strict=True)
    ]


def added(byts: bytes) -> bool:
    """Return True if the layer of this record holds the node's primary value."""
    return bool(byts[0] & 1)


def iden(byts: bytes) -> bytes:
    """Return the 32 byte iden."""
    return byts[_HEAD.size : _BODY]


def ndef(byts: bytes) -> tuple[str, typing.Any]:
    """Return (form, valu)."""
    nlen = _lengths(byts)[1]
    retn: tuple[str, typing.Any] = s_common.un(byts[_BODY : _BODY + nlen])
    return retn


def props(byts: bytes) -> dict[str, typing.Any]:
    """Return the props of a record."""
    _, nlen, plen, _ = _lengths(byts)
    pos = _BODY + nlen
    retn: dict[str, typing.Any] = s_common.un(byts[pos : pos + plen])
    return retn


def tags(byts: bytes) -> dict[str, typing.Any]:
    """Return the tags of a record."""
    _, nlen, plen, tlen = _lengths(byts)
    pos = _BODY + nlen + plen
    retn: dict[str, typing.Any] = s_common.un(byts[pos : pos + tlen])
    return retn


def tagprops(byts: bytes) -> dict[str, typing.Any]:
    """Return the tag props of a record."""
    _, nlen, plen, tlen = _lengths(byts)
    retn: dict[str, typing.Any] = s_common.un(byts[_BODY + nlen + plen + tlen :])
    return retn


def pode(byts: bytes) -> bytes:
    """Return the msgpack bytes of the packed node (cortex.md 4.1) without node data and path metadata."""
    _, nlen, plen, tlen = _lengths(byts)
    prop = _BODY + nlen
    tag = prop + plen
    tagprop = tag + tlen
    return b''.join(
        (
            b'\x92',
            byts[_BODY:prop],
            _K_IDEN,
            byts[_HEAD.size : _BODY].hex().encode(),
            _K_TAGS,
            byts[tag:tagprop],
            _K_PROPS,
            byts[prop:tag],
            _K_TAGPROPS,
            byts[tagprop:],
            _K_REST,
        )
    )
