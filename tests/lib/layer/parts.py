"""A layer on its own, without a log, and what it holds as plain data."""

from __future__ import annotations

import contextlib
import pathlib
import typing

import synapse.common as s_common
import synapse.lib.layer as s_layer
import synapse.lib.layer.edits as s_edits
import synapse.lib.slab as s_slab
import synapse.models as s_models

MODEL = s_models.load()


@contextlib.asynccontextmanager
async def open_layer(path: pathlib.Path) -> typing.AsyncIterator[s_layer.Layer]:
    ids = s_slab.Slab.open(str(path / 'nodes.lmdb'))
    slab = s_slab.Slab.open(str(path / 'layer.lmdb'))
    layer = await s_layer.Layer.anit('1' * 32, slab, s_layer.Idens(ids), MODEL)
    try:
        yield layer
    finally:
        await layer.fini()
        ids.commit()
        slab.commit()
        ids.close()
        slab.close()


def buid(form: str, valu: typing.Any) -> bytes:
    return s_common.buid((form, valu))


def content(layer: s_layer.Layer) -> dict[str, typing.Any]:
    """Return every row of every database but the edit log, with names and idens for abbreviations and ids."""
    xact = layer.slab.xact
    names = dict(layer.abrvs.names())
    idens = {nid: iden for iden, nid in layer.idens.chunk(b'', 1000000)}

    def name(abrv: bytes) -> tuple[str, ...]:
        return tuple(s_common.un(names[int.from_bytes(abrv, 'big')]))

    def rows(db: typing.Any) -> list[tuple[bytes, bytes]]:
        return list(xact.cursor(db=db).iternext())

    return {
        'nodes': {idens[nid]: byts for nid, byts in rows(layer.nodes)},
        'index': sorted((str(name(key[:4])), key[4:], idens[nid]) for key, nid in rows(layer.index)),
        'tags': sorted((name(key[:4]), name(key[4:]), idens[nid]) for key, nid in rows(layer.tags)),
        'n1edges': sorted((idens[key[:8]], name(key[8:]), idens[nid]) for key, nid in rows(layer.n1edges)),
        'n2edges': sorted((idens[key[:8]], name(key[8:]), idens[nid]) for key, nid in rows(layer.n2edges)),
        'data': sorted((idens[key[:8]], name(key[8:]), valu) for key, valu in rows(layer.data)),
        'counts': dict(layer.counts.items()),
        'total': layer.total,
    }


def new_node(
    form: str,
    valu: typing.Any,
    props: dict[str, typing.Any],
    tags: dict[str, typing.Any],
    tagprops: dict[str, typing.Any] | None = None,
) -> s_edits.NodeEdit:
    return (buid(form, valu), form, [(s_edits.NODE_NEW, (valu, props, tags, tagprops or {}), ())])
