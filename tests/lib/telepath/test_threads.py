"""Blocking use: telepath.md 14.1, "Sync use"."""

from __future__ import annotations

import asyncio
import sys
import threading
import typing

import pytest

import synapse.exc as s_exc
import synapse.telepath as s_telepath
import tests.lib.telepath.sample as t_sample
import tests.waiting as t_waiting


async def in_thread(func: typing.Callable[[], typing.Any]) -> typing.Any:
    return await asyncio.wait_for(asyncio.to_thread(func), 30)


async def test_blocking_use(url: str, sample: t_sample.Sample) -> None:
    def work() -> None:
        with s_telepath.openurl(url) as proxy:
            assert proxy.bar(1) == 4
            assert list(proxy.agen(3)) == [0, 1, 2]
            assert proxy.agen(2000).list() == list(range(2000))
            assert list(proxy.sgen(3)) == [0, 1, 2]
            with pytest.raises(s_exc.BadTypeValu):
                proxy.synerr()
            items = []
            with pytest.raises(s_exc.BadTypeValu):
                for item in proxy.araise():
                    items.append(item)
            assert items == [1]
            with proxy.share() as share:
                assert share.add(3) == 3
                assert list(share.gen()) == [0, 1, 2]
        assert proxy.isfini

    await in_thread(work)


async def test_breaking_out_of_a_loop_stops_the_server(url: str, sample: t_sample.Sample) -> None:
    def work() -> None:
        with s_telepath.openurl(url) as proxy:
            for _ in proxy.agen(10**9, 0.001):
                break

    await in_thread(work)
    await t_waiting.until(lambda: 'agen fini' in sample.events)


async def test_a_proxy_of_the_loop_used_from_a_thread(proxy: s_telepath.Proxy) -> None:
    assert await in_thread(lambda: proxy.bar(1)) == 4
    assert await in_thread(lambda: list(proxy.agen(2))) == [0, 1]


async def test_plain_with_in_the_loop(proxy: s_telepath.Proxy) -> None:
    with pytest.raises(s_exc.SynErr) as info:
        with proxy:
            pass
    assert info.value.get('mesg') == 'Use of synchronous context manager in async code'


SCRIPT = """
import sys
import synapse.telepath as s_telepath

proxy = s_telepath.openurl(sys.argv[1])
genr = iter(proxy.agen(10**9, 0.001))
print(next(genr))
"""


async def test_a_script_that_forgets_to_close_ends_all_the_same(url: str) -> None:
    proc = await asyncio.create_subprocess_exec(sys.executable, '-c', SCRIPT, url, stdout=asyncio.subprocess.PIPE)
    out, _ = await asyncio.wait_for(proc.communicate(), 30)
    assert (proc.returncode, out) == (0, b'0\n')


def test_errors_and_threads() -> None:
    with pytest.raises(s_exc.BadUrl):
        s_telepath.openurl('noalias')
    with pytest.raises(ConnectionRefusedError):
        s_telepath.openurl('tcp://127.0.0.1:1/')
    assert [thread.daemon for thread in threading.enumerate() if thread.name == 'telepath'] == [True]
