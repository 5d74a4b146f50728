"""The tag model: kept over restarts and kill -9, and hooks only where needed. What it does: storm/queries."""

from __future__ import annotations

import asyncio
import pathlib
import signal
import sys
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.cortex.tagmodel as s_tagmodel
import synapse.telepath as s_telepath
import tests.lib.cell.serving as t_cellserving
import tests.lib.cortex.serving as t_serving


async def refused(core: s_cortex.Cortex, tag: str) -> bool:
    try:
        return await core.count(f'[ it:dev:str=x +#{tag} ]') != 1
    except s_exc.BadTypeValu as e:
        assert e.get('name') == 'syn:tag'
        return True


async def test_kept_over_restart(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        await core.tagmodel.set('a', 'regex', [None, 'b+'])
        await core.tagmodel.set('a', 'prune', 2)
        assert await refused(core, 'a.c') and not await refused(core, 'a.bbb')
    async with t_serving.cortex(tmp_path / 'core') as core:
        assert core.tagmodel.items() == [('a', {'regex': (None, 'b+'), 'prune': 2})]
        assert await refused(core, 'a.c') and not await refused(core, 'a.bbb')
        assert await core.callStorm('it:dev:str=x [ -#a.bbb ] return($node.tags())') == ()


def test_kept_over_kill(tmp_path: pathlib.Path) -> None:
    dirn = tmp_path / 'core'
    argv = [sys.executable, '-m', 'synapse.servers.cortex', str(dirn)]
    argv += ['--telepath', 'tcp://127.0.0.1:0', '--https', '0']
    for turn in range(2):
        with t_cellserving.Server(argv) as server, s_telepath.openurl(f'cell://{dirn}') as prox:
            if turn:
                assert prox.callStorm('return($lib.model.tags.get(a))') == {'prune': 3}
            prox.callStorm('$lib.model.tags.set(a, prune, (3))')
            prox.callStorm('$lib.model.tags.set(b, prune, (3)) $lib.model.tags.del(b)')
            server.stop(signal.SIGKILL)


async def test_events(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        await core.tagmodel.set('a', 'regex', ['x'])
        await core.tagmodel.set('b', 'prune', 1)
        await core.tagmodel.pop('b', 'prune')
        await core.tagmodel.delete('a')
        assert core.nexsroot is not None
        log = [item async for item in core.nexsroot.iter(0, wait=False)]
    events = [item[1][1] for item in log if item[1][1].startswith('tag:model:')]
    assert events == ['tag:model:set', 'tag:model:set', 'tag:model:pop', 'tag:model:del']


async def test_hooks_only_when_needed(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        hooks = core.model.hooks
        assert 'tag:check' not in hooks and 'tag:prune' not in hooks
        await core.tagmodel.set('a', 'regex', [])
        assert 'tag:check' not in hooks
        await core.tagmodel.set('a', 'regex', ['a'])
        await core.tagmodel.set('b', 'prune', 1)
        assert 'tag:check' in hooks and 'tag:prune' in hooks
        await core.tagmodel.delete('a')
        await core.tagmodel.delete('b')
        assert 'tag:check' not in hooks and 'tag:prune' not in hooks


@pytest.mark.parametrize(
    'tag, name, valu, error',
    [
        ('a', 'foo', 1, s_exc.SchemaViolation),
        ('a', 'prune', True, s_exc.SchemaViolation),
        ('a', 'prune', 0.5, s_exc.SchemaViolation),
        ('a', 'regex', 'a', s_exc.SchemaViolation),
        ('a', 'regex', [1], s_exc.SchemaViolation),
        ('a', 'regex', ['['], s_exc.BadArg),
        ('a..b', 'prune', 1, s_exc.BadTypeValu),
        ('a' * 400, 'prune', 1, s_exc.BadArg),
    ],
)
async def test_refused_and_unchanged(
    tmp_path: pathlib.Path, tag: str, name: str, valu: typing.Any, error: type[Exception]
) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        await core.tagmodel.set('a', 'prune', 1)
        with pytest.raises(error):
            await core.tagmodel.set(tag, name, valu)
        assert core.tagmodel.items() == [('a', {'prune': 1})]
        await core.tagmodel.set('a', 'regex', [None])


async def test_a_pattern_that_takes_forever_refuses(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        await core.tagmodel.set('a', 'regex', [None, '(x+x+)+y'])
        assert await refused(core, f'a.{"x" * 60}')


async def test_feeds_are_checked_too(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        await core.tagmodel.set('a', 'regex', [None, 'b'])
        items = [(('it:dev:str', 'one'), {'tags': {'a.b': (None, None), 'a.c': (None, None)}})]
        await core.feed('syn.nodes', items, core.stacks.default, core.auth.rootuser)
        assert await core.callStorm('it:dev:str=one return($node.tags())') == ('a', 'a.b')


def test_patterns_are_compiled_once() -> None:
    assert s_tagmodel._compiled('a{3}') is s_tagmodel._compiled('a{3}')


@pytest.mark.usefixtures('no_hurry')
async def test_an_entry_that_is_gone_is_not_removed_again(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        await core.tagmodel.set('a', 'prune', 2)
        assert await asyncio.gather(core.tagmodel.delete('a'), core.tagmodel.pop('a', 'prune')) == [None, None]
        assert core.tagmodel.get('a') is None and core.tagmodel.items() == []
