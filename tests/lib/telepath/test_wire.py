"""Our server at the level of messages: the transcripts and edge cases of telepath.md 5, 6, 8, 17 and 18."""

from __future__ import annotations

import asyncio
import re
import typing

import msgpack
import pytest

import synapse.telepath as s_telepath
import tests.lib.telepath.cases as t_cases
import tests.lib.telepath.raw as t_raw
import tests.lib.telepath.sample as t_sample
import tests.waiting as t_waiting


def fini_err(mesg: typing.Any) -> tuple[str, dict[str, typing.Any]]:
    """Return (name, info) of the error in a t2:fini or t2:yield."""
    good, (name, info) = mesg[1]['retn']
    assert good is False
    return name, info


@pytest.mark.parametrize('todo,valu', [row[1:] for row in t_cases.CALLS], ids=t_cases.ids(t_cases.CALLS))
async def test_call(raw: t_raw.Raw, todo: typing.Any, valu: typing.Any) -> None:
    assert await raw.call(*todo) == ('t2:fini', {'retn': (True, valu)})


@pytest.mark.parametrize('todo,name,part', [row[1:] for row in t_cases.ERRORS], ids=t_cases.ids(t_cases.ERRORS))
async def test_error(raw: t_raw.Raw, todo: typing.Any, name: str, part: dict[str, typing.Any]) -> None:
    mesg = await raw.call(*todo)
    assert mesg[0] == 't2:fini'
    errname, info = fini_err(mesg)
    assert errname == name
    assert {**info, **part} == info
    assert {'efile', 'eline', 'esrc', 'ename'} <= info.keys()
    assert await raw.call('bar', 1) == ('t2:fini', {'retn': (True, 4)})


@pytest.mark.parametrize('keys,name', [row[1:] for row in t_cases.INITS], ids=t_cases.ids(t_cases.INITS))
async def test_bad_init(raw: t_raw.Raw, keys: dict[str, typing.Any], name: str) -> None:
    mesg = await raw.call('bar', 1, **keys)
    assert mesg[0] == 't2:fini'
    assert fini_err(mesg)[0] == name
    assert await raw.call('bar', 1) == ('t2:fini', {'retn': (True, 4)})


@pytest.mark.parametrize('mesg', [row[1] for row in t_cases.SILENT], ids=t_cases.ids(t_cases.SILENT))
async def test_no_reply(raw: t_raw.Raw, mesg: typing.Any) -> None:
    raw.tx(mesg)
    assert await raw.call('bar', 1) == ('t2:fini', {'retn': (True, 4)})


@pytest.mark.parametrize('byts', [row[1] for row in t_cases.BROKEN], ids=t_cases.ids(t_cases.BROKEN))
async def test_undecodable_bytes_close_the_link(raw: t_raw.Raw, byts: bytes) -> None:
    raw.writer.write(byts)
    assert await raw.rx() == 'EOF'


async def test_a_stranger_is_shown_the_door(raw: t_raw.Raw, caplog: pytest.LogCaptureFixture) -> None:
    raw.writer.write(b'GET / HTTP/1.0\r\n' * 1000)
    assert await raw.rx() == 'EOF'
    assert 10 < len(caplog.records) < 100


async def test_unknown_extension_closes_the_link(raw: t_raw.Raw) -> None:
    raw.writer.write(b'\xd4\x07\x00')
    assert await raw.rx() == 'EOF'


@pytest.mark.parametrize('todo,items,name', [row[1:] for row in t_cases.STREAMS], ids=t_cases.ids(t_cases.STREAMS))
async def test_stream(raw: t_raw.Raw, todo: typing.Any, items: list[typing.Any], name: str | None) -> None:
    assert await raw.call(*todo) == ('t2:genr', {})
    for item in items:
        assert await raw.rx() == ('t2:yield', {'retn': (True, item)})
    last = await raw.rx()
    assert last[0] == 't2:yield'
    if name is None:
        assert last[1] == {'retn': None}
    else:
        assert fini_err(last)[0] == name
    assert await raw.call('bar', 1) == ('t2:fini', {'retn': (True, 4)})


async def test_stream_with_unpackable_error_ends_in_a_fini(raw: t_raw.Raw) -> None:
    assert await raw.call('badinfogen') == ('t2:genr', {})
    assert await raw.rx() == ('t2:yield', {'retn': (True, 1)})
    mesg = await raw.rx()
    assert mesg[0] == 't2:fini'
    assert fini_err(mesg)[0] == 'NotMsgpackSafe'


async def test_big_integers(raw: t_raw.Raw) -> None:
    exts = (msgpack.ExtType(0, (2**70).to_bytes(9, 'big')), msgpack.ExtType(1, b'\xff' + b'\x00' * 8))
    assert await raw.call('echo', *exts) == ('t2:fini', {'retn': (True, (exts, {}))})


# ----- handshake ------------------------------------------------------------------------------------------------------


