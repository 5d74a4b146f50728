"""Run by either Python: use a JSONStor through that installation's client and print what it saw, as JSON.

usage: jsonstor_story.py URL NAME

All that is made has the name, so that two stories do not meet. Steps whose results differ by intention are not here.
"""

import asyncio
import json
import sys

import synapse.exc as s_exc
import synapse.telepath as s_telepath

NAMED = ('NoSuchName', 'NoSuchPath', 'AuthDeny')


def plain(valu):
    """Return a value as JSON can show it."""
    return json.loads(json.dumps(valu, default=repr))


async def result(coro):
    """Return what a call gives, or the error where its name is part of the contract."""
    try:
        return plain(await coro)
    except s_exc.SynErr as e:
        # the peer gives errors of Python where it says nothing about them
        name = e.__class__.__name__
        return ['raises', name if name in NAMED else 'error']


OBJECTS = [
    ('setPathObj', ('o/a', {'x': 1, 'l': [1, 'two'], 'b': {'c': None}, 's': 'text'})),
    ('getPathObj', (['o', 'a'],)),
    ('getPathObj', ('/o/a',)),
    ('getPathObj', ('o/a/',)),
    ('getPathObj', ('o',)),
    ('hasPathObj', ('o/a',)),
    ('hasPathObj', ('o',)),
    ('setPathObj', ('', 1)),
    ('setPathObj', ('x' * 600, 1)),
    ('getPathObj', ('x' * 600,)),
    ('getPathObjProp', ('o/a', 'b')),
    ('getPathObjProp', ('o/a', 'b/d')),
    ('getPathObjProp', ('o/a', ('x',))),
    ('getPathObjProp', ('o/a', ())),
    ('getPathObjProp', ('o/a', '/x')),
    ('getPathObjProp', ('o/a', 's/x')),
    ('getPathObjProp', ('o/a', 'l/0')),
    ('setPathObjProp', ('o/a', 'p/q/r', 5)),
    ('setPathObjProp', ('o/a', 'b/c/d', 6)),
    ('setPathObjProp', ('o/a', 's/x', 6)),
    ('setPathObjProp', ('o/a', 'x', True)),
    ('setPathObjProp', ('newp', 'x', 6)),
    ('delPathObjProp', ('o/a', 'p/q')),
    ('delPathObjProp', ('o/a', 'p/q')),
    ('delPathObjProp', ('o/a', 'newp/newp')),
    ('delPathObjProp', ('newp', 'x')),
    ('cmpDelPathObjProp', ('o/a', 'l', [1, 'one'])),
    ('cmpDelPathObjProp', ('o/a', 'l', [1, 'two'])),
    ('cmpDelPathObjProp', ('o/a', 'newp', None)),
    ('popPathObjProp', ('o/a', 'b')),
    ('popPathObjProp', ('o/a', 'b')),
    ('popPathObjProp', ('o/a', 'newp/newp')),
    ('getPathObj', ('o/a',)),
    ('setPathObj', ('none', None)),
    ('hasPathObj', ('none',)),
    ('setPathObjProp', ('none', 'a', 1)),
    ('delPathObj', ('newp',)),
]

LINKS = [
    ('setPathLink', ('l/1', 'newp')),
    ('setPathLink', ('l/1', 'o/a')),
    ('setPathObjProp', ('l/1', 'new', 'ü')),
    ('getPathObj', ('o/a',)),
    ('delPathObj', ('o/a',)),
    ('getPathObj', ('l/1',)),
    ('setPathObj', ('o/a', 'again')),
    ('getPathObj', ('l/1',)),
    ('copyPathObj', ('l/1', 'c/1')),
    ('getPathObj', ('c/1',)),
    ('copyPathObj', ('newp', 'c/2')),
    ('hasPathObj', ('c/2',)),
    ('copyPathObjs', ([('o/a', 'c/3'), (('c', '1'), 'c/4')],)),
    ('getPathObj', ('c/4',)),
    ('delPathObj', ('c/2',)),
]

