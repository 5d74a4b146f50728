"""The rows of one layer's indexes: (iden, value) in index order (spec: cortex.md 2.2, the ``iter*Rows`` calls)."""

from __future__ import annotations

import asyncio
import heapq
import typing

import synapse.exc as s_exc
import synapse.lib.layer as s_layer
import synapse.lib.layer.record as s_record
import synapse.lib.layer.scan as s_scan
import synapse.lib.limits as s_limits

Any = typing.Any
Genr = typing.AsyncGenerator[tuple[bytes, Any], None]
Scans = list[s_scan.Scan]


def _start(typ: Any, valu: Any) -> bytes:
    if valu is None or typ is None:
        return b''
    try:
        return bytes(typ.indx(valu))
    except Exception as e:  # a value that is none of the type
        raise s_exc.BadArg(mesg=f'The start value is no stored value of type {typ.name}: {valu!r}') from e


def _scans(layer: s_layer.Layer, names: typing.Iterable[tuple[Any, ...]], low: bytes) -> Scans:
    scans = (layer.scan(name, lo=low) for name in names)
    return [scan for scan in scans if scan is not None]


async def _rows(layer: s_layer.Layer, scans: Scans, valu_of: typing.Callable[[bytes], Any]) -> Genr:
    """Yield (iden, value) of the rows of some indexes, merged by index value."""

    def keyed(scan: s_scan.Scan) -> typing.Iterator[tuple[bytes, bytes]]:
        while rows := scan.rows(s_limits.SYNC_ROWS):
            for key, nid in rows:
                yield key[4:], nid

    count = 0
    for _, nid in heapq.merge(*map(keyed, scans)):
        byts = layer.record(nid)
        if byts is not None:
            yield s_record.iden(byts), valu_of(byts)
        count += 1
        if not count % s_limits.SYNC_ROWS:
            await asyncio.sleep(0)


def form_rows(layer: s_layer.Layer, form: str, start: Any = None) -> Genr:
    """Yield (iden, value) of the nodes of a form that were added in this layer. Raises: BadArg."""
    item = layer.model.form(form)
    low = _start(None if item is None else item.type, start)
    return _rows(layer, _scans(layer, [('prop', form, None)], low), lambda byts: s_record.ndef(byts)[1])


def prop_rows(layer: s_layer.Layer, form: str | None, name: str, start: Any = None) -> Genr:
    """Yield (iden, value) of a property of one form, or of all forms. Raises: BadArg."""
    forms = list(layer.model.forms) if form is None else [form]
    prop = layer.model.univ(name) if form is None else None
    item = layer.model.form(form) if form is not None else None
    if item is not None:
        prop = item.props.get(name)
    low = _start(None if prop is None else prop.type, start)
    scans = _scans(layer, [('prop', form, name) for form in forms], low)
    return _rows(layer, scans, lambda byts: s_record.props(byts).get(name))


def tagprop_rows(layer: s_layer.Layer, tag: str, name: str, form: str | None = None, start: Any = None) -> Genr:
    """Yield (iden, value) of a tag property. Raises: BadArg."""
    prop = layer.model.tagprop(name)
    low = _start(None if prop is None else prop.type, start)
    forms = list(layer.model.forms) if form is None else [form]
    scans = _scans(layer, [('tagprop', tag, name, form) for form in forms], low)
    return _rows(layer, scans, lambda byts: s_record.tagprops(byts).get(tag, {}).get(name))


async def tag_rows(layer: s_layer.Layer, tag: str, form: str | None = None, start: Any = None) -> Genr:
    """Yield (iden, (interval, form)) of the nodes with a tag, by form; from ``start = (iden, form)`` on.

    Raises: BadArg.
    """
    scan = layer.scan_tag(tag, form)
    if scan is None:
        return
    if start is not None:
        _seek(layer, scan, start)
    while rows := scan.rows(s_limits.SYNC_ROWS):
        for _, nid in rows:
            byts = layer.record(nid)
            if byts is not None:
                yield s_record.iden(byts), (s_record.tags(byts).get(tag), s_record.ndef(byts)[0])
        await asyncio.sleep(0)


def _seek(layer: s_layer.Layer, scan: s_scan.Scan, start: Any) -> None:
    try:
        iden, form = start
        abrv = layer.find_abrv('form', form)
        nid = layer.idens.get(iden)
    except (TypeError, ValueError) as e:
        raise s_exc.BadArg(mesg=f'The start of tag rows must be (iden bytes, form): {start!r}') from e
    if abrv is not None:
        before = 0 if nid is None else int.from_bytes(nid, 'big') - 1
        scan.pos = (scan.lo[:4] + abrv, before.to_bytes(8, 'big'))
