"""The Cortex as callers meet it: messages, users, tasks, the query log, kill -9 while layers come and go."""

from __future__ import annotations

import asyncio
import logging
import pathlib
import signal

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.telepath as s_telepath
import tests.lib.cell.serving as t_cellserving
import tests.lib.cortex.serving as t_serving

core = t_serving.core

FOREVER = '$lib.print(hi) for $i in $lib.range(1000000000) { inet:asn=1 }'


async def test_in_process(core: s_cortex.Cortex) -> None:
    mesgs = [mesg async for mesg in core.storm('[ inet:asn=1 ] $lib.print(hi)')]
    assert [name for name, _ in mesgs] == ['init', 'node:edits', 'print', 'node', 'fini']
    assert [node.ndef async for node in core.nodes('inet:asn')] == [('inet:asn', 1)]
    assert await core.callStorm('return($x)', {'vars': {'x': 5}}) == 5
    assert await core.count('inet:asn') == 1
    info = await core.getCellInfo()
    assert info['cell']['type'] == 'cortex'


async def test_users(core: s_cortex.Cortex) -> None:
    joe = await core.auth.addUser('joe')
    root = core.auth.rootuser.iden
    text = 'return($lib.user.name())'
    async with t_serving.proxy(core) as prox:
        assert await prox.callStorm(text, opts={'user': joe.iden}) == 'joe'
        with pytest.raises(s_exc.NoSuchUser):
            await prox.callStorm(text, opts={'user': 'newp'})
    layer = await core.stacks.add_layer({}, root)
    view = await core.stacks.add_view({'layers': [layer.iden]}, root)
    async with t_serving.proxy(core, user='joe') as prox:
        assert await prox.callStorm(text) == 'joe'
        for opts, perm in (
            ({'user': root}, 'impersonate'),
            ({'view': view.iden}, 'view.read'),
            ({'sudo': True}, 'sudo'),
        ):
            with pytest.raises(s_exc.AuthDeny, match=perm):
                await prox.count('', opts=opts)
        mesgs = [mesg async for mesg in prox.storm('[ inet:asn=1 ]')]
        assert mesgs[1][1][0] == 'AuthDeny' and mesgs[1][1][1]['perm'] == 'node.add.inet:asn'
        await joe.profile.set('cortex:view', view.iden)
        with pytest.raises(s_exc.AuthDeny, match='view.read'):
            await prox.count('')


async def test_tasks(core: s_cortex.Cortex) -> None:
    iden = 'b' * 32
    async with t_serving.proxy(core) as prox, t_serving.proxy(core) as other:
        with pytest.raises(s_exc.SynErr) as info:
            async for name, _ in prox.storm(FOREVER, opts={'task': iden}):
                if name == 'print':
                    (task,) = await other.ps()
                    assert (task['iden'], task['name'], task['user']) == (iden, 'storm', 'root')
                    assert task['info'] == {'query': FOREVER, 'view': core.stacks.default.iden}
                    assert [kid['name'] for kid in task['kids'].values()] == ['runstorm']
                    with pytest.raises(s_exc.BadArg, match='Specified task iden already exists!'):
                        await other.count('', opts={'task': iden})
                    assert await other.kill(iden) is True
        assert info.value.get('errx') == 'CancelledError'
        assert await prox.count('') == 0 and await prox.ps() == ()


async def test_a_caller_who_leaves_ends_the_query(core: s_cortex.Cortex) -> None:
    async with t_serving.proxy(core) as prox:
        async for name, _ in prox.storm(FOREVER):
            if name == 'print':
                (task,) = core.boss.ps()
                break
        async with asyncio.timeout(10):
            await core.boss.wait_ended(task)


async def test_query_log(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, 'synapse.storm')
    conf = {'storm:log': True, 'storm:log:level': 'WARNING'}
    async with t_serving.cortex(tmp_path / 'core', **conf) as core:
        await core.count('inet:asn=1')
        await core.callStorm('inet:asn=2')
        assert [pode async for pode in core.queries.export('inet:asn=3')] == []
        texts = [record.getMessage() for record in caplog.records if record.name == 'synapse.storm']
        assert texts == [f'Executing storm query {{inet:asn={numb}}} as [root]' for numb in (1, 2, 3)]
    for level in ('NEWP', 'newp'):
        with pytest.raises(s_exc.BadArg):
            async with t_serving.cortex(tmp_path / 'other', **{**conf, 'storm:log:level': level}):
                pass


def test_kill_while_layers_come_and_go(tmp_path: pathlib.Path) -> None:
    dirn = tmp_path / 'core'
    argv = t_cellserving.argv(dirn, ctor='tests.test_cortex.Forker')
    env = t_cellserving.environ()
    for turn in range(3):
        with t_cellserving.Server(argv, env=env) as server, s_telepath.openurl(f'cell://{dirn}') as prox:
            assert prox.kept() == (tuple(f'fork{numb}' for numb in range(turn)), turn + 1, turn + 1)
            gone = prox.forked(f'gone{turn}')
            view = prox.forked(f'fork{turn}')
            assert prox.count(f'[ inet:asn={turn} ]', opts={'view': view}) == 1
            prox.dropped(gone)
            server.stop(signal.SIGKILL)
    with t_cellserving.Server(argv, env=env), s_telepath.openurl(f'cell://{dirn}') as prox:
        assert prox.kept() == (tuple(f'fork{numb}' for numb in range(3)), 4, 4)
        assert prox.count('inet:asn') == 0 and prox.count('inet:asn', opts={'view': view}) == 1


class ForkerApi(s_cortex.CoreApi):
    """Reaches the internal calls that the test above needs."""

    async def forked(self, name: str) -> str:
        stacks = self.cell.stacks
        return (await stacks.fork(stacks.default.iden, self.user.iden, {'name': name})).iden

    async def dropped(self, iden: str) -> None:
        layer = self.cell.stacks.views[iden].wlyr
        await self.cell.stacks.del_view(iden)
        await self.cell.stacks.del_layer(layer.iden)

    async def kept(self) -> tuple[list[str], int, int]:
        views = sorted(view.info['name'] for view in self.cell.stacks.views.values())
        dirs = list(pathlib.Path(self.cell.dirn, 'layers').iterdir())
        return [name for name in views if name != 'default'], len(self.cell.stacks.layers), len(dirs)


class Forker(s_cortex.Cortex):
    """A Cortex with that API."""

    cellapi = ForkerApi
