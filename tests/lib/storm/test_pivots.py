"""Pivots by the batch, and counts that make no nodes, give what pivots from one node after the other give."""

from __future__ import annotations

import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.storm.pivots as s_pivots
import tests.lib.cortex.serving as t_serving

DATA = """
    for $i in $lib.range(50) { [ inet:dns:a=(`h{$i % 20}.foo.com`, $i) ] }
    for $i in $lib.range(9) { [ inet:ipv4=$i :asn=$($i % 4) :dns:rev=`h{$i}.foo.com` ] }
    [ ou:org=(a,) :name=foo :names=(bar, baz) :industries={[ ou:industry=(i,) ]} ]
    [ edge:refs=((inet:ipv4, 1), (inet:fqdn, foo.com)) inet:ipv4=7 +#foo.bar inet:url="http://1.2.3.4/" ]
    inet:ipv4=3 | delnode --force
    inet:fqdn=h3.foo.com | delnode --force
    inet:asn=2 | delnode --force
    inet:asn [ +(refs)> { inet:fqdn } +(seen)> { inet:fqdn=h1.foo.com inet:ipv4 } ]
    inet:ipv4=8 | delnode --force
"""
QUERIES = (
    'inet:dns:a -> inet:ipv4',
    'inet:dns:a :fqdn -> inet:fqdn',
    'inet:dns:a :ipv4 -> inet:ipv4',
    'inet:dns:a :ipv4 -> inet:ipv4:dns:rev',
    'inet:dns:a -+> inet:ipv4',
    'inet:dns:a:ipv4>10 -> inet:ipv4',
    'inet:dns:a:fqdn=h1.foo.com -> inet:ipv4',
    'inet:ipv4 -> inet:dns:a',
    'inet:ipv4 :asn -> inet:asn',
    'inet:ipv4 :newp -> inet:asn',
    'inet:ipv4 -> inet:newp',
    'inet:ipv4 -> ou:org',
    'inet:ipv4 inet:dns:a -> inet:fqdn',
    'inet:ipv4 inet:dns:a :fqdn -> inet:fqdn',
    'inet:ipv4 -> inet:asn -> inet:ipv4',
    'ou:org -> ou:name',
    'ou:org :name -> ou:name',
    'ou:org :names -> ou:name',
    'ou:org -> ou:industry',
    'edge:refs -> inet:ipv4',
    'edge:refs :n1 -> inet:ipv4',
    'inet:url -> inet:ipv4',
    'syn:tag -> inet:ipv4',
    'inet:asn -> syn:form',
    'inet:asn -(refs)> *',
    'inet:asn -(*)> *',
    'inet:asn -(newp)> *',
    'inet:asn -((refs, seen))> *',
    'inet:asn -(refs)> inet:fqdn',
    'inet:asn -(seen)> inet:ipv4>4',
    'inet:asn --> *',
    'inet:fqdn <(refs)- *',
    'inet:fqdn <(*)- *',
    'inet:fqdn -(5)> *',
    'inet:newp -(refs)> *',
    'inet:asn -(refs)+> *',
    '$verb=seen inet:asn -($verb)> *',
    'inet:asn $verb=$node.form() -($verb)> *',
    '$form=inet:asn inet:ipv4 -> $form',
    'inet:ipv4 $form={ return($node.form()) } :asn -> inet:asn',
)


async def answer(core: s_cortex.Cortex, text: str, opts: dict[str, typing.Any]) -> tuple[list[typing.Any], typing.Any]:
    """Return the nodes, and the count or the error."""
    mesgs = [mesg async for mesg in core.storm(text, opts)]
    nodes = [info[0] for name, info in mesgs if name == 'node']
    try:
        return nodes, await core.count(text, opts)
    except s_exc.SynErr as e:
        return nodes, e.errname


async def never(*args: typing.Any) -> None:
    return None


@pytest.mark.parametrize('forked', (False, True))
async def test_batches_equal_single_nodes(tmp_path: pathlib.Path, forked: bool, monkeypatch: typing.Any) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        for text in DATA.strip().splitlines():
            await core.count(text)
        opts = {'view': await core.callStorm('return($lib.view.get().fork().iden)')} if forked else {}
        batches = [await answer(core, text, opts) for text in QUERIES]
        monkeypatch.setattr(s_pivots.Pivot, '_lookup', lambda *args: None)
        monkeypatch.setattr(s_pivots.Pivot, 'common', never)
        for text, (nodes, count) in zip(QUERIES, batches, strict=True):
            assert (nodes, count) == await answer(core, text, opts), text
            assert count == len(nodes) or count in ('NoSuchProp', 'NoSuchPivot', 'NoSuchForm'), text
        assert batches[0][1] == 48 and batches[1][1] == 47
