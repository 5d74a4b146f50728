"""``$lib.model.migration``: what a node holds moves to a node of a newer form."""

from __future__ import annotations

import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import tests.lib.cortex.serving as t_serving

LIB = '$lib.model.migration'


@pytest.fixture
async def core(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_cortex.Cortex]:
    async with t_serving.cortex(tmp_path / 'core') as core:
        await core.extmodel.addFormProp('inet:fqdn', '_x', ('int', {}), {})
        await core.extmodel.addTagProp('risk', ('int', {}), {})
        yield core


async def test_copies(core: s_cortex.Cortex) -> None:
    await core.count("""
        [ inet:fqdn=a.com :_x=5 +#foo=2020 +#bar +#bar:risk=5 +#foo:risk=3
          <(refs)+ { [ it:dev:str=in ] } +(uses)> { [ it:dev:str=out ] } ]
        $node.data.set(k, a) $node.data.set(l, ([1, 2]))""")
    await core.count('[ inet:fqdn=b.com +#foo=2022 +#foo:risk=9 ] $node.data.set(k, b)')
    both = 'inet:fqdn=a.com $a=$node inet:fqdn=b.com $b=$node'
    calls = ''.join(f' {LIB}.{name}($a, $b)' for name in ('copyTags', 'copyEdges', 'copyData', 'copyExtProps'))
    assert await core.count(both + calls) == 2
    facts = '(:_x, #foo, #foo:risk, #bar:risk, $node.data.get(k), $node.data.get(l))'
    found = await core.callStorm(f'inet:fqdn=b.com return({facts})')
    assert found == (5, (1577836800000, 1640995200001), 9, 5, 'b', (1, 2))
    assert await core.count('inet:fqdn=b.com -(uses)> it:dev:str=out') == 1
    assert await core.count('inet:fqdn=b.com <(refs)- it:dev:str=in') == 1
    await core.count(f'{both} {LIB}.copyTags($a, $b, overwrite=(true)) {LIB}.copyData($a, $b, overwrite=(true))')
    assert await core.callStorm('inet:fqdn=b.com return((#foo:risk, $node.data.get(k)))') == (3, 'a')


# call, text of the error
REFUSED = [
    ('copyTags(foo, bar)', '$lib.model.migration.copyTags() source argument must be a node.'),
    ('copyData($node, bar)', '$lib.model.migration.copyData() dest argument must be a node.'),
    ('s.inetSslCertToTlsServerCert($node)', 'only accepts inet:ssl:cert nodes, not inet:fqdn'),
    ('s.riskHasVulnToVulnerable(foo)', 'only accepts risk:hasvuln nodes, not str'),
]


@pytest.mark.parametrize(('call', 'mesg'), REFUSED)
async def test_refused(core: s_cortex.Cortex, call: str, mesg: str) -> None:
    with pytest.raises(s_exc.BadArg) as info:
        await core.callStorm(f'[ inet:fqdn=a.com ] {LIB}.{call}')
    assert mesg in info.value.get('mesg')


async def test_permissions(core: s_cortex.Cortex) -> None:
    await core.count('[ inet:fqdn=a.com +#foo ] $node.data.set(k, v)')
    await core.count('[ inet:fqdn=b.com ]')
    await core.auth.addUser('joe')
    async with t_serving.proxy(core, user='joe') as prox:
        for call, perm in (('copyTags', 'node.tag.add.foo'), ('copyData', 'node.data.set.k')):
            with pytest.raises(s_exc.AuthDeny, match=perm):
                await prox.callStorm(f'inet:fqdn=a.com $a=$node inet:fqdn=b.com {LIB}.{call}($a, $node)')


