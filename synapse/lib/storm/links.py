"""How a node was reached from another one (spec: storm-language.md 10.2, ``links``); only asked for with that option.

What a pivot did is found afterwards, from the two nodes, so that pivots need not carry it along.
"""

from __future__ import annotations

import typing

import synapse.lib.view as s_view

Any = typing.Any
Info = dict[str, Any]


def between(source: s_view.Node, target: s_view.Node, inward: bool = False) -> Info:
    """Return the link of a pivot that followed a property (or a tag) of either node."""
    if source.form.name == 'syn:tag' and source.valu in target.tags and not inward:
        return {'type': 'tag', 'tag': source.valu, 'reverse': True}
    name = None if inward else referring(source, target)
    if name is not None:
        return {'type': 'prop', 'prop': name}
    name = referring(target, source)
    if name is not None:
        return {'type': 'prop', 'prop': name, 'reverse': True}
    for verb, nid in source.view.edges(source.nid, None, inward) if source.nid else ():
        if nid == target.nid:
            return {'type': 'edge', 'verb': verb, **({'reverse': True} if inward else {})}
    return {'type': 'prop'}


def referring(node: s_view.Node, other: s_view.Node) -> str | None:
    """Return the name of the first property of a node that refers to another one."""
    form, valu = other.ndef
    for name, have in node.props.items():
        prop = node.form.props.get(name)
        if prop is None:
            continue
        if prop.isndef:
            found = (form, valu) in have if prop.isarray else have == (form, valu)
        elif prop.itemform is not None:
            found = prop.itemform == form and valu in have
        else:
            found = prop.refform == form and have == valu
        if found:
            return name
    return None


def edge(verb: str | None, source: s_view.Node, target: s_view.Node, reverse: bool) -> Info:
    """Return the link of a walk along edges; ``verb`` is None for any."""
    if verb is None:
        edges = source.view.edges(typing.cast(bytes, source.nid), None, reverse)
        verb = next((name for name, nid in edges if nid == target.nid), None)
    info: Info = {'type': 'edge', 'verb': verb}
    if reverse:
        info['reverse'] = True
    return info
