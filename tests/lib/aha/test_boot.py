"""How AHA starts, with which options (aha.md 1, 13)."""

from __future__ import annotations

import pathlib

import pytest

import synapse.aha as s_aha
import synapse.exc as s_exc
import synapse.lib.cell.conf as s_conf
import synapse.lib.limits as s_limits
import tests.lib.aha.serving as t_aha
import tests.ports as t_ports
import tests.waiting as t_waiting

NET = t_aha.NET


def test_what_it_is_called() -> None:
    assert s_aha.AhaCell.getCellType() == 'ahacell'
    conf = s_conf.Config(s_aha.AhaCell.getConfDefs(), prefixes=s_aha.AhaCell.getEnvPrefix())
    conf.set_from_envars({'SYN_AHACELL_DNS_NAME': 'x', 'SYN_AHA_AHA_NETWORK': 'y', 'SYN_AHA_MIRROR': 'null'})
    assert (conf['dns:name'], conf['aha:network'], conf['mirror']) == ('x', 'y', None)
    assert 'hidedocs' not in s_aha.AhaCell.getConfDefs()['mirror']
    assert f'{s_aha.AhaApi.__module__}.{s_aha.AhaApi.__qualname__}' == 'synapse.lib.aha.AhaApi'


async def test_the_urls_of_an_aha_that_knows_its_name(tmp_path: pathlib.Path) -> None:
    async with t_aha.aha(tmp_path) as aha, t_aha.local(aha) as prox:
        base = f'ssl://localhost:{aha.ahaport}?certname'
        assert await prox.getAhaUrls() == (f'{base}=root@{NET}',)
        assert await prox.getAhaUrls(user='bob') == (f'{base}=bob@{NET}',)
        assert await prox.getAhaServers() == ({'host': 'localhost', 'port': aha.ahaport},)
        with pytest.raises(s_exc.BadArg):
            await prox.getAhaUrls(user=5)


async def test_urls_that_were_configured(tmp_path: pathlib.Path) -> None:
    urls = [f'ssl://aha.{NET}', 'ssl://aha.net', 'ssl://x@aha.net', 'ssl://aha.net?certname=y@z', 'tcp://aha.net:1']
    async with t_aha.aha(tmp_path, aha_urls=urls) as aha:
        assert aha.getAhaUrls() == [f'ssl://root@aha.{NET}', f'ssl://aha.net?certname=root@{NET}', *urls[2:]]
        async with t_aha.redeem(await aha.addAhaSvcProv('x', {'conf': {'aha:user': 'bob'}})) as prox:
            assert (await prox.getProvInfo())['conf']['aha:registry'][0] == f'ssl://bob@aha.{NET}'


async def test_the_guide_of_the_baseline(tmp_path: pathlib.Path) -> None:
    port, prov = t_ports.free_port(), t_ports.free_port()
    conf = {'dns_name': None, 'aha_name': 'aha', 'dmon_listen': f'ssl://127.0.0.1:{port}&hostname=aha.{NET}&ca={NET}'}
    conf.update(provision_listen=f'ssl://127.0.0.1:{prov}&hostname=aha.{NET}', aha_urls=f'ssl://aha.{NET}')
    async with t_aha.aha(tmp_path, **conf) as aha:
        url = await aha.addAhaSvcProv('00.axon')
        assert url.startswith(f'ssl://aha.{NET}:{prov}/')
        assert aha.ahaport == port
        async with t_aha.redeem(url.replace(f'aha.{NET}:', '127.0.0.1:')) as prox:
            assert (await prox.getProvInfo())['conf']['aha:registry'] == (f'ssl://root@aha.{NET}',)