async def test_handshake(dial: t_raw.Dial) -> None:
    info = await (await dial()).syn(name='')
    assert info['vers'] == (3, 0)
    assert info['retn'] == (True, None)
    assert re.fullmatch('[0-9a-f]{32}', info['sess'])
    shar = info['sharinfo']
    assert shar['meths']['agen'] == {'genr': True}
    assert shar['meths']['bar'] == shar['meths']['sgen'] == {}
    assert '_priv' not in shar['meths'] and 'number' not in shar['meths']
    assert shar['classes'] == ('tests.lib.telepath.sample.Sample', 'synapse.telepath.Aware')
    assert isinstance(shar['syn:version'], tuple) and shar['syn:version'] >= (2, 256, 0)
    assert isinstance(shar['syn:commit'], str)
    assert info['features'] == {} and 'ahainfo' not in info


async def test_handshake_failures_leave_the_link_open(dial: t_raw.Dial) -> None:
    link = await dial()
    info = await link.syn(vers=(2, 0))
    assert info['retn'][1][0] == 'BadMesgVers'
    assert info['retn'][1][1]['vers'] == (2, 0) and info['retn'][1][1]['myvers'] == (3, 0)
    assert 'sess' not in info and 'sharinfo' not in info
    info = await link.syn(vers=...)
    assert info['retn'][1][0] == 'TypeError'
    info = await link.syn(name='newp/a/b')
    assert info['retn'][1][0] == 'NoSuchName' and info['retn'][1][1]['name'] == 'newp'
    assert 'features' not in info
    info = await link.syn(auth=('bob', {'passwd': 'wrong'}))
    assert info['retn'][1][0] == 'AuthDeny' and 'features' in info
    assert (await link.syn())['retn'] == (True, None)
    assert (await link.call('bar', 1))[1] == {'retn': (True, 4)}


@pytest.mark.parametrize('info', [{'vers': (3,)}, {'vers': (3, 9)}, {'name': ...}, {'auth': ...}, {'extra': 1}])
async def test_handshake_accepts(dial: t_raw.Dial, info: dict[str, typing.Any]) -> None:
    assert (await (await dial()).syn(**info))['retn'] == (True, None)


@pytest.mark.parametrize(
    'name,path', [('foo/', ()), ('foo/a/b', ('a', 'b')), ('foo/x//y/', ('x', '', 'y', '')), ('', ()), ('*/a', ('a',))]
)
async def test_share_path(dial: t_raw.Dial, name: str, path: tuple[str, ...]) -> None:
    link = await dial()
    assert (await link.syn(name=name))['retn'] == (True, None)
    assert (await link.call('where'))[1] == {'retn': (True, path)}


async def test_session_ends_with_its_handshake_link(dial: t_raw.Dial, raw: t_raw.Raw, dmon: s_telepath.Daemon) -> None:
    pool = await dial()
    pool.sess = raw.sess
    assert (await pool.call('bar', 1))[1] == {'retn': (True, 4)}
    sess = dmon.sessions[raw.sess]
    raw.close()
    assert await sess.waitfini(10)
    assert fini_err(await pool.call('bar', 1))[0] == 'NoSuchObj'
    assert dmon.sessions == {}


# ----- order, cancellation --------------------------------------------------------------------------------------------


async def test_pipelined_calls_answer_in_order(raw: t_raw.Raw) -> None:
    raw.init('later', 1)
    raw.init('agen', 2, todo=('agen', (2,), {}))
    for valu in range(100):
        raw.init('abar', valu, 0)
    assert await raw.rx() == ('t2:fini', {'retn': (True, 1)})
    kinds = [(await raw.rx())[0] for _ in range(4)]
    assert kinds == ['t2:genr', 't2:yield', 't2:yield', 't2:yield']
    for valu in range(100):
        assert await raw.rx() == ('t2:fini', {'retn': (True, valu)})


async def test_bytes_one_at_a_time(raw: t_raw.Raw) -> None:
    byts = t_raw.pack(('t2:init', {'todo': ('bar', (1,), {'y': 2}), 'name': None, 'sess': raw.sess}))
    for indx in range(len(byts)):
        raw.writer.write(byts[indx : indx + 1])
        if indx % 16 == 0:
            await asyncio.sleep(0)
    assert await raw.rx() == ('t2:fini', {'retn': (True, 3)})


async def until(sample: t_sample.Sample, event: str) -> None:
    await t_waiting.until(lambda: event in sample.events)


async def test_a_lost_link_cancels_an_idle_stream(dial: t_raw.Dial, raw: t_raw.Raw, sample: t_sample.Sample) -> None:
    pool = await dial()
    pool.sess = raw.sess
    assert await pool.call('idlegen') == ('t2:genr', {})
    assert await pool.rx() == ('t2:yield', {'retn': (True, 'started')})
    pool.close()
    await asyncio.wait_for(until(sample, 'idlegen fini'), 5)


