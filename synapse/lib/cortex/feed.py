"""Nodes in bulk: the feed ``syn.nodes`` (spec: cortex.md 4.2, 4.3).

A chunk is normalised into one edit buffer, by column where nodes are alike (``columns``), else node by node, and logged
together. What does not normalise is left out with a warning; the rest is stored.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cortex.columns as s_columns
import synapse.lib.limits as s_limits
import synapse.lib.view as s_view

Any = typing.Any
logger = logging.getLogger(__name__)

FEEDS = {'syn.nodes': 'Add nodes from packed nodes: ((form, value), {props, tags, tagprops, nodedata, edges}).'}


async def add_nodes(view: s_view.View, user: str, items: typing.Iterable[Any]) -> int:
    """Store packed nodes and return how many were accepted; they are durable when it returns.

    Raises: HitLimit (``max:nodes``), after what came before was stored.
    """
    editor = s_view.Editor(view, user)
    feeder = Feeder(editor)
    columns = s_columns.Columns(editor)
    ticked = time.monotonic()
    rest = iter(items)
    while part := list(itertools.islice(rest, s_limits.FEED_STEP)):
        singles = columns.add(part) if editor.limit is None else part
        feeder.count += len(part) - len(singles)
        for item in singles:
            try:
                feeder.add(item)
            except s_exc.HitLimit:
                await editor.flush()
                raise
            if time.monotonic() - ticked > s_limits.STORM_SLICE:
                await asyncio.sleep(0)
                ticked = time.monotonic()
        if editor.full:
            await editor.flush()
    await editor.flush()
    return feeder.count


class Feeder:
    """Turns packed nodes into edits, one by one."""

    def __init__(self, editor: s_view.Editor) -> None:
        self.editor = editor
        editor.keep = False
        self.model = editor.view.model
        self.count = 0
        self.tags: dict[str, str] = {}

    def add(self, item: Any) -> s_view.Node | None:
        """Add one packed node; return it, None if it was refused (which is logged)."""
        try:
            (formname, valu), info = item
        except (TypeError, ValueError):
            logger.warning('A fed item is not a packed node: %s', repr(item)[:100])
            return None
        form = self.model.form(formname) if isinstance(formname, str) else None
        if form is None:
            logger.warning('Feed names an unknown form: %s', formname)
            return None
        try:
            norm, more = form.type.norm(valu)
            node = self.editor.add_node(form, norm, more)
        except s_exc.HitLimit:
            raise
        except s_exc.SynErr as e:
            logger.warning('Feed value refused: %s=%s: %s', formname, repr(valu)[:100], e.get('mesg'))
            return None
        self.count += 1
        if info:
            self._fill(node, info)
        return node

    def _fill(self, node: s_view.Node, info: Any) -> None:
        if not isinstance(info, dict):
            logger.warning('Fed node %s=%s comes with no dictionary: %s', *node.ndef, repr(info)[:100])
            return
        for part, func in _PARTS:
            valus = info.get(part)
            if valus:
                try:
                    func(self, node, valus)
                except s_exc.HitLimit:
                    raise
                except (s_exc.SynErr, AttributeError, IndexError, KeyError, TypeError, ValueError):
                    logger.warning('Fed node %s=%s has bad %s: %s', *node.ndef, part, repr(valus)[:100])

    def _props(self, node: s_view.Node, props: dict[str, Any]) -> None:
        for name, valu in props.items():
            prop = node.form.props.get(name)
            if prop is None:
                logger.warning('Feed names an unknown property: %s:%s', node.form.name, name)
            elif name != '.created':
                try:
                    norm, info = prop.type.norm(valu)
                    self.editor.set_prop(node, prop, norm, info)
                except s_exc.HitLimit:
                    raise
                except s_exc.SynErr as e:
                    logger.warning('Feed value refused: %s=%s: %s', prop.full, repr(valu)[:100], e.get('mesg'))

    def _tags(self, node: s_view.Node, tags: dict[str, Any]) -> None:
        for name, valu in tags.items():
            try:
                tag = self.tags.get(name)
                if tag is None:
                    tag = self.tags[name] = self.model.reqType('syn:tag').norm(name)[0]
                if valu is None or (valu[0] is None and valu[1] is None):
                    ival: Any = (None, None)
                else:
                    ival = self.model.reqType('ival').norm(valu)[0]
                self.editor.add_tag(node, tag, ival)
            except s_exc.HitLimit:
                raise
            except (s_exc.SynErr, TypeError, IndexError) as e:
                logger.warning('Feed tag refused: %s=%s: %s', name, repr(valu)[:100], e)

    def _tagprops(self, node: s_view.Node, tagprops: dict[str, Any]) -> None:
        for tag, props in tagprops.items():
            for name, valu in props.items():
                try:
                    prop = self.model.reqTagProp(name)
                    norm = self.model.reqType('syn:tag').norm(tag)[0]
                    self.editor.set_tagprop(node, norm, prop, prop.type.norm(valu)[0])
                except s_exc.HitLimit:
                    raise
                except s_exc.SynErr as e:
                    logger.warning('Feed tag property refused: %s:%s: %s', tag, name, e.get('mesg'))

    def _nodedata(self, node: s_view.Node, nodedata: Any) -> None:
        if not isinstance(nodedata, dict):
            return
        for name, valu in nodedata.items():
            if isinstance(name, str):
                self.editor.set_data(node, name, valu)

    def _edges(self, node: s_view.Node, edges: typing.Iterable[Any]) -> None:
        for verb, other in edges:
            if isinstance(other, str):
                if len(other) != 64 or not _ishex(other):
                    logger.warning('addEdge() got an invalid node iden: %s', other)
                    continue
                self.editor.edge(node, verb, bytes.fromhex(other))
                continue
            target = Feeder.add(self, (other, {}))
            if target is not None:
                self.count -= 1
                self.editor.edge(node, verb, target.iden)


_PARTS: tuple[tuple[str, typing.Callable[..., None]], ...] = (
    ('props', Feeder._props),
    ('tags', Feeder._tags),
    ('tagprops', Feeder._tagprops),
    ('nodedata', Feeder._nodedata),
    ('edges', Feeder._edges),
)


def _ishex(text: str) -> bool:
    try:
        s_common.uhex(text)
    except ValueError:
        return False
    return True
