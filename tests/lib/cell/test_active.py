"""The boot sequence, leader and follower, migrations, embedded cells (cell.md 4)."""

from __future__ import annotations

import asyncio
import logging
import pathlib
import typing

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.slab as s_slab
import synapse.telepath as s_telepath


class Steps(s_cell.Cell):
    """Writes down the order of its hooks."""

    async def __anit__(self, *args: typing.Any, **kwargs: typing.Any) -> None:  # type: ignore[override]
        self.steps: list[str] = []
        await super().__anit__(*args, **kwargs)

    async def initServiceEarly(self) -> None:
        self.steps.append(f'early dmon={self.dmon.addr}')

    async def initServiceStorage(self) -> None:
        self.steps.append(f'storage active={self.isactive}')
        with pytest.raises(s_exc.BadState):
            await self.sync()

    async def _execCellUpdates(self) -> None:
        self.steps.append('updates')

    async def initServiceActive(self) -> None:
        await self.sync()
        self.steps.append('active')

    async def initServicePassive(self) -> None:
        self.steps.append('passive')

    async def initServiceRuntime(self) -> None:
        self.steps.append(f'runtime active={self.isactive}')

    async def initServiceNetwork(self) -> None:
        await super().initServiceNetwork()
        self.steps.append(f'network dmon={self.dmon.addr is not None}')


async def test_hooks_in_order(tmp_path: pathlib.Path) -> None:
    async with await Steps.anit(str(tmp_path)) as cell:
        assert cell.steps == [
            'early dmon=None',
            'storage active=False',
            'updates',
            'active',
            'runtime active=True',
            'network dmon=True',
        ]
        cell.steps.clear()
        await cell.setCellActive(True)
        await cell.setCellActive(False)
        assert cell.activebase is None
        await cell.setCellActive(True)
        assert cell.steps == ['passive', 'updates', 'active']


