"""A real Cortex with its HTTPS API and Telepath, in this process, for the tests of what callers meet."""

from __future__ import annotations

import contextlib
import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.telepath as s_telepath
import tests.lib.cell.web as t_web

CONF = {'auth:passwd': 'secret', 'health:sysctl:checks': False, 'limit:disk:free': None}
CONF.update({'dmon:listen': None, 'https:port': None})


@contextlib.asynccontextmanager
async def cortex(dirn: pathlib.Path, **conf: typing.Any) -> typing.AsyncIterator[s_cortex.Cortex]:
    """Run a Cortex in a directory; only its unix socket listens."""
    async with await s_cortex.Cortex.anit(str(dirn), conf={**CONF, **conf}) as core:
        yield core


@pytest.fixture
async def core(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_cortex.Cortex]:
    """A Cortex; a module of tests makes this its own by a line ``core = t_serving.core``."""
    async with cortex(tmp_path / 'core') as core:
        yield core


@contextlib.asynccontextmanager
async def web(dirn: pathlib.Path, **conf: typing.Any) -> typing.AsyncIterator[t_web.Web]:
    """Run a Cortex and connect to its HTTPS port."""
    async with cortex(dirn, **conf) as core, t_web.connect(core, dirn) as web:
        yield web


@contextlib.asynccontextmanager
async def proxy(
    core: s_cortex.Cortex, path: str = '*', user: str | None = None
) -> typing.AsyncIterator[s_telepath.Proxy]:
    """Connect to the unix socket of a Cortex, as root or another user."""
    async with await s_telepath.openurl(core.getLocalUrl(share=path, user=user or 'root')) as prox:
        yield prox
