"""A cell as a member of an AHA network: aha.md 5. The AHA is a real one, on plain TCP."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import typing

import pytest

import synapse.aha as s_aha
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.certs as s_certs
import synapse.lib.limits as s_limits
import synapse.telepath as s_telepath
import tests.lib.aha.serving as t_aha
import tests.ports as t_ports
import tests.waiting as t_waiting

CONF = {'health:sysctl:checks': False, 'limit:disk:free': None}


@pytest.fixture
async def aha(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_aha.AhaCell]:
    turl = f'tcp://127.0.0.1:{t_ports.free_port()}'
    async with t_aha.aha(tmp_path / 'aha', dmon_listen=turl, provision_listen=None, nexslog_en=True) as cell:
        yield cell


def registry_of(aha: s_aha.AhaCell) -> str:
    return str(aha.conf['dmon:listen']).replace('//', '//root:secret@')


@contextlib.asynccontextmanager
async def service(path: pathlib.Path, registry: typing.Any, **conf: typing.Any) -> typing.AsyncIterator[s_cell.Cell]:
    """Run a service, ``00.svc`` unless an option says otherwise; None leaves an option unset."""
    opts: dict[str, typing.Any] = {
        **CONF,
        'aha:name': '00.svc',
        'aha:leader': 'svc',
        'aha:network': t_aha.NET,
        'aha:registry': registry,
        'dmon:listen': 'tcp://127.0.0.1:0',
    }
    opts.update({name.replace('_', ':'): valu for name, valu in conf.items()})
    conf = {name: valu for name, valu in opts.items() if valu is not None or name in CONF}
    async with await s_cell.Cell.anit(str(path), conf=conf) as cell:
        yield cell


async def entry(aha: s_aha.AhaCell, name: str) -> typing.Any:
    async with t_aha.local(aha) as proxy:
        return await proxy.getAhaSvc(name)


async def until(aha: s_aha.AhaCell, name: str, **info: typing.Any) -> typing.Any:
    """Wait until an entry says something; ``online`` is a boolean here."""
    async with asyncio.timeout(20):
        while True:
            item = (await entry(aha, name) or {}).get('svcinfo', {})
            item = {**item, 'online': 'online' in item}
            if all(item.get(key) == valu for key, valu in info.items()):
                return item
            await asyncio.sleep(0.01)


async def test_what_is_told(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    async with service(tmp_path / 'svc', registry_of(aha), aha_promotable=False, auth_passwd='pw') as cell:
        item = await entry(aha, f'00.svc.{t_aha.NET}')
        info = item['svcinfo']
        assert (item['svcname'], item['svcnetw']) == ('00.svc', t_aha.NET)
        assert info.pop('online') and info['urlinfo'].pop('port')
        assert info == {
            'term': cell.term,
            'iden': cell.iden,
            'run': cell.runid,
            'leader': 'svc',
            'ready': True,
            'promotable': False,
            'urlinfo': {
                'scheme': 'tcp',
                'host': '127.0.0.1',
                'path': '',
                'user': 'root',
            },
        }
        assert (await until(aha, f'svc.{t_aha.NET}', online=True))['run'] == cell.runid
        assert (await cell.getCellInfo())['cell']['aha'] == {'name': '00.svc', 'leader': 'svc', 'network': t_aha.NET}
        async with await s_telepath.openurl('aha://root:pw@svc...') as proxy:
            assert await proxy.getCellRunId() == cell.runid
    for name in ('svc', '00.svc'):
        await until(aha, f'{name}.{t_aha.NET}', online=False)


async def test_who_does_not_register(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    for conf in ({'dmon_listen': None, 'aha_name': None}, {'dmon_listen': f'unix://{tmp_path}/s'}, {'aha_name': None}):
        async with service(tmp_path / 'svc', registry_of(aha), **conf) as cell:
            assert cell.aha is not None
            assert await cell.aha.call('getAhaSvc', f'svc.{t_aha.NET}') is None
    async with t_aha.local(aha) as proxy:
        assert [item async for item in proxy.getAhaSvcs()] == []


async def test_told_what_to_tell(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    svcinfo = {'urlinfo': {'scheme': 'ssl', 'host': 'far.away', 'port': 443}, 'run': 'x'}
    conf = {'dmon_listen': f'unix://{tmp_path}/s', 'aha_svcinfo': svcinfo}
    async with service(tmp_path / 'svc', registry_of(aha), **conf):
        info = await until(aha, f'00.svc.{t_aha.NET}', online=True)
        assert info['urlinfo'] == {**svcinfo['urlinfo'], 'user': 'root'}


async def test_names_that_aha_refuses(
    aha: s_aha.AhaCell, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a network, a name must have a dot. The service runs all the same, and complains once."""
    monkeypatch.setattr(s_limits, 'AHA_BOOT_SECS', 0.1)
    monkeypatch.setattr(s_limits, 'AHA_REGISTER_RETRY', 0.01)
    async with service(tmp_path / 'svc', registry_of(aha), aha_name='svc', aha_network=None, aha_leader=None) as cell:
        assert cell.isactive
        await t_waiting.until(lambda: 'Registration with AHA failed' in caplog.text)
        await asyncio.sleep(0.1)  # it is tried again meanwhile
    lines = [rec.getMessage() for rec in caplog.records]
    assert sum('Registration with AHA failed' in line for line in lines) == 1
    assert any('Name must contain at least one "."' in line for line in lines)


