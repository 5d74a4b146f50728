"""The server's programming surface and what it logs: telepath.md 9, 15."""

from __future__ import annotations

import asyncio
import logging
import pathlib
import socket
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.telepath as s_telepath
import tests.lib.telepath.raw as t_raw
import tests.lib.telepath.sample as t_sample


async def test_addresses(dmon: s_telepath.Daemon, sock: str, tmp_path: pathlib.Path) -> None:
    assert dmon.addr[0] == '127.0.0.1' and dmon.addr[1] > 0
    path = str(tmp_path / 'other')
    assert await dmon.listen(f'unix://{path}') == path
    assert (await dmon.listen('tcp://0.0.0.0:1/', host='127.0.0.1', port=0))[1] > 1
    addr = await dmon.listen('tcp://localhost:0/')
    async with await s_telepath.openurl(f'tcp://localhost:{addr[1]}/') as proxy:
        assert await proxy.bar(1) == 4


async def test_a_stale_socket_file_is_replaced(tmp_path: pathlib.Path, sample: t_sample.Sample) -> None:
    path = str(tmp_path / 'stale')
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(path)  # and never removes it, as a killed process
    async with await s_telepath.Daemon.anit() as dmon:
        dmon.share('*', sample)
        await dmon.listen(f'unix://{path}')
        async with await s_telepath.openurl(f'unix://{path}') as proxy:
            assert await proxy.bar(1) == 4


