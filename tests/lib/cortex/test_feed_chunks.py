"""A chunk of a feed, by column, leaves the same behind as its items one by one, each with a buffer of its own."""

from __future__ import annotations

import pathlib
import tempfile
import typing

import hypothesis
import hypothesis.strategies as st
import pytest

import synapse.lib.cortex.feed as s_feed
import synapse.lib.layer.record as s_record
import synapse.lib.limits as s_limits
import synapse.lib.view as s_view
import tests.lib.layer.parts as t_parts

Item = tuple[tuple[str, typing.Any], dict[str, typing.Any]]
_asn = st.sampled_from([7, '7', True, 1, 0x7FFFFFFF, 'x', -1])
_seen = st.sampled_from([('2020', '2021'), ('2019', '2030'), 5])
_ival = st.sampled_from([(None, None), ('2020', '2021'), ('2021', '2025'), None])
_tags = st.dictionaries(st.sampled_from(['x', 'x.y', 'Z', '..']), _ival, max_size=2)
_edges = st.lists(st.tuples(st.just('refs'), st.sampled_from([('inet:ipv4', 1), ('inet:fqdn', 'foo.com')])), max_size=1)
_tagprops = st.dictionaries(st.sampled_from(['x', 'q']), st.just({'score': 5}), max_size=1)
# form -> values, properties: such as bring nothing, nodes, other properties, and such as the primary value brings too
_FORMS: dict[str, tuple[st.SearchStrategy[typing.Any], dict[str, st.SearchStrategy[typing.Any]]]] = {
    'inet:ipv4': (
        st.sampled_from([1, '0.0.0.1', '127.0.0.1', 2**31, 'bad']),
        {'asn': _asn, 'loc': st.sampled_from(['us.va', 'US.VA']), 'type': st.just('private'), '.seen': _seen},
    ),
    'inet:fqdn': (st.sampled_from(['com', 'foo.com', 'Bar.Foo.com']), {'zone': st.just('foo.com'), '.seen': _seen}),
    'inet:dns:a': (st.sampled_from([('foo.com', 1), ('a.b.com', '1.2.3.4')]), {'.seen': _seen}),
    'inet:email:message': (
        st.sampled_from(['0' * 32, '1' * 32]),
        {'from': st.sampled_from(['a@foo.com', 'b@foo.com']), 'cc': st.just(('a@foo.com', 'c@x.com'))},
    ),
    'inet:flow': (
        st.sampled_from(['2' * 32, '3' * 32, '4' * 32]),
        {'src': st.sampled_from(['tcp://1.2.3.4:80', 'udp://[::1]:5']), 'src:port': st.sampled_from([80, 81])},
    ),
    'ou:org': (
        st.sampled_from(['5' * 32, '6' * 32, '7' * 32]),
        {'name': st.sampled_from(['Foo', 'bar ']), 'names': st.just(('foo', 'baz')), 'url': st.just('http://foo.com/')},
    ),
    'ou:orgtype': (st.sampled_from(['a', 'a.b', 'a.b.c', 'd.e']), {'title': st.sampled_from(['T', 'U'])}),
    'inet:url': (st.sampled_from(['http://foo.com/a', 'https://u:p@1.2.3.4:8/b?c', 'x']), {'.seen': _seen}),
    'syn:tag': (st.sampled_from(['x', 'z.w']), {'title': st.just('T')}),
}


def _item(form: str) -> st.SearchStrategy[Item]:
    valu, props = _FORMS[form]
    parts = {'props': st.fixed_dictionaries({}, optional=props), 'tags': _tags, 'edges': _edges, 'tagprops': _tagprops}
    info = st.fixed_dictionaries({}, optional=parts)
    return st.tuples(st.tuples(st.just(form), valu), info)


_items = st.lists(st.sampled_from(sorted(_FORMS)).flatmap(_item), max_size=12)


def _timeless(tables: dict[str, typing.Any]) -> dict[str, typing.Any]:
    """Return tables without the times at which the nodes were made, and with decoded records."""
    recs = {iden: s_record.Record.load(byts) for iden, byts in tables['nodes'].items()}
    tables['nodes'] = {
        iden: (rec.ndef, {**rec.props, '.created': 0}, rec.tags, rec.tagprops) for iden, rec in recs.items()
    }
    tables['index'] = [row for row in tables['index'] if '.created' not in row[0]]
    return tables


async def _feed(chunks: list[list[Item]], alike: int) -> dict[str, typing.Any]:
    """Feed chunks to an empty layer; so many items of a chunk, or more, that are alike go by column."""
    with tempfile.TemporaryDirectory() as dirn, pytest.MonkeyPatch.context() as patch:
        patch.setattr(s_limits, 'FEED_ALIKE', alike)
        async with t_parts.open_layer(pathlib.Path(dirn)) as layer:
            view = s_view.View('2' * 32, [layer], t_parts.MODEL, layer.idens)
            for chunk in chunks:
                await s_feed.add_nodes(view, '3' * 32, chunk)
            return _timeless(t_parts.content(layer))


def _flow(valu: str, **props: typing.Any) -> Item:
    return (('inet:flow', valu * 32), {'props': props})


def _ipv4(valu: int, props: dict[str, typing.Any]) -> Item:
    return (('inet:ipv4', valu), {'props': props})


def _dns(valu: str, fqdn: str) -> Item:
    return (('inet:dns:a', (valu, 1)), {'props': {'fqdn': fqdn}})


@hypothesis.settings(max_examples=80, deadline=None)
@hypothesis.given(_items, _items)
@hypothesis.example([], [_flow('1', src='tcp://1.2.3.4:80'), _flow('2', src='tcp://1.2.3.4:80')])
@hypothesis.example([], [_flow('1', src='tcp://1.2.3.4:80'), _flow('2', src='udp://1.2.3.4:80')])
@hypothesis.example([_ipv4(5, {})], [_ipv4(6, {'asn': 1}), _ipv4(5, {'asn': 1})])
@hypothesis.example([], [_dns('a.com', 'a.com'), _dns('b.com', 'a.com'), _dns('a.com', 'a.com')])
@hypothesis.example([], [_ipv4(valu, {'type': 'private'}) for valu in (1, 2**31, 1)])
@hypothesis.example([], [_ipv4(valu, {'asn': asn}) for valu, asn in ((5, 1), (6, True), (7, '1'))])
@hypothesis.example([], [_ipv4(5, {'asn': 1}), _ipv4(5, {'asn': 2, 'loc': 'us'}), _ipv4(5, {'asn': 3})])
@hypothesis.example(
    [], [(('inet:ipv4', 5), {'props': {'asn': 1}, 'edges': [('refs', ('inet:asn', 1))]}), _ipv4(5, {'asn': 2})]
)
@hypothesis.example([], [(('inet:asn', 5), {'props': {'name': 'foo'}}), _ipv4(5, {'asn': 5}), (('inet:asn', 6), {})])
async def test_chunk_equals_its_items(before: list[Item], chunk: list[Item]) -> None:
    singly = await _feed([[item] for item in (*before, *chunk)], alike=1000)
    assert await _feed([before, chunk], alike=1) == singly
    assert await _feed([[*before, *chunk]], alike=2) == singly
