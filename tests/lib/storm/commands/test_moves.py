"""movenodes and copyto: nodes go to other layers and views."""

from __future__ import annotations

import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import tests.lib.cortex.serving as t_serving
import tests.lib.storm.telling as t_telling

prints, fails = t_telling.prints, t_telling.fails

BASE = '[ inet:ipv4=1.1.1.1 :asn=1 :loc=us +#foo=2020 +(refs)> {[ inet:fqdn=a.com ]} ] $node.data.set(k, base)'
CHANGE = '[ inet:ipv4=1.1.1.1 :asn=2 +#bar +#bar:score=5 +(refs)> {[ inet:fqdn=b.com ]} ] $node.data.set(k, top)'


class Stack(typing.NamedTuple):
    core: s_cortex.Cortex
    fork: str
    top: str
    base: str

    async def lines(self, args: str) -> list[str]:
        """Return what movenodes prints about 1.1.1.1, with names for the layers and without idens."""
        names = {self.top: 'top', self.base: 'base'}
        found = [line.split(' ') for line in await prints(self.core, f'inet:ipv4 | movenodes {args}', view=self.fork)]
        return [' '.join((names[words[0]], words[1], *words[3:6])) for words in found]

    async def look(self, query: str, fork: bool = True) -> typing.Any:
        return await self.core.callStorm(query, opts={'view': self.fork} if fork else {})


@pytest.fixture
async def stack(tmp_path: pathlib.Path) -> typing.AsyncIterator[Stack]:
    async with t_serving.cortex(tmp_path / 'core') as core:
        await core.callStorm('$lib.model.ext.addTagProp(score, (int, ({})), ({}))')
        await core.count(BASE)
        fork = await t_telling.fork(core)
        await core.count(CHANGE, opts={'view': fork})
        yield Stack(core, fork, core.stacks.views[fork].wlyr.iden, core.stacks.default.wlyr.iden)


async def test_movenodes_shows(stack: Stack) -> None:
    lines = await stack.lines('')
    assert lines[:2] == ['top add inet:ipv4 = 1.1.1.1', 'base delete inet:ipv4 = 1.1.1.1']
    assert {'top set inet:ipv4:loc = us', 'base delete inet:ipv4:loc = us', 'base delete inet:ipv4:asn = 1'} < set(
        lines
    )
    assert 'top set inet:ipv4:asn = 1' not in lines and 'base delete inet:ipv4 DATA k' in lines
    assert [line for line in lines if '(refs)' in line][0].startswith('top add inet:ipv4 +(refs)>')
    lines = await stack.lines(f'--precedence {stack.base} {stack.top}')
    assert {'top set inet:ipv4:asn = 1', 'top set inet:ipv4 DATA k', 'base delete inet:ipv4:asn = 1'} < set(lines)
    lines = await stack.lines(f'--destlayer {stack.base} --srclayers {stack.top}')
    assert {'base set inet:ipv4:asn = 2', 'top delete inet:ipv4:asn = 2', 'base set inet:ipv4#bar'} < set(lines)
    assert not any('loc' in line for line in lines)


LOOK = 'inet:ipv4 $tags=$node.tags() $tags.sort() return((:asn, :loc, $tags, $node.data.get(k)))'


async def test_movenodes_moves_up_and_down(stack: Stack) -> None:
    want = await stack.look(LOOK)
    assert want == (2, 'us', ('bar', 'foo'), 'top')
    edges = 'inet:ipv4 -(refs)> inet:fqdn'
    await stack.core.count('inet:ipv4 | movenodes --apply', opts={'view': stack.fork})
    assert await stack.core.count('inet:ipv4') == 0 and await stack.look(LOOK) == want
    assert await stack.core.count(edges, opts={'view': stack.fork}) == 2
    back = f'inet:ipv4 | movenodes --apply --destlayer {stack.base} --srclayers {stack.top}'
    await stack.core.count(back, opts={'view': stack.fork})
    assert await stack.look(LOOK, fork=False) == want == await stack.look(LOOK)
    assert await stack.core.count(edges) == 1 and await stack.core.count(edges, opts={'view': stack.fork}) == 2
    assert await stack.core.count('diff | +inet:ipv4', opts={'view': stack.fork}) == 0


async def test_movenodes_by_precedence(stack: Stack) -> None:
    query = f'inet:ipv4 | movenodes --apply --precedence {stack.base} {stack.top} | return((:asn, $node.data.get(k)))'
    assert await stack.look(query) == (1, 'base')
    assert await stack.core.count('inet:ipv4') == 0 and (await stack.look(LOOK))[0] == 1


