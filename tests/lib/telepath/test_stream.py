"""How streams are sent: bursts, coalescing, back-pressure, fairness (telepath.md 1, 6)."""

from __future__ import annotations

import asyncio
import socket
import time
import typing

import pytest

import synapse.common as s_common
import synapse.lib.limits as s_limits
import synapse.telepath as s_telepath
import tests.lib.telepath.raw as t_raw


class Source:
    def __init__(self) -> None:
        self.made = 0
        self.ended = asyncio.Event()

    async def burst(self, size: int) -> typing.AsyncIterator[typing.Any]:
        yield s_telepath.Burst(range(size))
        yield 'between'
        yield s_telepath.RawBurst([s_common.en(item) for item in ('a', {'b': (1,)})])
        yield s_telepath.Burst([])

    async def badburst(self) -> typing.AsyncIterator[typing.Any]:
        yield s_telepath.Burst([1, {2}])

    async def endless(self) -> typing.AsyncIterator[int]:
        try:
            while True:
                self.made += 1
                yield self.made
        finally:
            self.ended.set()

    async def kilobytes(self) -> typing.AsyncIterator[bytes]:
        byts = b'v' * 1024
        try:
            while True:
                self.made += 1
                yield byts
        finally:
            self.ended.set()

    async def slow(self) -> typing.AsyncIterator[str]:
        yield 'first'
        await asyncio.sleep(3600)

    async def turn(self) -> float:
        then = time.perf_counter()
        await asyncio.sleep(0)
        return time.perf_counter() - then

    def ping(self) -> str:
        return 'pong'


@pytest.fixture
async def source() -> Source:
    return Source()


@pytest.fixture
async def served(dmon: s_telepath.Daemon, source: Source, url: str) -> typing.AsyncIterator[s_telepath.Proxy]:
    dmon.share('source', source)
    async with await s_telepath.openurl(f'{url}source') as proxy:
        yield proxy


@pytest.mark.parametrize('size', [0, 1, 3, 100_000])
async def test_bursts_are_items(served: s_telepath.Proxy, size: int) -> None:
    assert await served.burst(size).list() == [*range(size), 'between', 'a', {'b': (1,)}]


async def test_nothing_of_a_bad_burst_is_sent(dial: t_raw.Dial, source: Source, dmon: s_telepath.Daemon) -> None:
    dmon.share('source', source)
    link = await dial()
    await link.syn(name='source')
    assert await link.call('badburst') == ('t2:genr', {})
    assert (await link.rx())[1]['retn'][1][0] == 'NotMsgpackSafe'
    assert (await link.call('ping'))[1] == {'retn': (True, 'pong')}


async def test_the_first_item_does_not_wait_for_others(served: s_telepath.Proxy) -> None:
    async with asyncio.timeout(5):
        async for item in served.slow():
            assert item == 'first'
            break


async def test_an_endless_generator_lets_others_run(served: s_telepath.Proxy, source: Source) -> None:
    async def consume() -> None:
        async for _ in served.endless():
            pass

    task = asyncio.create_task(consume())
    while source.made < 1000:
        await asyncio.sleep(0)
    for _ in range(20):
        assert await asyncio.wait_for(served.ping(), 5) == 'pong'
    task.cancel()
    await asyncio.wait_for(source.ended.wait(), 5)


async def test_a_consumer_that_does_not_read_stops_the_generator(
    dial: t_raw.Dial, dmon: s_telepath.Daemon, source: Source
) -> None:
    dmon.share('source', source)
    link = await dial()
    await link.syn(name='source')
    link.writer.get_extra_info('socket').setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    link.init('kilobytes')
    made = -1
    while source.made != made or not made:
        made = source.made
        await asyncio.sleep(0.05)
    # what the buffers of both sockets, of this reader and of the server's transport hold
    assert made * 1024 < s_limits.TELE_WRITE_BYTES + 4 * s_limits.MIB
    link.close()
    await asyncio.wait_for(source.ended.wait(), 5)


async def test_our_client_does_not_read_ahead_without_bound(served: s_telepath.Proxy, source: Source) -> None:
    genr = served.kilobytes()
    assert await anext(aiter(genr)) == b'v' * 1024
    made = -1
    while source.made != made:
        made = source.made
        await asyncio.sleep(0.05)
    assert made * 1024 < s_limits.TELE_WRITE_BYTES + s_limits.TELE_READ_AHEAD_BYTES + 8 * s_limits.MIB
    await genr.aclose()
    await asyncio.wait_for(source.ended.wait(), 5)


async def test_small_items_share_writes(dial: t_raw.Dial, dmon: s_telepath.Daemon, source: Source) -> None:
    dmon.share('source', source)
    link = await dial()
    info = await link.syn(name='source')
    served = dmon.sessions[info['sess']].hslink
    writes: list[int] = []
    served.write = lambda byts: writes.append(len(byts)) or type(served).write(served, byts)  # type: ignore[method-assign]
    link.init('burst', 1000)
    count = 0
    while (await link.rx()) != ('t2:yield', {'retn': None}):
        count += 1
    assert count == 1004 and len(writes) == 1


async def test_a_client_that_floods_does_not_starve_others(raw: t_raw.Raw, dial: t_raw.Dial) -> None:
    for valu in range(20_000):
        raw.init('bar', valu)
    other = await dial()
    other.sess = raw.sess
    assert (await other.call('bar', 1))[1] == {'retn': (True, 4)}
    for valu in range(20_000):
        assert await raw.rx() == ('t2:fini', {'retn': (True, valu + 3)})