async def test_bad_listeners(dmon: s_telepath.Daemon, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    for url in ('foo://h/', 'cell:///x', 'aha://x'):
        with pytest.raises(s_exc.BadUrl):
            await dmon.listen(url)
    path = f'{tmp_path}/{"x" * 120}'
    with pytest.raises(OSError):
        await dmon.listen(f'unix://{path}')
    assert f'unix:// exceeds OS supported UNIX socket path length: {path}' in caplog.text
    with pytest.raises(OSError):
        await dmon.listen(f'tcp://127.0.0.1:{dmon.addr[1]}/')


async def test_sessions(dmon: s_telepath.Daemon, url: str, sock: str) -> None:
    async with await s_telepath.openurl(url) as tcp, await s_telepath.openurl(f'unix://{sock}') as unix:
        dmon.sessions[tcp.sess].user = User()
        share = await unix.share()
        infos = {info['conninfo']['family']: info for info in await dmon.getSessInfo()}
        item = f'{t_sample.__name__}.Sample'
        assert infos['tcp']['items'] == {None: item}
        assert infos['tcp']['conninfo']['ipver'] == 'ipv4' and infos['tcp']['conninfo']['addr'][0] == '127.0.0.1'
        assert infos['tcp']['user'] == {'iden': 'u1', 'name': 'bob'}
        assert infos['unix']['items'] == {None: item, share.iden: f'{t_sample.__name__}.Counter'}
        assert infos['unix']['conninfo'] == {'family': 'unix', 'addr': sock}
        assert 'user' not in infos['unix']


class User:
    iden = 'u1'
    name = 'bob'


async def test_not_ready(dmon: s_telepath.Daemon, url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with await s_telepath.openurl(url) as proxy:
        await dmon.setReady(False)
        assert await proxy.waitfini(10)
    with pytest.raises(s_exc.LinkShutDown):
        await s_telepath.openurl(url)
    assert 'onLinkInit is not ready' in caplog.text
    await dmon.setReady(True)
    async with await s_telepath.openurl(url) as proxy:
        assert await proxy.bar(1) == 4


class Root(s_base.Base):
    """An aware object with an API object for each connection."""

    async def __anit__(self) -> None:
        await super().__anit__()
        self.apis: list[Api] = []
        self.names: list[str] = []

    def onTeleShare(self, dmon: s_telepath.Daemon, name: str) -> None:
        if name == 'bad':
            raise ValueError('not under this name')
        self.names.append(name)

    async def getTeleFeats(self) -> dict[str, int]:
        return {'dance': 2}

    async def getTeleApi(self, link: typing.Any, mesg: typing.Any, path: tuple[str, ...]) -> Api:
        api = await Api.anit()
        api.sess = link.get('sess')
        link.get('sess').user = User()
        self.apis.append(api)
        return api


class Api(s_base.Base):
    sess: s_telepath.Session

    async def who(self) -> tuple[str, bool]:
        await asyncio.sleep(0)
        sess = s_telepath.caller()
        assert sess is not None
        return sess.user.name, sess is self.sess

    def whosync(self) -> str:
        sess = s_telepath.caller()
        return '' if sess is None else sess.user.name

    async def whogen(self) -> typing.AsyncIterator[str]:
        for _ in range(2):
            await asyncio.sleep(0)
            yield self.whosync()

    async def tasked(self) -> bool:
        task = asyncio.current_task()
        done = asyncio.get_running_loop().create_future()
        assert task is not None
        task.add_done_callback(lambda _: done.set_result(None))
        async with asyncio.timeout(10):
            await asyncio.sleep(0)
        return task is asyncio.current_task()


@pytest.fixture
async def root() -> typing.AsyncIterator[Root]:
    async with await Root.anit() as root:
        yield root


async def test_api_objects(root: Root, dmon: s_telepath.Daemon, url: str) -> None:
    dmon.share('root', root)
    async with await s_telepath.openurl(f'{url}root') as proxy:
        assert proxy._hasTeleFeat('dance', 2) and not proxy._hasTeleFeat('dance', 3)
        assert await proxy.who() == ('bob', True)
        assert await proxy.whosync() == 'bob'
        assert await proxy.whogen().list() == ['bob', 'bob']
        assert await proxy.tasked()
        for name in ('fini', 'on', 'waitfini', 'getTeleApi', 'anit'):
            with pytest.raises(s_exc.NoSuchMeth):
                await proxy.call(name)
    assert await root.apis[0].waitfini(10)
    assert s_telepath.caller() is None


async def test_sharing_hook(root: Root, dmon: s_telepath.Daemon, caplog: pytest.LogCaptureFixture) -> None:
    dmon.share('good', root)
    dmon.share('bad', root)
    assert root.names == ['good']
    assert 'good' in dmon.shared and 'bad' not in dmon.shared
    assert 'onTeleShare() error for: bad' in caplog.text


async def test_end_of_the_daemon(root: Root, dmon: s_telepath.Daemon, url: str, sample: t_sample.Sample) -> None:
    dmon.share('root', root)
    proxy = await s_telepath.openurl(url)
    await s_telepath.openurl(f'{url}root')
    task = asyncio.create_task(proxy.hang())
    await proxy.bar(1)
    await dmon.fini()
    assert root.isfini and root.apis[0].isfini
    assert 'hang cancelled' in sample.events
    with pytest.raises(s_exc.LinkShutDown):
        await task
    assert await proxy.waitfini(10)
    with pytest.raises(ConnectionRefusedError):
        await s_telepath.openurl(url)


LINES: list[tuple[str, tuple[typing.Any, ...], str]] = [
    ('call', ('synerr',), r"ERROR error during task: synerr BadTypeValu: mesg='nope' valu=3"),
    ('stream', ('araise',), r"ERROR error during task araise BadTypeValu: mesg='mid' valu=3"),
    ('cancelled stream', ('killed',), 'INFO t2call task killed cancelled'),
    ('unknown method', ('newp',), "WARNING Sample has no method: 'newp'"),
    ('bad init', ('newp', 'x' * 500), "ERROR Error on t2:init: ('t2:init', {'todo': ('newp', ('xxx"),
]


@pytest.mark.parametrize('todo,text', [row[1:] for row in LINES], ids=[row[0] for row in LINES])
async def test_log_lines_of_calls(
    raw: t_raw.Raw, caplog: pytest.LogCaptureFixture, todo: typing.Any, text: str
) -> None:
    with caplog.at_level(logging.INFO):
        mesg = await raw.call(*todo)
        while mesg[0] != 't2:fini' and mesg[1].get('retn', (True,))[0]:
            mesg = await raw.rx()
        await raw.call('bar', 1)
    lines = [f'{rec.levelname} {rec.getMessage()}' for rec in caplog.records]
    assert any(line.startswith(text) for line in lines), lines
    assert not any('x' * 100 in line for line in lines)


async def test_log_lines_of_links(raw: t_raw.Raw, caplog: pytest.LogCaptureFixture, sock: str) -> None:
    raw.tx(('foo:bar', {}), 5)
    await raw.syn(vers=(2, 0))
    raw.writer.write(b'\xc1')
    assert await raw.rx() == 'EOF'
    link = f"link={{'family': 'unix', 'addr': '{sock}'}}"
    lines = [rec.getMessage() for rec in caplog.records]
    assert lines[0] == f"Dmon.onLinkMesg Invalid mesg: mesg=('foo:bar', {{}}) {link}"
    assert lines[1] == f'Dmon.onLinkMesg Handler: mesg=5 {link}'
    assert lines[2].startswith('tele:syn error: BadMesgVers: ') and lines[2].endswith(link)
    assert lines[3].startswith('rx closed unexpectedly ') and lines[3].endswith(link)


async def test_self_cancelled_call_is_not_logged(raw: t_raw.Raw, caplog: pytest.LogCaptureFixture) -> None:
    await raw.call('cancels')
    assert not caplog.records
