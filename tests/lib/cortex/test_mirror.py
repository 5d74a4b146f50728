"""A mirror of a Cortex is equal to it, whatever is done, and wherever; and a mirror of a JSONStor."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.jsonstor as s_jsonstor
import tests.lib.cell.mirrors as t_mirrors
import tests.waiting as t_waiting

QUERIES = [
    '[inet:fqdn=www.example.com +#foo.bar=(2020, 2021) :zone=example.com]',
    '[inet:ipv4=1.2.3.0/28 :asn=20 .seen=2022 +#a.b.c]',
    'inet:ipv4 | limit 3 | [ <(refs)+ { inet:fqdn } ] $node.data.set(foo, ({"a": 1}))',
    'inet:ipv4=1.2.3.1 | delnode --force',
    '[test:newp=1]',
    '$lib.model.ext.addFormProp(inet:ipv4, _foo, (int, ({})), ({})) [inet:ipv4=9.9.9.9 :_foo=7]',
    '$lib.vars.foo = 10 $lib.globals.set(bar, 20)',
    '$lib.queue.add(jobs).put(({"x": 1}))',
    'for $i in $lib.range(300) {[inet:asn=$i :name=`name{$i}`]}',
    '[media:news=(a, b) :title=foo] [(ou:org=* :name=vertex)]',
    '$view = $lib.view.get().fork() return($view.iden)',
    '$lib.axon.put($lib.base64.decode(Zm9v))',
    '$lib.jsonstor.set(foo/bar, ({"x": 1}))',
    'inet:asn=5 [-:name +:owner=*]',
]


@contextlib.asynccontextmanager
async def pair(tmp_path: pathlib.Path, ctor: typing.Any) -> typing.AsyncIterator[typing.Any]:
    async with await ctor.anit(str(tmp_path / '0'), conf=t_mirrors.CONF) as lead:
        await t_mirrors.copy(lead, tmp_path / '1')
        conf = {**t_mirrors.CONF, 'mirror': lead.getLocalUrl()}
        async with await ctor.anit(str(tmp_path / '1'), conf=conf) as mirr:
            await t_mirrors.level(lead, mirr)
            yield lead, mirr


async def ask(core: typing.Any, text: str, **opts: typing.Any) -> typing.Any:
    """Run a query; what fails, fails alike everywhere."""
    with contextlib.suppress(s_exc.SynErr):
        return await core.callStorm(text, opts=opts)


async def dump(core: typing.Any) -> list[typing.Any]:
    return [node.pack() async for node in core.nodes('.created')]


@pytest.mark.parametrize('where', [0, 1])
async def test_a_cortex_and_its_mirror_are_equal(tmp_path: pathlib.Path, where: int) -> None:
    async with pair(tmp_path, s_cortex.Cortex) as cores:
        lead, mirr = cores
        views = [await ask(cores[where], text) for text in QUERIES]
        fork = next(iden for iden in views if isinstance(iden, str) and len(iden) == 32)
        await ask(cores[where], '[inet:fqdn=fork.com] inet:ipv4=1.2.3.2 [-:asn]', view=fork)
        await ask(cores[where], '$lib.view.get().merge()', view=fork)
        await t_mirrors.level(lead, mirr)
        assert await dump(lead) == await dump(mirr)
        assert len(await dump(lead)) > 300
        await t_mirrors.req_equal(lead, mirr)


async def test_a_busy_cortex_hands_over(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path, s_cortex.Cortex) as (lead, mirr):
        stop, counts = asyncio.Event(), [0, 0]

        async def write(core: typing.Any, indx: int) -> None:
            while not stop.is_set():
                await core.callStorm(f'[inet:asn={counts[indx] * 2 + indx}]')
                counts[indx] += 1

        tasks = [asyncio.create_task(write(core, indx)) for indx, core in enumerate((lead, mirr))]
        await asyncio.sleep(0.3)
        await lead.handoff(mirr.getLocalUrl())
        before = list(counts)
        await t_waiting.until(lambda: counts[0] > before[0] + 5 and counts[1] > before[1] + 5)
        stop.set()
        await asyncio.gather(*tasks)
        await t_mirrors.level(mirr, lead)
        assert await mirr.count('inet:asn') == sum(counts) == await lead.count('inet:asn')
        await t_mirrors.req_equal(mirr, lead)


async def test_a_jsonstor_and_its_mirror_are_equal(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path, s_jsonstor.JsonStorCell) as (lead, mirr):
        for indx, store in enumerate((lead, mirr)):
            await store.setPathObj(f'foo/{indx}', {'a': [1, 2], 'b': {'c': None}})
            await store.setPathObjProp(f'foo/{indx}', 'b/c', 'x' * 1000)
            await store.addUserNotif('ab' * 16, 'mesg', {'n': indx})
            await store.addQueue(f'q{indx}', {})
            await store.putsQueue(f'q{indx}', [1, 'two', {'three': 3}])
        await t_mirrors.level(lead, mirr)
        assert await lead.getPathObj('foo/1') == await mirr.getPathObj('foo/1')
        await t_mirrors.req_equal(lead, mirr)
