"""Large values that somebody works on while they come in; whatever becomes of the call, nothing is mistaken."""

from __future__ import annotations

import asyncio
import hashlib
import os
import pathlib
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.telepath as s_telepath
import tests.lib.telepath.certs as t_certs
import tests.lib.telepath.raw as t_raw
import tests.waiting as t_waiting

SIZE = 1 << 20
BYTS = os.urandom(SIZE)


class Work(s_telepath.Work):
    def __init__(self, size: int) -> None:
        self.memory = memoryview(bytearray(size))
        self.counts: list[int] = []
        self.ends = 0

    def fed(self, count: int) -> None:
        self.counts.append(count)

    def over(self) -> None:
        self.ends += 1


class Taker:
    """Offers memory for ``take`` and ``fail``; the works are kept."""

    def __init__(self) -> None:
        self.works: list[Work] = []
        self.asked: list[tuple[str, int]] = []

    def expectTeleBulk(self, name: str, size: int) -> Work | None:
        self.asked.append((name, size))
        if name == 'fail':
            raise ValueError('newp')
        if name != 'take':
            return None
        self.works.append(Work(size))
        return self.works[-1]

    def take(self, valu: typing.Any, *args: typing.Any, **kwargs: typing.Any) -> typing.Any:
        if isinstance(valu, Work):
            assert valu is self.works[-1] and valu.ends == 0
            return 'work', hashlib.sha256(valu.memory).hexdigest(), args, kwargs
        return 'bytes', hashlib.sha256(valu).hexdigest(), args, kwargs

    fail = other = take

    async def wait(self, secs: float) -> None:
        await asyncio.sleep(secs)


@pytest.fixture
async def taker(dmon: s_telepath.Daemon) -> Taker:
    taker = Taker()
    dmon.share('taker', taker)
    return taker


@pytest.fixture
async def raw(taker: Taker, dial: t_raw.Dial) -> t_raw.Raw:
    """A link on which a call was made: its caller is known."""
    raw = await dial()
    await raw.syn(name='taker')
    await raw.call('wait', 0)
    return raw


def digest(byts: bytes) -> str:
    return hashlib.sha256(byts).hexdigest()


def result(mesg: typing.Any) -> typing.Any:
    assert mesg[0] == 't2:fini' and mesg[1]['retn'][0], mesg
    return mesg[1]['retn'][1]


@pytest.fixture(params=['unix', 'tcp', 'ssl'])
async def proxy(
    request: pytest.FixtureRequest, taker: Taker, dmon: s_telepath.Daemon, sock: str, url: str, tmp_path: pathlib.Path
) -> typing.AsyncIterator[s_telepath.Proxy]:
    opts: dict[str, typing.Any] = {}
    where = f'unix://{sock}:taker' if request.param == 'unix' else f'{url}taker'
    if request.param == 'ssl':
        certs = t_certs.Certs(tmp_path / 'certs', 'net')
        certs.add_host('cell.net')
        dmon.certdir = certs.certdir
        addr = await dmon.listen('ssl://127.0.0.1:0/?hostname=cell.net')
        where, opts = f'ssl://127.0.0.1:{addr[1]}/taker?hostname=cell.net', {'certdir': certs.certdir}
    async with await s_telepath.openinfo(s_telepath.chopurl(where, **opts)) as proxy:
        await proxy.wait(0)
        yield proxy


@pytest.mark.parametrize('size', [SIZE, 300_001, 5 * SIZE + 7])
async def test_the_call_gets_the_work(proxy: s_telepath.Proxy, taker: Taker, size: int) -> None:
    byts = os.urandom(size)
    for _ in range(3):
        assert await proxy.take(byts, 1, a=2) == ('work', digest(byts), (1,), {'a': 2})
    assert taker.asked == [('take', size)] * 3
    for work in taker.works:
        assert work.ends == 1 and work.counts == sorted(set(work.counts)) and work.counts[-1] == size


async def test_nobody_wants_it(proxy: s_telepath.Proxy, taker: Taker, caplog: pytest.LogCaptureFixture) -> None:
    assert (await proxy.other(BYTS))[:2] == ('bytes', digest(BYTS))
    assert (await proxy.fail(BYTS))[:2] == ('bytes', digest(BYTS))
    assert (await proxy.take(BYTS[:2000]))[:2] == ('bytes', digest(BYTS[:2000]))
    for size in (s_limits.TELE_PLAIN_BYTES - 1, s_limits.TELE_PLAIN_BYTES, 5 * SIZE + 3):
        byts = os.urandom(size)
        assert await proxy.other(byts, 'after', b=byts) == ('bytes', digest(byts), ('after',), {'b': byts})
    assert not taker.works and 'expectTeleBulk() failed' in caplog.text


