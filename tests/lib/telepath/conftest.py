"""A served Sample, and the ways to reach it."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest
import uvloop

import synapse.telepath as s_telepath
import tests.lib.telepath.raw as t_raw
import tests.lib.telepath.sample as t_sample


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, typing.Any]:
    """Run every test on both event loops: their transports differ in when they write and how they close."""
    return {'uvloop': uvloop.new_event_loop, 'asyncio': asyncio.new_event_loop}


@pytest.fixture
async def sample() -> t_sample.Sample:
    return t_sample.Sample()


@pytest.fixture
async def sock(tmp_path: pathlib.Path) -> str:
    return str(tmp_path / 'sock')


@pytest.fixture
async def dmon(sample: t_sample.Sample, sock: str) -> typing.AsyncIterator[s_telepath.Daemon]:
    """A daemon that serves the sample as ``*`` and ``foo`` on a unix socket and on a TCP port."""
    async with await s_telepath.Daemon.anit() as dmon:
        dmon.share('*', sample)
        dmon.share('foo', sample)
        await dmon.listen('tcp://127.0.0.1:0/')
        await dmon.listen(f'unix://{sock}')
        yield dmon


@pytest.fixture
async def url(dmon: s_telepath.Daemon) -> str:
    return f'tcp://127.0.0.1:{dmon.addr[1]}/'


@pytest.fixture
async def proxy(url: str) -> typing.AsyncIterator[s_telepath.Proxy]:
    async with await s_telepath.openurl(url) as proxy:
        yield proxy


@pytest.fixture
async def dial(dmon: s_telepath.Daemon, sock: str) -> typing.AsyncIterator[t_raw.Dial]:
    async with t_raw.dialer(sock) as dial:
        yield dial


@pytest.fixture
async def raw(dial: t_raw.Dial) -> t_raw.Raw:
    """A raw link with a session."""
    link = await dial()
    await link.syn()
    return link
