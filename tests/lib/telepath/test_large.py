"""Large values: sent piece by piece, those in files from the page cache; in order with all else, cut off on failure."""

from __future__ import annotations

import asyncio
import os
import pathlib
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.telepath as s_telepath
import tests.lib.telepath.raw as t_raw
import tests.waiting as t_waiting

SIZE = 3 * s_limits.TELE_PIECE_BYTES + 12345


class File:
    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.fd = os.open(path, os.O_RDONLY)

    def __del__(self) -> None:
        os.close(self.fd)


class Source:
    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.path.write_bytes(os.urandom(SIZE))
        self.ended = asyncio.Event()

    def range(self, offs: int, size: int) -> s_telepath.FileRange:
        return s_telepath.FileRange(File(self.path), offs, size)

    async def mixed(self) -> typing.AsyncIterator[typing.Any]:
        yield 'first'
        yield self.range(0, SIZE)
        yield {'between': True}
        yield self.range(5, 10)
        yield self.range(SIZE - s_limits.TELE_BULK_BYTES, s_limits.TELE_BULK_BYTES)
        yield self.range(0, 0)

    async def pieces(self) -> typing.AsyncIterator[typing.Any]:
        yield 'first'
        for step in (1000, s_limits.TELE_PIECE_BYTES, SIZE):
            yield s_telepath.Pieces(SIZE, self.cut(SIZE, step))
        yield s_telepath.Pieces(10, self.cut(10, 3))

    async def fewer(self) -> typing.AsyncIterator[typing.Any]:
        yield s_telepath.Pieces(SIZE, self.cut(SIZE - 1, 100000))

    async def fails(self) -> typing.AsyncIterator[typing.Any]:
        yield s_telepath.Pieces(SIZE * 2, self.cut(SIZE, 100000, fail=True))

    async def cut(self, size: int, step: int, fail: bool = False) -> typing.AsyncGenerator[bytes, None]:
        byts = self.path.read_bytes()[:size]
        for offs in range(0, size, step):
            yield byts[offs : offs + step]
            await asyncio.sleep(0)
        if fail:
            raise s_exc.CLASSES['NoSuchStor'](mesg='newp')

    async def endless(self) -> typing.AsyncIterator[s_telepath.FileRange]:
        try:
            while True:
                yield self.range(0, SIZE)
        finally:
            self.ended.set()

    async def beyond(self) -> typing.AsyncIterator[s_telepath.FileRange]:
        yield self.range(0, SIZE * 2)

    def ping(self) -> str:
        return 'pong'


@pytest.fixture
async def source(tmp_path: pathlib.Path, dmon: s_telepath.Daemon) -> Source:
    source = Source(tmp_path / 'file')
    dmon.share('source', source)
    return source


@pytest.fixture(params=['unix', 'tcp'])
async def served(request: pytest.FixtureRequest, source: Source, sock: str, url: str) -> typing.Any:
    where = f'unix://{sock}:source' if request.param == 'unix' else f'{url}source'
    async with await s_telepath.openurl(where) as proxy:
        yield proxy


def drop_cache(path: pathlib.Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(fd)


@pytest.mark.parametrize('cold', [False, True])
async def test_ranges_are_bytes(served: s_telepath.Proxy, source: Source, cold: bool) -> None:
    byts = source.path.read_bytes()
    if cold:
        drop_cache(source.path)
    want = ['first', byts, {'between': True}, byts[5:15], byts[-s_limits.TELE_BULK_BYTES :], b'']
    assert [item async for item in served.mixed()] == want
    assert await served.ping() == 'pong'


async def test_a_slow_reader_gets_all(source: Source, sock: str) -> None:
    byts = source.path.read_bytes()
    async with t_raw.dialer(sock) as dial:
        raw = await dial()
        await raw.syn(name='source')
        raw.init('mixed')
        await asyncio.sleep(0.1)  # the socket is full by now, several times over
        items = [await raw.rx() for _ in range(8)]
        assert items[0] == ('t2:genr', {}) and items[-1] == ('t2:yield', {'retn': None})
        assert items[2][1]['retn'] == (True, byts)


async def test_what_is_written_meanwhile_comes_after(source: Source, sock: str, dmon: s_telepath.Daemon) -> None:
    async with t_raw.dialer(sock) as dial:
        raw = await dial()
        await raw.syn(name='source')
        raw.init('mixed')
        [link] = dmon.links
        while link._held is None:
            await asyncio.sleep(0)
        link.write(t_raw.pack(('aside', {})))
        kinds = [(await raw.rx())[0] for _ in range(9)]
        assert kinds.index('aside') == 3 and kinds.count('t2:yield') == 7


async def test_a_client_that_leaves_ends_the_stream(source: Source, sock: str) -> None:
    async with await s_telepath.openurl(f'unix://{sock}:source') as proxy:
        async for byts in proxy.endless():
            assert len(byts) == SIZE
            break
        async with asyncio.timeout(10):
            await source.ended.wait()
        assert await proxy.ping() == 'pong'


async def test_pieces_are_bytes(served: s_telepath.Proxy, source: Source) -> None:
    byts = source.path.read_bytes()
    assert [item async for item in served.pieces()] == ['first', byts, byts, byts, byts[:10]]
    assert await served.ping() == 'pong'


@pytest.mark.parametrize('name', ['beyond', 'fewer', 'fails'])
async def test_what_cannot_be_sent_cuts_the_link(served: s_telepath.Proxy, name: str) -> None:
    with pytest.raises(s_exc.CLASSES['LinkShutDown']):
        async for _ in getattr(served, name)():
            pass
    assert await served.ping() == 'pong'


async def test_legacy_streams_read_them(source: Source, sock: str) -> None:
    byts = source.path.read_bytes()
    async with t_raw.dialer(sock) as dial:
        raw = await dial()
        await raw.syn(name='source')
        raw.tx(('task:init', {'task': 'aa', 'todo': ('mixed', (), {}), 'name': None}))
        await raw.rx()
        data = [(await raw.rx())[1]['data'] for _ in range(3)]
        assert data == [(True, 'first'), (True, byts), (True, {'between': True})]


async def test_decoders_do_not_stay_large(dmon: s_telepath.Daemon, proxy: s_telepath.Proxy, raw: t_raw.Raw) -> None:
    byts = os.urandom(s_limits.TELE_DECODER_BYTES + 1)
    assert await proxy.echo(byts) == ((byts,), {})
    for _ in range(2):  # the second time the caller is known, and the value goes around the decoder
        raw.init('echo', byts)
        assert (await raw.rx())[1]['retn'][1] == ((byts,), {})
    raw.init('echo', 'small')
    assert (await raw.rx())[1]['retn'][1][0] == ('small',)
    links = [*dmon.links, *proxy._pool.links]
    assert len(links) >= 3 and max(link.unpk.tell() for link in links) < len(byts)


async def test_a_lost_link_keeps_nothing(dmon: s_telepath.Daemon, raw: t_raw.Raw) -> None:
    [link] = dmon.links
    raw.writer.write(t_raw.pack(('t2:init', {'todo': ('echo', (bytes(1 << 20),), {})}))[:-50])
    await t_waiting.until(lambda: link.fed > 1 << 19)
    raw.writer.close()
    await t_waiting.until(lambda: link not in dmon.links)
    assert not hasattr(link, 'unpk')
