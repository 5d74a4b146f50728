"""Many calls on one link without waiting between them (spec: telepath.md 14.1, ``getPipeline``)."""

from __future__ import annotations

import asyncio
import typing

import synapse.exc as s_exc
import synapse.lib.telepath.codec as s_codec
import synapse.lib.telepath.link as s_link
import synapse.lib.telepath.pool as s_pool

Todos = typing.AsyncIterable[tuple[str, typing.Any, typing.Any]]


async def run(
    pool: s_pool.LinkPool, sess: str | None, todos: Todos, name: str | None
) -> typing.AsyncGenerator[s_codec.Retn, None]:
    """Send the calls of an async generator down one link and yield the raw retn envelopes in order.

    Raises:
        BadMesgFormat: A call answered with something else than a plain result.
        LinkShutDown: The server is gone.
        Exception: What the generator of calls raised.
    """
    link = await pool.get()
    sender = _Sender(link, sess, name)
    task = asyncio.get_running_loop().create_task(sender.run(todos))
    ended = False
    try:
        while await sender.expects():
            mesg = await link.rx()
            if mesg is None:
                raise s_exc.LinkShutDown(mesg='Remote peer disconnected')
            kind, info = s_codec.split(mesg)
            if kind != 't2:fini':
                raise s_codec.bad_type(kind)
            sender.open -= 1
            yield info.get('retn')  # type: ignore[misc]
        ended = True
    finally:
        task.cancel()
        if ended:
            pool.put(link)
        else:
            link.close()
    if sender.exc is not None:
        raise sender.exc


class _Sender:
    def __init__(self, link: s_link.ClientLink, sess: str | None, name: str | None) -> None:
        self.link = link
        self.sess = sess
        self.name = name
        self.open = 0  # calls sent and not answered
        self.done = False
        self.exc: Exception | None = None
        self.event = asyncio.Event()

    async def run(self, todos: Todos) -> None:
        try:
            async for todo in todos:
                self.link.write(s_codec.pack(('t2:init', {'todo': todo, 'name': self.name, 'sess': self.sess})))
                self.open += 1
                self.event.set()
                await self.link.drained()
        except Exception as e:
            self.exc = e
        finally:
            self.done = True
            self.event.set()

    async def expects(self) -> bool:
        """Wait until an answer is due (True) or all have come (False)."""
        while not self.open and not self.done:
            self.event.clear()
            await self.event.wait()
        return self.open > 0
