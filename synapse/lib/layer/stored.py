"""What one layer stores of a node, as the world sees it: with the type of each value, or as edits that make it."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.lib.layer.edits as s_edits
import synapse.lib.layer.record as s_record

if typing.TYPE_CHECKING:
    import synapse.lib.layer.layer as s_layer

Any = typing.Any


def stored(layer: s_layer.Layer, nid: bytes) -> dict[str, Any]:
    """Return what a layer stores of a node: ``{form, valu?, props?, tags?, tagprops?}`` (cortex.md 7.2)."""
    byts = layer.record(nid)
    if byts is None:
        return {}
    rec = s_record.Record.load(byts)
    model = layer.model
    form = model.form(rec.ndef[0])
    have: dict[str, Any] = {} if form is None else form.props
    retn: dict[str, Any] = {'form': rec.ndef[0]}
    if rec.added:
        retn['valu'] = (rec.ndef[1], s_edits.stortype(form))
    if rec.props:
        retn['props'] = {name: (valu, s_edits.stortype(have.get(name))) for name, valu in rec.props.items()}
    if rec.tags:
        retn['tags'] = rec.tags
    if rec.tagprops:
        retn['tagprops'] = {
            tag: {name: (valu, s_edits.stortype(model.tagprops.get(name))) for name, valu in props.items()}
            for tag, props in rec.tagprops.items()
        }
    return retn


def edits(layer: s_layer.Layer, nid: bytes) -> list[s_edits.Edit]:
    """Return edits that make what a layer stores of a node (cortex.md 6.5)."""
    info = stored(layer, nid)
    retn: list[s_edits.Edit] = []
    if 'valu' in info:
        retn.append((s_edits.NODE_ADD, info['valu'], ()))
    for name, (valu, stor) in info.get('props', {}).items():
        retn.append((s_edits.PROP_SET, (name, valu, None, stor), ()))
    retn.extend((s_edits.TAG_SET, (tag, ival, None), ()) for tag, ival in info.get('tags', {}).items())
    for tag, props in info.get('tagprops', {}).items():
        for name, (valu, stor) in props.items():
            retn.append((s_edits.TAGPROP_SET, (tag, name, valu, None, stor), ()))
    for name, byts in layer.data_items(nid):
        retn.append((s_edits.NODEDATA_SET, (name, s_common.un(byts), None), ()))
    return retn