STREAMS = [
    ('getPathList', ('c',)),
    ('getPathObjs', ('c',)),
    ('getPathList', ('newp',)),
]

QUEUES = [
    ('addQueue', ({'a': 1},)),
    ('addQueue', ({},)),
    ('addQueue', (None,)),
    ('putsQueue', (['a', 'b', 'c'],)),
    ('putsQueue', ([{'x': 1}],)),
    ('putsQueue', ([],)),
    ('getsQueue', (0,), {'wait': False}),
    ('getsQueue', (2,), {'wait': False, 'cull': False}),
    ('getsQueue', (2,), {'wait': False}),
    ('getsQueue', (0,), {'wait': False, 'size': 1}),
    ('getsQueue', (0,), {'wait': False, 'size': 0}),
    ('getsQueue', (0,), {'size': 2}),
    ('cullQueue', (2,)),
    ('cullQueue', (-1,)),
    ('getsQueue', (0,), {'wait': False}),
    ('getsQueue', (100,), {'wait': False}),
    ('putsQueue', ('de',)),
    ('getsQueue', (0,), {'wait': False}),
    ('delQueue', ()),
    ('delQueue', ()),
    ('putsQueue', ([1],)),
    ('cullQueue', (1,)),
    ('getsQueue', (0,), {'wait': False}),
]


def named(name, path):
    """Return a path below the name of the story."""
    if path == '' or path[0] == '/':
        return path
    return f'{name}/{path}' if isinstance(path, str) else (name, *path)


async def objects(stor, name):
    for meth, args in OBJECTS + LINKS:
        if meth in ('setPathLink', 'copyPathObj'):
            args = tuple(named(name, path) for path in args)
        elif meth == 'copyPathObjs':
            args = ([(named(name, old), named(name, new)) for old, new in args[0]],)
        else:
            args = (named(name, args[0]), *args[1:])
        yield await result(getattr(stor, meth)(*args))
    for meth, (path,) in STREAMS:
        yield await result(getattr(stor, meth)(named(name, path)).list())


async def queues(stor, name):
    for meth, args, *rest in QUEUES:
        call = getattr(stor, meth)(f'q{name}', *args, **(rest[0] if rest else {}))
        yield await result(call.list() if meth == 'getsQueue' else call)


async def notifs(stor, name):
    user = name * 32
    indxs = [await stor.addUserNotif(user, f'{kind}{name}', [kind]) for kind in ('hehe', 'haha', 'hehe')]
    yield sorted(indxs) == indxs
    useriden, _, kind, data = await stor.getUserNotif(indxs[0])
    yield plain((useriden == user, kind == f'hehe{name}', data))
    yield [indxs.index(indx) async for indx, _ in stor.iterUserNotifs(user)]
    yield [indxs.index(indx) async for indx, _ in stor.iterUserNotifs(user, size=1)]
    async for indx, _ in stor.watchAllUserNotifs(indxs[1]):
        yield indxs.index(indx)
        if indx == indxs[2]:
            break
    yield await result(stor.delUserNotif(indxs[0]))
    yield await result(stor.getUserNotif(indxs[0]))
    yield await result(stor.addUserNotif('newp', 'x'))


async def users(stor, url, name):
    """What a user without rights is told."""
    await stor.addUser(f'u{name}')
    async with await s_telepath.openurl(url.replace('cell://', f'cell://u{name}@')) as user:
        yield await result(user.getPathObj('a/b'))
        yield await result(user.setPathLink('a', 'b'))
        yield await result(user.addQueue('x', {}))
        yield await result(user.addUserNotif('aa' * 16, 'x'))


async def main(url, name):
    steps = []
    async with await s_telepath.openurl(url) as stor:
        for part in (objects(stor, name), queues(stor, name), notifs(stor, name), users(stor, url, name)):
            async for step in part:
                steps.append(step)
        info = sorted(set(dir(stor)) & {'getPathObj'})
    print(json.dumps({'steps': steps, 'info': info}))


if __name__ == '__main__':
    asyncio.run(main(*sys.argv[1:]))
