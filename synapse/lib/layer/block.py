"""Blocks: new nodes that are alike, by column, on their way through buffer, log and layer.

A block is the payload of one edit (``edits.BLOCK_NEW``, inside an entry without an iden). Its nodes are of one form,
have the same properties and the same tags. A column is a sequence of values, one for each node; a column of one value
stands for all of them. Whoever is not ready for blocks looks at the single edits that they stand for.
"""

from __future__ import annotations

import functools
import itertools
import typing

import synapse.common as s_common
import synapse.lib.layer.edits as s_edits

Column = typing.Sequence[typing.Any]


class Block(typing.NamedTuple):
    """The nodes of one form, by column."""

    idens: bytes  # 32 bytes for each
    valus: Column
    props: dict[str, Column]
    tags: dict[str, Column]

    def each(self) -> list[bytes]:
        """Return the idens. Nobody may change the list."""
        return _each(self.idens)

    def whole(self, row: int) -> tuple[typing.Any, ...]:
        """Return one node as the payload of the edit that adds it: (valu, props, tags, tagprops)."""
        return self.valus[row], *[{name: c[row % len(c)] for name, c in part.items()} for part in self[2:]], {}


@functools.lru_cache(maxsize=4)  # buffer and layer ask again and again for those of the blocks on their way
def _each(idens: bytes) -> list[bytes]:
    return [idens[at : at + 32] for at in range(0, len(idens), 32)]


def entry(form: str, block: Block) -> tuple[bytes, str, list[s_edits.Edit]]:
    """Return the node edit that adds the nodes of a block."""
    return (b'', form, [(s_edits.BLOCK_NEW, block, ())])


def of(edits: typing.Sequence[s_edits.Edit]) -> Block:
    """Return the block of the edits of an entry that has one."""
    return Block(*edits[0][1])


def singles(nodeedits: typing.Iterable[s_edits.NodeEdit]) -> list[s_edits.NodeEdit]:
    """Return node edits with one entry for each node of a block."""
    retn: list[s_edits.NodeEdit] = []
    for item in nodeedits:
        if not item[2] or item[2][0][0] != s_edits.BLOCK_NEW:
            retn.append(item)
            continue
        block = of(item[2])
        for row, iden in enumerate(block.each()):
            retn.append((iden, item[1], [(s_edits.NODE_NEW, block.whole(row), ())]))
    return retn


def fold(column: Column) -> Column:
    """Return a column, or its one value if all are the same."""
    first, kind = column[0], type(column[0])
    if (kind is str or kind is int) and column.count(first) == len(column) and set(map(type, column)) == {kind}:
        return column[:1]
    return column


def packed(column: Column) -> list[bytes]:
    """Return the msgpack bytes of each value."""
    pack = s_common.pack
    try:
        return [pack(valu) for valu in column]
    except Exception:  # see s_common.en_plain()
        return [s_common.en(valu) for valu in column]


def packed_dicts(columns: typing.Mapping[str, Column], count: int) -> list[bytes]:
    """Return the msgpack bytes of one dictionary for each row."""
    same, rest = s_common.map_head(len(columns)), []
    for name, column in columns.items():
        key, cells = s_common.en_plain(name), packed(column)
        if len(cells) == 1:
            same += key + cells[0]
        else:
            rest.append([key + cell for cell in cells])
    if not rest:
        return [same] * count
    return [b''.join(row) for row in zip(itertools.repeat(same, count), *rest, strict=True)]
