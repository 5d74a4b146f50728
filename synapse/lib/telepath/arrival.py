"""Large values on their way: who is to get one may work on it before all of it is here, in memory of its own.

A message is decoded when it is complete, and for most that is soon enough. A blob is another matter: to hash it and to
write it takes longer than to receive it, can be done meanwhile, and each copy of it counts. So when the beginning of a
message shows a call whose first argument is a large binary value, the object that is probably meant is asked whether it
offers memory for it (``expectTeleBulk``). The socket is then read into that memory, the message is decoded without the
value, and the call gets the ``Work`` in place of bytes.

Only when the message is complete it is known who makes the call and of whom. If it was not the one that was expected,
the value becomes bytes like any other, and the work is given up. Without a known caller nobody is asked, so that a link
that has not proved anything causes no work.

A value of some megabytes for which nobody offers memory goes around the decoder too, whose buffer would be copied each
time that it is too small.
"""

from __future__ import annotations

import abc
import asyncio
import logging
import mmap
import re
import typing

import synapse.lib.limits as s_limits

if typing.TYPE_CHECKING:
    import synapse.lib.telepath.serve as s_serve

logger = logging.getLogger(__name__)

# ('t2:init', {'todo': (name, (<binary value>, ...
_HEAD = re.compile(rb'(\x92\xa7t2:init[\x81-\x8f]\xa4todo\x93([\xa1-\xbf])(\w+)[\x91-\x9f])\xc6(....)', re.DOTALL)
_EMPTY = b'\xc4\x00'


class Work(abc.ABC):
    """What somebody does with a value while it comes in. Nothing here may wait or raise.

    Attributes:
        memory: Where the value goes; of its size.
    """

    memory: memoryview

    @abc.abstractmethod
    def fed(self, count: int) -> None:
        """Tell that so many bytes are there, from the beginning."""

    @abc.abstractmethod
    def over(self) -> None:
        """Tell that the call has begun, or will never be made. Called once."""


class Plain(Work):
    """A value that nobody works on while it comes in."""

    def __init__(self, size: int) -> None:
        # pages that are there when something comes in: a size is said in a moment, and four gigabytes are many zeros
        self.memory = memoryview(mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))

    def fed(self, count: int) -> None:
        pass

    def over(self) -> None:
        pass


class Arrival(asyncio.BufferedProtocol):
    """A value on its way through a link: takes the place of the link at its transport until the value is there."""

    def __init__(self, link: s_serve.ServerLink, item: typing.Any, name: str, work: Work) -> None:
        self.link = link
        self.item = item
        self.name = name
        self.work = work
        self.count = 0

    def begin(self, byts: memoryview) -> None:
        """Take the first bytes; the others come from the transport."""
        self.count = len(byts)
        self.work.memory[: self.count] = byts
        self.work.fed(self.count)
        self._turn(self)

    def _turn(self, protocol: asyncio.BaseProtocol) -> None:
        transport = self.link.transport
        transport.pause_reading()
        transport.set_protocol(protocol)
        if not self.link.hushed:
            transport.resume_reading()

    def get_buffer(self, sizehint: int) -> memoryview:
        return self.work.memory[self.count :]

    def buffer_updated(self, nbytes: int) -> None:
        self.count += nbytes
        self.work.fed(self.count)
        if self.count == len(self.work.memory):
            self._turn(self.link)

    def eof_received(self) -> bool | None:
        return self.link.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self.link.connection_lost(exc)

    def pause_writing(self) -> None:
        self.link.pause_writing()

    def resume_writing(self) -> None:
        self.link.resume_writing()

    def complete(self, mesg: typing.Any) -> typing.Any:
        """Return the message that was decoded without the value, with the value, or with the work on it."""
        try:
            kind, info = mesg[0], mesg[1]
            name, (valu, *args), kwargs = info['todo']
            sess = self.link.dmon.sessions.get(info['sess'])
            meant = sess is not None and sess.items.get(info['name']) is self.item and name == self.name
        except (LookupError, TypeError, ValueError, AttributeError):
            return mesg  # it will be refused
        if valu == b'':
            valu = self.work if meant and not isinstance(self.work, Plain) else bytes(self.work.memory)
        return (kind, {**info, 'todo': (name, (valu, *args), kwargs)})


def find(link: s_serve.ServerLink, item: typing.Any, data: bytes) -> bytes:
    """Look at the beginning of a message for an object. Returns what is to be decoded of it.

    When the object offers memory for the value that comes, ``link.arrival`` is set and takes over.
    """
    head = _HEAD.match(data)
    if head is None or head[2][0] - 0xA0 != len(head[3]):
        return data
    size = int.from_bytes(head[4], 'big')
    if size <= len(data):
        return data
    name = head[3].decode()
    work = ask(item, name, size)
    if work is None:
        if size < s_limits.TELE_PLAIN_BYTES:
            return data
        work = Plain(size)
    link.arrival = Arrival(link, item, name, work)
    link.arrival.begin(memoryview(data)[head.end() :])
    return head[1] + _EMPTY


def ask(item: typing.Any, name: str, size: int) -> Work | None:
    """Return the memory that an object offers for a value, if it does."""
    expect = getattr(item, 'expectTeleBulk', None)
    try:
        return None if expect is None else expect(name, size)
    except Exception:
        logger.exception('expectTeleBulk() failed')
        return None
