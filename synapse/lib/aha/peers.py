"""One question to all instances of a service (aha.md 4: callAhaPeerApi, callAhaPeerGenr)."""

from __future__ import annotations

import asyncio
import contextlib
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.aha.registry as s_registry
import synapse.lib.aha.services as s_services
import synapse.lib.limits as s_limits
import synapse.lib.telepath as s_telepath

Any = typing.Any
Entry = s_registry.Entry
Answer = tuple[str, tuple[bool, Any]]
Ask = typing.Callable[[s_telepath.Proxy], typing.AsyncIterator[Any]]


def req_todo(todo: Any) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    """Return (method, args, kwargs). Raises BadArg."""
    try:
        name, args, kwargs = todo
        good = isinstance(name, str) and isinstance(args, (list, tuple)) and isinstance(kwargs, dict)
    except (TypeError, ValueError):
        good = False
    if not good:
        raise s_exc.BadArg(mesg='The todo of a call must be (method, args, kwargs).', name='todo')
    return name, tuple(args), kwargs


def req_timeout(timeout: Any) -> float | None:
    """Return a number of seconds. Raises BadArg."""
    if timeout is not None and (isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or timeout < 0):
        raise s_exc.BadArg(mesg=f'The timeout must be a number of seconds: {timeout!r}', name='timeout')
    return timeout


class Peers(s_services.Services):
    """The slice of AHA that calls services, as root of their network."""

    def getAhaSvcsByIden(self, iden: str, online: bool = True, skiprun: str | None = None) -> list[Entry]:
        """Return the instances of a service, one entry a run."""
        return self.services.by_iden(iden, online=online, skiprun=skiprun)

    def peer_url(self, entry: Entry) -> dict[str, Any]:
        """Return how we connect to an instance: with its own address, and our certificate of its network.

        Raises BadUrl: What it registered is no address in a network; a path of this machine is not to be followed.
        """
        urlinfo = entry['svcinfo']['urlinfo']
        if urlinfo.get('scheme') not in ('ssl', 'tcp'):
            raise s_exc.BadUrl(mesg=f'{entry["name"]} has not registered an address that can be called.')
        info = {key: urlinfo[key] for key in ('scheme', 'host', 'port') if key in urlinfo}
        info['path'] = ''
        if info.get('scheme') == 'ssl':
            info.update(hostname=urlinfo.get('hostname', entry['name']), certname=f'root@{entry["svcnetw"]}')
            info['certdir'] = self.certdir
        return info

    def callAhaPeerApi(
        self, iden: str, todo: Any, timeout: float | None = None, skiprun: str | None = None
    ) -> typing.AsyncGenerator[Answer, None]:
        """Call a method of each instance that is there; yield (name, (ok, result)) as they answer.

        Args:
            todo: (method, args, kwargs). timeout: Seconds for each. skiprun: Leave out this run.
        """
        todo = req_todo(todo)

        async def ask(proxy: s_telepath.Proxy) -> typing.AsyncIterator[Any]:
            yield await proxy.task(todo)

        return self._ask_all(iden, ask, req_timeout(timeout), skiprun)

    def callAhaPeerGenr(
        self, iden: str, todo: Any, timeout: float | None = None, skiprun: str | None = None
    ) -> typing.AsyncGenerator[Answer, None]:
        """Like callAhaPeerApi, for methods that yield: (name, (ok, item)) for each item, ``timeout`` for each."""
        todo = req_todo(todo)

        async def ask(proxy: s_telepath.Proxy) -> typing.AsyncIterator[Any]:
            name, args, kwargs = todo
            items = await proxy.task((name, args, kwargs))
            if not isinstance(items, s_telepath.Genr):
                raise s_exc.BadArg(mesg=f'The method {name} does not yield.', name=name)
            async for item in items:
                yield item

        return self._ask_all(iden, ask, req_timeout(timeout), skiprun)

    async def _ask_all(
        self, iden: str, ask: Ask, timeout: float | None, skiprun: str | None
    ) -> typing.AsyncGenerator[Answer, None]:
        """Ask all instances at once and yield what comes, in the order in which it comes."""
        entries = self.getAhaSvcsByIden(iden, skiprun=skiprun)
        queue: asyncio.Queue[Answer | None] = asyncio.Queue(s_limits.AHA_PEER_QUEUE)
        # tasks of AHA: whoever is cancelled here does not wait until they have hung up
        tasks = [self.schedCoro(self._ask_one(entry, ask, timeout, queue)) for entry in entries]
        try:
            left = len(tasks)
            while left:
                answer = await queue.get()
                if answer is None:
                    left -= 1
                else:
                    yield answer
        finally:
            for task in tasks:
                task.cancel()

    async def _ask_one(
        self, entry: Entry, ask: Ask, timeout: float | None, queue: asyncio.Queue[Answer | None]
    ) -> None:
        name = entry['name']
        try:
            async with asyncio.timeout(timeout):
                proxy = await s_telepath.openinfo(self.peer_url(entry))
            async with proxy, contextlib.aclosing(typing.cast(Any, ask(proxy))) as items:
                while True:
                    async with asyncio.timeout(timeout):
                        item = await anext(items)
                    await queue.put((name, (True, item)))
        except StopAsyncIteration:
            pass
        except TimeoutError:
            mesg = f'{name} did not answer within {timeout} seconds.'
            await queue.put((name, (False, ('TimeOut', {'mesg': mesg, 'name': name}))))
        except Exception as e:
            await queue.put((name, (False, s_common.err_info(e))))
        await queue.put(None)
