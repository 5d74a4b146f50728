"""Answers of many messages: JSON texts, one after the other, as they come (cortex.md 9.3)."""

from __future__ import annotations

import typing

import synapse.lib.httpapi.handler as s_handler
import synapse.lib.limits as s_limits


class MessageStream:
    """Writes messages to a response.

    A message is sent at once unless more are known to be on their way (``send(mesg, more=True)``): those are gathered
    and leave together. ``await`` on a send is the back-pressure of the client.

    Example:
        stream = s_httpapi.MessageStream(self, jsonlines=True)
        async for mesg in messages:
            await stream.send(mesg)
        await stream.flush()
    """

    def __init__(self, handler: s_handler.Handler, jsonlines: bool = False) -> None:
        """Prepare a stream; nothing is sent before the first message."""
        self.handler = handler
        self.tail = b'\n' if jsonlines else b''
        self.size = 0
        self.count = 0

    async def send(self, mesg: typing.Any, more: bool = False) -> None:
        """Write one message. Raises TypeError when JSON cannot hold it, StreamClosedError when the client is gone."""
        await self.send_json(s_handler.to_json(mesg), more=more)

    async def send_json(self, byts: bytes, more: bool = False) -> None:
        """Write one message that is JSON already."""
        self.handler.write(byts + self.tail)
        self.size += len(byts) + 1
        self.count += 1
        if not more or self.size >= s_limits.HTTP_STREAM_FLUSH:
            await self.flush()

    async def flush(self) -> None:
        """Send what was gathered."""
        if self.size:
            self.size = 0
            await self.handler.flush()


def is_jsonlines(body: dict[str, typing.Any]) -> bool:
    """Return True when a request body asks for one message per line: ``"stream": "jsonlines"``."""
    return body.get('stream') == 'jsonlines'
