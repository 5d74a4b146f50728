"""aha:// URLs: telepath.md 13, aha.md 6."""

from __future__ import annotations

import asyncio
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.telepath as s_telepath
import tests.lib.telepath.sample as t_sample

DEAD = 'tcp://127.0.0.1:1/'


class Registry:
    """What the resolver needs of AHA."""

    def __init__(self) -> None:
        self.entries: dict[str, typing.Any] = {}
        self.asked: list[tuple[str, typing.Any]] = []
        self.slow = asyncio.Event()
        self.slow.set()

    def add(self, name: str, url: str, **info: typing.Any) -> None:
        """Register what is at a URL."""
        urlinfo = s_telepath.chopurl(url)
        self.entries[name] = {'name': name, 'svcinfo': {'urlinfo': urlinfo, 'online': 'x', **info}}

    async def getAhaSvc(self, name: str, filters: typing.Any = None) -> typing.Any:
        self.asked.append((name, filters))
        await self.slow.wait()
        if name == 'bad':
            raise s_exc.BadArg(mesg='a bad name')
        return self.entries.get(name)


class Site(typing.NamedTuple):
    registry: Registry
    url: str


@pytest.fixture
async def site(url: str) -> typing.AsyncIterator[Site]:
    """A registry that knows the sample as ``svc.net``."""
    registry = Registry()
    registry.add('svc.net', url)
    async with await s_telepath.Daemon.anit() as dmon:
        dmon.share('*', registry)
        addr = await dmon.listen('tcp://127.0.0.1:0/')
        yield Site(registry, f'tcp://127.0.0.1:{addr[1]}/')


@pytest.fixture
async def known(site: Site) -> typing.AsyncIterator[Site]:
    """The same, and this process knows the registry."""
    await s_telepath.addAhaUrl(site.url)
    yield site
    assert await s_telepath.delAhaUrl(site.url) == 0


async def test_no_registries() -> None:
    with pytest.raises(s_exc.NotReady) as info:
        await s_telepath.openurl('aha://svc.net')
    assert info.value.get('mesg') == 'No aha servers registered to lookup svc.net'


async def test_by_name(known: Site) -> None:
    for text in ('aha://svc.net', 'aha://svc.net/', 'aha://svc.net/*'):
        async with await s_telepath.openurl(text) as proxy:
            assert await proxy.bar(1) == 4
    async with await s_telepath.openurl('aha://svc.net/foo/x') as proxy:
        assert await proxy.where() == ('x',)
    assert known.registry.asked[0] == ('svc.net', {'mirror': False})


@pytest.mark.parametrize(
    ('text', 'wants'), [('true', True), ('yes', True), ('1', True), ('false', False), ('0', False), ('null', False)]
)
async def test_mirrors(known: Site, text: str, wants: bool) -> None:
    async with await s_telepath.openurl(f'aha://svc.net/?mirror={text}') as proxy:
        assert await proxy.bar(1) == 4
    assert known.registry.asked == [('svc.net', {'mirror': wants})]
    with pytest.raises(s_exc.BadUrl):
        await s_telepath.openurl('aha://svc.net/?mirror=[')


async def test_what_is_told_to_an_old_registry(known: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_telepath.Proxy, '_getSynVers', lambda self: (2, 94, 0))
    async with await s_telepath.openurl('aha://svc.net') as proxy:
        assert await proxy.bar(1) == 4
    assert known.registry.asked == [('svc.net', None)]


async def test_who_we_are(known: Site) -> None:
    """The user of the URL wins over the one that AHA proposes, the password is ours, the address is AHA's."""
    known.registry.entries['svc.net']['svcinfo']['urlinfo']['user'] = 'bob'
    resolve = s_telepath.resolvers['aha']
    info = await resolve(s_telepath.chopurl('aha://svc.net:99/foo?certname=x'))
    assert (info['scheme'], info['user'], info['path'], info['certname']) == ('tcp', 'bob', '/foo', 'x')
    assert info['port'] != 99 and info['host'] == '127.0.0.1'
    info = await resolve(s_telepath.chopurl('aha://visi:pw@svc.net'))
    assert (info['user'], info['passwd'], info['path']) == ('visi', 'pw', '')