async def test_a_lost_link_cancels_a_call_behind_which_others_wait(
    dial: t_raw.Dial, raw: t_raw.Raw, sample: t_sample.Sample
) -> None:
    pool = await dial()
    pool.sess = raw.sess
    pool.init('hang')
    pool.init('bar', 1)
    await asyncio.wait_for(until(sample, 'hang'), 5)
    pool.close()
    await asyncio.wait_for(until(sample, 'hang cancelled'), 5)


async def test_half_close_is_an_end(dial: t_raw.Dial, raw: t_raw.Raw, sample: t_sample.Sample) -> None:
    pool = await dial()
    pool.sess = raw.sess
    assert await pool.call('idlegen') == ('t2:genr', {})
    assert await pool.rx() == ('t2:yield', {'retn': (True, 'started')})
    pool.writer.write_eof()
    assert await pool.rx() == 'EOF'
    await asyncio.wait_for(until(sample, 'idlegen fini'), 5)


# ----- shares and legacy calls ----------------------------------------------------------------------------------------


async def test_share(dial: t_raw.Dial, raw: t_raw.Raw) -> None:
    pool = await dial()
    pool.sess = raw.sess
    kind, info = await pool.call('share')
    assert kind == 't2:share'
    assert info['sharinfo']['meths']['gen'] == {'genr': True}
    assert 'fini' not in info['sharinfo']['meths']
    assert info['sharinfo']['classes'][-2:] == ('synapse.lib.share.Share', 'synapse.lib.base.Base')
    iden = info['iden']
    assert (await pool.call('add', 5, name=iden))[1] == {'retn': (True, 5)}
    assert (await pool.call('add', 5, name=iden))[1] == {'retn': (True, 10)}
    for name in ('fini', 'onfini', 'schedCoro', 'link'):
        assert fini_err(await pool.call(name, name=iden))[0] == 'NoSuchMeth'
    raw.tx(('share:fini', {'share': iden}))
    assert (await raw.call('bar', 1))[1] == {'retn': (True, 4)}
    name, einfo = fini_err(await pool.call('boo', 5, name=iden))
    assert (name, einfo['name']) == ('NoSuchObj', iden)


async def test_the_root_share_can_be_dropped(raw: t_raw.Raw) -> None:
    raw.tx(('share:fini', {'share': None}))
    assert await raw.quiet()
    assert fini_err(await raw.call('bar', 1))[0] == 'NoSuchObj'


async def legacy(raw: t_raw.Raw, meth: str, *args: typing.Any, name: str | None = None) -> typing.Any:
    raw.tx(('task:init', {'task': 't1', 'todo': (meth, args, {}), 'name': name}))
    kind, info = await raw.rx()
    assert kind == 'task:fini' and info['task'] == 't1'
    return info


async def test_legacy_call(raw: t_raw.Raw) -> None:
    assert (await legacy(raw, 'bar', 1)) == {'task': 't1', 'retn': (True, 4)}
    assert (await legacy(raw, 'later', 1)) == {'task': 't1', 'retn': (True, 1)}
    assert (await legacy(raw, 'newp'))['retn'][1][0] == 'NoSuchMeth'
    assert (await legacy(raw, 'cogen', 3))['retn'][1][0] == 'NotMsgpackSafe'


@pytest.mark.parametrize('meth,items', [('agen', [0, 1]), ('sgen', [0, 1]), ('araise', [1])])
async def test_legacy_stream(raw: t_raw.Raw, meth: str, items: list[int]) -> None:
    info = await legacy(raw, meth, *([] if meth == 'araise' else [2]))
    assert info['type'] == 'genr'
    iden = info['retn'][1]
    for item in items:
        assert await raw.rx() == ('share:data', {'share': iden, 'data': (True, item)})
    if meth == 'araise':
        assert (await raw.rx())[1]['data'][1][0] == 'BadTypeValu'
    assert await raw.rx() == ('share:data', {'share': iden, 'data': None})


async def test_legacy_stream_runs_beside_calls_and_can_be_ended(raw: t_raw.Raw, sample: t_sample.Sample) -> None:
    iden = (await legacy(raw, 'idlegen'))['retn'][1]
    assert (await raw.rx())[1] == {'share': iden, 'data': (True, 'started')}
    assert (await legacy(raw, 'bar', 1))['retn'] == (True, 4)
    raw.tx(('share:fini', {'share': iden}))
    assert (await raw.rx())[1] == {'share': iden, 'data': None}
    await asyncio.wait_for(until(sample, 'idlegen fini'), 5)


async def test_legacy_share(raw: t_raw.Raw) -> None:
    info = await legacy(raw, 'share')
    assert info['type'] == 'counter' and 'sharinfo' not in info
    assert (await legacy(raw, 'add', 3, name=info['retn'][1]))['retn'] == (True, 3)


async def test_legacy_call_without_a_session(dial: t_raw.Dial) -> None:
    link = await dial()
    link.tx(('task:init', {'task': 't1', 'todo': ('bar', (1,), {}), 'name': None}))
    assert await link.quiet()