async def test_active_coros_follow_the_role(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        runs: list[str] = []
        event = asyncio.Event()

        async def coro() -> None:
            runs.append('run')
            event.set()
            try:
                await asyncio.Event().wait()
            finally:
                runs.append('end')

        iden = cell.addActiveCoro(coro)
        await asyncio.wait_for(event.wait(), 5)
        await cell.setCellActive(False)
        assert runs == ['run', 'end']
        event.clear()
        await cell.setCellActive(True)
        await asyncio.wait_for(event.wait(), 5)
        await cell.delActiveCoro(iden)
        assert runs == ['run', 'end', 'run', 'end']


async def test_active_coro_is_started_again(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('synapse.lib.limits.CELL_ACTIVE_RETRY', 0)
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        runs: list[int] = []
        done = asyncio.Event()

        async def coro() -> None:
            runs.append(1)
            if len(runs) == 2:
                raise ValueError('oh')
            if len(runs) == 3:
                done.set()
                await asyncio.Event().wait()

        cell.addActiveCoro(coro, iden='ab' * 16)
        await asyncio.wait_for(done.wait(), 5)
        with pytest.raises(s_exc.DupIden):
            cell.addActiveCoro(coro, iden='ab' * 16)


async def test_active_tasks_end_with_the_role(tmp_path: pathlib.Path) -> None:
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        task = cell.runActiveTask(asyncio.sleep(600))
        await cell.setCellActive(False)
        assert task.cancelled()
        with pytest.raises(s_exc.BadState):
            cell.runActiveTask(asyncio.sleep(600))


class Migrates(s_cell.Cell):
    """Has a storage version and steps between them."""

    updates: typing.ClassVar[int] = 2

    async def _execCellUpdates(self) -> None:
        self.ran: list[int] = []

        async def one() -> None:
            self.ran.append(1)

        async def two() -> None:
            self.ran.append(2)

        await self._bumpCellVers('migrates:storage', ((1, one), (2, two))[: self.updates])


async def test_migrations_run_once(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Migrates, 'updates', 1)
    async with await Migrates.anit(str(tmp_path)) as cell:
        assert not cell.ran
        assert (await cell.getCellInfo())['cell']['cellvers'] == {'migrates:storage': 1}
    monkeypatch.setattr(Migrates, 'updates', 2)
    for ran in ([2], []):
        async with await Migrates.anit(str(tmp_path)) as cell:
            assert cell.ran == ran and cell.versions.get('migrates:storage') == 2


async def test_older_code_refuses(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with await s_cell.Cell.anit(str(tmp_path)):
        pass
    monkeypatch.setattr(s_cell.Cell, 'VERSION', (2, 255, 9))
    with pytest.raises(s_exc.BadVersion) as info:
        await s_cell.Cell.anit(str(tmp_path))
    assert info.value.get('mesg').startswith('Cell version regression (cell) is not allowed!')
    monkeypatch.undo()
    monkeypatch.setattr(s_common, 'version', (2, 0, 0))
    with pytest.raises(s_exc.BadVersion) as info:
        await s_cell.Cell.anit(str(tmp_path))
    assert info.value.get('mesg').startswith('Synapse version regression')


class Inner(s_cell.Cell):
    """A cell that lives inside of another one."""

    async def initServiceStorage(self) -> None:
        self.things = s_slab.KeyVal(await self.open_slab('things'), 'things')
        self.loose = await self.open_slab('loose.lmdb', nexus=False)

    @s_cell.Cell.onPushAuto('thing:set')
    async def setThing(self, name: str, valu: typing.Any) -> None:
        self.things.set(name, valu)


class Outer(s_cell.Cell):
    """A cell with another one in it."""

    async def initServiceStorage(self) -> None:
        self.inner = await Inner.anit(self.layout.path('inner'), parent=self)


async def test_embedded_cell_shares_log_users_and_role(tmp_path: pathlib.Path) -> None:
    async with await Outer.anit(str(tmp_path)) as cell:
        assert cell.inner.nexsroot is cell.nexsroot and cell.inner.auth is cell.auth
        assert cell.inner.isactive and cell.inner.iden != cell.iden
        await cell.inner.setThing('a', 1)
        s_slab.KeyVal(cell.inner.loose, 'x').set('b', 2)
        await cell.backups.run('foo')
        await cell.setCellActive(False)
        assert not cell.inner.isactive
    assert cell.inner.isfini
    async with await Outer.anit(str(tmp_path / 'backups' / 'foo')) as copy:
        assert copy.inner.things.get('a') == 1 and copy.inner.iden == cell.inner.iden
        assert s_slab.KeyVal(copy.inner.loose, 'x').get('b') == 2


async def test_start_that_fails_late_closes_everything(tmp_path: pathlib.Path) -> None:
    class Fails(s_cell.Cell):
        async def initServiceRuntime(self) -> None:
            await self.addUser('visi')
            raise s_exc.BadState(mesg='late')

    with pytest.raises(s_exc.BadState):
        await Fails.anit(str(tmp_path))
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        assert cell.auth.getUserByName('visi') is not None


async def test_inaugural_once(tmp_path: pathlib.Path) -> None:
    conf = {
        'inaugural': {
            'roles': [{'name': 'ninjas', 'rules': [[True, ['foo', 'bar']]]}],
            'users': [
                {'name': 'visi', 'email': 'visi@vertex.link', 'roles': ['ninjas']},
                {'name': 'boss', 'admin': True},
            ],
        }
    }
    async with await s_cell.Cell.anit(str(tmp_path), conf=conf) as cell:
        visi = cell.auth.reqUserByName('visi')
        assert visi.iden == s_common.guid((cell.iden, 'auth', 'user', 'visi'))
        assert visi.allowed(('foo', 'bar')) and visi.email == 'visi@vertex.link'
        assert cell.auth.reqUserByName('boss').isAdmin()
        await cell.delUser(visi.iden)
    async with await s_cell.Cell.anit(str(tmp_path), conf=conf) as cell:
        assert cell.auth.getUserByName('visi') is None


async def test_first_start_that_failed_is_made_up_for(tmp_path: pathlib.Path) -> None:
    class Fails(s_cell.Cell):
        async def initServiceActive(self) -> None:
            raise s_exc.BadState(mesg='not now')

    conf = {'inaugural': {'users': [{'name': 'visi'}]}}
    with pytest.raises(s_exc.BadState):
        await Fails.anit(str(tmp_path), conf=conf)
    async with await s_cell.Cell.anit(str(tmp_path), conf=conf) as cell:
        assert cell.inaugural and cell.auth.getUserByName('visi')


async def test_aha_users_and_root_password(tmp_path: pathlib.Path) -> None:
    conf = {'aha:admin': 'admin@loop', 'aha:user': 'svc', 'auth:passwd': 'secret'}
    async with await s_cell.Cell.anit(str(tmp_path), conf=conf) as cell:
        admin = cell.auth.reqUserByName('admin@loop')
        assert admin.iden == s_common.guid('admin@loop') and admin.isAdmin()
        assert cell.nexsroot.index() == 0
        addr = await cell.listen('tcp://127.0.0.1:0/')
        async with await s_telepath.openurl(f'tcp://root:secret@127.0.0.1:{addr[1]}/') as proxy:
            assert (await proxy.getCellUser())['name'] == 'root'


async def test_safe_mode_and_read_only(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with await s_cell.Cell.anit(str(tmp_path), conf={'safemode': True}) as cell:
        assert (await cell.getCellInfo())['cell']['safemode'] is True
    assert 'Booting cell in safe-mode. Some functionality may be disabled.' in caplog.messages
    async with await s_cell.Cell.anit(str(tmp_path), readonly=True) as cell:
        with pytest.raises(s_exc.IsReadOnly):
            await cell.addUser('visi')


async def test_local_proxy(tmp_path: pathlib.Path) -> None:
    async with await s_cell.Cell.anit(str(tmp_path)) as cell:
        assert cell.getLocalUrl() == f'cell://root@{tmp_path}:*'
        async with await cell.getLocalProxy() as proxy:
            assert await proxy.getCellIden() == cell.iden
