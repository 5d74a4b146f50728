"""Our client against our server: telepath.md 4, 6, 7, 12, 14.1, 14.2."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pathlib
import socket
import typing

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.telepath as s_telepath
import tests.lib.telepath.cases as t_cases
import tests.lib.telepath.sample as t_sample
import tests.waiting as t_waiting


@pytest.mark.parametrize('todo,valu', [row[1:] for row in t_cases.CALLS], ids=t_cases.ids(t_cases.CALLS))
async def test_call(proxy: s_telepath.Proxy, todo: typing.Any, valu: typing.Any) -> None:
    assert await proxy.call(*todo) == valu
    assert await getattr(proxy, todo[0])(*todo[1:]) == valu


@pytest.mark.parametrize('todo,name,part', [row[1:] for row in t_cases.ERRORS], ids=t_cases.ids(t_cases.ERRORS))
async def test_error(proxy: s_telepath.Proxy, todo: typing.Any, name: str, part: dict[str, typing.Any]) -> None:
    with pytest.raises(s_exc.SynErr) as info:
        await proxy.call(*todo)
    assert name in (info.value.errname, info.value.get('errx'))
    assert {**info.value.errinfo, **part} == info.value.errinfo
    assert await proxy.bar(1) == 4


@pytest.mark.parametrize('todo,items,name', [row[1:] for row in t_cases.STREAMS], ids=t_cases.ids(t_cases.STREAMS))
async def test_stream(proxy: s_telepath.Proxy, todo: typing.Any, items: list[typing.Any], name: str | None) -> None:
    found = []
    try:
        async for item in await proxy.call(*todo):
            found.append(item)
        assert name is None
    except s_exc.SynErr as e:
        assert name in (e.errname, e.get('errx'))
    assert found == items
    assert await proxy.bar(1) == 4
    assert proxy._pool.stats() == {'idle': 1, 'links': 1}


async def test_generator_methods_are_lazy_and_iterate_once(proxy: s_telepath.Proxy) -> None:
    genr = proxy.agen(3)
    assert proxy._pool.stats() == {'idle': 0, 'links': 0}
    assert [item async for item in genr] == [0, 1, 2]
    assert await genr.list() == []
    with pytest.raises(TypeError):
        await proxy.agen(2)


async def test_big_integers(proxy: s_telepath.Proxy) -> None:
    assert await proxy.echo(2**65, -(2**65)) == ((2**65, -(2**65)), {})


async def test_big_values(proxy: s_telepath.Proxy) -> None:
    byts = b'v' * 20_000_000
    assert await proxy.echo(byts) == ((byts,), {})
    assert len(await proxy.big(80_000_000)) == 80_000_000
    assert [len(item) async for item in proxy.blobs(5, 5_000_000)] == [5_000_000] * 5


async def test_unpackable_argument_is_found_before_sending(proxy: s_telepath.Proxy) -> None:
    with pytest.raises(s_exc.NotMsgpackSafe):
        await proxy.echo({1, 2})
    with pytest.raises(s_exc.NotMsgpackSafe):
        await proxy.agen({1}).list()
    assert proxy._pool.stats() == {'idle': 0, 'links': 0}


async def test_early_end_of_a_stream_stops_the_server(proxy: s_telepath.Proxy, sample: t_sample.Sample) -> None:
    async for _ in proxy.agen(10**9, 0.001):
        break
    await t_waiting.until(lambda: 'agen fini' in sample.events)
    async for _ in proxy.agen(10**9):
        break
    await t_waiting.until(lambda: sample.events.count('agen fini') == 2)
    assert await proxy.bar(1) == 4
    await t_waiting.until(lambda: proxy._pool.stats() == {'idle': 1, 'links': 1})


async def test_a_stream_that_nobody_iterates_is_closed(proxy: s_telepath.Proxy, sample: t_sample.Sample) -> None:
    genr = await proxy.cogen(10**9)
    del genr
    await t_waiting.until(lambda: 'agen fini' in sample.events)
    genr = await proxy.cogen(10**9)
    await genr.aclose()
    await t_waiting.until(lambda: sample.events.count('agen fini') == 2)


async def test_cancelling_a_call_cancels_it_on_the_server(proxy: s_telepath.Proxy, sample: t_sample.Sample) -> None:
    task = asyncio.create_task(proxy.hang())
    await t_waiting.until(lambda: 'hang' in sample.events)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await t_waiting.until(lambda: 'hang cancelled' in sample.events)
    assert await proxy.bar(1) == 4


async def test_unexpected_error_format_in_a_stream(proxy: s_telepath.Proxy) -> None:
    with pytest.raises(s_exc.BadMesgFormat):
        await proxy.badinfogen().list()


async def test_parallel_calls_use_links_of_their_own(proxy: s_telepath.Proxy) -> None:
    assert await asyncio.gather(*(proxy.later(i) for i in range(30))) == list(range(30))
    assert proxy._pool.stats() == {'idle': 30, 'links': 30}


async def test_idle_links_are_culled(proxy: s_telepath.Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'TELE_IDLE_CULL_SECS', 0.01)
    waiter = proxy._pool.waiter(3, 'pool:link:fini')
    await asyncio.gather(*(proxy.later(i) for i in range(15)))
    assert await waiter.wait(10)
    await t_waiting.until(lambda: proxy._pool.stats() == {'idle': 12, 'links': 12})


async def test_share(proxy: s_telepath.Proxy, dmon: s_telepath.Daemon) -> None:
    async with await proxy.share() as share:
        assert await share.add(5) == 5
        assert await share.add(5) == 10
        assert await share.gen().list() == [0, 1, 2]
        assert await (await share.genr()).list() == [0, 1, 2]
        assert len(dmon.sessions[proxy.sess].items) == 2
    assert share.isfini and not proxy.shares
    await t_waiting.until(lambda: len(dmon.sessions[proxy.sess].items) == 1)
    with pytest.raises(s_exc.NoSuchObj):
        await share.add(5)


async def test_shares_end_with_the_proxy(url: str, dmon: s_telepath.Daemon) -> None:
    async with await s_telepath.openurl(url) as proxy:
        share = await proxy.share()
        served = dmon.sessions[proxy.sess].items[share.iden]
    assert share.isfini
    assert await served.waitfini(10)


async def test_a_share_that_is_ended_just_before_the_proxy(url: str, dmon: s_telepath.Daemon) -> None:
    async with await s_telepath.openurl(url) as proxy:
        async with await proxy.share() as share:
            served = dmon.sessions[proxy.sess].items[share.iden]
            ended: list[int] = []
            served.onfini(lambda: ended.append(1))
    await t_waiting.until(lambda: ended)


async def test_a_share_that_the_server_ends(proxy: s_telepath.Proxy, dmon: s_telepath.Daemon) -> None:
    share = await proxy.share()
    sess = dmon.sessions[proxy.sess]
    sess.hslink.write(s_common.en(('share:fini', {'share': share.iden})))
    assert await share.waitfini(10)
    assert await proxy.bar(1) == 4


async def test_what_is_known_of_the_server(proxy: s_telepath.Proxy) -> None:
    assert proxy._getClasses()[0].endswith('Sample')
    assert proxy._getSynVers() >= (2, 256, 0)
    assert proxy._getSynCommit() == ''
    assert proxy._hasTeleMeth('bar') and not proxy._hasTeleMeth('newp')
    assert not proxy._hasTeleFeat('tellready')
    assert proxy.synack['sess'] == proxy.sess and proxy.sharinfo['meths'] == proxy.methinfo


async def test_end_of_the_proxy(url: str) -> None:
    proxy = await s_telepath.openurl(url)
    task = asyncio.create_task(proxy.hang())
    await proxy.bar(1)
    await proxy.fini()
    with pytest.raises(s_exc.LinkShutDown):
        await task
    with pytest.raises(s_exc.IsFini):
        await proxy.bar(1)
    with pytest.raises(s_exc.IsFini):
        await proxy.agen(1).list()


async def test_the_server_drops_the_link(proxy: s_telepath.Proxy, dmon: s_telepath.Daemon) -> None:
    share = await proxy.share()
    genr = proxy.idlegen()
    assert await anext(aiter(genr)) == 'started'
    dmon.sessions[proxy.sess].hslink.close()
    assert await proxy.waitfini(10)
    with pytest.raises(s_exc.LinkShutDown):
        await anext(aiter(genr))
    assert share.isfini
    await t_waiting.until(lambda: not dmon.sessions)


async def test_the_socket_is_gone(dmon: s_telepath.Daemon, sock: str) -> None:
    async with await s_telepath.openurl(f'unix://{sock}') as proxy:
        os.unlink(sock)
        with pytest.raises(s_exc.LinkShutDown):
            await proxy.bar(1)
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(sock)
        with pytest.raises(s_exc.LinkShutDown):
            await proxy.bar(1)


async def test_pipeline(proxy: s_telepath.Proxy) -> None:
    async def todos() -> typing.AsyncIterator[typing.Any]:
        for i in range(1000):
            yield ('bar', (i,), {'y': 0})
        yield ('synerr', (), {})

    retns = [retn async for retn in proxy.getPipeline(todos())]
    assert retns[:1000] == [(True, i) for i in range(1000)]
    assert retns[1000][0] is False and retns[1000][1][0] == 'BadTypeValu'
    assert proxy._pool.stats() == {'idle': 1, 'links': 1}


async def test_pipeline_raises_what_its_source_raises(proxy: s_telepath.Proxy) -> None:
    async def todos() -> typing.AsyncIterator[typing.Any]:
        yield ('bar', (1,), {})
        raise ValueError('source')

    retns = []
    with pytest.raises(ValueError):
        async for retn in proxy.getPipeline(todos()):
            retns.append(retn)
    assert retns == [(True, 4)]


async def test_credentials_and_names(url: str, dmon: s_telepath.Daemon, sock: str) -> None:
    with pytest.raises(s_exc.AuthDeny):
        await s_telepath.openurl(url, user='bob', passwd='wrong')
    with pytest.raises(s_exc.NoSuchName) as info:
        await s_telepath.openurl(f'{url}newp/x')
    assert info.value.get('name') == 'newp'
    for good in (f'{url}foo/a', f'{url}?name=foo/a', f'unix://{sock}:foo/a', f'unix://bob:secret@{sock}?name=foo/a'):
        async with await s_telepath.openurl(good) as proxy:
            assert await proxy.where() == ('a',)
    folder = sock.removesuffix('/sock')
    for good in (f'cell://{folder}', f'cell://{folder}:*', f'cell://{folder}:foo', f'cell://{folder}:newp?name=foo'):
        async with await s_telepath.openurl(good) as proxy:
            assert await proxy.bar(1) == 4


async def test_relative_cell_url(dmon: s_telepath.Daemon, sock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sock.removesuffix('/sock')
    top, _, name = folder.rpartition('/')
    monkeypatch.chdir(top)
    async with await s_telepath.openurl(f'cell://{name}') as proxy:
        assert await proxy.bar(1) == 4


REFUSED: list[tuple[str, type[Exception]]] = [
    ('foo://h/', s_exc.BadUrl),
    ('tcp+consul://h/', s_exc.FeatureNotSupported),
    ('tcp+other://h/', s_exc.BadUrl),
    ('aha://svc.net/', s_exc.NotReady),
    ('unix:///newp/newp/sock', s_exc.NoSuchPath),
    ('cell:///newp/newp', s_exc.NoSuchPath),
    ('tcp://127.0.0.1:1/', ConnectionRefusedError),
    ('noalias', s_exc.BadUrl),
]


@pytest.mark.parametrize('url,exc', REFUSED, ids=[url for url, _ in REFUSED])
async def test_refused(url: str, exc: type[Exception]) -> None:
    with pytest.raises(exc):
        await s_telepath.openurl(url)


async def test_socket_without_a_listener(tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / 'dead')
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(path)
    with pytest.raises(s_exc.LinkErr) as info:
        await s_telepath.openurl(f'unix://{path}')
    assert info.value.get('mesg') == f'Cell path is not listening: {path}'


async def test_discovery_plugs_in(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(info: dict[str, typing.Any]) -> dict[str, typing.Any]:
        assert info['host'] == 'svc.net'
        return s_telepath.mergeAhaInfo(info, s_telepath.chopurl(url))

    monkeypatch.setitem(s_telepath.resolvers, 'aha', resolve)
    async with await s_telepath.openurl('aha://svc.net/foo/a') as proxy:
        assert await proxy.where() == ('a',)


SYNACK = (
    'tele:syn',
    {'vers': (3, 0), 'retn': (True, None), 'sess': '0' * 32, 'sharinfo': {'meths': {'agen': {'genr': True}}}},
)
GENR = ('t2:genr', {})


class Scripted(asyncio.Protocol):
    """A server that answers the first message of each link with what is prepared for its type, and may hang up."""

    def __init__(self, answers: dict[str, typing.Any]) -> None:
        self.answers = answers
        self.unpk = s_common.unpacker()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = typing.cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.unpk.feed(data)
        for mesg in self.unpk:
            for answer in self.answers.get(mesg[0], ()):
                if answer is None:
                    self.transport.close()
                else:
                    self.transport.write(answer if isinstance(answer, bytes) else s_common.en(answer))


@contextlib.asynccontextmanager
async def scripted(tmp_path: pathlib.Path, syn: list[typing.Any], init: list[typing.Any]) -> typing.AsyncIterator[str]:
    path = str(tmp_path / 'sock')
    answers = {'tele:syn': syn, 't2:init': init}
    server = await asyncio.get_running_loop().create_unix_server(lambda: Scripted(answers), path)
    yield f'unix://{path}'
    server.close()


HANDSHAKES: list[tuple[str, list[typing.Any], type[Exception]]] = [
    ('hangs up', [None], s_exc.LinkShutDown),
    ('version 4', [('tele:syn', {'vers': (4, 0), 'retn': (True, None)})], s_exc.BadMesgVers),
    ('no version', [('tele:syn', {'retn': (True, None)})], s_exc.BadMesgVers),
    ('no session', [('tele:syn', {'vers': (3, 0), 'retn': (True, None)})], s_exc.BadMesgVers),
    ('error', [('tele:syn', {'vers': (3, 0), 'retn': (False, ('NoSuchUser', {'username': 'x'}))})], s_exc.NoSuchUser),
    ('not a message', [5], s_exc.BadMesgFormat),
    ('not msgpack', [b'\xc1'], s_exc.BadMesgFormat),
]


@pytest.mark.parametrize('syn,exc', [row[1:] for row in HANDSHAKES], ids=t_cases.ids(HANDSHAKES))
async def test_answers_to_the_handshake(tmp_path: pathlib.Path, syn: list[typing.Any], exc: type[Exception]) -> None:
    async with scripted(tmp_path, syn, []) as url:
        with pytest.raises(exc):
            await s_telepath.openurl(url)


REPLIES: list[tuple[str, list[typing.Any], type[Exception]]] = [
    ('hangs up', [None], s_exc.LinkShutDown),
    ('unknown type', [('t2:foo', {})], s_exc.BadMesgFormat),
    ('not a message', [5], s_exc.BadMesgFormat),
    ('not msgpack', [b'\xc1'], s_exc.BadMesgFormat),
    ('no result', [('t2:fini', {})], s_exc.BadMesgFormat),
    ('hangs up in a stream', [GENR, ('t2:yield', {'retn': (True, 1)}), None], s_exc.LinkShutDown),
    ('no stream message', [GENR, ('t2:yield', {'retn': (True, 1)}), ('t2:foo', {})], s_exc.BadMesgFormat),
    ('not msgpack in a stream', [GENR, ('t2:yield', {'retn': (True, 1)}), b'\xc1'], s_exc.BadMesgFormat),
    ('malformed item', [GENR, ('t2:yield', {'retn': 5})], s_exc.BadMesgFormat),
]


@pytest.mark.parametrize('init,exc', [row[1:] for row in REPLIES], ids=t_cases.ids(REPLIES))
async def test_replies_that_break_the_protocol(
    tmp_path: pathlib.Path, init: list[typing.Any], exc: type[Exception]
) -> None:
    async with scripted(tmp_path, [SYNACK], init) as url, await s_telepath.openurl(url) as proxy:
        with pytest.raises(exc):
            await (await proxy.bar(1)).list()
        with pytest.raises(exc):
            await proxy.agen(1).list()


@pytest.mark.parametrize('more', [('t2:foo', {}), 5, b'\xc1', None])
async def test_a_handshake_link_that_breaks_the_protocol_ends(tmp_path: pathlib.Path, more: typing.Any) -> None:
    async with scripted(tmp_path, [SYNACK, more], []) as url:
        proxy = await s_telepath.openurl(url)
        assert await proxy.waitfini(10)
