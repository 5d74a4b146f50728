"""A real Storm service over TCP: found, called, its packages and events; gone and back again."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.storm.libs.services.service as s_libservice
import synapse.lib.stormsvc as s_stormsvc
import tests.lib.cortex.serving as t_serving

HELLO = '$lib.print($lib.service.get($cmdconf.svciden).hello($cmdopts.who))'


class Api(s_cell.CellApi, s_stormsvc.StormSvc):
    """The API of a Storm service."""

    _storm_svc_name = 'real'
    _storm_svc_vers = (1, 2, 3)
    _storm_svc_evts: typing.ClassVar[dict[str, typing.Any]] = {
        'add': {'storm': '$lib.globals.set(added, ($lib.globals.get(added, (0)) + 1))'},
        'del': {'storm': '$lib.globals.set(gone, $cmdconf.svciden)'},
    }
    _storm_svc_pkgs = (
        {
            'name': 'hello',
            'version': (0, 0, 1),
            'commands': [{'name': 'hello', 'storm': HELLO, 'cmdargs': [['who', {}]]}],
        },
        {'name': 'broken', 'version': 'x'},
    )

    async def hello(self, who: str) -> str:
        return f'hello {who}'

    async def count(self, size: int) -> typing.AsyncGenerator[int, None]:
        for numb in range(size):
            yield numb


class Service(s_cell.Cell):
    """A Storm service."""

    cellapi = Api


@contextlib.asynccontextmanager
async def serving(dirn: pathlib.Path, port: int = 0) -> typing.AsyncIterator[str]:
    async with await Service.anit(str(dirn), conf={**t_serving.CONF}) as cell:
        cell.dmon.share('svc', cell)
        _, port = await cell.dmon.listen(f'tcp://127.0.0.1:{port}/')
        yield f'tcp://root:secret@127.0.0.1:{port}/svc'


async def test_story(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        async with serving(tmp_path / 'svc') as url:
            opts = {'vars': {'url': url}}
            iden = await core.callStorm('return($lib.service.add(foo, $url).iden)', opts)
            assert await core.callStorm('return($lib.service.wait(foo, timeout=(20)))')
            assert await core.callStorm('return($lib.service.get(foo).hello(bob))') == 'hello bob'
            text = '$n = ([]) for $x in $lib.service.get(real).count((3)) { $n.append($x) } return($n)'
            assert await core.callStorm(text) == (0, 1, 2)
            assert [m[1]['mesg'] async for m in core.storm('hello you') if m[0] == 'print'] == ['hello you']
            (info,) = await core.callStorm('return($lib.service.list())')
            assert (info['ready'], info['svcname'], info['svcvers']) == (True, 'real', (1, 2, 3))
            assert core.automation.packages.get('hello')['svciden'] == iden
            assert core.automation.packages.get('broken') is None and core.stormvars.get('added') == 1
            for name, call in {'NoSuchMeth': 'newp()', 'NoSuchName': '_x()'}.items():
                with pytest.raises(s_exc.SynErr) as err:
                    await core.callStorm(f'$lib.service.get(foo).{call}')
                assert err.value.errname == name
        await core.automation.services.delete(iden)
        assert core.stormvars.get('gone') == iden and core.automation.packages.get('hello') is None


async def test_away_and_back(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_libservice, '_WAIT', 0.2)
    async with serving(tmp_path / 'svc') as url:
        async with t_serving.cortex(tmp_path / 'core') as core:
            await core.callStorm('$lib.service.add(foo, $url)', {'vars': {'url': url}})
            assert await core.automation.services.wait(core.automation.services.req('foo')['iden'], 20)
    async with t_serving.cortex(tmp_path / 'core') as core:
        assert core.automation.packages.get('hello') is not None  # usable while the service is away
        with pytest.raises(s_exc.StormRuntimeError) as err:
            await core.callStorm('$lib.service.get(foo).hello(x)')
        assert err.value.get('mesg') == 'Timeout waiting for storm service foo.hello'
        async with serving(tmp_path / 'svc', port=int(url.rpartition(':')[2].partition('/')[0])):
            iden = core.automation.services.req('foo')['iden']
            assert await core.automation.services.wait(iden, 20)
            assert await core.callStorm('return($lib.service.get(foo).hello(x))') == 'hello x'
            await asyncio.sleep(0)
        assert core.stormvars.get('added') == 1  # only the first time


async def test_rights(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        sdef = await core.automation.services.add('foo', 'tcp://127.0.0.1:1/')
        low = await core.auth.addUser('low')
        await low.addRule((True, ('view', 'read')))
        calls = ['get(foo)', 'wait(foo, timeout=(0))', 'list()', 'add(x, "tcp://127.0.0.1:1/")', f'del({sdef["iden"]})']
        for call in calls:
            with pytest.raises(s_exc.AuthDeny):
                await core.callStorm(f'return($lib.service.{call})', {'user': low.iden})
        await low.addRule((True, ('service', 'get', sdef['iden'])))
        assert await core.callStorm('return($lib.service.wait(foo, timeout=(0)))', {'user': low.iden}) is False
        with pytest.raises(s_exc.BadUrl):
            await core.automation.services.add('bar', 'zork')
        with pytest.raises(s_exc.NoSuchStormSvc):
            await core.automation.services.delete('newp')


async def test_an_alias_that_is_no_longer_known(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('SYN_DIR', str(tmp_path))
    (tmp_path / 'aliases.yaml').write_text('foo: tcp://127.0.0.1:1/\n')
    async with t_serving.cortex(tmp_path / 'core') as core:
        await core.callStorm('$lib.service.add(foo, foo)')
    (tmp_path / 'aliases.yaml').write_text('{}\n')
    async with t_serving.cortex(tmp_path / 'core') as core:  # it did not start
        (info,) = await core.callStorm('return($lib.service.list())')
        assert not info['ready'] and not await core.automation.services.wait(info['iden'], 1)
        with pytest.raises(s_exc.BadUrl):
            await core.callStorm('return($lib.service.get(foo))')
        await core.automation.services.delete(info['iden'])


@pytest.mark.usefixtures('no_hurry')
async def test_removed_while_it_brings_packages(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        services, packages = core.automation.services, core.automation.packages
        iden = (await services.add('x', 'tcp://127.0.0.1:1/'))['iden']
        info = {'name': 'x', 'vers': (1,), 'pkgs': [{'name': name, 'version': '0.0.1'} for name in ('one', 'two')]}
        await asyncio.gather(services._learn(iden, info), services.delete(iden))
        assert packages.all() == [] and services.all() == []
