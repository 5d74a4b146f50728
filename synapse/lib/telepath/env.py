"""What a process knows about its surroundings: registries, certificate folders, ``telepath.yaml`` (spec: 11.4).

Command line tools wrap themselves in ``async with withTeleEnv():``.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import os
import typing

import synapse.common as s_common
import synapse.lib.telepath.certdir as s_certdir
import synapse.lib.telepath.home as s_home
import synapse.lib.telepath.threads as s_threads

logger = logging.getLogger(__name__)

CELL_DIR = '/vertex/storage'

Undo = typing.Callable[[], typing.Awaitable[None]]
AhaUrl = str | list[str] | tuple[str, ...]


@dataclasses.dataclass(slots=True)
class AhaRegistry:
    """One registry: its redundant URLs, how often it was added, a client for each event loop that resolves names."""

    urls: tuple[str, ...]
    refs: int = 0
    clients: dict[asyncio.AbstractEventLoop, typing.Any] = dataclasses.field(default_factory=dict)

    def __getitem__(self, name: str) -> typing.Any:
        return getattr(self, name)


# The registries of this process, in the order in which they are asked.
registries: dict[tuple[str, ...], AhaRegistry] = {}


def _key(url: AhaUrl) -> tuple[str, ...]:
    return (url,) if isinstance(url, str) else tuple(url)


async def addAhaUrl(url: AhaUrl) -> AhaRegistry:
    """Register an AHA registry: a URL, or a list of redundant ones. Counted; returns the entry (``entry['refs']``)."""
    key = _key(url)
    entry = registries.setdefault(key, AhaRegistry(key))
    entry.refs += 1
    return entry


async def delAhaUrl(url: AhaUrl) -> int:
    """Undo one ``addAhaUrl``. Returns the references left; at 0 its clients are closed. Unknown URLs give 0."""
    key = _key(url)
    entry = registries.get(key)
    if entry is None:
        return 0
    entry.refs -= 1
    if entry.refs > 0:
        return entry.refs
    del registries[key]
    for loop, client in entry.clients.items():
        if s_threads.in_loop(loop):
            await client.fini()
        else:
            s_threads.spawn(client.fini(), loop)
    return 0


async def _add(stack: contextlib.AsyncExitStack, urls: typing.Any, certdirs: typing.Any) -> None:
    """Register URLs and certificate folders; the stack undoes it."""
    if isinstance(urls, str):
        urls = (urls,)
    for url in urls or ():
        await addAhaUrl(url)
        stack.push_async_callback(delAhaUrl, url)
    for path in certdirs or ():
        s_certdir.addCertPath(path)
        stack.callback(s_certdir.delCertPath, path)


async def loadTeleEnv(path: str) -> Undo | None:
    """Apply a ``telepath.yaml``. Returns a coroutine function that undoes it; None when there is nothing to apply."""
    conf = s_common.yamlload(path)
    if conf is None:
        return None
    vers = conf.get('version') if isinstance(conf, dict) else None
    if vers != 1:
        logger.warning('telepath.yaml unknown version: %s', vers)
        return None
    stack = contextlib.AsyncExitStack()
    await _add(stack, conf.get('aha:servers'), conf.get('certdirs'))
    return stack.aclose


@contextlib.asynccontextmanager
async def loadTeleCell(dirn: str) -> typing.AsyncIterator[None]:
    """Use the certificates and the AHA registry of a cell's folder, as far as they are there."""
    async with contextlib.AsyncExitStack() as stack:
        certs = os.path.join(dirn, 'certs')
        urls = None
        for name in ('cell.yaml', 'cell.mods.yaml'):  # the service itself keeps what AHA tells it in the second
            conf = s_common.yamlload(dirn, name)
            urls = conf.get('aha:registry', urls) if isinstance(conf, dict) else urls
        await _add(stack, urls, [certs] if os.path.isdir(certs) else [])
        yield


@contextlib.asynccontextmanager
async def withTeleEnv() -> typing.AsyncIterator[None]:
    """Apply the cell of our container, then the user's ``telepath.yaml`` and ``certs``; undone on exit."""
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(loadTeleCell(CELL_DIR))
        undo = await loadTeleEnv(s_home.syn_dir('telepath.yaml'))
        if undo is not None:
            stack.push_async_callback(undo)
        await _add(stack, None, [s_home.syn_dir('certs')])
        yield
