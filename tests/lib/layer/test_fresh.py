"""A chunk of new nodes, written by column, gives the same tables as its nodes one by one, and as their single edits."""

from __future__ import annotations

import pathlib
import tempfile
import typing

import hypothesis
import hypothesis.strategies as st
import pytest

import synapse.common as s_common
import synapse.lib.layer.block as s_block
import synapse.lib.layer.edits as s_edits
import synapse.lib.layer.record as s_record

from . import parts

META = {'time': 1000, 'user': 'u'}
_text = st.sampled_from(['a', 'b', 'c.d', 'é' * 300])
_ival = st.sampled_from([(None, None), (1, 5), (3, 9)])
_tags = st.dictionaries(st.sampled_from(['x', 'x.y', 'z']), _ival, max_size=3)
_tagprops = st.dictionaries(st.sampled_from(['x', 'z']), st.just({'score': 5}), max_size=1)
_PROPS: dict[str, tuple[st.SearchStrategy[typing.Any], dict[str, st.SearchStrategy[typing.Any]]]] = {
    'inet:asn': (st.integers(0, 9), {'name': _text, '.seen': st.sampled_from([(1, 5), (3, 9)])}),
    'inet:ipv4': (
        st.integers(0, 5) | st.integers(2**32 - 5, 2**32 - 1),
        {
            'asn': st.integers(0, 3),
            'loc': _text,
            'latlong': st.tuples(st.sampled_from([0.0, -0.0, 1.5]), st.just(-7.25)),
        },
    ),
    'ou:org': (
        st.sampled_from(['0' * 32, 'f' * 32, '12' * 16]),
        {'name': _text, 'names': st.lists(_text, max_size=3).map(tuple), 'founded': st.integers(-5, 5)},
    ),
}


def _node(form: str) -> st.SearchStrategy[s_edits.NodeEdit]:
    valu, props = _PROPS[form]
    given = st.fixed_dictionaries({'.created': st.just(1000)}, optional=props)
    return st.builds(parts.new_node, st.just(form), valu, given, _tags, _tagprops)


_nodes = st.sampled_from(sorted(_PROPS)).flatmap(_node)
_chunks = st.lists(_nodes, max_size=12)


async def _tables(changes: list[list[s_edits.NodeEdit]]) -> dict[str, typing.Any]:
    with tempfile.TemporaryDirectory() as dirn:
        async with parts.open_layer(pathlib.Path(dirn)) as layer:
            for items in changes:
                await layer.storNodeEdits(items, META)
            return parts.content(layer)


@hypothesis.settings(max_examples=60, deadline=None)
@hypothesis.given(_chunks, _chunks)
async def test_chunk_equals_its_nodes_one_by_one(before: list[s_edits.NodeEdit], chunk: list[s_edits.NodeEdit]) -> None:
    whole = await _tables([before, chunk])
    single = await _tables([[item] for item in (*before, *chunk)])
    split = await _tables(
        [[(buid, form, s_edits.expand(parts.MODEL, edits, form))] for buid, form, edits in (*before, *chunk)]
    )
    assert whole == single
    # a record that was put together from edits has its properties in another order, but no other ones
    assert {**whole, 'nodes': None} == {**split, 'nodes': None}
    assert whole['nodes'].keys() == split['nodes'].keys()


def _block(items: list[s_edits.NodeEdit]) -> s_edits.NodeEdit:
    """Return the nodes of one form, with the same properties and tags, as one block."""
    valus, props, tags, _ = zip(*[edits[0][1] for _, _, edits in items], strict=True)
    props, tags = (
        {name: s_block.fold([item[name] for item in column]) for name in column[0]} for column in (props, tags)
    )
    idens = b''.join(iden for iden, _, _ in items)
    return s_block.entry(items[0][1], s_block.Block(idens, valus, props, tags))


def _blocks(items: list[s_edits.NodeEdit]) -> list[s_edits.NodeEdit]:
    """Return node edits with those of the same shape in blocks; a node that comes again is by itself."""
    shapes: dict[typing.Any, list[s_edits.NodeEdit]] = {}
    for numb, item in enumerate(items):
        valu, props, tags, tagprops = item[2][0][1]
        again = any(item[0] == other[0] for other in items[:numb])
        shapes.setdefault((item[1], *props, None, *tags, numb if again or tagprops else None), []).append(item)
    return [_block(same) if shape[-1] is None else same[0] for shape, same in shapes.items()]


