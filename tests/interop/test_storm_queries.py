"""The query stories of ``tests/lib/storm/queries`` told to the peer as well: its answers are ours.

A case that the peer answers differently says so, with one of the reasons of the table at the end of
``docs/differences.md``:

    ## peer: order of equal values

Such a case must really differ; where the reason begins with ``order``, in nothing else, and it need not. ``no end``:
the peer does not answer. ``the moment``: what comes depends on milliseconds, and is not compared.
"""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import sys
import typing

import pytest

import synapse.telepath as s_telepath
import tests.interop.conftest as t_conftest
import tests.interop.sidebyside as t_side
import tests.lib.storm.test_queries as t_queries

ORDER = 'order'  # the reason of those that have the same messages in another order
NO_END = 'no end'
MOMENT = 'the moment'
TIMEOUT = 30.0
SHORT_TIMEOUT = 2.0

Site = tuple[str, str]  # the URL of a Cortex, and the iden of its user without rights


@pytest.fixture(scope='module')
def sites(peer_python: str, tmp_path_factory: pytest.TempPathFactory) -> typing.Iterator[list[Site]]:
    """A Cortex of ours and one of the peer's, both with their logs in files: they say a lot."""
    with contextlib.ExitStack() as stack:
        procs = []
        for name, python in (('ours', sys.executable), ('2.256.0', peer_python)):
            dirn = tmp_path_factory.mktemp('site')
            argv = ('-m', 'synapse.servers.cortex', 'core', '--telepath', f'unix://{dirn}/x.sock', '--https', '0')
            proc = stack.enter_context(t_conftest.Peer(name, python, dirn).run(*argv))
            stack.callback(proc.terminate)
            procs.append((f'cell://{dirn}/core', proc))
        for url, proc in procs:
            t_conftest.wait_cell(url, proc)
        yield [t_side.prepare(url) for url, _ in procs]


@pytest.fixture
async def sides(sites: list[Site]) -> typing.AsyncIterator[list[t_side.Side]]:
    async with contextlib.AsyncExitStack() as stack:
        yield [t_side.Side(await stack.enter_async_context(await s_telepath.openurl(url)), low) for url, low in sites]


async def ask(case: t_queries.Case, sides: list[t_side.Side]) -> list[list[typing.Any]]:
    """Return the answers of both sides."""
    if case.heads.get('peer') != NO_END:
        async with asyncio.timeout(TIMEOUT):
            return await asyncio.gather(*(side.ask(case) for side in sides))
    ours = await sides[0].ask(case)
    try:
        async with asyncio.timeout(SHORT_TIMEOUT):
            return [ours, await sides[1].ask(case)]
    except TimeoutError:
        return [ours, [['failed', NO_END, None]]]


async def compare(case: t_queries.Case, sides: list[t_side.Side]) -> str | None:
    """Return what is wrong with a case, None when nothing is."""
    ours, theirs = await ask(case, sides)
    mine, other = t_side.texts(ours, theirs)
    reason = case.heads.get('peer')
    if reason == MOMENT:
        return None
    if mine == other:
        same = reason is None or reason.startswith(ORDER)
        return None if same else f'is not different any more: {case.query}'
    if reason is None:
        return f'{case.query}\n--- ours\n{mine}\n--- peer\n{other}'
    if reason.startswith(ORDER) and not t_side.same_but_for_order(ours, theirs):
        return f'differs in more than order: {case.query}\n--- ours\n{mine}\n--- peer\n{other}'
    return None


@pytest.mark.parametrize('path', t_queries.CASES, ids=lambda path: path.stem)
async def test_the_peer_answers_alike(path: pathlib.Path, sides: list[t_side.Side]) -> None:
    for side in sides:
        await side.turn()
    faults = []
    for case in t_queries.read_cases(path):
        fault = await compare(case, sides)
        if fault is not None:
            faults.append(f'{path.name}:{case.line}: {fault}')
    assert not faults, f'{len(faults)} cases\n' + '\n\n'.join(faults)
