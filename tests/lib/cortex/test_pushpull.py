"""Pushes and pulls: layers that follow layers of other services, over real sockets."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import tests.lib.cortex.serving as t_serving
import tests.lib.storm.telling as t_telling

Any = typing.Any


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'STACKS_RETRY', 0.05)


def url(core: s_cortex.Cortex, layer: str = '') -> str:
    return core.getLocalUrl(share=f'*/layer/{layer}' if layer else '*/layer')


async def reaches(core: s_cortex.Cortex, count: int, query: str = 'inet:ipv4', **opts: Any) -> None:
    """Wait until a query yields so many nodes."""
    async with asyncio.timeout(20):
        while await core.count(query, opts=opts) != count:
            await asyncio.sleep(0.01)


async def layer_call(core: s_cortex.Cortex, query: str, **variables: Any) -> Any:
    return await core.callStorm(f'$l=$lib.layer.get() {query}', opts={'vars': variables})


DATA = '[ inet:ipv4=1.1.1.1 :asn=1 +#foo=2020 +(refs)> {[ inet:fqdn=a.com ]} ] $node.data.set(k, v)'


async def test_push(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'there') as there:
        async with t_serving.cortex(tmp_path / 'here') as here:
            await here.count(DATA)
            info = await layer_call(here, 'return($l.addPush($url))', url=url(there))
            assert info.keys() == {'iden', 'url', 'user', 'time', 'queue:size', 'chunk:size'}
            await reaches(there, 1, 'inet:ipv4=1.1.1.1 +#foo=2020 +:asn=1 -(refs)> inet:fqdn=a.com')
            assert await there.callStorm('inet:ipv4 return($node.data.get(k))') == 'v'
            await here.count('[ inet:ipv4=2.2.2.2 ] inet:ipv4=1.1.1.1 [ -:asn -#foo ]')
            await reaches(there, 1, 'inet:ipv4 -:asn -#foo +inet:ipv4=1.1.1.1')
            index = here.stacks.default.wlyr.edit_index()
            async with asyncio.timeout(20):
                while (await layer_call(here, 'return($l.pack().pushs)'))[info['iden']]['offs'] != index - 1:
                    await asyncio.sleep(0.01)
        await there.count('inet:ipv4 | delnode --force')
        async with t_serving.cortex(tmp_path / 'here') as here:
            await here.count('[ inet:ipv4=3.3.3.3 ]')
            await reaches(there, 1)  # what was sent before is not sent again
            await layer_call(here, 'return($l.delPush($iden))', iden=info['iden'])
            assert here.stormvars.get(f'push:{info["iden"]}') is None and 'pushs' not in here.stacks.default.wlyr.info
            await here.count('[ inet:ipv4=4.4.4.4 ]')
            await layer_call(here, 'return($l.delPush(newp))')
            assert await there.count('inet:ipv4') == 1


async def test_pull_from_a_service_that_comes_and_goes(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'here') as here:
        fork = await t_telling.fork(here)
        layer = here.stacks.views[fork].wlyr.iden
        async with t_serving.cortex(tmp_path / 'there') as there:
            await there.count(DATA)
            source = url(there, there.stacks.default.wlyr.iden)
            lines = await t_telling.prints(here, 'layer.pull.add $layer $url', vars={'layer': layer, 'url': source})
            assert lines[0].startswith('Layer pull added: ')
            await reaches(here, 1, 'inet:ipv4 +#foo -(refs)> inet:fqdn', view=fork)
            assert await here.count('inet:ipv4') == 0
        await asyncio.sleep(0.1)
        async with t_serving.cortex(tmp_path / 'there') as there:
            await there.count('[ inet:ipv4=2.2.2.2 ]')
            await reaches(here, 2, view=fork)
        shown = await t_telling.prints(here, 'layer.pull.list $layer', vars={'layer': layer})
        assert len(shown) == 3 and 'root' in shown[2] and source in shown[2]
        iden = lines[0].split(' ')[-1]
        await t_telling.prints(here, 'layer.pull.del $layer $iden', vars={'layer': layer, 'iden': iden})
        assert (await t_telling.prints(here, 'layer.pull.list $layer', vars={'layer': layer}))[
            1
        ] == 'No pulls configured.'


async def test_from_an_offset_in_small_chunks(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'here') as here, t_serving.cortex(tmp_path / 'there') as there:
        await there.count('[ inet:ipv4=9.9.9.9 ]')
        offs = there.stacks.default.wlyr.edit_index()
        await there.count('for $i in $lib.range(500) { [ inet:ipv4=$i ] }')
        args = {'url': url(there), 'offs': offs}
        await layer_call(here, 'return($l.addPull($url, offs=$offs, queue_size=10, chunk_size=7))', **args)
        await reaches(here, 500)
        assert await here.count('inet:ipv4=9.9.9.9') == 0


async def test_two_that_push_to_each_other_come_to_rest(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'one') as one, t_serving.cortex(tmp_path / 'two') as two:
        await layer_call(one, 'return($l.addPush($url))', url=url(two))
        await layer_call(two, 'return($l.addPush($url))', url=url(one))
        await one.count('[ inet:ipv4=1.1.1.1 :asn=1 ]')
        await two.count('[ inet:ipv4=2.2.2.2 :asn=2 ]')
        await reaches(one, 2)
        await reaches(two, 2)
        sizes: list[int] = []
        async with asyncio.timeout(30):
            while sizes != (sizes := [core.stacks.default.wlyr.edit_size() for core in (one, two)]):
                await asyncio.sleep(0.3)


async def test_what_the_model_does_not_know_is_skipped(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'here') as here, t_serving.cortex(tmp_path / 'there') as there:
        await there.callStorm('$lib.model.ext.addForm(_x:y, int, ({}), ({}))')
        await there.count('[ _x:y=5 inet:ipv4=1.1.1.1 ]')
        await layer_call(here, 'return($l.addPull($url))', url=url(there))
        await reaches(here, 1)


async def test_refused(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'here') as here:
        joe = here.auth.reqUser(await t_telling.low(here))
        for query, name in (
            ('addPush("tcp://127.0.0.1:1/x")', 'ConnectionRefusedError'),
            ('addPull("newp://x")', 'BadUrl'),
            ('addPush(newp)', 'BadUrl'),
            ('addPush($core)', 'BadUrl'),
            ('addPush($core, queue_size=0)', 'BadArg'),
            ('addPush($core, chunk_size=1001)', 'BadArg'),
            ('addPush($core, offs=x)', 'BadCast'),
        ):
            opts = {'vars': {'core': here.getLocalUrl(share='cortex')}}
            got, mesg = await t_telling.fails(here, f'$lib.layer.get().{query}', **opts)
            assert name == got or name in mesg, query
        opts = {'user': joe.iden, 'vars': {'url': url(here)}}
        query = '$lib.layer.get().addPush($url)'
        assert (await t_telling.fails(here, query, **opts))[1].endswith('requires admin privs on the layer.')
        await here.auth.reqUser(joe.iden).setAdmin(True, gateiden=here.stacks.default.wlyr.iden)
        assert 'telepath.open' in (await t_telling.fails(here, query, **opts))[1]
        for word in ('push', 'pull'):
            assert (await t_telling.fails(here, f'layer.{word}.add newp $url', **opts))[0] == 'NoSuchIden'
        assert 'pushs' not in here.stacks.default.wlyr.info


async def test_passwords_are_not_shown(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'here') as here, t_serving.cortex(tmp_path / 'there') as there:
        secret = url(there).replace('unix://root@', 'unix://root:hidden@')
        await layer_call(here, 'return($l.addPush($url))', url=secret)
        for query in ('return($lib.layer.get().pack())', 'return($lib.view.get().pack())', 'return($lib.layer.list())'):
            assert 'hidden' not in repr(await here.callStorm(query))


async def test_a_push_of_a_layer_that_goes(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        stacks, root = core.stacks, core.auth.rootuser.iden
        layer = await stacks.add_layer({}, root)
        probe = core.flows._probe

        async def slow(target: str) -> None:
            await probe(target)
            await stacks.del_layer(layer.iden)

        monkeypatch.setattr(core.flows, '_probe', slow)
        with pytest.raises(s_exc.NoSuchLayer):
            await core.flows.add(layer, 'pushs', url(core), root, 5, {'queue:size': 10, 'chunk:size': 10})
        assert core.stormvars.items() == []
