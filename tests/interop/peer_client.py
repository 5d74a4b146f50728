"""Run by the peer's Python: use a served Sample through the peer's client and print what it saw, as JSON.

usage: peer_client.py URL
"""

import asyncio
import json
import sys

import synapse.exc as s_exc
import synapse.telepath as s_telepath


async def failure(coro):
    """Return (class name, errx, mesg) of the error that a coroutine raises."""
    try:
        await coro
    except s_exc.SynErr as e:
        return e.__class__.__name__, e.get('errx'), e.get('mesg')


async def calls(proxy):
    yield 'bar', await proxy.bar(1, y=2)
    yield 'later', await proxy.later('x')
    yield 'surrogate', ascii(await proxy.surrogate())
    yield 'echo', repr(await proxy.echo(b'x', [1, (2,)], None, a={1: 2}))
    yield 'big', len(await proxy.big(5000000))
    yield 'argument', len((await proxy.echo('x' * 5000000))[0][0])
    yield 'newp', await failure(proxy.newp())
    yield 'private', await failure(proxy._priv())
    yield 'synerr', await failure(proxy.synerr())
    yield 'plain', await failure(proxy.plain())
    yield 'isset', await failure(proxy.isset())


async def streams(proxy):
    yield 'agen', [i async for i in proxy.agen(5)]
    yield 'many', sum([i async for i in proxy.agen(50000)])
    yield 'list', await proxy.agen(3).list()
    yield 'sgen', [i async for i in await proxy.sgen(3)]
    yield 'cogen', [i async for i in await proxy.cogen(3)]
    yield 'araise', await failure(proxy.araise().list())
    yield 'badgen', await failure(proxy.badgen().list())
    async for item in proxy.idlegen():
        yield 'idlegen', item
        break
    task = asyncio.get_running_loop().create_task(proxy.hang())
    while 'hang' not in await proxy.seen():
        await asyncio.sleep(0.01)
    task.cancel()
    while len(await proxy.seen()) < 7:
        await asyncio.sleep(0.01)
    yield 'seen', sorted(await proxy.seen())
    yield 'parallel', await asyncio.gather(*[proxy.later(i) for i in range(10)])


async def shares(proxy):
    async with await proxy.share() as share:
        yield 'add', [await share.add(2), await share.add(3)]
        yield 'gen', [i async for i in share.gen()]
    # the share ends over another link than the call
    gone = None
    while gone is None:
        gone = await failure(proxy.task(('boo', (1,), {}), name=share.iden))
    yield 'gone', gone[0]

    async def todos():
        for i in range(10):
            yield 'bar', (i,), {}

    yield 'pipeline', [retn async for retn in proxy.getPipeline(todos())]


async def clients(url):
    async with await s_telepath.Client.anit(url) as client:
        await client.waitready(timeout=10)
        yield 'client', await client.bar(1)
        yield 'client agen', [i async for i in client.agen(2)]
    yield 'bad name', await failure(s_telepath.openurl(url, name='newp'))
    yield 'bad passwd', await failure(s_telepath.openurl(url, user='bob', passwd='wrong'))
    async with await s_telepath.openurl(url, user='bob', passwd='secret', name='foo/a/b') as proxy:
        yield 'where', await proxy.where()
        yield 'classes', proxy._getClasses()[-1]


async def main(url):
    seen = {}
    async with await s_telepath.openurl(url) as proxy:
        for part in (calls(proxy), streams(proxy), shares(proxy), clients(url)):
            async for name, valu in part:
                seen[name] = valu
    print(json.dumps(seen))


asyncio.run(main(sys.argv[1]))