async def test_it_is_not_for_remote_callers(proxy: s_telepath.Proxy) -> None:
    with pytest.raises(s_exc.CLASSES['NoSuchMeth']):
        await proxy.expectTeleBulk('take', SIZE)


async def test_a_link_that_proved_nothing_causes_no_work(taker: Taker, dial: t_raw.Dial) -> None:
    raw = await dial()
    await raw.syn(name='taker')
    assert result(await raw.call('take', BYTS))[0] == 'bytes'
    assert not taker.asked
    assert result(await raw.call('take', BYTS))[0] == 'work'


@pytest.mark.parametrize('info', [{'sess': '0' * 32}, {'name': 'newp'}, {'sess': ...}, {'sess': {}}])
async def test_a_call_that_is_refused(raw: t_raw.Raw, taker: Taker, info: dict[str, typing.Any]) -> None:
    mesg = await raw.call('take', BYTS, **info)
    assert not mesg[1]['retn'][0]
    assert [work.ends for work in taker.works] == [1]
    assert result(await raw.call('take', BYTS))[:2] == ('work', digest(BYTS))


async def test_a_call_of_another_object(raw: t_raw.Raw, taker: Taker, dmon: s_telepath.Daemon) -> None:
    [sess] = dmon.sessions.values()
    sess.items['other'] = other = Taker()
    assert result(await raw.call('take', BYTS, name='other'))[:2] == ('bytes', digest(BYTS))
    assert [work.ends for work in taker.works] == [1] and not other.works


async def test_a_message_that_says_two_things(raw: t_raw.Raw, taker: Taker) -> None:
    first, second = BYTS, os.urandom(SIZE)
    body = t_raw.pack(('take', (first,), {})), t_raw.pack(('take', (second,), {})), t_raw.pack(raw.sess)
    raw.writer.write(b'\x92\xa7t2:init\x83\xa4todo' + body[0] + b'\xa4todo' + body[1] + b'\xa4sess' + body[2])
    assert result(await raw.rx())[:2] == ('bytes', digest(second))
    assert [work.ends for work in taker.works] == [1]


async def test_messages_behind_each_other(raw: t_raw.Raw) -> None:
    others = [os.urandom(SIZE) for _ in range(3)]
    raw.init('wait', 0.05)
    for byts in others:
        raw.init('take', byts)
        raw.init('take', b'small')
    assert result(await raw.rx()) is None
    for byts in others:
        assert result(await raw.rx())[1] == digest(byts)
        assert result(await raw.rx())[:2] == ('bytes', digest(b'small'))


async def test_what_looks_like_a_message_within_one(raw: t_raw.Raw, taker: Taker) -> None:
    """A value of which each piece that can be read begins like a call is still a value."""
    head = t_raw.pack(('t2:init', {'todo': ('take', (BYTS,), {}), 'name': None, 'sess': raw.sess}))
    byts = head * 3
    raw.writer.write(t_raw.pack(('t2:init', {'todo': ('other', (byts,), {}), 'name': None, 'sess': raw.sess}))[:40])
    await raw.writer.drain()
    await asyncio.sleep(0.05)
    raw.writer.write(t_raw.pack(('t2:init', {'todo': ('other', (byts,), {}), 'name': None, 'sess': raw.sess}))[40:])
    assert result(await raw.rx())[:2] == ('bytes', digest(byts))
    assert not taker.works


async def test_a_size_that_is_only_said(raw: t_raw.Raw, dmon: s_telepath.Daemon) -> None:
    def pages() -> int:
        return int(pathlib.Path('/proc/self/statm').read_text().split()[1])

    before = pages()
    raw.writer.write(b'\x92\xa7t2:init\x83\xa4todo\x93\xa5other\x91\xc6\xff\xff\xff\x00' + bytes(4096))
    await t_waiting.until(lambda: any(link.arrival for link in dmon.links))
    assert (pages() - before) * os.sysconf('SC_PAGE_SIZE') < 256 << 20


async def test_a_link_that_is_lost(raw: t_raw.Raw, taker: Taker) -> None:
    mesg = t_raw.pack(('t2:init', {'todo': ('take', (BYTS,), {}), 'name': None, 'sess': raw.sess}))
    raw.writer.write(mesg[: SIZE // 2])
    await t_waiting.until(lambda: taker.works and taker.works[0].counts[-1] >= SIZE // 2 - 100)
    raw.close()
    await t_waiting.until(lambda: taker.works[0].ends)
    assert taker.works[0].ends == 1
