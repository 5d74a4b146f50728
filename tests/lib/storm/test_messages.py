"""The messages of a query: what waits for which flush, and that a finished query leaves nothing for the collector."""

from __future__ import annotations

import asyncio
import gc
import pathlib
import typing

import pytest

import synapse.common as s_common
import synapse.cortex as s_cortex
import synapse.lib.limits as s_limits
import synapse.lib.storm.outbox as s_outbox
import synapse.lib.view as s_view


@pytest.fixture
async def core(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_cortex.Cortex]:
    conf = {'dmon:listen': None, 'https:port': None}
    async with await s_cortex.Cortex.anit(str(tmp_path / 'core'), conf=conf) as core:
        yield core


async def test_edits_made_during_a_flush_are_told_with_their_own_results(core: s_cortex.Cortex) -> None:
    view = core.stacks.default
    editor = s_view.Editor(view, core.auth.rootuser.iden)
    out = s_outbox.Outbox(editor, {})
    out.open = True
    form = core.model.reqForm('inet:ipv4')

    def add(valu: int) -> None:
        mark = editor.mark()
        editor.add_node(form, valu)
        out.edits(mark, len(editor.edits))

    add(1)
    first = asyncio.create_task(out.publish())
    await asyncio.sleep(0)
    add(2)  # while the first is on its way to the disk
    await first
    await out.publish()
    told = [mesg[1]['edits'][0][2][0][1][0] for mesg in map(s_common.un, out.ready)]
    assert told == [1, 2]


@pytest.mark.parametrize(
    'text', ['[ inet:ipv4=1.2.3.4 :asn=5 ]', '$x=(5) $lib.print(hi) [ inet:ipv4=1.2.3.4 :asn=$x ]']
)
async def test_a_node_is_added_and_edited_in_one_where_none_comes_in(core: s_cortex.Cortex, text: str) -> None:
    mesgs = [mesg async for mesg in core.queries.storm(text)]
    assert [name for name, _ in mesgs if name == 'node:edits'] == ['node:edits']
    assert [info['mesg'] for name, info in mesgs if name == 'print'] == (['hi'] if 'print' in text else [])


async def test_a_fast_stream_is_flushed_less_often(core: s_cortex.Cortex) -> None:
    out = s_outbox.Outbox(s_view.Editor(core.stacks.default, core.auth.rootuser.iden), {})
    out.begin(b'')
    out.lingers = True

    async def late(count: int) -> float:
        for _ in range(count):
            out.put('print', {'mesg': 'x'})
        while out.waiting:
            await out.take()
        return out.patience

    assert await late(1) == s_limits.STORM_LINGER
    assert await late(s_limits.STORM_LINGER_MESGS) == 2 * s_limits.STORM_LINGER
    for _ in range(5):
        last = await late(s_limits.STORM_LINGER_MESGS)
    assert last == s_limits.STORM_LINGER_MOST
    assert await late(1) == s_limits.STORM_LINGER


async def test_a_flush_waits_for_the_triggers_of_another(
    core: s_cortex.Cortex, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, release = core.stacks.default, asyncio.Event()
    editor = s_view.Editor(view, core.auth.rootuser.iden)

    async def watch(*args: typing.Any) -> bool:
        await release.wait()
        return True

    monkeypatch.setattr(view, 'watch', watch)
    editor.add_node(core.model.reqForm('inet:ipv4'), 1)
    first = asyncio.create_task(editor.flush())
    await asyncio.sleep(0.1)
    second = asyncio.create_task(editor.flush())  # nothing is left to do for it, but to wait
    await asyncio.sleep(0.1)
    assert not first.done() and not second.done()
    release.set()
    await asyncio.gather(first, second)


@pytest.mark.parametrize(
    'text',
    ['inet:fqdn=vertex.link', '[ inet:fqdn=vertex.link :zone=vertex.link ]', 'inet:fqdn | uniq', '$lib.print(a)'],
)
async def test_a_query_leaves_no_cycles(core: s_cortex.Cortex, text: str) -> None:
    await core.callStorm('[ inet:fqdn=vertex.link ]')

    async def run() -> None:
        async for _ in core.queries.messages(text):
            pass
        await core.count(text)
        await core.callStorm(text)
        await asyncio.sleep(0)

    await run()  # fills the caches
    gc.collect()
    await run()
    assert gc.collect() < 10


@pytest.mark.parametrize('text', ['[ inet:ipv4=8.8.8.8 ]', 'try { [ inet:ipv4=8.8.8.8 ] } catch * as err {}'])
async def test_a_node_that_could_not_be_stored_is_not_shown(core: s_cortex.Cortex, text: str) -> None:
    core.nexsroot.hold('no changes today')
    names = []
    async for name, info in core.queries.storm(text):
        names.append(name)
        if name == 'err':
            assert info[0] == 'IsReadOnly' and 'no changes today' in info[1]['mesg']
    assert names == ['init', 'err', 'fini']
    core.nexsroot.unhold('no changes today')
    assert await core.count('inet:ipv4') == 0
    assert await core.count(text) == 1
