"""CellApi over a real socket: who may call what, and what comes back (cell.md 6, 16)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import pathlib
import typing

import pytest
import pytest_asyncio

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.telepath as s_telepath
import tests.waiting as t_waiting

RULE = (True, ('foo', 'bar'))


class SlowApi(s_cell.CellApi):
    """Has calls that last."""

    async def slow(self) -> None:
        """Be a task until killed."""
        await self.cell.boss.promote('slow', self.user, {'why': 'test'})
        await asyncio.Event().wait()

    async def drip(self) -> typing.AsyncIterator[int]:
        """Yield as a task, slowly."""
        with self.cell.boss.task('drip', self.user):
            yield 1
            await asyncio.Event().wait()


class SlowCell(s_cell.Cell):
    """The cell of the tests here."""

    cellapi = SlowApi


@pytest_asyncio.fixture
async def cell(tmp_path: pathlib.Path) -> typing.AsyncIterator[SlowCell]:
    async with await SlowCell.anit(str(tmp_path)) as cell:
        yield cell


@pytest_asyncio.fixture
async def visi(cell: SlowCell) -> typing.AsyncIterator[typing.Any]:
    await cell.addUser('visi')
    async with await s_telepath.openurl(cell.getLocalUrl(user='visi')) as proxy:
        yield proxy


@contextlib.contextmanager
def raises(name: str, mesg: str) -> typing.Iterator[None]:
    with pytest.raises(s_exc.SynErr) as info:
        yield
    assert (info.value.errname, info.value.get('mesg')) == (name, mesg)


# Every method that only admins may call, with arguments that would be good.
ADMIN = [
    ('getSystemInfo', ()),
    ('getNexsIndx', ()),
    ('readyToMirror', ()),
    ('getMirrorUrls', ()),
    ('rotateNexsLog', ()),
    ('cullNexsLog', (0,)),
    ('trimNexsLog', ()),
    ('waitNexsOffs', (0,)),
    ('issue', ('x', 'y', (), {})),
    ('promote', ()),
    ('handoff', ('tcp://1.2.3.4',)),
    ('demote', ()),
    ('rejoin', ('tcp://1.2.3.4',)),
    ('getNexsHello', ()),
    ('meetNexs', ({},)),
    ('takeNexsLead', ({},)),
    ('giveUpLead', ('x',)),
    ('settleNexs', ()),
    ('getNexsDigest', ()),
    ('freeze', ()),
    ('resume', ()),
    ('addUser', ('x',)),
    ('delUser', ('x',)),
    ('addRole', ('x',)),
    ('delRole', ('x',)),
    ('addUserRule', ('x', RULE)),
    ('setUserRules', ('x', [RULE])),
    ('delUserRule', ('x', RULE)),
    ('setUserAdmin', ('x', True)),
    ('setUserLocked', ('x', True)),
    ('setUserArchived', ('x', True)),
    ('setUserEmail', ('x', 'a@b.c')),
    ('addUserRole', ('x', 'y')),
    ('setUserRoles', ('x', ['y'])),
    ('delUserRole', ('x', 'y')),
    ('addRoleRule', ('x', RULE)),
    ('setRoleRules', ('x', [RULE])),
    ('delRoleRule', ('x', RULE)),
    ('getUserDef', ('x',)),
    ('getUserDefByName', ('x',)),
    ('getUserDefs', ()),
    ('getRoleDef', ('x',)),
    ('getRoleDefByName', ('x',)),
    ('getRoleDefs', ()),
    ('getAuthUsers', ()),
    ('getAuthRoles', ()),
    ('getAuthGate', ('x',)),
    ('getAuthGates', ()),
    ('isUserAllowed', ('x', ('a',))),
    ('isRoleAllowed', ('x', ('a',))),
    ('tryUserPasswd', ('x', 'y')),
    ('genUserOnepass', ('x',)),
    ('checkUserApiKey', ('x',)),
    ('getUserProfile', ('x',)),
    ('getUserProfInfo', ('x', 'y')),
    ('setUserProfInfo', ('x', 'y', 1)),
    ('popUserProfInfo', ('x', 'y')),
    ('delAuthUser', ('x',)),
    ('addAuthRole', ('x',)),
    ('delAuthRole', ('x',)),
    ('getAuthInfo', ('x',)),
    ('addAuthRule', ('x', RULE)),
    ('delAuthRule', ('x', RULE)),
    ('setAuthAdmin', ('x', True)),
    ('dyncall', ('cell', ('getCellIden', (), {}))),
    ('getDmonSessions', ()),
    ('listHiveKey', ()),
    ('getHiveKeys', ((),)),
    ('getHiveKey', (('a',),)),
    ('setHiveKey', (('a',), 1)),
    ('popHiveKey', (('a',),)),
    ('saveHiveTree', ()),
    ('runBackup', ()),
    ('getBackupInfo', ()),
    ('getBackups', ()),
    ('delBackup', ('x',)),
    ('getDiagInfo', ()),
    ('shutdown', ()),
    ('logs', ()),
    ('getTask', ('x',)),
    ('killTask', ('x',)),
    ('getReloadableSystems', ()),
    ('reload', ()),
    ('runGcCollect', ()),
    ('getGcInfo', ()),
]

ADMIN_STREAMS = [
    ('behold', ()),
    ('getNexusChanges', (0,)),
    ('getNexusLog', (0,)),
    ('watch', ()),
    ('getTasks', ()),
    ('iterBackupArchive', ('x',)),
    ('iterNewBackupArchive', ()),
    ('dyniter', ('cell', ('behold', (), {}))),
]


async def test_admin_methods_refuse_others(cell: SlowCell, visi: typing.Any) -> None:
    before = cell.getNexsIndx()
    for name, args in ADMIN:
        with raises('AuthDeny', 'User is not an admin [visi]'):
            await visi.call(name, *args)
    for name, args in ADMIN_STREAMS:
        with raises('AuthDeny', 'User is not an admin [visi]'):
            async for _ in getattr(visi, name)(*args):
                pytest.fail(name)
    assert cell.getNexsIndx() == before and not cell.isfini


async def test_every_method_is_of_known_rank(cell: SlowCell, root: typing.Any) -> None:
    """A new method must be put into one of the tables here: nobody forgets to think about who may call it."""
    meths = {name for name in root.sharinfo['meths'] if hasattr(s_cell.CellApi, name)}
    anyone = {
        *('allowed', 'getCellType', 'getCellIden', 'getCellRunId', 'isCellActive', 'getPermDef', 'getPermDefs'),
        *('getCellUser', 'getCellInfo', 'setCellUser', 'ps', 'kill', 'getHealthCheck', 'setUserPasswd'),
        *('getUserInfo', 'getRoleInfo', 'addUserApiKey', 'listUserApiKeys', 'delUserApiKey', 'initCellApi'),
    }
    assert meths == anyone | {name for name, _ in (*ADMIN, *ADMIN_STREAMS)}


async def test_private_and_unknown_methods(root: typing.Any) -> None:
    for name in ('nope', '_reqUserAllowed', 'fini', 'schedCoro', 'cell', 'user'):
        with pytest.raises(s_exc.SynErr):
            await root.call(name)
    with raises('NoSuchMeth', 'SlowApi has no method: nope.'):
        await root.nope()


async def test_what_anyone_may_ask(cell: SlowCell, visi: typing.Any) -> None:
    assert await visi.getCellType() == 'slowcell'
    assert (await visi.getCellIden(), await visi.getCellRunId()) == (cell.iden, cell.runid)
    assert await visi.isCellActive() is True
    assert await visi.allowed(('foo', 'bar')) is None
    assert await visi.allowed(('foo', 'bar'), default=True) is True
    assert await visi.getPermDefs() == () and await visi.getPermDef(('a',)) is None
    assert (await visi.getCellUser())['name'] == 'visi'
    assert (await visi.getUserInfo('visi'))['roles'] == ('all',)
    assert (await visi.getRoleInfo('all'))['name'] == 'all'
    with raises('AuthDeny', 'getUserInfo denied for non-admin and non-self'):
        await visi.getUserInfo('root')
    info = await visi.getCellInfo()
    assert info['cell']['type'] == 'slowcell' and info['features']['dynmirror'] == 1


async def test_passwords(cell: SlowCell, root: typing.Any, visi: typing.Any) -> None:
    iden = (await visi.getCellUser())['iden']
    await visi.setUserPasswd(iden, 'secret')
    assert (await root.tryUserPasswd('visi', 'secret'))['name'] == 'visi'
    assert await root.tryUserPasswd('visi', 'newp') is None and await root.tryUserPasswd('who', 'newp') is None
    with pytest.raises(s_exc.AuthDeny):
        await visi.setUserPasswd(cell.auth.rootuser.iden, 'mine')
    with raises('BadArg', 'Password must be a string'):
        await root.setUserPasswd(iden, '')
    onepass = await root.genUserOnepass(iden)
    assert await root.tryUserPasswd('visi', onepass) and not await root.tryUserPasswd('visi', onepass)


async def test_api_keys(cell: SlowCell, root: typing.Any, visi: typing.Any) -> None:
    text, kdef = await visi.addUserApiKey('work', duration=60000)
    assert kdef['expires'] > kdef['created'] and 'shadow' not in kdef
    assert [item['iden'] for item in await visi.listUserApiKeys()] == [kdef['iden']]
    okay, info = await root.checkUserApiKey(text)
    assert okay and info['udef']['name'] == 'visi'
    with pytest.raises(s_exc.AuthDeny):
        await visi.listUserApiKeys(useriden=cell.auth.rootuser.iden)
    _, mine = await root.addUserApiKey('mine')
    with pytest.raises(s_exc.AuthDeny):
        await visi.delUserApiKey(mine['iden'])
    assert await root.delUserApiKey(kdef['iden']) is True
    with pytest.raises(s_exc.NoSuchIden):
        await visi.delUserApiKey(kdef['iden'])


async def test_set_cell_user(cell: SlowCell, root: typing.Any, visi: typing.Any) -> None:
    iden = (await visi.getCellUser())['iden']
    with raises('AuthDeny', 'setCellUser() caller must be admin.'):
        await visi.setCellUser(cell.auth.rootuser.iden)
    with pytest.raises(s_exc.NoSuchUser):
        await root.setCellUser('newp')
    assert await root.setCellUser(iden) is True
    assert (await root.getCellUser())['name'] == 'visi'
    assert {sess['user']['name'] for sess in await cell.dmon.getSessInfo()} == {'visi'}
    with pytest.raises(s_exc.AuthDeny):
        await root.getUserDefs()


async def wait_tasks(cell: SlowCell, count: int) -> None:
    await t_waiting.until(lambda: len(cell.boss.ps()) == count)


async def test_ps_and_kill(cell: SlowCell, root: typing.Any, visi: typing.Any) -> None:
    mine, other = asyncio.ensure_future(visi.slow()), asyncio.ensure_future(root.slow())
    await wait_tasks(cell, 2)
    (seen,) = await visi.ps()
    assert (seen['name'], seen['user'], seen['info'], seen['kids']) == ('slow', 'visi', {'why': 'test'}, {})
    tasks = await root.ps()
    assert len(tasks) == 2
    (roots,) = [task['iden'] for task in tasks if task['user'] == 'root']
    with raises('AuthDeny', 'User must have permission task.del or own the task'):
        await visi.kill(roots)
    assert await visi.kill(seen['iden']) is True and await root.kill(roots) is True
    for call in (mine, other):
        with pytest.raises(s_exc.SynErr) as info:
            await call
        assert info.value.get('errx') == 'CancelledError'
    assert await root.kill(s_common.guid()) is False and await root.ps() == ()


async def test_task_ends_when_its_caller_goes(cell: SlowCell, root: typing.Any) -> None:
    async with await s_telepath.openurl(cell.getLocalUrl()) as proxy:
        items = proxy.drip().__aiter__()
        assert await anext(items) == 1
        (task,) = [task async for task in root.getTasks()]
        assert task['username'] == 'root' and await root.getTask(task['iden']) == task
    await asyncio.wait_for(wait_tasks(cell, 0), 5)


async def test_kill_a_stream(cell: SlowCell, root: typing.Any) -> None:
    items = root.drip().__aiter__()
    assert await anext(items) == 1
    assert await root.killTask(cell.boss.ps()[0].iden) is True
    with pytest.raises(s_exc.SynErr):
        await anext(items)
    assert await root.killTask(s_common.guid()) is False


async def test_shutdown_waits_for_tasks(cell: SlowCell, root: typing.Any) -> None:
    call = asyncio.ensure_future(root.slow())
    await wait_tasks(cell, 1)
    assert await root.shutdown(timeout=0.05) is False
    assert await root.shutdown(timeout=5, drain=False) is True
    assert await cell.waitfini(timeout=5)
    with pytest.raises(s_exc.SynErr):
        await call


async def test_dyncall(cell: SlowCell, root: typing.Any, visi: typing.Any) -> None:
    iden = (await visi.getCellUser())['iden']
    assert await root.dyncall('cell', ('getCellIden', (), {})) == cell.iden
    assert await root.dyncall('cell', s_todo('getUserDefByName', 'visi'))
    with raises('NoSuchIden', 'No dynitem for iden=newp'):
        await root.dyncall('newp', s_todo('foo'))
    with pytest.raises(s_exc.NoSuchMeth):
        await root.dyncall('cell', s_todo('_load_conf'))
    with pytest.raises(s_exc.AuthDeny):
        await root.dyncall('cell', s_todo('getCellIden'), gatekeys=((iden, ('foo',), None),))
    async for _, item in root.dyniter('cell', ('getNexusChanges', (0,), {'wait': False})):
        pytest.fail(f'no log is kept, got {item}')


def s_todo(name: str, *args: typing.Any, **kwargs: typing.Any) -> typing.Any:
    return (name, args, kwargs)


async def test_secrets_stay_out_of_the_log(cell: SlowCell, root: typing.Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        await root.addUser('joe', passwd='sesame')
        await root.addUser('jane', 'sesame')
    assert 'Executing [SlowApi.addUser] as [root] with args' in caplog.text
    assert 'sesame' not in caplog.text and "'name': 'jane'" in caplog.text
    assert 'sesame' not in ''.join(str(getattr(record, 'synapse', '')) for record in caplog.records)


async def test_wrong_arguments_of_an_admin_call(root: typing.Any) -> None:
    with pytest.raises(s_exc.SynErr) as info:
        await root.addUser('joe', newp=True)
    assert info.value.get('errx') == 'TypeError'


async def test_diagnostics(cell: SlowCell, root: typing.Any) -> None:
    (slab,) = (await root.getDiagInfo())['slabs']
    assert slab['path'].endswith('cell.lmdb') and slab['readonly'] is False
    assert await root.runGcCollect() >= 0 and (await root.getGcInfo())['threshold']
    with pytest.raises(s_exc.BadArg):
        await root.runGcCollect(7)
    logging.getLogger('test').error('remember me')
    assert 'remember me' in [item['message'] for item in await root.logs()]
    info = await root.getSystemInfo()
    assert info['volsize'] > info['volfree'] > 0 and info['cellapprdisk'] > 0
    assert set(info) >= {'celluptime', 'cellrealdisk', 'backupvolsize', 'totalmem', 'cpucount', 'sysctls', 'tmpdir'}


async def test_reload(cell: SlowCell, root: typing.Any) -> None:
    async def good() -> int:
        return 7

    def bad() -> None:
        raise s_exc.NoSuchFile(mesg='gone')

    cell.addReloadableSystem('good', good)
    cell.addReloadableSystem('bad', bad)
    assert await root.getReloadableSystems() == ('https:certs', 'good', 'bad')
    results = await root.reload()
    assert results['good'] == (True, 7) and results['https:certs'] == (True, True)
    assert results['bad'][1][0] == 'NoSuchFile' and results['bad'][1][1]['mesg'] == 'gone'
    assert await root.reload('good') == {'good': (True, 7)}
    with raises('NoSuchName', 'No reload system named newp.'):
        await root.reload('newp')


async def test_old_tree(cell: SlowCell, root: typing.Any) -> None:
    assert await root.setHiveKey(('a', 'b'), 1) is None and await root.setHiveKey(('a', 'b'), 2) == 1
    assert await root.setHiveKey(('ab',), 3) is None
    assert await root.getHiveKey(('a', 'b')) == 2 and await root.getHiveKey(('a',)) is None
    assert await root.listHiveKey() == ('a', 'ab') and await root.listHiveKey(('newp',)) is None
    assert await root.getHiveKeys(()) == (('a', None), ('ab', 3))
    tree = {'value': None, 'kids': {'a': {'value': None, 'kids': {'b': {'value': 2}}}, 'ab': {'value': 3}}}
    assert await root.saveHiveTree() == tree
    assert await root.popHiveKey(('a',)) is None and await root.listHiveKey() == ('ab',)
    for path in ((), ('',), 'ab', (1,)):
        with pytest.raises(s_exc.BadHivePath):
            await root.setHiveKey(path, 1)


async def test_old_methods_by_name(cell: SlowCell, root: typing.Any, caplog: pytest.LogCaptureFixture) -> None:
    role = await root.addAuthRole('ninjas')
    await root.addUser('joe')
    await root.addAuthRule('joe', RULE)
    await root.addAuthRule('ninjas', RULE)
    assert (await root.getAuthInfo('joe'))['rules'] == (RULE,) == (await root.getAuthInfo('ninjas'))['rules']
    assert (await root.getAuthInfo('joe'))['roles'] == ('all',)
    assert await root.delAuthRule('joe', RULE) is True and await root.delAuthRule('joe', RULE) is False
    await root.setAuthAdmin('joe', True)
    await root.delAuthRole(role['iden'])
    await root.delAuthUser((await root.getUserDefByName('joe'))['iden'])
    with pytest.raises(s_exc.NoSuchName):
        await root.getAuthInfo('joe')
