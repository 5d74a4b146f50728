"""Storm packages: over RPC, over restarts, and what they run at load. In queries: storm/queries/lib_pkg.txt."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.telepath as s_telepath
import tests.lib.cortex.serving as t_serving

PKG: dict[str, typing.Any] = {
    'name': 'demo',
    'version': (1, 2, 3),
    'modules': [{'name': 'demo.math', 'storm': 'function twice(x) { return(($x * 2)) }'}],
    'commands': [{'name': 'demo.hello', 'storm': '$lib.print(`hello {$cmdopts.who}`)', 'cmdargs': [['who', {}]]}],
    'perms': [{'perm': ['demo', 'use'], 'desc': 'x', 'gate': 'cortex', 'default': True}],
}


async def prints(core: s_cortex.Cortex, text: str) -> list[str]:
    return [info['mesg'] async for kind, info in core.storm(text) if kind == 'print']


async def glob(core: s_cortex.Cortex, name: str) -> typing.Any:
    """Wait until a global variable is there."""
    async with asyncio.timeout(10):
        while (valu := core.stormvars.get(name)) is None:
            await asyncio.sleep(0.01)
    return valu


async def test_rpc(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core, await s_telepath.openurl(f'cell://{core.dirn}') as prox:
        await prox.addStormPkg(PKG)
        assert [pkg['name'] for pkg in await prox.getStormPkgs()] == ['demo']
        assert (await prox.getStormPkg('demo'))['version'] == '1.2.3'
        assert await prox.getStormPkg('newp') is None
        assert await prox.callStorm('return($lib.import(demo.math).twice((4)))') == 8
        docs = (await prox.getCoreInfoV2())['stormdocs']['commands']
        assert {'name': 'demo.hello', 'doc': 'no documentation provided', 'package': 'demo'} in docs
        await prox.delStormPkg('demo')
        for call in (prox.delStormPkg('demo'), prox.callStorm('$lib.pkg.del(demo)')):
            with pytest.raises(s_exc.NoSuchPkg):
                await call
        with pytest.raises(s_exc.SchemaViolation):
            await prox.addStormPkg('junk')


async def test_kept_over_restart(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        await core.automation.packages.add(PKG)
        await core.automation.packages.set_var('demo', 'x', {'y': [1]})
        index = core.nexsroot.index()
        await core.automation.packages.add(PKG)  # nothing new
        assert core.nexsroot.index() == index
    async with t_serving.cortex(tmp_path / 'core') as core:
        assert await prints(core, 'demo.hello you') == ['hello you']
        assert core.automation.packages.vars('demo') == [('storage:version', -1), ('x', {'y': (1,)})]
        low = await core.auth.addUser('low')
        assert low.allowed(('demo', 'use'), default=core.auth.perm_default(('demo', 'use')))
        assert core.getPermDef(('demo', 'use')) is not None


async def test_later_package_wins(tmp_path: pathlib.Path) -> None:
    def make(name: str) -> dict[str, typing.Any]:
        cmds = [{'name': 'spin', 'storm': f'$lib.print({name})'}]
        return {'name': name, 'version': '1.0.0', 'commands': cmds}

    async with t_serving.cortex(tmp_path / 'core') as core:
        for name in ('zz', 'aa'):
            await core.automation.packages.add(make(name))
            assert await prints(core, 'spin') == [name]
    async with t_serving.cortex(tmp_path / 'core') as core:
        for name, left in (('aa', ['zz']), ('zz', [])):
            await core.automation.packages.delete(name)
            assert await prints(core, 'spin') == left


async def test_onload_and_inits(tmp_path: pathlib.Path) -> None:
    def count(name: str) -> str:
        return f'$lib.globals.set({name}, ($lib.globals.get({name}, (0)) + 1))'

    versions = [
        {'name': 'old', 'version': 1, 'query': count('old')},
        {'name': 'first', 'version': 2, 'inaugural': True, 'query': count('first')},
    ]
    pkg = {'name': 'x', 'version': '1.0.0', 'onload': count('loads'), 'inits': {'versions': versions}}
    async with t_serving.cortex(tmp_path / 'core') as core:
        await core.automation.packages.add(pkg)
        assert await glob(core, 'loads') == 1
        assert (core.stormvars.get('old'), core.stormvars.get('first')) == (None, 1)
        versions.append({'name': 'bad', 'version': 3, 'query': '$lib.raise(Foo, bar)'})
        versions.append({'name': 'never', 'version': 4, 'query': count('never')})
        await core.stormvars.pop('loads')
        await core.automation.packages.add(pkg)
        assert await glob(core, 'loads') == 1
        assert core.automation.packages.var('x', 'storage:version') == 2
        await core.stormvars.pop('loads')
    async with t_serving.cortex(tmp_path / 'core') as core:
        assert await glob(core, 'loads') == 1  # again at start
        assert (core.stormvars.get('first'), core.stormvars.get('never')) == (1, None)


async def test_safe_mode(tmp_path: pathlib.Path) -> None:
    pkg = {'name': 'x', 'version': '1.0.0', 'onload': '$lib.globals.set(loads, (1))'}
    async with t_serving.cortex(tmp_path / 'core', safemode=True) as core:
        await core.automation.packages.add(pkg)
        assert not core.automation.packages.loader._base_tasks and core.stormvars.get('loads') is None


async def test_refused(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        add = core.automation.packages.add
        cases: list[tuple[str, dict[str, typing.Any]]] = [
            ('BadSyntax', {'commands': [{'name': 'foo.bar', 'storm': '[['}]}),
            ('BadSyntax', {'inits': {'versions': [{'name': 'x', 'version': 1, 'query': '[['}]}}),
            ('SchemaViolation', {'commands': [{'name': 'foo.bar'}]}),
            ('SchemaViolation', {'name': 5}),
            ('SchemaViolation', {'modules': [5]}),
            ('SchemaViolation', {'version': [1, 2]}),
            ('BadVersion', {'synapse_version': '>=99.0.0'}),
            ('BadArg', {'synapse_version': 'zork'}),
        ]
        for name, info in cases:
            with pytest.raises(s_exc.SynErr) as err:
                await add({'name': 'bad', 'version': '1.0.0', **info})
            assert err.value.errname == name, (info, err.value)
        for info in ({}, {'codesign': {'cert': 'x', 'sign': 'y'}}):
            with pytest.raises(s_exc.BadPkgDef):
                await add({'name': 'bad', 'version': '1.0.0', **info}, verify=True)
        assert core.automation.packages.all() == []


@pytest.mark.usefixtures('no_hurry')
async def test_inits_of_a_package_that_comes_twice(tmp_path: pathlib.Path) -> None:
    init = {'version': 1, 'name': 'a', 'query': '$lib.queue.get(q).put(x) $lib.time.sleep(0.1)', 'inaugural': True}
    async with t_serving.cortex(tmp_path / 'core') as core:
        await core.callStorm('$lib.queue.add(q)')
        pkgdef = {'name': 'p', 'inits': {'versions': [init]}, 'onload': '$lib.queue.get(q).put(loaded)'}
        packages = core.automation.packages
        await asyncio.gather(*(packages.add({**pkgdef, 'version': vers}) for vers in ('0.0.1', '0.0.2')))
        async with asyncio.timeout(10):
            items = [item async for _, item in core.automation.queues.gets('q', 0, True, 3)]
        assert items == ['x', 'loaded', 'loaded']
