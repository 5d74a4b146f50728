"""What the edit buffer of a query knows of nodes, before and after they are in the store."""

from __future__ import annotations

import pathlib
import typing

import pytest

import synapse.lib.view as s_view
import tests.lib.layer.parts as t_parts

USER = '3' * 32


@pytest.fixture
async def editor(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_view.Editor]:
    async with t_parts.open_layer(tmp_path) as layer:
        yield s_view.Editor(s_view.View('2' * 32, [layer], t_parts.MODEL, layer.idens), USER)


def add(editor: s_view.Editor, numb: int) -> s_view.Node:
    form = t_parts.MODEL.reqForm('inet:asn')
    return editor.add_node(form, *form.type.norm(numb))


async def test_one_object_for_a_node_that_somebody_holds(editor: s_view.Editor) -> None:
    held = [add(editor, numb) for numb in range(5)]
    for numb in range(5, 50):
        add(editor, numb)
    await editor.flush()
    assert len(editor.live) <= 6  # those that are held, and perhaps the last one
    for numb, node in enumerate(held):
        assert node.nid is not None and not node.fresh
        assert editor.intern(node.nid) is node and editor.node_by_ndef('inet:asn', numb) is node
    prop = held[0].form.props['name']
    assert editor.set_prop(held[0], prop, 'foo')
    found = editor.node_by_ndef('inet:asn', 0)
    assert found is held[0] and found.props['name'] == 'foo'
    await editor.flush()
    assert held[0].props == {'.created': held[0].props['.created'], 'name': 'foo'}


async def test_nodes_that_nobody_holds_are_found_in_the_store(editor: s_view.Editor) -> None:
    for numb in range(50):
        editor.set_prop(add(editor, numb), t_parts.MODEL.reqForm('inet:asn').props['name'], f'n{numb}')
    await editor.flush()
    for numb in range(50):
        node = editor.node_by_ndef('inet:asn', numb)
        assert node is not None and not node.dirty and node.props['name'] == f'n{numb}'
        assert add(editor, numb) is node
    assert not editor.edits


async def test_new_nodes_are_noted_by_form(editor: s_view.Editor) -> None:
    node = add(editor, 1)
    assert 'inet:asn' in editor.touched
    await editor.settle([('prop', 'inet:ipv4', None), 'inet:ipv4', ('tag', 'foo')])
    assert node.fresh
    editor.add_tag(node, 'foo.bar')
    await editor.settle([('tag', 'foo')])  # a parent of what was added
    assert not node.fresh and not editor.touched
    editor.set_prop(node, node.form.props['name'], 'x')
    await editor.settle(['inet:asn'])  # no new node: only the index of the property is touched
    assert node.dirty
    await editor.settle([('prop', 'inet:asn', 'name'), 'inet:asn'])
    assert not node.dirty


async def test_a_change_while_a_flush_waits_goes_on_with_a_copy(editor: s_view.Editor) -> None:
    node = add(editor, 1)
    edits = editor.edits
    editor._flushing, editor.pending = editor.pending, {}  # as while the log is written
    node.fresh = False
    editor.add_tag(node, 'foo')
    assert edits[0][2][0][1][2] == {} and node.tags == {'foo': (None, None)}