async def test_roles(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    async with service(tmp_path / 'svc', registry_of(aha)) as cell:
        assert cell.aha is not None
        before = (await entry(aha, f'00.svc.{t_aha.NET}'))['svcinfo']['online']
        await cell.setCellActive(False)
        await until(aha, f'svc.{t_aha.NET}', online=False)
        info = await until(aha, f'00.svc.{t_aha.NET}', online=True, ready=False)
        assert info['online'] != before
        await cell.aha.set_ready(True)
        await until(aha, f'00.svc.{t_aha.NET}', ready=True)
        await cell.aha.set_ready(False)
        await until(aha, f'00.svc.{t_aha.NET}', ready=False)
        await cell.setCellActive(True)
        # told before the call returns
        assert 'online' in (await entry(aha, f'svc.{t_aha.NET}'))['svcinfo']


async def test_terms(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    async with service(tmp_path / 'svc', registry_of(aha)) as cell:
        assert cell.aha is not None
        cell.term = 3
        await cell.aha.call('claimAhaSvcTerm', cell.iden, 3, f'00.svc.{t_aha.NET}', cell.runid, 0)
        await cell.aha.register_leader()
        assert (await entry(aha, f'svc.{t_aha.NET}'))['svcinfo']['term'] == 3
        await cell.aha.call('claimAhaSvcTerm', cell.iden, 4, f'01.svc.{t_aha.NET}', 'e' * 32, 0)
        with pytest.raises(s_exc.BadState) as info:
            await cell.aha.register_leader()
        assert (info.value.get('term'), info.value.get('name')) == (4, f'01.svc.{t_aha.NET}')


async def test_a_leader_that_is_none(
    aha: s_aha.AhaCell, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    """AHA knows a later leader: the instance registers, once, and does not go on about the rest."""
    async with service(tmp_path / 'svc', registry_of(aha), cell_guid='ab' * 16) as cell:
        assert cell.aha is not None
        link = cell.aha
        await link.call('claimAhaSvcTerm', cell.iden, 9, f'01.svc.{t_aha.NET}', 'e' * 32, 0)
        cell.term = 3
        link._hooks.clear()
        await link.drop()
        await t_waiting.until(lambda: 'AHA does not take this service for the leader' in caplog.text)
        await until(aha, f'00.svc.{t_aha.NET}', online=True)
        await until(aha, f'svc.{t_aha.NET}', online=False)
        assert 'Registration with AHA failed' not in caplog.text


async def test_hooks_run_first(aha: s_aha.AhaCell, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    async with service(tmp_path / 'svc', registry_of(aha)) as cell:
        assert cell.aha is not None
        seen: list[typing.Any] = []

        async def bad(proxy: s_telepath.Proxy) -> None:
            raise s_exc.BadState(mesg='a bad hook')

        async def hook(proxy: s_telepath.Proxy) -> None:
            seen.append((await proxy.call('getAhaSvc', f'00.svc.{t_aha.NET}'))['svcinfo'].get('online'))

        cell.aha.on_link(bad)
        cell.aha.on_link(hook)
        before = (await entry(aha, f'00.svc.{t_aha.NET}'))['svcinfo']['online']
        await cell.aha.drop()
        async with asyncio.timeout(20):
            while (await entry(aha, f'00.svc.{t_aha.NET}'))['svcinfo'].get('online') in (None, before):
                await asyncio.sleep(0.01)
        # the session before this one may not have been taken down yet
        assert len(seen) == 1 and seen[0] in (None, before)
        assert 'AHA link hook failed' in caplog.text


async def test_calls(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    async with service(tmp_path / 'svc', registry_of(aha)) as cell:
        assert cell.aha is not None
        with pytest.raises(s_exc.NoSuchMeth):
            await cell.aha.call('newp')
        with pytest.raises(s_exc.TimeOut) as info:
            await cell.aha.call('waitNexsOffs', 100000, timeout=0.1)
        assert info.value.get('mesg') == 'AHA did not answer waitNexsOffs() within 0.1 seconds.'
        await aha.fini()
        with pytest.raises(s_exc.NotReady) as info:
            await cell.aha.call('getAhaSvc', 'x', timeout=0.2)
        assert info.value.get('mesg').startswith('AHA cannot be reached: tcp://root:****@127.0.0.1:')
        # nothing of this is trouble for the service
        await cell.aha.set_ready(True)
        await cell.aha.register_leader()
        await cell.aha.drop()
        await cell.sync()


async def test_urls_of_followers(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    async with service(tmp_path / 'svc', registry_of(aha)) as cell, t_aha.local(aha):
        assert cell.aha is not None
        proxy = await cell.aha.proxy()
        assert await cell.getMirrorUrls() == []
        for name, run, ready in (('01.svc', 'b', True), ('02.svc', 'c', False)):
            urlinfo = {'scheme': 'tcp', 'host': 'h', 'port': 1}
            info = {'iden': cell.iden, 'run': run, 'leader': 'svc', 'ready': ready, 'urlinfo': urlinfo}
            await proxy.call('addAhaSvc', name, info, network=t_aha.NET)
        assert await cell.getMirrorUrls() == [f'aha://01.svc.{t_aha.NET}']
        await proxy.call('delAhaSvc', '00.svc', network=t_aha.NET)
        with pytest.raises(s_exc.NoSuchName):
            await cell.getMirrorUrls()


async def test_without_aha(tmp_path: pathlib.Path) -> None:
    async with await s_cell.Cell.anit(str(tmp_path / 'one'), conf=CONF) as cell:
        assert cell.aha is None
        with pytest.raises(s_exc.BadConfValu) as info:
            await cell.getMirrorUrls()
        assert 'only supported when AHA is configured' in info.value.get('mesg')
    with pytest.raises(s_exc.BadUrl):
        async with service(tmp_path / 'two', 'newp'):
            pass
    assert not s_telepath.registries


async def test_the_list_of_servers(tmp_path: pathlib.Path) -> None:
    """AHA tells which servers there are; the service keeps that for its next start."""
    async with t_aha.aha(tmp_path / 'aha') as aha:
        url = f'ssl://127.0.0.1:{aha.ahaport}?hostname=localhost&certname=root@{t_aha.NET}'
        async with service(tmp_path / 'svc', [url]) as cell:
            assert cell.aha is not None
            await until(aha, f'svc.{t_aha.NET}', online=True)
            urls = [f'ssl://localhost:{aha.ahaport}?certname=root@{t_aha.NET}']
            assert cell.conf['aha:registry'] == urls
            assert f'- {urls[0]}' in (tmp_path / 'svc' / 'cell.mods.yaml').read_text()
            assert list(s_telepath.registries) == [tuple(urls)]
            await cell.aha.drop()
            await until(aha, f'00.svc.{t_aha.NET}', online=True)
        assert not s_telepath.registries


async def test_a_listener_with_two_names(tmp_path: pathlib.Path) -> None:
    async with t_aha.aha(tmp_path / 'aha') as aha:
        url = f'ssl://localhost:{aha.ahaport}?certname=root@{t_aha.NET}'
        store = s_certs.CertStore(str(tmp_path / 'aha' / 'certs'))
        for name in ('00.svc', 'other'):
            store.make('hosts', f'{name}.{t_aha.NET}', signas=t_aha.NET)
        turl = f'ssl://127.0.0.1:0?hostname=00.svc.{t_aha.NET},other.{t_aha.NET}&ca={t_aha.NET}'
        async with service(tmp_path / 'svc', [url], dmon_listen=turl) as cell:
            async with await s_telepath.openurl('aha://root@svc...') as proxy:
                assert await proxy.getCellRunId() == cell.runid
            port = (await entry(aha, 'svc...'))['svcinfo']['urlinfo']['port']
            async with await s_telepath.openurl(
                f'ssl://127.0.0.1:{port}?hostname=other.{t_aha.NET}&certname=root@{t_aha.NET}'
            ) as proxy:
                assert await proxy.getCellRunId() == cell.runid


async def test_a_pool(tmp_path: pathlib.Path) -> None:
    async with t_aha.aha(tmp_path / 'aha') as aha, contextlib.AsyncExitStack() as stack:
        url = f'ssl://localhost:{aha.ahaport}?certname=root@{t_aha.NET}'
        store = s_certs.CertStore(str(tmp_path / 'aha' / 'certs'))
        runs = set()
        for name in ('00.svc', '01.other'):
            store.make('hosts', f'{name}.{t_aha.NET}', signas=t_aha.NET)
            turl = f'ssl://127.0.0.1:0?hostname={name}.{t_aha.NET}&ca={t_aha.NET}'
            conf = {'aha_name': name, 'aha_leader': None, 'dmon_listen': turl}
            cell = await stack.enter_async_context(service(tmp_path / name, [url], **conf))
            runs.add(cell.runid)
        async with t_aha.local(aha) as proxy:
            await proxy.addAhaPool('pool00...', {})
            await proxy.addAhaPoolSvc('pool00...', '00.svc...', {})
            async with await s_telepath.open('aha://pool00...') as client:
                first: typing.Any = await client.proxy(timeout=20)
                assert await first.getCellRunId() in runs and client.size() == 1
                await proxy.addAhaPoolSvc('pool00...', '01.other...', {})
                await t_waiting.until(lambda: client.size() >= 2)
                turns: list[typing.Any] = [await client.proxy() for _ in range(4)]
                assert {await item.getCellRunId() for item in turns} == runs
                await proxy.delAhaPoolSvc('pool00...', '00.svc...')
                await t_waiting.until(lambda: client.size() == 1)


async def test_tasks_of_other_instances(tmp_path: pathlib.Path) -> None:
    """Two runs of one service, told apart by their run; AHA asks them for each other."""
    async with t_aha.aha(tmp_path / 'aha') as aha:
        url = f'ssl://localhost:{aha.ahaport}?certname=root@{t_aha.NET}'
        for name in ('00', '01'):
            store = s_certs.CertStore(str(tmp_path / 'aha' / 'certs'))
            store.make('hosts', f'{name}.svc.{t_aha.NET}', signas=t_aha.NET)
        turl = f'ssl://127.0.0.1:0?hostname=NAME.svc.{t_aha.NET}&ca={t_aha.NET}'
        one = service(tmp_path / '00', [url], dmon_listen=turl.replace('NAME', '00'), cell_guid='ab' * 16)
        two = service(
            tmp_path / '01', [url], dmon_listen=turl.replace('NAME', '01'), cell_guid='ab' * 16, aha_name='01.svc'
        )
        async with one as first, two as second:
            root = second.auth.rootuser
            async with await s_telepath.openurl(first.getLocalUrl()) as proxy:
                hang = asyncio.Event()

                async def work() -> None:
                    with second.boss.task('hang', root, {'x': 1}):
                        await hang.wait()

                task = asyncio.create_task(work())
                await asyncio.sleep(0)
                found = [item async for item in proxy.getTasks()]
                assert [(item['name'], item['service']) for item in found] == [('hang', f'01.svc.{t_aha.NET}')]
                assert [item async for item in proxy.getTasks(peers=False)] == []
                iden = found[0]['iden']
                assert (await proxy.getTask(iden))['name'] == 'hang'
                assert await proxy.getTask(iden, peers=False) is None and await proxy.getTask('f' * 32) is None
                assert not await proxy.killTask(iden, peers=False) and not await proxy.killTask('f' * 32)
                assert await proxy.killTask(iden)
                with contextlib.suppress(asyncio.CancelledError):
                    await task
                assert task.cancelled() and not hang.is_set()