async def test_hasvuln(core: s_cortex.Cortex) -> None:
    add = '[ risk:hasvuln=(a,) :vuln={[ risk:vuln=(v,) ]} +#t .seen=2020 ] $node.data.set(k, v)'
    run = f'return({LIB}.s.riskHasVulnToVulnerable($node))'
    assert await core.callStorm(f'{add} {run}') == ()
    (iden,) = await core.callStorm(f'risk:hasvuln=(a,) [ :host={{[ it:host=(h,) ]}} ] {run}')
    assert await core.callStorm('risk:vulnerable=(a,) return($node.iden())') == iden
    node = 'risk:vulnerable=(a,) +#t +.seen=2020 +:vuln=(v,)'
    assert await core.callStorm(f'{node} return((:node, $node.data.get(k)))') == (
        ('it:host', await core.callStorm('return($lib.guid(h))')),
        'v',
    )
    idens = await core.callStorm(f'risk:hasvuln=(a,) [ :person={{[ ps:person=(p,) ]}} ] {run}')
    assert len(set(idens)) == 2 and iden not in idens
    assert await core.count('ps:person -> risk:vulnerable') == 1


async def test_cert_and_message(core: s_cortex.Cortex) -> None:
    """The guid of the certificate is the one that the reference implementation makes."""
    add = '[ inet:ssl:cert=("1.2.3.4:443", "guid:c7437790af01ae1bb2f8f3b684c70bf8") +#z ]'
    text = f'{add} return({LIB}.s.inetSslCertToTlsServerCert($node).value())'
    assert await core.callStorm(text) == ('tcp://1.2.3.4:443', '62a6194fbf965937d8129407546477f6')
    assert await core.count('inet:tls:servercert#z :cert -> crypto:x509:cert +:file') == 1
    move = f'{LIB}.s.inetServiceMessageClientAddress($node)'
    assert await core.count(f'[ inet:service:message=(m,) :client:address="1.2.3.4:5" ] {move} -:client:address') == 1
    assert await core.count('inet:service:message:client="tcp://1.2.3.4:5"') == 1
    text = f'[ inet:service:message=(m,) :client:address="1.2.3.4:6" ] {move} return(($node.data.list(), :client))'
    kept = ('migration:inet:service:message:client:address', 'tcp://1.2.3.4:6')
    assert await core.callStorm(text) == ((kept,), 'tcp://1.2.3.4:5')


async def test_instance(core: s_cortex.Cortex) -> None:
    await core.count('[ inet:service:instance=(i,) :platform=(p,) :name=n :id=5 :owner=(o,) +#t ]')
    await core.count('[ inet:service:account=(free,) :instance=(i,) ]')
    await core.count('[ inet:service:account=(below,) :instance=(i,) :platform=(p,) ]')
    await core.count('[ inet:service:account=(other,) :instance=(i,) :platform=(q,) ]')
    run = f'{LIB}.s.inetServiceInstanceToPlatform($node)'
    assert await core.count(f'inet:service:instance=(i,) {run}') == 1
    assert await core.count('inet:service:platform=(i,) +#t +:parent=(p,) +:name=n +:id=5') == 1
    text = 'inet:service:platform=(i,) return($node.data.get("migration:inet:service:instance:owner"))'
    assert await core.callStorm(text) == await core.callStorm('return($lib.guid(o))')
    assert await core.count('inet:service:account:instance') == 0
    assert await core.count('inet:service:account:platform=(i,)') == 2
    text = (
        'inet:service:account=(other,) return((:platform, $node.data.get("migration:inet:service:account:instance")))'
    )
    assert await core.callStorm(text) == await core.callStorm('return(($lib.guid(q), $lib.guid(i)))')


async def test_no_queues(core: s_cortex.Cortex) -> None:
    for vers in ('0_2_31', '0_2_37'):
        path = f'{LIB}.s.model_{vers}'
        text = f'for $x in {path}.listNodes() {{ }} {path}.printNode(0) $lib.print({path}.repairNode(0, foo))'
        mesgs = [mesg[1]['mesg'] async for mesg in core.storm(text) if mesg[0] == 'print']
        lines = [f'Queue model_{vers}:nodes not found, no nodes to {what}.' for what in ('list', 'print', 'repair')]
        assert mesgs == [*lines, 'false']
