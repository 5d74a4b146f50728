"""Services register, are found, and go (aha.md 3, 4, 5, 6)."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.aha as s_aha
import synapse.common as s_common
import synapse.exc as s_exc
import synapse.telepath as s_telepath
import tests.lib.aha.serving as t_aha
import tests.waiting as t_waiting

NET = t_aha.NET
Any = typing.Any


async def names(prox: Any, network: str | None = None) -> list[str]:
    return [item['name'] async for item in prox.getAhaSvcs(network)]


async def gone(cell: s_aha.AhaCell, name: str) -> None:
    """Wait until a service is offline."""
    await t_waiting.until(lambda: 'online' not in cell.services.get(name)['svcinfo'])


async def test_the_entry(aha: s_aha.AhaCell) -> None:
    info = t_aha.info(promotable=True)
    async with t_aha.tls(aha) as prox:
        assert prox.sharinfo['classes'][0] == 'synapse.lib.aha.AhaApi'
        assert (await prox.getCellInfo())['features'].items() >= {'callpeers': 1, 'getAhaSvcsByIden': 1}.items()
        assert await prox.addAhaSvc('00.cortex', info, network=NET) is None
        entry = await prox.getAhaSvc('00.cortex...')
        online = entry['svcinfo'].pop('online')
        assert s_common.isguid(online) and online not in aha.dmon.sessions
        urlinfo = {**info['urlinfo'], 'host': '127.0.0.1'}
        want = {'name': '00.cortex.loop.test', 'svcname': '00.cortex', 'svcnetw': NET}
        assert entry == {**want, 'svcinfo': {**info, 'urlinfo': {**urlinfo, 'user': 'root'}}}
        [entry] = [item async for item in prox.getAhaSvcs()]
        assert entry == {**want, 'svcinfo': {**info, 'urlinfo': urlinfo, 'online': online}}


async def test_names_of_services(aha: s_aha.AhaCell) -> None:
    async with t_aha.tls(aha) as prox:
        for name, netw in (('b', 'z.net'), ('x.y.z', None), ('00.cortex', NET), ('a', 'z.net'), ('cortex', NET)):
            await prox.addAhaSvc(name, t_aha.info(), network=netw)
        want = ['00.cortex.loop.test', 'cortex.loop.test', 'x.y.z', 'a.z.net', 'b.z.net']
        assert await names(prox) == want
        assert await names(prox, 'z.net') == ['a.z.net', 'b.z.net'] and await names(prox, 'nope') == []
        assert (await prox.getAhaSvc('x.y.z'))['svcnetw'] == 'y.z'
        for name in ('cortex', 'nope...', '', '...', 'loop.test'):
            assert await prox.getAhaSvc(name) is None
        assert await prox.getAhaSvcMirrors('nope...') is None
        with pytest.raises(s_exc.BadArg, match='at least one'):
            await prox.addAhaSvc('x', t_aha.info())
        for name in ('a.z.net', '00.cortex...', 'cortex...'):
            await prox.delAhaSvc(name)
        await prox.delAhaSvc('x', network='y.z')
        await prox.delAhaSvc('nope.net')
        assert await names(prox) == ['b.z.net']


async def test_ready(aha: s_aha.AhaCell) -> None:
    info = t_aha.info()
    del info['ready']
    async with t_aha.tls(aha) as prox:
        await prox.addAhaSvc('00.cortex', info, network=NET)
        assert (await prox.getAhaSvc('00.cortex...'))['svcinfo']['ready'] is True
        assert await prox.modAhaSvcInfo('00.cortex...', {'ready': False}) is True
        assert (await prox.getAhaSvc('00.cortex...'))['svcinfo']['ready'] is False
        assert await prox.modAhaSvcInfo('00.cortex.loop.test', {}) is True
        assert await prox.modAhaSvcInfo('nope.net', {'ready': True}) is False
        for bad in ({'online': None}, {'ready': 'yes'}, {'ready': None}, 5, None):
            with pytest.raises(s_exc.BadArg):
                await prox.modAhaSvcInfo('nope.net', bad)


async def test_mirrors(aha: s_aha.AhaCell) -> None:
    runs = {name: s_common.guid() for name in ('00', '01', '02', '03')}
    async with t_aha.tls(aha) as prox:
        for name, run in runs.items():
            await prox.addAhaSvc(f'{name}.cortex', t_aha.info(run=run, ready=name != '03'), network=NET)
        # after a promotion the alias may say that it is not ready: it is the leader all the same
        await prox.addAhaSvc('cortex', t_aha.info(run=runs['00'], ready=False), network=NET)
        await prox.addAhaSvc('00.axon', t_aha.info('b' * 32, 'axon'), network=NET)
        found = [item['svcname'] for item in await prox.getAhaSvcMirrors('cortex...')]
        assert found == ['01.cortex', '02.cortex']
        picks = {(await prox.getAhaSvc('cortex...', filters={'mirror': True}))['svcname'] for _ in range(40)}
        assert picks == {'01.cortex', '02.cortex'}
        assert (await prox.getAhaSvc('cortex...', filters={'mirror': False}))['svcname'] == 'cortex'
        assert (await prox.getAhaSvc('00.axon...', filters={'mirror': True}))['svcname'] == '00.axon'
        idens = [item['svcname'] async for item in prox.getAhaSvcsByIden('a' * 32, skiprun=runs['01'])]
        assert idens == ['00.cortex', '02.cortex', '03.cortex']
        with pytest.raises(s_exc.BadArg):
            await prox.getAhaSvc('cortex...', filters='mirror')
    await gone(aha, '01.cortex.loop.test')
    async with t_aha.tls(aha) as prox:
        assert await prox.getAhaSvcMirrors('cortex...') == ()
        assert [item async for item in prox.getAhaSvcsByIden('a' * 32)] == []
        assert len([item async for item in prox.getAhaSvcsByIden('a' * 32, online=False)]) == 4
        assert (await prox.getAhaSvc('cortex...', filters={'mirror': True}))['svcname'] == 'cortex'


async def test_a_service_that_leaves_is_offline(aha: s_aha.AhaCell) -> None:
    async with t_aha.tls(aha) as prox:
        await prox.addAhaSvc('00.cortex', t_aha.info(), network=NET)
        await prox.addAhaSvc('cortex', t_aha.info(), network=NET)
    await gone(aha, '00.cortex.loop.test')
    await gone(aha, 'cortex.loop.test')
    info = aha.services.get('cortex.loop.test')['svcinfo']  # type: ignore[index]
    assert info['ready'] is False and info['urlinfo']['host'] == '127.0.0.1'
    assert aha.live == {}


async def test_a_newer_registration_is_not_disturbed(aha: s_aha.AhaCell) -> None:
    async with t_aha.tls(aha) as new:
        async with t_aha.tls(aha) as old:
            await old.addAhaSvc('00.cortex', t_aha.info(), network=NET)
            await old.addAhaSvc('cortex', t_aha.info(), network=NET)
            await new.addAhaSvc('cortex', t_aha.info(), network=NET)
        await gone(aha, '00.cortex.loop.test')
        assert 'online' in (await new.getAhaSvc('cortex...'))['svcinfo']
    await gone(aha, 'cortex.loop.test')


async def test_two_race_for_a_name(aha: s_aha.AhaCell) -> None:
    async with t_aha.tls(aha) as one, t_aha.tls(aha) as two:
        infos = {prox: [t_aha.info(run=s_common.guid()) for _ in range(25)] for prox in (one, two)}
        calls = [prox.addAhaSvc('cortex', info, network=NET) for prox in infos for info in infos[prox]]
        await asyncio.gather(*calls)
        entry = await one.getAhaSvc('cortex...')
        winner = one if entry['svcinfo']['run'] in {info['run'] for info in infos[one]} else two
        await (two if winner is one else one).fini()
        await asyncio.sleep(0.1)
        assert aha.services.get('cortex.loop.test')['svcinfo']['online']  # type: ignore[index]
        await winner.fini()
        await gone(aha, 'cortex.loop.test')


async def test_a_caller_that_hangs_up_while_it_registers_is_offline(aha: s_aha.AhaCell) -> None:
    await aha.freeze()
    async with t_aha.tls(aha) as prox:
        call = asyncio.ensure_future(prox.addAhaSvc('00.cortex', t_aha.info(), network=NET))
        await t_waiting.until(lambda: aha.live)
    call.cancel()
    await t_waiting.until(lambda: not aha.dmon.sessions)
    await aha.resume()
    await t_waiting.until(lambda: aha.services.get('00.cortex.loop.test') is not None)
    await gone(aha, '00.cortex.loop.test')


@pytest.mark.parametrize(
    'info',
    [
        None,
        5,
        {},
        {'urlinfo': 'tcp://x'},
        {'urlinfo': {'host': 5}},
        {'urlinfo': {}, 'x': 'y' * 70000},
        {'urlinfo': {}, 'run': {}},
        {'urlinfo': {}, 'iden': 5},
        {'urlinfo': {}, 'leader': ()},
        {'urlinfo': {}, 'ready': 'yes'},
        {'urlinfo': {}, 'term': '5'},
    ],
)
async def test_bad_infos(aha: s_aha.AhaCell, info: Any) -> None:
    async with t_aha.tls(aha) as prox:
        with pytest.raises(s_exc.BadArg):
            await prox.addAhaSvc('00.cortex', info, network=NET)
        assert await names(prox) == []


async def test_through_the_unix_socket(aha: s_aha.AhaCell) -> None:
    async with t_aha.local(aha) as prox:
        with pytest.raises(s_exc.BadArg, match='must say its host'):
            await prox.addAhaSvc('00.cortex', t_aha.info(), network=NET)
        info = t_aha.info(urlinfo={'scheme': 'tcp', 'host': '10.0.0.1', 'port': 5})
        await prox.addAhaSvc('00.cortex', info, network=NET)
        assert (await prox.getAhaSvc('00.cortex...'))['svcinfo']['urlinfo']['host'] == '10.0.0.1'


DENIED = [
    ('getAhaSvcs', (), 'aha.service.get'),
    ('getAhaSvcs', ('other.net',), 'aha.service.get.other.net'),
    ('getAhaSvcsByIden', ('a' * 32,), 'aha.service.get'),
    ('addAhaSvc', ('00.cortex', t_aha.info(), NET), 'aha.service.add.loop.test.00.cortex'),
    ('modAhaSvcInfo', ('00.axon...', {'ready': True}), 'aha.service.add.loop.test.00.axon'),
    ('delAhaSvc', ('00.axon...',), 'aha.service.del.loop.test.00.axon'),
    ('delAhaSvc', ('nope', NET), 'aha.service.del.loop.test.nope'),
    ('getCaCert', (NET,), 'aha.ca.get'),
    ('genCaCert', (NET,), 'aha.ca.gen'),
    ('signHostCsr', ('x',), 'aha.csr.host'),
    ('signUserCsr', ('x',), 'aha.csr.user'),
]
ADMIN = ('addAhaSvcProv', 'delAhaSvcProv', 'addAhaUserEnroll', 'delAhaUserEnroll', 'addAhaClone', 'delAhaPool')


async def test_what_an_enrolled_user_may(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    certs = await t_aha.enroll(aha, 'visi', tmp_path / 'certs')
    async with t_aha.tls(aha) as root, t_aha.tls(aha, 'visi', certs) as prox:
        await root.addAhaSvc('00.axon', t_aha.info(), network=NET)
        await root.addAhaSvc('x', t_aha.info(), network='other.net')
        assert (await prox.getAhaSvc('00.axon...'))['svcinfo']['urlinfo']['user'] == 'visi'
        assert await names(prox, NET) == ['00.axon.loop.test']
        assert await prox.getAhaSvc('nope.other.net') is None
        with pytest.raises(s_exc.AuthDeny) as exc:
            await prox.getAhaSvc('x.other.net')
        assert exc.value.get('perm') == 'aha.service.get.other.net'
        for name, args, perm in DENIED:
            with pytest.raises(s_exc.AuthDeny) as exc:
                result = await prox.task((name, args, {}))
                assert [item async for item in result] == []
            assert exc.value.get('perm') == perm
            assert exc.value.get('mesg') == f'User must have permission {perm}'
        for name in ADMIN:
            with pytest.raises(s_exc.AuthDeny):
                await prox.task((name, ('x',), {}))


async def test_who_may_register(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    certs = await t_aha.enroll(aha, 'bob', tmp_path / 'certs')
    user = await aha.auth.addUser('x')
    bob = aha.auth.getUserByName(f'bob@{NET}')
    assert bob is not None and user.iden != bob.iden
    await bob.addRule((True, ('aha', 'service', 'add', NET, '00.axon')))
    async with t_aha.tls(aha, 'bob', certs) as prox:
        await prox.addAhaSvc('00.axon', t_aha.info(), network=NET)
        assert await prox.modAhaSvcInfo('00.axon...', {'ready': False})
        for name, netw in (('axon', NET), ('00', 'axon.loop.test'), ('01.axon', NET), ('00.axon.loop.test', None)):
            with pytest.raises(s_exc.AuthDeny):
                await prox.addAhaSvc(name, t_aha.info(), network=netw)


async def test_a_stranger(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    certs = await t_aha.enroll(aha, 'visi', tmp_path / 'certs')
    visi = aha.auth.getUserByName(f'visi@{NET}')
    assert visi is not None
    await visi.setLocked(True)
    with pytest.raises(s_exc.AuthDeny):
        async with t_aha.tls(aha, 'visi', certs):
            pass
    await aha.auth.delUser(visi.iden)
    with pytest.raises(s_exc.NoSuchUser):
        async with t_aha.tls(aha, 'visi', certs):
            pass
    url = f'ssl://127.0.0.1:{aha.ahaport}?hostname=localhost'
    with pytest.raises(Exception, match='(?i)certificate|reset|closed'):
        await s_telepath.openurl(url, certdir=s_telepath.CertDir(certs))