async def test_ports_by_default(tmp_path: pathlib.Path) -> None:
    async with t_aha.aha(tmp_path / '00') as aha:
        del aha.conf['dmon:listen'], aha.conf['provision:listen']
        assert aha.getDmonListenUrl() == f'ssl://0.0.0.0?hostname=localhost&ca={NET}'
        assert aha.prov_listen_url() == 'ssl://0.0.0.0:27272?hostname=localhost'
        del aha.conf['dns:name']
        assert aha.getDmonListenUrl() is None and aha.prov_listen_url() is None
        aha.conf['aha:name'] = 'aha'
        assert aha.getDmonListenUrl() == f'ssl://0.0.0.0?hostname=aha.{NET}&ca={NET}'
        assert aha.prov_listen_url() is None
        aha.conf['dmon:listen'] = None
        assert aha.getDmonListenUrl() is None


async def test_servers(aha: s_aha.AhaCell) -> None:
    own = {'host': 'localhost', 'port': aha.ahaport}
    async with t_aha.local(aha) as prox:
        assert await prox.addAhaServer({'host': 'x.test'}) is True
        assert await prox.addAhaServer({'host': 'x.test', 'port': 27492}) is False
        assert await prox.getAhaServer('x.test', 27492) == {'host': 'x.test', 'port': 27492}
        assert await prox.getAhaServers() == (own, {'host': 'x.test', 'port': 27492})
        assert len(await prox.getAhaUrls()) == 2
        assert await prox.delAhaServer('x.test', 27492) == {'host': 'x.test', 'port': 27492}
        assert await prox.delAhaServer('x.test', 27492) is None
        assert await prox.getAhaServer('x.test', 'no') is None
        for bad in (
            {},
            {'host': 5},
            {'host': 'x', 'port': 70000},
            {'host': 'x', 'port': 0},
            'x',
            None,
            {'host': 'a b'},
        ):
            with pytest.raises(s_exc.BadArg):
                await prox.addAhaServer(bad)
        assert await prox.getAhaServers() == (own,)


async def test_no_network(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(s_exc.NeedConfValu):
        async with t_aha.aha(tmp_path / '00', aha_network=None, dmon_listen=None):
            pass
    conf = {'aha_network': None, 'dns_name': None, 'provision_listen': None, 'dmon_listen': 'tcp://127.0.0.1:0'}
    async with t_aha.aha(tmp_path / '01', **conf) as aha, t_aha.local(aha) as prox:
        assert 'AHA has no aha:network' in caplog.text
        await prox.addAhaSvc('axon.net', t_aha.info(urlinfo={'host': 'x'}))
        assert (await prox.getAhaSvc('axon.net'))['svcnetw'] == 'net'
        with pytest.raises(s_exc.BadArg):
            await prox.getAhaSvc('axon...')
        for name, args in (('addAhaSvcProv', ('x',)), ('addAhaUserEnroll', ('x',)), ('addAhaClone', ('x',))):
            with pytest.raises(s_exc.NeedConfValu):
                await prox.task((name, args, {}))


async def test_when_nothing_may_change(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'AHA_RETRY', 0.02)
    async with t_aha.aha(tmp_path) as aha, t_aha.tls(aha) as prox:
        await prox.addAhaSvc('00.axon', t_aha.info(), network=NET)
        port = aha.ahaport
        await aha.fini()
    conf = {**t_aha.CONF, 'dmon:listen': f'ssl://127.0.0.1:{port}?hostname=localhost&ca={NET}'}
    del conf['auth:passwd']
    async with await s_aha.AhaCell.anit(str(tmp_path), conf=conf, readonly=True) as aha:
        async with t_aha.tls(aha) as prox:
            assert (await prox.getAhaSvc('00.axon...'))['svcinfo']['online']
            with pytest.raises(s_exc.IsReadOnly):
                await prox.addAhaSvc('00.axon', t_aha.info(), network=NET)
        aha.nexsroot.unhold('The service was opened read only.')
        await t_waiting.until(lambda: not aha.services.online())


async def test_a_missing_host_certificate(tmp_path: pathlib.Path) -> None:
    with pytest.raises(s_exc.NoCertKey):
        async with t_aha.aha(tmp_path, provision_listen='ssl://127.0.0.1:0?hostname=nope.test'):
            pass
