"""What stands between a store and its object store, and may go wrong."""

from __future__ import annotations

import contextlib
import typing

import aiohttp
import aiohttp.web

Fault = typing.Callable[[aiohttp.web.Request], 'int | str | None']


class Proxy:
    """Passes requests on, unless ``fault`` gives a status for one, ``'cut'``: half of the answer, ``'lost'``: none.

    Attributes:
        url: The endpoint. seen: (method, path) of all requests.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.url = ''
        self.fault: Fault = lambda request: None
        self.seen: list[tuple[str, str]] = []

    async def handle(self, request: aiohttp.web.Request) -> aiohttp.web.StreamResponse:
        self.seen.append((request.method, request.path))
        body = await request.read()
        fault = self.fault(request)
        if isinstance(fault, int):
            return aiohttp.web.Response(status=fault)
        headers = {name: valu for name, valu in request.headers.items() if name != 'Transfer-Encoding'}
        async with (
            aiohttp.ClientSession(auto_decompress=False) as sess,
            sess.request(request.method, f'{self.target}{request.raw_path}', data=body, headers=headers) as resp,
        ):
            data = await resp.read()
            if fault == 'lost':
                assert request.transport is not None
                request.transport.close()
                return aiohttp.web.Response()
            answer = aiohttp.web.StreamResponse(status=resp.status, headers=resp.headers)
            await answer.prepare(request)
            if fault == 'cut':
                await answer.write(data[: len(data) // 2])
                assert request.transport is not None
                request.transport.close()
            else:
                await answer.write(data)
            return answer


@contextlib.asynccontextmanager
async def running(target: str) -> typing.AsyncIterator[Proxy]:
    """Run a proxy to an object store."""
    proxy = Proxy(target)
    app = aiohttp.web.Application(client_max_size=1 << 30)
    app.router.add_route('*', '/{path:.*}', proxy.handle)
    runner = aiohttp.web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = aiohttp.web.TCPSite(runner, '127.0.0.1', 0)
        await site.start()
        proxy.url = f'http://127.0.0.1:{runner.addresses[0][1]}'
        yield proxy
    finally:
        await runner.cleanup()


def first(count: int, method: str, fault: int | str, what: str = '') -> Fault:
    """Return a fault of the first requests of a method, whose query or path has a text."""
    left = [count]

    def fail(request: aiohttp.web.Request) -> int | str | None:
        if request.method != method or what not in str(request.rel_url) or not left[0]:
            return None
        left[0] -= 1
        return fault

    return fail
