"""The RPC of an Axon (axon.md 2, 3, 4, 5 and the table of 11), over its socket."""

from __future__ import annotations

import asyncio
import hashlib
import os
import pathlib
import typing

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import tests.lib.axon.serving as t_axon

CHUNK = t_axon.CHUNK
items, read = t_axon.items, t_axon.read
Proxy = typing.Any


def sha(byts: bytes) -> bytes:
    return hashlib.sha256(byts).digest()


NOPE = sha(b'nope')
EMPTY = sha(b'')
BIG = os.urandom(CHUNK) + b'hello'


@pytest.fixture
async def prox(tmp_path: pathlib.Path) -> typing.AsyncIterator[Proxy]:
    async with t_axon.serve(tmp_path / 'axon') as prox:
        yield prox


async def test_what_a_client_is_told(prox: Proxy) -> None:
    info = await prox.getCellInfo()
    assert info['cell']['type'] == 'axon'
    assert info['cell']['cellvers']['axon:metrics'] == 1
    feats = ('tellready', 'dynmirror', 'tasks', 'issuewait', 'shutdowndrain', 'byterange', 'unpack')
    assert {name: info['features'][name] for name in feats} == dict.fromkeys(feats, 1)
    meths = prox.sharinfo['meths']
    assert {name for name in meths if meths[name].get('genr')} >= {
        'get', 'hashes', 'history', 'readlines', 'csvrows', 'jsonlines', 'iterMpkFile'
    }  # fmt: skip
    assert prox.sharinfo['classes'][:2] == ('synapse.axon.AxonApi', 'synapse.lib.cell.CellApi')
    health = await prox.getHealthCheck()
    [comp] = [comp for comp in health['components'] if comp['name'] == 'axon']
    assert comp == {'name': 'axon', 'status': 'nominal', 'mesg': '', 'data': {'size:bytes': 0, 'file:count': 0}}


async def test_put_and_get(prox: Proxy) -> None:
    assert await prox.metrics() == {'size:bytes': 0, 'file:count': 0}
    assert await prox.put(b'') == (0, EMPTY)
    assert await items(prox.get(EMPTY)) == []
    assert await items(prox.get(EMPTY, 0, 1)) == [b'']
    assert await prox.put(b'asdf') == (4, sha(b'asdf'))
    assert await prox.put(b'asdf') == (4, sha(b'asdf'))
    assert await prox.puts([]) == ()
    assert await prox.puts([b'a', b'asdf', b'a']) == ((1, sha(b'a')), (4, sha(b'asdf')), (1, sha(b'a')))
    assert await prox.metrics() == {'size:bytes': 5, 'file:count': 3}
    assert [row for _, row in await items(prox.hashes(0))] == [(EMPTY, 0), (sha(b'asdf'), 4), (sha(b'a'), 1)]
    assert (await prox.has(EMPTY), await prox.has(NOPE), await prox.has(b'short')) == (True, False, False)
    assert (await prox.size(sha(b'asdf')), await prox.size(NOPE)) == (4, None)
    assert await prox.wants([NOPE, EMPTY, NOPE]) == (NOPE, NOPE)
    names = ('md5', 'sha1', 'sha256', 'sha512')
    assert await prox.hashset(sha(b'asdf')) == {name: hashlib.new(name, b'asdf').hexdigest() for name in names}


async def test_ranges(prox: Proxy) -> None:
    byts = b'asdfqwer'
    await prox.put(byts)
    for offs, size in ((0, 8), (6, 20), (3, 2), (7, 1)):
        assert await items(prox.get(sha(byts), offs, size)) == [byts[offs : offs + size]]
    for offs, size in ((8, 1), (100, 1)):
        assert await items(prox.get(sha(byts), offs, size)) == [b'']
    for args in ((0, 0), (-1, 1), (2,), (None, 5), ('a', 5)):
        with pytest.raises(s_exc.BadArg):
            await items(prox.get(sha(byts), *args))
    with pytest.raises(s_exc.NoSuchFile) as exc:
        await items(prox.get(NOPE, -1, 1))
    assert exc.value.get('mesg') == 'Axon does not contain the requested file.'
    assert exc.value.get('sha256') == NOPE.hex()