@hypothesis.settings(max_examples=60, deadline=None)
@hypothesis.given(_chunks, _chunks)
async def test_blocks_equal_their_nodes(before: list[s_edits.NodeEdit], chunk: list[s_edits.NodeEdit]) -> None:
    first, blocks = _blocks(before), _blocks(chunk)
    assert await _loaded([first, blocks]) == await _loaded([s_block.singles(first), s_block.singles(blocks)])
    whole = await _loaded([[*first, *blocks]])
    assert whole == await _loaded([[item] for item in s_block.singles([*first, *blocks])])
    assert whole == await _loaded([s_common.un(s_common.en([*first, *blocks]))])  # as it comes from the log


async def _loaded(changes: list[list[s_edits.NodeEdit]]) -> dict[str, typing.Any]:
    """Return what changes leave behind, whatever the order of properties in a record."""
    tables = await _tables(changes)
    recs = {iden: s_record.Record.load(byts) for iden, byts in tables['nodes'].items()}
    return {**tables, 'nodes': {iden: (r.added, r.ndef, r.props, r.tags, r.tagprops) for iden, r in recs.items()}}


async def test_node_of_a_block_changes_again_in_the_same_change(tmp_path: pathlib.Path) -> None:
    nodes = [parts.new_node('inet:asn', i, {'.created': 5, 'name': 'a'}, {'t': (1, 5)}) for i in range(3)]
    iden = nodes[1][0]
    edge = (s_edits.EDGE_ADD, ('refs', nodes[2][0].hex()), ())
    more = [(iden, 'inet:asn', [(s_edits.PROP_SET, ('name', 'b', 'a', 1), ()), edge])]
    async with parts.open_layer(tmp_path / 'one') as one, parts.open_layer(tmp_path / 'two') as two:
        await one.storNodeEdits([_block(nodes), *more], META)
        await two.storNodeEdits([*nodes, *more], META)
        assert parts.content(one)['index'] == parts.content(two)['index']
        assert parts.content(one)['n2edges'] == parts.content(two)['n2edges']
        nid = one.idens.get(iden)
        assert nid is not None and s_record.props(one.record(nid) or b'')['name'] == 'b'
        assert one.total == two.total == 3
        ((_, (logged, _)),) = one.read_edits(0, 1000)
        assert [item[:2] for item in logged] == [(item[0], 'inet:asn') for item in (*nodes, *more)]


async def test_block_of_nodes_that_exist_logs_what_changed(tmp_path: pathlib.Path) -> None:
    nodes = [parts.new_node('inet:asn', i, {'.created': 5}, {}) for i in range(3)]
    async with parts.open_layer(tmp_path) as layer:
        await layer.storNodeEdits(nodes[:2], META)
        done = await layer.storNodeEdits([_block(nodes)], META)
        assert [len(edits) for _, _, edits in done] == [0, 0, 1]
        assert layer.total == 3


async def test_many_nodes_in_one_change(tmp_path: pathlib.Path) -> None:
    async with parts.open_layer(tmp_path) as layer:
        items = [
            parts.new_node('inet:ipv4', i, {'.created': 5, 'asn': i % 7}, {'t': (None, None)} if i % 2 else {})
            for i in range(2999, -1, -1)
        ]
        assert await layer.storNodeEdits(items, META) == items
        scan = layer.scan(('prop', 'inet:ipv4', None))
        assert scan is not None
        nids = [nid for _ in range(4) for nid in scan.nids(1000)]
        assert nids == sorted(nids, reverse=True) and len(nids) == 3000  # by value, which came in falling order
        tagged = layer.scan_tag('t')
        assert tagged is not None and len(tagged.nids(9999)) == 1500
        assert layer.total == layer.form_count('inet:ipv4') == 3000


async def test_value_that_cannot_be_indexed_leaves_nothing(tmp_path: pathlib.Path) -> None:
    async with parts.open_layer(tmp_path) as layer:
        items = [parts.new_node('inet:asn', i, {'.created': 5}, {}) for i in range(3)]
        items.append(parts.new_node('inet:asn', 'no number', {'.created': 5}, {}))
        with pytest.raises(TypeError):
            await layer.storNodeEdits(items, META)
        found = parts.content(layer)
        assert not found['nodes'] and not found['index'] and found['total'] == 0
