"""Any history of changes, through whichever AHA they come: all have the same in the end, also after a restart."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import random
import typing

import pytest

import synapse.aha as s_aha
import synapse.exc as s_exc
import tests.lib.aha.serving as t_aha
import tests.lib.aha.test_clones as t_clones
import tests.waiting as t_waiting

NET = t_aha.NET
NAMES = [f'{indx:02}.{kind}' for kind in ('axon', 'cortex') for indx in range(4)] + ['axon', 'cortex']
TABLES = ('services', 'terms', 'provs', 'pools', 'servers')
Any = typing.Any


def todo(rand: random.Random) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    """Return a call, right or wrong."""
    name, other = rand.choice(NAMES), rand.choice(NAMES)
    iden = rand.choice('abc') * 32
    info = t_aha.info(iden, leader=name.rpartition('.')[2], ready=rand.random() < 0.5)
    if rand.random() < 0.5:
        info['term'] = rand.randrange(8)
    claim = (iden, rand.randrange(8), f'{name}.{NET}', rand.choice('def') * 32, rand.randrange(99))
    calls: list[tuple[str, tuple[Any, ...]]] = [
        ('addAhaSvc', (name, info, NET)),
        ('addAhaSvc', (name, info, NET)),
        ('modAhaSvcInfo', (f'{name}...', {'ready': rand.random() < 0.5})),
        ('delAhaSvc', (f'{name}...',)),
        ('claimAhaSvcTerm', claim),
        ('addAhaPool', (f'pool{rand.randrange(2)}...', {})),
        ('addAhaPoolSvc', (f'pool{rand.randrange(2)}...', f'{other}...', {})),
        ('delAhaPoolSvc', (f'pool{rand.randrange(2)}...', f'{other}...')),
        ('delAhaPool', (f'pool{rand.randrange(2)}...',)),
        ('addAhaSvcProv', (name, {'conf': {'aha:user': rand.choice(('root', 'bob'))}})),
        ('addAhaUserEnroll', (rand.choice(('visi', 'bob')), None, rand.random() < 0.5)),
        ('clearAhaSvcProvs', ()),
        ('addAhaServer', ({'host': f'{rand.randrange(4)}.net'},)),
        ('delAhaServer', (f'{rand.randrange(4)}.net', 27492)),
    ]
    return (*rand.choice(calls), {})


async def live(aha: s_aha.AhaCell, seed: int) -> None:
    """Make changes through connections that come and go."""
    rand = random.Random(seed)
    for _ in range(6):
        async with t_aha.tls(aha) as prox:
            for _ in range(10):
                with contextlib.suppress(s_exc.SynErr):
                    await prox.task(todo(rand))


def tables(aha: s_aha.AhaCell) -> dict[str, Any]:
    return {name: getattr(aha, name).items() for name in TABLES}


@pytest.mark.parametrize('seed', [1, 2, 3])
async def test_the_same_everywhere(tmp_path: pathlib.Path, seed: int) -> None:
    async with t_clones.pair(tmp_path) as (lead, mirror):
        await asyncio.gather(*(live(aha, seed * 10 + indx) for indx, aha in enumerate((lead, mirror, lead, mirror))))
        await t_waiting.until(lambda: not lead.services.online() and not mirror.services.online())
        async with t_aha.local(lead) as one, t_aha.local(mirror) as two:
            mine = await one.getNexsDigest()
            theirs = await two.getNexsDigest(mine['offs'], timeout=10)
            assert mine['digest'] == theirs['digest']
        have = tables(lead)
        assert have == tables(mirror) and have['services'] and have['terms']
    async with t_clones.clone(tmp_path / '01') as mirror:
        assert tables(mirror) == have
