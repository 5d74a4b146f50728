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


def content(layer: s_layer.Layer) -> dict[str, list[tuple[bytes, bytes]]]:
    """Return every row of every database but the edit log."""
    names = ('nodes', 'index', 'tags', 'n1edges', 'n2edges', 'data')
    return {name: list(layer.slab.xact.cursor(db=getattr(layer, name)).iternext()) for name in names}


def new_node(
    form: str, valu: typing.Any, props: dict[str, typing.Any], tags: dict[str, typing.Any]
) -> s_edits.NodeEdit:
    return (buid(form, valu), form, [(s_edits.NODE_NEW, (valu, props, tags, {}), ())])