async def test_chunks_have_their_size_whatever_the_writes(prox: Proxy) -> None:
    async with await prox.upload() as upload:
        for offs in range(0, len(BIG), 3000001):
            await upload.write(BIG[offs : offs + 3000001])
        assert await upload.save() == (len(BIG), sha(BIG))
    chunks = await items(prox.get(sha(BIG)))
    assert [len(chunk) for chunk in chunks] == [CHUNK, 5]
    assert b''.join(chunks) == BIG
    assert await items(prox.get(sha(BIG), CHUNK, 5)) == [b'hello']
    assert [len(chunk) for chunk in await items(prox.get(sha(BIG), CHUNK - 2, 100))] == [2, 5]
    assert await prox.put(BIG) == (len(BIG), sha(BIG))
    assert await prox.metrics() == {'size:bytes': len(BIG), 'file:count': 1}


async def test_an_upload_is_used_again_and_forgets_what_was_not_saved(prox: Proxy) -> None:
    async with await prox.upload() as upload:
        await upload.write(b'foo')
        with pytest.raises(s_exc.SynErr):
            await upload.write('bar')
        assert await upload.save() == (3, sha(b'foo'))
        assert await upload.save() == (0, EMPTY)
        with pytest.raises(s_exc.NoSuchMeth):
            await upload._reset()
        await upload.write(BIG)
        assert await upload.save() == (len(BIG), sha(BIG))
        await upload.write(b'lost')
        await upload.write(BIG)
    with pytest.raises((s_exc.NoSuchObj, s_exc.IsFini)):
        await upload.save()
    assert (await prox.metrics())['file:count'] == 3


async def test_removal(prox: Proxy) -> None:
    await prox.puts([b'a', b'b', b'c'])
    assert await prox.del_(sha(b'a')) is True
    assert await prox.del_(sha(b'a')) is False
    assert await prox.dels([sha(b'a'), sha(b'b'), sha(b'c')]) == (False, True, True)
    assert await prox.metrics() == {'size:bytes': 0, 'file:count': 0}
    assert await items(prox.hashes(0)) == []
    await prox.put(b'a')
    assert await items(prox.hashes(0)) == [(0, (sha(b'a'), 1)), (3, (sha(b'a'), 1))]
    assert len(await items(prox.history(0))) >= 3
    assert await read(prox, sha(b'a')) == b'a'


async def test_history(prox: Proxy) -> None:
    start = s_common.now()
    await prox.puts([b'foo', b'bar'])
    ((tick, row), (same, _)) = await items(prox.history(start))
    assert start <= tick == same <= s_common.now()
    assert row == min((sha(b'foo'), 3), (sha(b'bar'), 3))
    assert await items(prox.history(tick + 1)) == []
    assert await items(prox.history(0, tick - 1)) == []
    assert len(await items(prox.history(tick, tick))) == 2
    for args in ((-1,), ('2020',), (0, 'x')):
        with pytest.raises(s_exc.BadArg):
            await items(prox.history(*args))


async def test_hashes_can_be_followed(prox: Proxy) -> None:
    assert await items(prox.hashes(99)) == []
    assert await items(prox.hashes(0, wait=True, timeout=0.05)) == []
    with pytest.raises(s_exc.BadArg):
        await items(prox.hashes(-1))
    task = asyncio.create_task(anext(aiter(prox.hashes(0, wait=True))))
    late = asyncio.create_task(anext(aiter(prox.hashes(2, wait=True))))
    await asyncio.sleep(0.05)
    await prox.puts([b'0', b'1', b'2'])
    assert await task == (0, (sha(b'0'), 1))
    assert await late == (2, (sha(b'2'), 1))
    assert await items(prox.hashes(2, wait=True, timeout=0.05)) == [(2, (sha(b'2'), 1))]


async def test_many_uploads_of_one_blob(prox: Proxy) -> None:
    async def send() -> typing.Any:
        async with await prox.upload() as upload:
            await upload.write(BIG)
            return await upload.save()

    assert await asyncio.gather(*(send() for _ in range(4))) == [(len(BIG), sha(BIG))] * 4
    assert len(await items(prox.hashes(0))) == 1


async def test_limit_of_the_count(tmp_path: pathlib.Path) -> None:
    async with t_axon.serve(tmp_path / 'axon', **{'max:count': 2}) as prox:
        with pytest.raises(s_exc.HitLimit, match='Axon is at file:count limit: 2'):
            await prox.puts([b'a', b'b', b'c', b'd'])
        assert await prox.wants([sha(b'a'), sha(b'b'), sha(b'c')]) == (sha(b'c'),)
        assert await prox.put(b'a') == (1, sha(b'a'))
        async with await prox.upload() as upload:
            await upload.write(BIG)
            for _ in range(2):
                with pytest.raises(s_exc.HitLimit):
                    await upload.save()
            assert await prox.del_(sha(b'a'))
            assert await upload.save() == (len(BIG), sha(BIG))
        assert await read(prox, sha(BIG)) == BIG


