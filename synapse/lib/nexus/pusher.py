"""Pusher: an object whose changes go through the log."""

from __future__ import annotations

import functools
import inspect
import typing

import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.lib.slab as s_slab

if typing.TYPE_CHECKING:  # pragma: no cover - the root registers pushers, so it cannot be imported here
    import synapse.lib.nexus.root as s_root

Func = typing.TypeVar('Func', bound=typing.Callable[..., typing.Any])


class Handler:
    """One event handler: the plain function, whether it wants ``nexsitem``, whether it is a coroutine function."""

    __slots__ = ('func', 'isasync', 'passitem')

    def __init__(self, func: typing.Callable[..., typing.Any], passitem: bool) -> None:
        self.func = func
        self.passitem = passitem
        self.isasync = inspect.iscoroutinefunction(func)


class Pusher(s_base.Base):
    """A Base whose state changes are events in the log (promise path ``synapse.lib.nexus.Pusher``).

    Handlers are deterministic: time, random numbers and normalised values are computed before the event is pushed and
    travel in it. They write to ``nexsslab`` (and memory that is rebuilt from it) only. An argument may arrive as the
    caller's own object (live) or unpacked (arrays as tuples, at replay and on followers): a handler treats both alike
    and keeps neither without copying what it will change. A handler pushes nothing itself.

    Attributes:
        nexsiden: Names this object in the log.
        nexsroot: The log; None for an object that applies its changes directly.
        nexsslab: The slab that holds this object's state and carries the offset of its last applied entry.
    """

    _nexshands: typing.ClassVar[dict[str, Handler]] = {}

    def __init_subclass__(cls, **kwargs: typing.Any) -> None:
        super().__init_subclass__(**kwargs)
        hands: dict[str, Handler] = {}
        for base in reversed(cls.__mro__):
            hands.update(base.__dict__.get('_nexsown', {}))
        own = {}
        for attr in cls.__dict__.values():
            hand = getattr(attr, '_nexshand', None)
            if hand is not None:
                own[hand[0]] = hand[1]
        cls._nexsown = own  # type: ignore[attr-defined]
        hands.update(own)
        cls._nexshands = hands

    async def __anit__(  # type: ignore[override]
        self, iden: str, nexsroot: s_root.NexsRoot | None = None, slab: s_slab.Slab | None = None
    ) -> None:
        await s_base.Base.__anit__(self)
        self.nexsiden = iden
        self.nexsroot: s_root.NexsRoot | None = None
        self.nexsslab: s_slab.Slab | None = slab
        self.onfini(self._nexs_fini)
        if nexsroot is not None:
            self.setNexsRoot(nexsroot)

    def setNexsRoot(self, nexsroot: s_root.NexsRoot, slab: s_slab.Slab | None = None) -> None:
        """Join a log: from now on changes of this object go through it."""
        if self.nexsroot is not None:
            self.nexsroot.delPusher(self)
        if slab is not None:
            self.nexsslab = slab
        self.nexsroot = nexsroot
        nexsroot.addPusher(self)

    def _nexs_fini(self) -> None:
        if self.nexsroot is not None:
            self.nexsroot.delPusher(self)

    async def _push(self, event: str, *args: typing.Any, **kwargs: typing.Any) -> typing.Any:
        """Make a change: log it, wait until it is durable and applied, return what the handler returned.

        Raises:
            IsReadOnly: Changes are not accepted; ``mesg`` tells why.
            NotMsgpackSafe: An argument cannot be logged.
            Whatever the handler raises (the entry stays in the log then).
        """
        if self.nexsroot is None:
            return await self._nexs_direct(event, args, kwargs)
        _, retn = await self.nexsroot.issue(self.nexsiden, event, args, kwargs)
        return retn

    async def _nexs_direct(self, event: str, args: typing.Any, kwargs: dict[str, typing.Any]) -> typing.Any:
        hand = self.nexs_handler(event)
        if self.nexsslab is not None:
            self.nexsslab.mark_dirty(0)
        if hand.passitem:
            kwargs = {**kwargs, 'nexsitem': (None, (self.nexsiden, event, args, kwargs, {}))}
        return await s_base.call(hand.func, self, *args, **kwargs)

    @classmethod
    def nexs_handler(cls, event: str) -> Handler:
        """Return the handler of an event. Raises NoSuchName."""
        hand = cls._nexshands.get(event)
        if hand is None:
            raise s_exc.NoSuchName(mesg=f'{cls.__name__} has no handler for event {event}.', name=event)
        return hand

    @staticmethod
    def onPush(event: str, passitem: bool = False) -> typing.Callable[[Func], Func]:
        """Decorator: this method applies the event. With ``passitem`` it gets ``nexsitem=(offset, item)``."""

        def deco(func: Func) -> Func:
            func._nexshand = (event, Handler(func, passitem))  # type: ignore[attr-defined]
            return func

        return deco

    @staticmethod
    def onPushAuto(event: str, passitem: bool = False) -> typing.Callable[[Func], Func]:
        """Decorator: calling the method pushes the event, the method's body applies it, its result comes back."""

        def deco(func: Func) -> Func:
            @functools.wraps(func)
            async def push(self: Pusher, *args: typing.Any, **kwargs: typing.Any) -> typing.Any:
                return await self._push(event, *args, **kwargs)

            push._nexshand = (event, Handler(func, passitem))  # type: ignore[attr-defined]
            return typing.cast(Func, push)

        return deco


Pusher._nexsown = {}  # type: ignore[attr-defined]

onPush = Pusher.onPush
onPushAuto = Pusher.onPushAuto
