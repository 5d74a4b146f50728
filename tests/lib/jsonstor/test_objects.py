"""Objects over RPC: the tables of jsonstor.md 2, 3 and 8."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
from tests.lib.jsonstor.serving import collect, running, user_proxy

Any = typing.Any


async def test_one_path_has_two_forms(stor: Any) -> None:
    await stor.setPathObj('foo/bar', {'a': [1, {'b': b'bytes'}]})
    want = {'a': (1, {'b': b'bytes'})}
    for path in ('foo/bar', ('foo', 'bar'), ['foo', 'bar']):
        assert await stor.getPathObj(path) == want
        assert await stor.hasPathObj(path) is True
    for path in ('/foo/bar', 'foo/bar/', 'foo//bar', 'foo', ('foo/bar',), 'x' * 600):
        assert await stor.getPathObj(path) is None
        assert await stor.hasPathObj(path) is False


@pytest.mark.parametrize('path', ['', (), ('',), None, 5, (1, 2), ['a', None], ('a\x00b',), {'a': 1}])
async def test_what_is_no_path_is_refused(stor: Any, path: Any) -> None:
    with pytest.raises(s_exc.BadArg):
        await stor.setPathObj(path, {})
    with pytest.raises(s_exc.BadArg):
        await stor.getPathObj(path)
    with pytest.raises(s_exc.BadArg):
        await stor.setPathObjProp(path, 'a', 1)


async def test_limits_have_clear_errors(stor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    longest = 'ü' * 255 + 'x'
    await stor.setPathObj(longest, 1)
    assert await stor.getPathObj(longest) == 1
    with pytest.raises(s_exc.BadArg, match='at most 511 bytes, not 512'):
        await stor.setPathObj(longest + 'x', 1)
    for call in (stor.setPathLink(longest + 'x', longest), stor.copyPathObj(longest, longest + 'x')):
        with pytest.raises(s_exc.BadArg):
            await call
    monkeypatch.setattr(s_limits, 'JSON_OBJ_BYTES', 1000)
    with pytest.raises(s_exc.BadArg, match='at most 1000'):
        await stor.setPathObj('big', 'x' * 1000)
    await stor.setPathObj('big', {'a': 'x' * 900})
    with pytest.raises(s_exc.BadArg, match='at most 1000'):
        await stor.setPathObjProp('big', 'b', 'x' * 200)
    assert await stor.getPathObj('big') == {'a': 'x' * 900}


def nested(depth: int) -> Any:
    valu: Any = 'x'
    for _ in range(depth):
        valu = {'a': valu}
    return valu


async def test_deep_objects(svc: Any) -> None:
    cell, stor = svc
    deep = nested(s_limits.JSON_DEPTH)
    await stor.setPathObj('deep', deep)
    assert await collect(stor.getPathObjs('deep')) == [((), deep)]
    names = ('a',) * s_limits.JSON_DEPTH
    assert await stor.getPathObjProp('deep', names) == 'x'
    assert await stor.cmpDelPathObjProp('deep', names[:1], deep) is False
    with pytest.raises(s_exc.BadArg, match='nested too deeply'):
        await stor.setPathObjProp('deep', names, {'b': 1})
    for depth in (s_limits.JSON_DEPTH + 1, 5000):
        with pytest.raises(s_exc.BadArg, match='nested too deeply'):
            await cell.setPathObj('deeper', nested(depth))
    with pytest.raises(s_exc.BadArg, match='nested too deeply'):
        await stor.setPathObjProp('deep', ('b',) * 2000, 1)
    assert await stor.getPathObj('deep') == deep
    events = [item[1][1] for item in await collect(stor.getNexusChanges(0, wait=False))]
    assert events[:2] == ['json:set', 'json:cmp:del:prop']


@pytest.mark.parametrize('path', ['héllo/wörld', '日本/語', '\U0001f40d/x', '\udcff/x', 'a b/c\n'])
async def test_unicode_paths(stor: Any, path: str) -> None:
    await stor.setPathObj(path, {path: 1})
    assert await stor.getPathObj(path) == {path: 1}
    assert await collect(stor.getPathList(())) == [path]
    assert await collect(stor.getPathList(path.split('/')[0])) == [path.split('/')[1]]


async def test_a_stored_none_is_an_entry(stor: Any) -> None:
    await stor.setPathObj('none', None)
    assert await stor.hasPathObj('none') is True
    assert await stor.getPathObj('none') is None
    assert await stor.setPathObjProp('none', 'a', 1) is False
    assert await stor.delPathObjProp('none', 'a') is False
    assert await stor.getPathObjProp('none', 'a') is None


async def test_properties(stor: Any) -> None:
    await stor.setPathObj('o', {'a': {'b': 1}, 'none': None, '': {'a': 2}})
    rows = {
        'a/b': 1,
        ('a', 'b'): 1,
        'a': {'b': 1},
        'newp': None,
        'newp/newp': None,
        '/a': 2,
        'none/x': None,
        '': {'a': 2},
    }
    for prop, want in rows.items():
        assert await stor.getPathObjProp('o', prop) == want
    assert await stor.getPathObjProp('o', ()) == await stor.getPathObj('o')
    assert await stor.setPathObjProp('o', 'x/y/z', 3) is True
    assert await stor.setPathObjProp('o', 'none/y', 4) is True
    assert await stor.getPathObj('o') == {'a': {'b': 1}, 'none': {'y': 4}, '': {'a': 2}, 'x': {'y': {'z': 3}}}
    assert await stor.delPathObjProp('o', 'x/y') is True
    assert await stor.delPathObjProp('o', 'x/y') is True
    assert await stor.delPathObjProp('o', 'newp/newp') is False
    assert await stor.popPathObjProp('o', 'a/b') == 1
    assert await stor.popPathObjProp('o', 'a/b') is None
    assert await stor.popPathObjProp('o', 'newp/newp') is None
    assert await stor.getPathObj('o') == {'a': {}, 'none': {'y': 4}, '': {'a': 2}, 'x': {}}


async def test_a_property_may_have_any_key(stor: Any) -> None:
    keys = (1, None, 1.5, b'b', ('a', 2))
    await stor.setPathObj('o', {'a': {key: str(key) for key in keys}})
    for key in keys:
        assert await stor.getPathObjProp('o', ('a', key)) == str(key)
        assert await stor.setPathObjProp('o', ['a', key], 7) is True
        assert await stor.popPathObjProp('o', ('a', key)) == 7
    assert await stor.setPathObjProp('o', ('a', 5, 'b'), 1) is True
    assert await stor.getPathObj('o') == {'a': {5: {'b': 1}}}
    with pytest.raises(s_exc.BadArg, match='at a/5/b is no dictionary'):
        await stor.getPathObjProp('o', ('a', 5, 'b', 'c'))


async def test_properties_of_what_is_missing(stor: Any) -> None:
    assert await stor.getPathObjProp('newp', 'a') is None
    assert await stor.setPathObjProp('newp', 'a', 1) is False
    assert await stor.delPathObjProp('newp', 'a') is False
    assert await stor.cmpDelPathObjProp('newp', 'a', 1) is False
    assert await stor.popPathObjProp('newp', 'a') is None
    assert await stor.hasPathObj('newp') is False
    newp = 'x' * 600  # too long to have an object
    assert await stor.setPathObjProp(newp, 'a', 1) is False
    assert await stor.delPathObjProp(newp, 'a') is False
    assert await stor.cmpDelPathObjProp(newp, 'a', None) is False
    assert await stor.popPathObjProp(newp, 'a') is None
    await stor.delPathObj(newp)


async def test_walking_through_other_values_is_an_error(stor: Any) -> None:
    await stor.setPathObj('o', {'s': 'text', 'l': [1], 'n': 5})
    await stor.setPathObj('list', [1])
    for path, prop in (('o', 's/x'), ('o', 'l/0'), ('o', 'n/x/y'), ('list', '0')):
        for call in (stor.getPathObjProp, stor.delPathObjProp, stor.popPathObjProp):
            with pytest.raises(s_exc.BadArg, match='no dictionary'):
                await call(path, prop)
        for call in (stor.setPathObjProp, stor.cmpDelPathObjProp):
            with pytest.raises(s_exc.BadArg, match='no dictionary'):
                await call(path, prop, 1)
    for bad in ((), None, 5, ({},), b'a'):
        with pytest.raises(s_exc.BadArg):
            await stor.setPathObjProp('o', bad, 1)
        with pytest.raises(s_exc.BadArg):
            await stor.delPathObjProp('o', bad)


async def test_equality_is_that_of_python(stor: Any) -> None:
    await stor.setPathObj('o', {'a': 1, 'l': [1, [2]]})
    assert await stor.setPathObjProp('o', 'a', True) is True
    assert await stor.getPathObjProp('o', 'a') is not True
    assert await stor.cmpDelPathObjProp('o', 'a', 2) is False
    assert await stor.cmpDelPathObjProp('o', 'l', [1, [2]]) is True
    assert await stor.cmpDelPathObjProp('o', 'a', 1) is True
    assert await stor.cmpDelPathObjProp('o', 'a', None) is True
    assert await stor.cmpDelPathObjProp('o', 'newp/newp', None) is False
    assert await stor.getPathObj('o') == {}


async def test_links_are_names_of_one_object(stor: Any) -> None:
    await stor.setPathObj('src', {'a': 1})
    await stor.setPathLink('lnk', 'src')
    await stor.setPathLink('lnk', 'src')
    await stor.setPathObjProp('lnk', 'b', 2)
    assert await stor.getPathObj('src') == {'a': 1, 'b': 2}
    await stor.delPathObj('src')
    assert await stor.getPathObj('lnk') == {'a': 1, 'b': 2}
    await stor.setPathObj('src', 'new')
    assert await stor.getPathObj('lnk') == {'a': 1, 'b': 2}
    await stor.setPathLink('lnk', 'lnk')
    assert await stor.getPathObj('lnk') == {'a': 1, 'b': 2}
    await stor.setPathLink('lnk', 'src')
    assert await stor.getPathObj('lnk') == 'new'
    with pytest.raises(s_exc.NoSuchPath) as exc:
        await stor.setPathLink('lnk', 'new/p')
    assert exc.value.get('path') == ('new', 'p')
    assert await stor.getPathObj('lnk') == 'new'


async def test_an_object_goes_with_its_last_name(svc: Any) -> None:
    cell, stor = svc
    await stor.setPathObj('a', 1)
    for name in 'bcd':
        await stor.setPathLink(name, 'a')
    for name in 'abc':
        await stor.delPathObj(name)
        assert await stor.getPathObj('d') == 1
    await stor.setPathObj('d', 2)
    assert cell.slab.entries(cell.objs.shared) == 0
    assert await stor.delPathObj('newp') is None


async def test_copies_are_independent(stor: Any) -> None:
    await stor.setPathObj('c1', {'a': {'b': 1}})
    await stor.copyPathObj('c1', 'c2')
    await stor.setPathObjProp('c2', 'a/b', 2)
    assert await stor.getPathObj('c1') == {'a': {'b': 1}}
    await stor.copyPathObj('newp', 'c3')
    assert (await stor.hasPathObj('c3'), await stor.getPathObj('c3')) == (True, None)
    await stor.setPathLink('lnk', 'c2')
    await stor.copyPathObjs([('c1', 'x/1'), ('lnk', ('x', '2')), ('x/1', 'lnk')])
    assert await collect(stor.getPathObjs('x')) == [(('1',), {'a': {'b': 1}}), (('2',), {'a': {'b': 2}})]
    assert await stor.getPathObj('c2') == {'a': {'b': 2}}
    for bad in (None, 5, [1], [('a',)], [('a', 5)], [('a', '')]):
        with pytest.raises(s_exc.BadArg):
            await stor.copyPathObjs(bad)


async def test_copies_that_are_too_much_do_nothing(stor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'JSON_COPY_BYTES', 1000)
    await stor.setPathObj('o', 'x' * 600)
    with pytest.raises(s_exc.BadArg, match='at most 1000'):
        await stor.copyPathObjs([('o', 'p'), ('p', 'q')])
    assert await collect(stor.getPathList(())) == ['o']


LISTED = {
    't': ['', 'a', 'ab', 'b/c', 'b/d'],
    't/b': ['c', 'd'],
    't/a': [''],
    ('t', 'a'): [''],
    't/': [],
    '': ['x'],
    'newp': [],
    (): ['/x', 't', 't/a', 't/ab', 't/b/c', 't/b/d', 'ta'],
}


async def test_listings_match_whole_names(stor: Any) -> None:
    for path in ('ta', 't/b/d', '/x', 't', 't/ab', 't/b/c', 't/a'):
        await stor.setPathObj(path, path)
    for path, want in LISTED.items():
        assert await collect(stor.getPathList(path)) == want
        head = '' if path == () else f'{path}/' if isinstance(path, str) else 't/a/'
        for parts, obj in await collect(stor.getPathObjs(path)):
            assert obj == (head + '/'.join(parts) if parts else head[:-1])


async def test_a_listing_survives_changes_under_it(stor: Any) -> None:
    for num in range(600):
        await stor.setPathObj(f'many/{num:04}', num)
    found = []
    async for name in stor.getPathList('many'):
        found.append(name)
        if len(found) == 1:
            await stor.delPathObj('many/0599')
    assert found[:599] == [f'{num:04}' for num in range(599)]
    assert len(await collect(stor.getPathObjs('many'))) == 599


async def test_permissions_follow_the_path(svc: Any) -> None:
    cell, root = svc
    for path in ('t', 't/b/c', 'ta', 't/a'):
        await root.setPathObj(path, {'p': path})
    async with user_proxy(cell, 'visi', 'json.get.t') as stor:
        assert await stor.getPathObj('t/b/c') == {'p': 't/b/c'}
        assert [parts for parts, _ in await collect(stor.getPathObjs('t'))] == [(), ('a',), ('b', 'c')]
        denied = {
            'json.get.ta': stor.getPathObj('ta'),
            'json.get..t': stor.hasPathObj('/t'),
            'json.list.t': collect(stor.getPathList('t')),
            'json.set.t': stor.setPathObjProp('t', 'a', 1),
            'json.del.t': stor.delPathObj('t'),
            'json.set.n.n': stor.copyPathObj('t/a', 'n/n'),
            'json.get.x': stor.setPathLink('t', 'x'),
            'json.set.y': stor.copyPathObjs([('t', 'y')]),
        }
        for perm, call in denied.items():
            with pytest.raises(s_exc.AuthDeny) as exc:
                await call
            assert exc.value.get('mesg') == f'User must have permission {perm}'
            assert exc.value.get('perm') == perm
            assert exc.value.get('username') == 'visi'
            assert len(exc.value.get('user')) == 32


async def test_concurrent_edits_lose_nothing(svc: Any) -> None:
    cell, stor = svc
    await stor.setPathObj('o', {'list': {}})
    await asyncio.gather(*[stor.setPathObjProp('o', f'k{num}/v', num) for num in range(80)])
    obj = await stor.getPathObj('o')
    assert {key: valu['v'] for key, valu in obj.items() if key != 'list'} == {f'k{num}': num for num in range(80)}
    popped = await asyncio.gather(*[stor.popPathObjProp('o', 'k7') for _ in range(20)])
    assert [valu for valu in popped if valu] == [{'v': 7}]
    await stor.setPathObjProp('o', 'lock', 'mine')
    won = await asyncio.gather(*[stor.cmpDelPathObjProp('o', 'lock', 'mine') for _ in range(20)])
    assert won.count(True) == 1


async def test_edits_of_big_objects_take_turns(svc: Any) -> None:
    cell, stor = svc
    await stor.setPathObj('o', {'pad': 'x' * s_limits.JSON_BIG_BYTES})
    await asyncio.gather(*[stor.setPathObjProp('o', f'k{num}', num) for num in range(20)])
    assert len(await stor.getPathObj('o')) == 21
    await stor.setPathLink('lnk', 'o')
    await stor.copyPathObj('lnk', 'p')
    assert await stor.getPathObjProp('p', 'k19') == 19


async def test_callers_in_the_process_share_nothing(svc: Any) -> None:
    cell, _ = svc
    obj: Any = {'a': {'b': 1}}
    task = asyncio.create_task(cell.setPathObj('o', obj))
    await asyncio.sleep(0)
    obj['a']['b'] = 2
    await task
    got = await cell.getPathObj('o')
    got['a']['b'] = 3
    assert await cell.getPathObj('o') == {'a': {'b': 1}}
    with pytest.raises(s_exc.NotMsgpackSafe):
        await cell.setPathObj('o', object())


async def test_state_survives_a_restart(tmp_path: pathlib.Path) -> None:
    async with running(tmp_path) as (cell, stor):
        await stor.setPathObj('foo/bar', {'a': 1})
        await stor.setPathLink('lnk', 'foo/bar')
        await stor.setPathObjProp('lnk', 'b', 2)
        assert cell.getCellType() == 'jsonstorcell'
    async with running(tmp_path) as (cell, stor):
        assert await stor.getPathObj('foo/bar') == {'a': 1, 'b': 2}
        await stor.delPathObj('foo/bar')
        assert await stor.getPathObj('lnk') == {'a': 1, 'b': 2}
