"""A chunk of a feed leaves the same behind as its items one by one, each with a buffer of its own."""

from __future__ import annotations

import pathlib
import tempfile
import typing

import hypothesis
import hypothesis.strategies as st

import synapse.lib.cortex.feed as s_feed
import synapse.lib.layer.record as s_record
import synapse.lib.view as s_view
import tests.lib.layer.parts as t_parts

Item = tuple[tuple[str, typing.Any], dict[str, typing.Any]]
_asn = st.sampled_from([7, '7', True, 1, 0x7FFFFFFF, 'x', -1])
_seen = st.sampled_from([('2020', '2021'), ('2019', '2030'), 5])
_ival = st.sampled_from([(None, None), ('2020', '2021'), ('2021', '2025'), None])
_tags = st.dictionaries(st.sampled_from(['x', 'x.y', 'Z', '..']), _ival, max_size=2)
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
    'syn:tag': (st.sampled_from(['x', 'z.w']), {'title': st.just('T')}),
}


def _item(form: str) -> st.SearchStrategy[Item]:
    valu, props = _FORMS[form]
    info = st.fixed_dictionaries({}, optional={'props': st.fixed_dictionaries({}, optional=props), 'tags': _tags})
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


async def _feed(chunks: list[list[Item]]) -> dict[str, typing.Any]:
    with tempfile.TemporaryDirectory() as dirn:
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


@hypothesis.settings(max_examples=60, deadline=None)
@hypothesis.given(_items, _items)
@hypothesis.example([], [_flow('1', src='tcp://1.2.3.4:80'), _flow('2', src='tcp://1.2.3.4:80')])
@hypothesis.example([], [_flow('1', src='tcp://1.2.3.4:80'), _flow('2', src='udp://1.2.3.4:80')])
@hypothesis.example([_ipv4(5, {})], [_ipv4(6, {'asn': 1}), _ipv4(5, {'asn': 1})])
@hypothesis.example([], [_dns('a.com', 'a.com'), _dns('b.com', 'a.com'), _dns('a.com', 'a.com')])
@hypothesis.example([], [_ipv4(valu, {'type': 'private'}) for valu in (1, 2**31, 1)])
@hypothesis.example([], [_ipv4(valu, {'asn': asn}) for valu, asn in ((5, 1), (6, True), (7, '1'))])
async def test_chunk_equals_its_items(before: list[Item], chunk: list[Item]) -> None:
    assert await _feed([before, chunk]) == await _feed([[item] for item in (*before, *chunk)])