async def test_movenodes_refused(stack: Stack) -> None:
    core, view = stack.core, stack.fork
    want = ('StormRuntimeError', 'You may only move nodes in views with multiple layers.')
    assert await fails(core, 'inet:ipv4 | movenodes') == want
    for args, name in (
        (f'--destlayer {stack.base}', 'StormRuntimeError'),
        ('--destlayer newp', 'BadOperArg'),
        ('--srclayers newp', 'BadOperArg'),
        ('--precedence newp', 'BadOperArg'),
        (f'--precedence {stack.base}', 'BadOperArg'),
    ):
        assert (await fails(core, f'inet:ipv4 | movenodes {args}', view=view))[0] == name, args
    assert (await fails(core, 'inet:ipv4 | movenodes', view=view, readonly=True))[0] == 'IsReadOnly'
    joe = core.auth.reqUser(await t_telling.low(core))
    await joe.addRule((True, ('view', 'read')), gateiden=view)
    await joe.addRule((True, ('node',)), gateiden=stack.top)
    name, mesg = await fails(core, 'inet:ipv4 | movenodes --apply', view=view, user=joe.iden)
    assert name == 'AuthDeny' and stack.base in mesg and await core.count('inet:ipv4') == 1


@pytest.fixture
async def other(stack: Stack) -> str:
    return str(await stack.core.callStorm('return($lib.view.add(($lib.layer.add().iden,)).iden)'))


async def test_copyto(stack: Stack, other: str) -> None:
    core, opts = stack.core, {'view': other}
    assert await core.count(f'inet:fqdn=a.com inet:ipv4 | copyto {other}', opts={'view': stack.fork}) == 2
    want = (await core.callStorm('inet:ipv4 return($node.pack())', opts={'view': stack.fork}))[1]
    have = (await core.callStorm('inet:ipv4 return($node.pack())', opts=opts))[1]
    assert have['props'] == want['props'] and have['tags'] == want['tags'] and have['tagprops'] == want['tagprops']
    assert await core.callStorm('inet:ipv4 return($node.data.list())', opts=opts) == (('k', 'top'),)
    assert await t_telling.ndefs(core, 'inet:ipv4 -(refs)> *', view=other) == [('inet:fqdn', 'a.com')]
    await core.count(f'inet:fqdn=b.com | copyto --no-data {other}', opts={'view': stack.fork})
    assert await core.count('inet:ipv4 -(refs)> *', opts=opts) == 2  # the edge came with its target
    assert await core.count('inet:asn=2 syn:tag=foo', opts=opts) == 2


async def test_copyto_merges(stack: Stack, other: str) -> None:
    core = stack.core
    await core.count('[ inet:ipv4=1.1.1.1 :asn=9 :loc=fr +#foo=2022 +#mine ]', opts={'view': other})
    assert await core.count(f'inet:ipv4 | copyto {other} | copyto --no-data {other}') == 1
    query = 'inet:ipv4 return((:asn, :loc, $lib.len(#foo), $node.tags(mine)))'
    assert await core.callStorm(query, opts={'view': other}) == (1, 'us', 2, ('mine',))
    main = core.stacks.default.iden
    assert await core.count(f'inet:ipv4 | copyto {main}') == 1


async def test_copyto_refused(stack: Stack, other: str) -> None:
    core = stack.core
    for args, name in (('newp', 'NoSuchView'), ('', 'BadArg')):
        assert (await fails(core, f'inet:ipv4 | copyto {args}'))[0] == name
    assert (await fails(core, f'syn:form | limit 1 | copyto {other}'))[0] == 'IsRuntForm'
    assert (await fails(core, f'inet:ipv4 | copyto {other}', readonly=True))[0] == 'IsReadOnly'
    joe = core.auth.reqUser(await t_telling.low(core))
    opts = {'user': joe.iden}
    assert 'view.read' in (await fails(core, f'inet:ipv4 | copyto {other}', **opts))[1]
    await joe.addRule((True, ('view', 'read')), gateiden=other)
    layer = core.stacks.views[other].wlyr.iden
    for perm in ('node.add', 'node.prop', 'node.tag', 'node.data.set.k'):
        assert (await fails(core, f'inet:ipv4 | copyto {other}', **opts))[0] == 'AuthDeny'
        assert await core.count('inet:ipv4', opts={'view': other}) == 0
        await joe.addRule((True, tuple(perm.split('.'))), gateiden=layer)
    assert await core.count(f'inet:ipv4 | copyto {other}', opts=opts) == 1
