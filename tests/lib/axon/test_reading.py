"""Lines, rows, values of blobs (axon.md 3 and the table of 11)."""

from __future__ import annotations

import hashlib
import pathlib
import struct
import typing

import msgpack
import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import tests.lib.axon.serving as t_axon

items = t_axon.items
NOPE = hashlib.sha256(b'nope').digest()


@pytest.fixture(autouse=True, params=[s_limits.BLOB_PIECE, 3])
def piece(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything must be the same when a boundary falls into a character, a line end, a row or a value."""
    monkeypatch.setattr(s_limits, 'BLOB_PIECE', request.param)


@pytest.fixture
async def prox(tmp_path: pathlib.Path, piece: None) -> typing.AsyncIterator[typing.Any]:
    async with t_axon.serve(tmp_path / 'axon') as prox:
        yield prox


async def put(prox: typing.Any, byts: bytes) -> bytes:
    return typing.cast(bytes, (await prox.put(byts))[1])


async def partly(genr: typing.Any) -> tuple[list[typing.Any], typing.Any]:
    """Return the items of a generator, and the error that ended it."""
    found = []
    try:
        async for item in genr:
            found.append(item)
    except s_exc.SynErr as e:
        return found, e
    return found, None


# text, error handler -> lines, name of the error
LINES: list[tuple[bytes, str | None, list[str], str | None]] = [
    (b'', 'ignore', [], None),
    (b'asdf\n\nqwer\r\nlast', 'ignore', ['asdf', '', 'qwer', 'last'], None),
    (b'a\rb\r\rc\n', 'ignore', ['a', 'b', '', 'c'], None),
    ('a\u20acb\n\u20ac\n'.encode(), 'strict', ['a\u20acb', '\u20ac'], None),
    (b'good\nb\xffd\nmore\n', 'ignore', ['good', 'bd', 'more'], None),
    (b'good\nb\xffd\nmore\n', 'replace', ['good', 'b\ufffdd', 'more'], None),
    (b'good\nb\xffd\nmore\n', 'strict', ['good'], 'BadDataValu'),
    (b'good\ncut \xe2\x82', 'strict', ['good'], 'BadDataValu'),
    (b'good\ncut \xe2\x82', 'ignore', ['good', 'cut '], None),
    (b'x', 'newp', [], 'BadArg'),
    (b'x', 'xmlcharrefreplace', [], 'BadArg'),
    (b'good\nb\xffd\n', None, ['good'], 'BadDataValu'),
]


@pytest.mark.parametrize('text, errors, lines, err', LINES)
async def test_readlines(prox: typing.Any, text: bytes, errors: str | None, lines: list[str], err: str | None) -> None:
    found, exc = await partly(prox.readlines((await put(prox, text)).hex(), errors=errors))
    assert (found, exc and exc.errname) == (lines, err)


async def test_jsonlines(prox: typing.Any) -> None:
    sha256 = await put(prox, b'{"a": 1}\n\n  [1, "\xc3\xa9"]  \r\nnull\n{bad\n5\n')
    found, exc = await partly(prox.jsonlines(sha256.hex()))
    assert found == [{'a': 1}, (1, '\u00e9'), None]
    assert exc.errname == 'BadJsonText' and exc.get('sha256') == sha256.hex()
    assert exc.get('mesg').startswith(f'Bad json line encountered while processing {sha256.hex()}, (')


# text, options -> rows, name of the error
ROWS: list[tuple[bytes, dict[str, typing.Any], list[tuple[str, ...]], str | None]] = [
    (b'a,b\r\nc,d\n', {}, [('a', 'b'), ('c', 'd')], None),
    (b'a,b\rc,d', {}, [('a', 'b'), ('c', 'd')], None),
    (b'a\n\nb\n', {}, [('a',), (), ('b',)], None),
    (b'"x\r\ny",z\n', {}, [('x\r\ny', 'z')], None),
    (b'a\tb\n', {'dialect': 'excel-tab'}, [('a', 'b')], None),
    (b'a|b\n', {'delimiter': '|'}, [('a', 'b')], None),
    ('\u20ac,\u20ac\n'.encode(), {}, [('\u20ac', '\u20ac')], None),
    (b'a\xff,b\n', {}, [('a', 'b')], None),
    (b'a\xff,b\n', {'errors': 'strict'}, [], 'BadDataValu'),
    (b'"a', {}, [('a',)], None),
    (b'x\n"a', {'strict': True}, [('x',)], 'BadDataValu'),
    (b'a', {'delimiter': '||'}, [], 'BadArg'),
    (b'a', {'newp': 'x'}, [], 'BadArg'),
    (b'a', {'dialect': 'newp'}, [], 'BadArg'),
    (b'a', {'errors': 'xmlcharrefreplace'}, [], 'BadArg'),
]


@pytest.mark.parametrize('text, opts, rows, err', ROWS)
async def test_csvrows(prox: typing.Any, text: bytes, opts: typing.Any, rows: typing.Any, err: str | None) -> None:
    found, exc = await partly(prox.csvrows(await put(prox, text), **opts))
    assert (found, exc and exc.errname) == (rows, err)


async def test_many_rows_and_a_reader_who_leaves(prox: typing.Any, piece: None) -> None:
    if s_limits.BLOB_PIECE == 3:
        pytest.skip('too many pieces')
    sha256 = await put(prox, b''.join(f'{indx},"{indx}\n"\n'.encode() for indx in range(200000)))
    assert sum([1 async for row in prox.csvrows(sha256)]) == 200000
    rows = prox.csvrows(sha256)
    assert await anext(aiter(rows)) == ('0', '0\n')
    await rows.aclose() if hasattr(rows, 'aclose') else None
    assert await prox.has(sha256)


# bytes -> items, name of the error
MPK: list[tuple[bytes, list[typing.Any], str | None]] = [
    (b'', [], None),
    (b''.join(msgpack.packb(item) for item in (1, 'two', [3, {'four': b'5'}])), [1, 'two', (3, {'four': b'5'})], None),
    (msgpack.packb(1) + msgpack.packb(['cut', 'off'])[:-1], [1], None),
    (msgpack.packb([1, 2, 3])[:-1], [], None),
    (b'\x01\xc1', [1], 'BadDataValu'),
]  # fmt: skip


@pytest.mark.parametrize('byts, valus, err', MPK)
async def test_msgpack(prox: typing.Any, byts: bytes, valus: list[typing.Any], err: str | None) -> None:
    found, exc = await partly(prox.iterMpkFile((await put(prox, byts)).hex()))
    assert (found, exc and exc.errname) == (valus, err)


async def test_unpack(prox: typing.Any) -> None:
    sha256 = await put(prox, struct.pack('>IQ', 5, 7))
    assert await prox.unpack(sha256, '>IQ') == (5, 7)
    assert await prox.unpack(sha256, '>Q', offs=4) == (7,)
    big = f'{s_limits.AXON_UNPACK + 1}s'
    bads = [(5, 0, 'string'), ('newp', 0, 'Failed to unpack'), (big, 0, 'too much'), ('', 0, 'Size must be >= 1')]
    for fmt, offs, text in bads:
        with pytest.raises(s_exc.BadArg, match=text):
            await prox.unpack(sha256, fmt, offs=offs)
    for offs in (8, 100):
        with pytest.raises(s_exc.BadDataValu) as exc:
            await prox.unpack(sha256, '>Q', offs=offs)
        assert (exc.value.get('expected'), exc.value.get('received')) == (8, 4 if offs == 8 else 0)


async def test_unknown_blobs(prox: typing.Any) -> None:
    for meth, arg in (
        ('readlines', NOPE.hex()),
        ('jsonlines', NOPE.hex()),
        ('csvrows', NOPE),
        ('iterMpkFile', NOPE.hex()),
    ):
        with pytest.raises(s_exc.NoSuchFile):
            await items(getattr(prox, meth)(arg))
    with pytest.raises(s_exc.NoSuchFile):
        await prox.unpack(NOPE, 'B')