async def test_unknown_and_offline(known: Site) -> None:
    known.registry.add('off.net', DEAD, online=None)
    for name in ('newp...', 'off.net'):
        with pytest.raises(s_exc.NoSuchName) as info:
            await s_telepath.openurl(f'aha://{name}')
        assert info.value.get('mesg') == f'aha lookup failed: {name}'
    with pytest.raises(s_exc.BadArg):
        await s_telepath.openurl('aha://bad')
    # the service is there, says AHA: what goes wrong then is told as it is
    known.registry.add('dead.net', DEAD)
    with pytest.raises(ConnectionRefusedError):
        await s_telepath.openurl('aha://dead.net')


async def test_registries_that_are_away(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(s_limits, 'AHA_CALL_SECS', 0.3)
    await s_telepath.addAhaUrl('tcp://root:secret@127.0.0.1:1/')
    with pytest.raises(TimeoutError) as info:
        await s_telepath.openurl('aha://svc.net')
    assert type(info.value) is TimeoutError
    assert str(info.value).startswith('No AHA server answers at tcp://root:****@127.0.0.1:1/: ')
    assert 'Unable to get aha client (tcp://root:****@127.0.0.1:1/)' in caplog.text
    await s_telepath.addAhaUrl(site.url)
    with monkeypatch.context() as patch:
        patch.setattr(s_limits, 'AHA_CALL_SECS', 20)
        async with await s_telepath.openurl('aha://svc.net') as proxy:
            assert await proxy.bar(1) == 4
    with pytest.raises(TimeoutError):
        await s_telepath.openurl('aha://newp.net')
    site.registry.slow.clear()
    with pytest.raises(TimeoutError):
        await s_telepath.openurl('aha://svc.net')
    for url in ('tcp://root:secret@127.0.0.1:1/', site.url):
        await s_telepath.delAhaUrl(url)


async def test_a_dead_registry_costs_no_time(site: Site) -> None:
    await s_telepath.addAhaUrl(DEAD)
    await s_telepath.addAhaUrl(site.url)
    async with asyncio.timeout(s_limits.AHA_CALL_SECS / 2):
        async with await s_telepath.openurl('aha://svc.net') as proxy:
            assert await proxy.bar(1) == 4
    for url in (DEAD, site.url):
        await s_telepath.delAhaUrl(url)


async def test_a_registry_that_is_starting(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is waited for when there is no other."""
    async with await s_telepath.Daemon.anit() as dmon:
        addr = await dmon.listen('tcp://127.0.0.1:0/')
    turl = f'tcp://127.0.0.1:{addr[1]}/'
    await s_telepath.addAhaUrl(turl)
    task = asyncio.create_task(s_telepath.openurl('aha://svc.net'))
    await asyncio.sleep(0.1)
    async with await s_telepath.Daemon.anit() as dmon:
        registry = Registry()
        registry.add('svc.net', url)
        dmon.share('*', registry)
        await dmon.listen(turl)
        async with await task as proxy:
            assert await proxy.bar(1) == 4
    await s_telepath.delAhaUrl(turl)


async def test_redundant_urls(site: Site) -> None:
    await s_telepath.addAhaUrl([DEAD, site.url])
    async with await s_telepath.openurl('aha://svc.net') as proxy:
        assert await proxy.bar(1) == 4
    assert await s_telepath.delAhaUrl([DEAD, site.url]) == 0


async def test_from_blocking_code(known: Site) -> None:
    """Each loop has a client of its own; both end with the registry."""

    def block() -> typing.Any:
        with s_telepath.openurl('aha://svc.net') as proxy:
            return proxy.bar(1)

    assert await asyncio.to_thread(block) == 4
    async with await s_telepath.openurl('aha://svc.net') as proxy:
        assert await proxy.bar(1) == 4
    registry = next(iter(s_telepath.registries.values()))
    assert len(registry.clients) == 2
    clients = list(registry.clients.values())
    await s_telepath.addAhaUrl(known.url)
    assert await s_telepath.delAhaUrl(known.url) == 1
    assert not any(client.isfini for client in clients)


async def test_a_client_follows_the_name(known: Site, dmon: s_telepath.Daemon, tmp_path: typing.Any) -> None:
    """After a promotion, the name leads elsewhere."""
    async with await s_telepath.Client.anit('aha://svc.net', conf={'retrysleep': 0.01}) as client:
        first = await client.proxy()
        async with await s_telepath.Daemon.anit() as other:
            other.share('*', t_sample.Sample())
            addr = await other.listen('tcp://127.0.0.1:0/')
            known.registry.add('svc.net', f'tcp://127.0.0.1:{addr[1]}/')
            await first.fini()
            second = await client.proxy()
            assert second is not first and len(other.sessions) == 1
