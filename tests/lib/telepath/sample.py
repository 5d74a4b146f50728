"""What the telepath tests serve. The same file is served by the peer in the interop tests, hence no modern syntax."""

import asyncio
import sys

import synapse.exc as s_exc
import synapse.lib.share as s_share
import synapse.telepath as s_telepath


class Custom(Exception):
    pass


class Counter(s_share.Share):
    """A dynamic share."""

    typename = 'counter'

    async def __anit__(self, link, item):
        await s_share.Share.__anit__(self, link, item)
        self.valu = 0

    async def boo(self, x):
        return x

    async def add(self, x):
        self.valu += x
        return self.valu

    async def gen(self):
        for i in range(3):
            yield i

    def genr(self):
        yield from range(3)


class Sample(s_telepath.Aware):
    """The root share: one instance for all links."""

    number = 5
    nothing = None

    def __init__(self):
        self.events = []
        self.link = None

    async def getTeleApi(self, link, mesg, path):
        self.link = link
        self.path = tuple(path)
        auth = mesg[1].get('auth')
        if auth is not None and auth[1]['passwd'] != 'secret':
            raise s_exc.AuthDeny(mesg='Invalid password', user=auth[0])
        return self

    # plain results

    def bar(self, x, y=3):
        return x + y

    async def abar(self, x, y=3):
        return x + y

    async def later(self, x):
        await asyncio.sleep(0.01)
        return x

    async def echo(self, *args, **kwargs):
        return (args, kwargs)

    async def big(self, size):
        return b'v' * size

    async def seen(self):
        return tuple(self.events)

    async def where(self):
        return self.path

    async def weird(self):
        return {1: 'a', b'x': 'b', (1, 2): 'c', None: 'd', 1.5: 'e'}

    async def surrogate(self):
        return 'a\ud800b'

    # failures

    def plain(self):
        raise ValueError('plain')

    async def custom(self):
        raise Custom('mine')

    async def synerr(self):
        raise s_exc.BadTypeValu(mesg='nope', valu=3)

    async def keyerr(self):
        raise KeyError('kk')

    async def cancels(self):
        raise asyncio.CancelledError()

    async def isset(self):
        return {1, 2}

    async def isobject(self):
        return object()

    def _priv(self):
        return 'never'

    async def badinfo(self):
        raise s_exc.BadArg(mesg='x', valu={1})

    # streams

    async def agen(self, n, sleep=None):
        try:
            for i in range(n):
                yield i
                if sleep is not None:
                    await asyncio.sleep(sleep)
        finally:
            self.events.append('agen fini')

    def sgen(self, n):
        yield from range(n)

    async def cogen(self, n):
        return self.agen(n)

    async def araise(self):
        yield 1
        raise s_exc.BadTypeValu(mesg='mid', valu=3)

    async def firstraise(self):
        raise s_exc.BadTypeValu(mesg='first', valu=3)
        yield 1

    async def badinfogen(self):
        yield 1
        raise s_exc.BadArg(mesg='x', valu={1})

    async def badgen(self):
        yield 1
        yield {2}
        yield 3

    async def idlegen(self):
        yield 'started'
        try:
            await asyncio.sleep(3600)
        finally:
            self.events.append('idlegen fini')

    async def killed(self):
        yield 1
        asyncio.current_task().cancel()
        await asyncio.sleep(0)
        yield 2

    async def hang(self):
        self.events.append('hang')
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            self.events.append('hang cancelled')
            raise

    async def blobs(self, count, size):
        byts = b'v' * size
        for _ in range(count):
            yield byts

    # shares

    async def share(self):
        return await Counter.anit(self.link, None)

    async def nested(self):
        return (1, await Counter.anit(self.link, None))


async def serve(daemon, urls):
    """Serve a Sample until standard input ends. For a subprocess with another implementation."""
    dmon = await daemon.anit()
    dmon.share('*', Sample())
    dmon.share('foo', Sample())
    for url in urls:
        await dmon.listen(url)
    sys.stdout.write('ready\n')
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await dmon.fini()
