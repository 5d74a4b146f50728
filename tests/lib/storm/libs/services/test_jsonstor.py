"""``$lib.jsonstor`` and the documents of users (jsonstor.md 7 and 8)."""

from __future__ import annotations

import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.limits as s_limits

Any = typing.Any


@pytest.fixture
async def core(tmp_path: pathlib.Path) -> typing.AsyncIterator[Any]:
    async with await s_cortex.Cortex.anit(str(tmp_path)) as core:
        yield core


ROWS: list[tuple[str, Any]] = [
    ('return($lib.jsonstor.get(foo/bar))', None),
    ('return($lib.jsonstor.set(foo/bar, ({"a": 5, "l": [1, 2]})))', True),
    ('return($lib.jsonstor.get((foo, bar)))', {'a': 5, 'l': (1, 2)}),
    ('return($lib.jsonstor.get(foo/bar, prop=l))', (1, 2)),
    ('return($lib.jsonstor.has(foo/bar))', True),
    ('return($lib.jsonstor.has(foo))', False),
    ('return($lib.jsonstor.set(foo/bar, 5, prop=b/c))', True),
    ('return($lib.jsonstor.get(foo/bar, prop=(b, c)))', '5'),
    ('return($lib.jsonstor.set(newp, 5, prop=b))', False),
    ('return($lib.jsonstor.set(foo, (5)))', True),
    (
        '$l = () for $i in $lib.jsonstor.iter(foo) { $l.append($i) } return($l)',
        ((), 5, ('bar',), {'a': 5, 'l': (1, 2), 'b': {'c': '5'}}),
    ),
    ('return($lib.jsonstor.del(foo/bar, prop=b))', True),
    ('return($lib.jsonstor.del(newp, prop=b))', False),
    ('return(($lib.jsonstor.del(foo), $lib.jsonstor.del(foo)))', (True, True)),
    ('$n = (0) for $i in $lib.jsonstor.iter() { $n = ($n + 1) } return($n)', 1),
]


async def test_documents(core: Any) -> None:
    for text, want in ROWS:
        got = await core.callStorm(text)
        if 'append' in text:
            got = tuple(item for pair in got for item in pair)
        assert got == want, text
    names = [name async for name in core.jsonstor.getPathList(('cells', core.iden))]
    assert names == ['foo/bar']


async def test_caches(core: Any) -> None:
    key = '({"k": 1})'
    info = await core.callStorm(f'return($lib.jsonstor.cacheset((hi, there), {key}, ({{"v": 7}})))')
    assert info['path'] == ('hi', 'there', '49fc514935e4c1a151ef4c9fab8522f8')
    rows = {
        f'hi/there, {key}, asof="-1day"': {'v': 7},
        f'hi/there, {key}, asof="+1day"': None,
        'hi/there, other, asof="-1day"': None,
        f'hi/there, {key}, asof="-1day", envl=$lib.true': {'key': {'k': 1}, 'asof': info['asof'], 'data': {'v': 7}},
    }
    for args, want in rows.items():
        assert await core.callStorm(f'return($lib.jsonstor.cacheget({args}))') == want
    for _ in range(2):
        assert await core.callStorm(f'return($lib.jsonstor.cachedel(hi/there, {key}))') is True
    assert await core.callStorm(f'return($lib.jsonstor.cacheget(hi/there, {key}, asof="-1day"))') is None


async def test_admins_only(core: Any) -> None:
    opts = {'user': (await core.auth.addUser('visi')).iden}
    for call in ('get(a)', 'has(a)', 'set(a, 1)', 'del(a)', 'cacheset(a, b, c)', 'cacheget(a, b)', 'cachedel(a, b)'):
        with pytest.raises(s_exc.AuthDeny) as exc:
            await core.callStorm(f'return($lib.jsonstor.{call})', opts)
        assert exc.value.get('mesg') == f'$lib.jsonstor.{call.split("(")[0]}() requires admin privileges.'
    with pytest.raises(s_exc.AuthDeny):
        await core.callStorm('for $i in $lib.jsonstor.iter() { }', opts)


async def test_reads_are_for_readonly_queries(core: Any) -> None:
    opts = {'readonly': True}
    await core.jsonstor.setPathObj(('cells', core.iden, 'a'), 1)
    assert await core.callStorm('return($lib.jsonstor.get(a))', opts) == 1
    with pytest.raises(s_exc.IsReadOnly):
        await core.callStorm('return($lib.jsonstor.set(a, 2))', opts)


async def test_documents_of_users(core: Any) -> None:
    visi = await core.auth.addUser('visi')
    meir = await core.auth.addUser('meir')
    opts = {'user': visi.iden}
    assert await core.callStorm('return($lib.user.json.set(foo, ({"a": 1})))', opts) is True
    assert await core.callStorm('return($lib.user.json.set(foo, 2, prop=b))', opts) is True
    assert await core.callStorm('return($lib.user.json.get(foo))', opts) == {'a': 1, 'b': '2'}
    assert await core.callStorm('for $i in $lib.user.json.iter() { return($i) }', opts) == (
        ('foo',),
        {'a': 1, 'b': '2'},
    )
    assert await core.jsonstor.hasPathObj(('users', visi.iden, 'json', 'foo'))
    other = {'user': meir.iden}
    text = 'return($lib.auth.users.byname(visi).json.{})'
    for call, perm in {'get(foo)': 'get', 'has(foo)': 'get', 'set(foo, 1)': 'set', 'del(foo)': 'set'}.items():
        with pytest.raises(s_exc.AuthDeny) as exc:
            await core.callStorm(text.format(call), other)
        assert exc.value.get('mesg') == f"User 'meir' ({meir.iden}) must have permission user.json.{perm}"
    await meir.addRule((True, ('user', 'json', 'get')))
    assert await core.callStorm(text.format('get(foo, prop=a)'), other) == 1
    assert await core.callStorm(text.format('del(foo, prop=a)')) is True
    assert await core.callStorm('return($lib.user.json.del(foo))', opts) is True
    assert await core.callStorm('return($lib.user.json.has(foo))', opts) is False


async def test_deep_documents(core: Any) -> None:
    deep: Any = 'x'
    for _ in range(s_limits.JSON_DEPTH):
        deep = {'a': deep}
    await core.jsonstor.setPathObj(('cells', core.iden, 'deep'), deep)
    assert await core.callStorm('return($lib.jsonstor.get(deep))') == deep
    text = 'return($lib.jsonstor.set(copy, $lib.jsonstor.get(deep)))'
    assert await core.callStorm(text) is True
    with pytest.raises(s_exc.BadArg):
        await core.callStorm('return($lib.jsonstor.set(deeper, ({"a": $deep})))', {'vars': {'deep': deep}})
