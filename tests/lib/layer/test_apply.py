from __future__ import annotations

import pathlib
import tempfile
import typing

import hypothesis
import hypothesis.strategies as st

import synapse.lib.layer.edits as s_edits
import synapse.lib.layer.record as s_record

from . import parts

META = {'time': 1000, 'user': 'u'}
ASN = 'inet:asn'


def edit(etype: int, *payload: typing.Any) -> s_edits.Edit:
    return (etype, payload, ())


ADD = edit(s_edits.NODE_ADD, 1, 9)


async def test_apply_returns_what_changed(tmp_path: pathlib.Path) -> None:
    async with parts.open_layer(tmp_path) as layer:
        buid = parts.buid(ASN, 1)
        edits = [ADD, edit(s_edits.PROP_SET, 'name', 'foo', None, 1), edit(s_edits.PROP_DEL, 'owner', None, 10)]
        ((_, _, done),) = await layer.storNodeEdits([(buid, ASN, edits)], META)
        assert [item[0] for item in done] == [s_edits.NODE_ADD, s_edits.PROP_SET, s_edits.PROP_SET]
        assert done[1][1][:2] == ('.created', 1000)
        ((_, _, again),) = await layer.storNodeEdits([(buid, ASN, edits)], META)
        assert again == []


async def test_apply_old_values_and_merges(tmp_path: pathlib.Path) -> None:
    async with parts.open_layer(tmp_path) as layer:
        buid = parts.buid(ASN, 1)
        one = [ADD, edit(s_edits.PROP_SET, '.seen', (10, 20), None, 12), edit(s_edits.TAG_SET, 'a', (10, 20), None)]
        two = [edit(s_edits.PROP_SET, '.seen', (5, 15), None, 12), edit(s_edits.TAG_SET, 'a', (15, 30), None)]
        await layer.storNodeEdits([(buid, ASN, one)], META)
        ((_, _, done),) = await layer.storNodeEdits([(buid, ASN, two)], META)
        assert done[0][1] == ('.seen', (5, 20), (10, 20), 12)
        assert done[1][1] == ('a', (10, 30), (10, 20))


async def test_new_node_equals_its_parts(tmp_path: pathlib.Path) -> None:
    props = {'.created': 1000, 'name': 'foo', '.seen': (1, 2)}
    whole = parts.new_node(ASN, 1, props, {'a': (None, None), 'a.b': (1, 2)})
    split = (whole[0], ASN, s_edits.expand(parts.MODEL, whole[2], ASN))
    found = []
    for name, item in (('whole', whole), ('split', split)):
        (tmp_path / name).mkdir()
        async with parts.open_layer(tmp_path / name) as layer:
            await layer.storNodeEdits([item], META)
            rows = parts.content(layer)
            found.append((s_record.Record.load(rows['nodes'][whole[0][:16]]).props, len(rows['index']), rows['tags']))
            assert layer.form_count(ASN) == 1
    assert found[0] == found[1]


async def test_edges_to_unknown_nodes_are_kept(tmp_path: pathlib.Path) -> None:
    async with parts.open_layer(tmp_path) as layer:
        other = parts.buid(ASN, 2)
        await layer.storNodeEdits([(parts.buid(ASN, 1), ASN, [ADD, edit(s_edits.EDGE_ADD, 'refs', other.hex())])], META)
        nid = layer.idens.get(parts.buid(ASN, 1))
        assert nid is not None
        ((verb, n2),) = layer.edges(nid)
        assert (verb, layer.idens.orphan(n2)) == ('refs', other)
        assert layer.edges(n2, 'refs', reverse=True) == [('refs', nid)]
        await layer.storNodeEdits([(parts.buid(ASN, 1), ASN, [edit(s_edits.EDGE_DEL, 'refs', other.hex())])], META)
        assert layer.edges(nid) == [] and layer.edges(n2, None, True) == []


# --- any sequence of edits gives the same, applied at once or one by one, and deleting everything leaves nothing

_names = st.sampled_from(['name', 'owner', '.seen'])
_valus = {'name': st.sampled_from(['a', 'b']), 'owner': st.just('0' * 32), '.seen': st.sampled_from([(1, 5), (3, 9)])}
_tags = st.sampled_from(['x', 'x.y', 'z'])
_edit = st.one_of(
    st.just(ADD),
    st.just(edit(s_edits.NODE_DEL, 1, 9)),
    _names.flatmap(lambda n: _valus[n].map(lambda v: edit(s_edits.PROP_SET, n, v, None, 1))),
    _names.map(lambda n: edit(s_edits.PROP_DEL, n, None, 1)),
    st.tuples(_tags, st.sampled_from([(None, None), (1, 2), (0, 9)])).map(lambda t: edit(s_edits.TAG_SET, *t, None)),
    _tags.map(lambda t: edit(s_edits.TAG_DEL, t, None)),
    st.just(edit(s_edits.EDGE_ADD, 'refs', '11' * 32)),
    st.just(edit(s_edits.EDGE_DEL, 'refs', '11' * 32)),
    st.sampled_from([1, 'two', None]).map(lambda v: edit(s_edits.NODEDATA_SET, 'd', v, None)),
    st.just(edit(s_edits.NODEDATA_DEL, 'd', None)),
)


@hypothesis.settings(max_examples=60, deadline=None)
@hypothesis.given(st.lists(_edit, max_size=14), st.booleans())
async def test_apply_at_once_or_one_by_one(edits: list[s_edits.Edit], fresh: bool) -> None:
    found = []
    buid = parts.buid(ASN, 1)
    start = [parts.new_node(ASN, 1, {'.created': 1000, 'name': 'a'}, {'x': (1, 2)})] if fresh else []
    batches: tuple[list[typing.Any], ...] = (
        [[*start, (buid, ASN, edits)]],
        [*([item] for item in start), *([(buid, ASN, [item])] for item in edits)],
    )
    for batch in batches:
        with tempfile.TemporaryDirectory() as dirn:
            async with parts.open_layer(pathlib.Path(dirn)) as layer:
                done = [await layer.storNodeEdits(items, META) for items in batch]
                rows = parts.content(layer)
                rows['count'] = [layer.form_count(ASN)]  # type: ignore[list-item]
                found.append((rows, [item for part in done for _, _, items in part for item in items if item[0] >= 0]))
    assert found[0] == found[1]