async def test_limit_of_the_bytes(tmp_path: pathlib.Path) -> None:
    async with t_axon.serve(tmp_path / 'axon', **{'max:bytes': 10}) as prox:
        await prox.put(b'twelve bytes')
        with pytest.raises(s_exc.HitLimit, match='Axon is at size:bytes limit: 10'):
            await prox.put(b'x')
    for conf in ({'max:count': 0}, {'max:bytes': 'x'}):
        with pytest.raises(s_exc.BadConfValu):
            await t_axon.s_axon.Axon.anit(str(tmp_path / 'bad'), conf=conf)


# method, arguments, permission
CALLS: list[tuple[str, tuple[typing.Any, ...], str]] = [
    ('get', (NOPE,), 'get'), ('readlines', (NOPE.hex(),), 'get'), ('jsonlines', (NOPE.hex(),), 'get'),
    ('csvrows', (NOPE,), 'get'), ('iterMpkFile', (NOPE.hex(),), 'get'), ('unpack', (NOPE, 'B'), 'get'),
    ('has', (NOPE,), 'has'), ('size', (NOPE,), 'has'), ('hashset', (NOPE,), 'has'), ('hashes', (0,), 'has'),
    ('history', (0,), 'has'), ('wants', ([],), 'has'), ('metrics', (), 'has'),
    ('put', (b'',), 'upload'), ('puts', ([],), 'upload'), ('upload', (), 'upload'),
    ('wget', ('http://127.0.0.1:1/',), 'wget'), ('wput', (NOPE, 'http://127.0.0.1:1/'), 'wput'),
    ('postfiles', ([], 'http://127.0.0.1:1/'), 'wput'),
    ('del_', (NOPE,), 'del'), ('dels', ([],), 'del'),
]  # fmt: skip


@pytest.fixture
async def users(tmp_path: pathlib.Path) -> typing.AsyncIterator[typing.Callable[[str], typing.Any]]:
    async with t_axon.axon(tmp_path / 'axon') as axon:
        user = await axon.auth.addUser('visi')
        await axon.auth.addUser('nobody')
        await user.addRule((True, ('axon',)))
        yield lambda name: t_axon.proxy(axon, user=name)


async def call(prox: Proxy, name: str, args: tuple[typing.Any, ...]) -> None:
    valu = getattr(prox, name)(*args)
    if hasattr(valu, '__aiter__'):
        await items(valu)
    else:
        await valu


async def test_permissions(users: typing.Any) -> None:
    async with users('nobody') as nobody, users('visi') as visi:
        for name, args, perm in CALLS:
            with pytest.raises(s_exc.AuthDeny) as exc:
                await call(nobody, name, args)
            assert exc.value.get('perm') == f'axon.{perm}'
            assert exc.value.get('mesg') == f'User must have permission axon.{perm}'
            assert exc.value.get('username') == 'nobody'
            try:
                await call(visi, name, args)
            except s_exc.NoSuchFile:
                assert NOPE in args or NOPE.hex() in args


@pytest.mark.parametrize('args', [('get', None), ('has', 5), ('size', 'xyz'), ('hashset', None), ('del_', 'x')])
@pytest.mark.parametrize('extra', ['put', 'puts', 'wants', 'dels'])
async def test_bad_arguments_are_named_errors(prox: Proxy, args: tuple[str, typing.Any], extra: str) -> None:
    with pytest.raises(s_exc.BadArg):
        await call(prox, args[0], (args[1],))
    with pytest.raises(s_exc.BadArg):
        await call(prox, extra, ('newp',))


async def test_an_axon_is_the_same_after_a_restart(tmp_path: pathlib.Path) -> None:
    async with t_axon.serve(tmp_path / 'axon') as prox:
        await prox.puts([b'a', BIG, b'gone'])
        await prox.del_(sha(b'gone'))
        before = [await items(prox.hashes(0)), await items(prox.history(0)), await prox.metrics()]
    async with t_axon.axon(tmp_path / 'axon') as axon, t_axon.proxy(axon) as prox:
        assert [await items(prox.hashes(0)), await items(prox.history(0)), await prox.metrics()] == before
        assert await read(prox, sha(BIG)) == BIG
        assert [row[0] async for row in axon.store.hashes()] == sorted((sha(b'a'), sha(BIG)))
