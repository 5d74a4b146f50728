"""The life of an object in the event loop: born with ``anit``, ended with ``fini``, in order, exactly once.

Three ideas:

- An object is made by ``await Cls.anit(...)``, which runs ``__anit__``; when that raises, what was built so far is torn
  down before the error reaches the caller. Nobody ever holds half an object.
- What an object starts dies with it: tasks are cancelled and awaited first, then the callbacks given to ``onfini`` run,
  last registered first, so that things close in the reverse order of their opening.
- Events are names with keyword info; handlers are plain or coroutine functions. They are for notification between
  objects of one process; nothing durable rests on them.

The module also holds the few loop helpers that everyone needs: ``run`` (uvloop when present), ``main`` (run a service
until a signal), ``schedGenr`` (an async generator that runs ahead), ``Waiter``.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import signal
import sys
import typing

import synapse.exc as s_exc

uvloop: typing.Any
try:
    import uvloop
except ImportError:  # pragma: no cover - depends on the platform
    uvloop = None

logger = logging.getLogger(__name__)

T = typing.TypeVar('T')
FiniFunc = typing.Union[typing.Callable[[], typing.Any], 'Base']
EventFunc = typing.Callable[[tuple[str, dict[str, typing.Any]]], typing.Any]

# A cancelled task that has not ended after this many seconds is named in the log (and waited for all the same).
FINI_GRACE = 10.0


async def call(func: typing.Callable[..., typing.Any], *args: typing.Any, **kwargs: typing.Any) -> typing.Any:
    """Call a plain or a coroutine function and return its result."""
    valu = func(*args, **kwargs)
    if inspect.isawaitable(valu):
        return await valu
    return valu


class Base:
    """Base class of everything that lives in the event loop (promise path ``synapse.lib.base.Base``).

    Subclasses override ``__anit__`` and call ``await s_base.Base.__anit__(self)`` first.
    """

    @classmethod
    async def anit(cls, *args: typing.Any, **kwargs: typing.Any) -> typing.Self:
        """Make an object: run ``__anit__``, and ``fini`` when it raises."""
        self = cls()
        self._base_init()
        try:
            await self.__anit__(*args, **kwargs)
        except BaseException:
            with contextlib.suppress(Exception):
                self._base_refs = 1
                await self.fini()
            raise
        return self

    def _base_init(self) -> None:
        self.isfini = False
        self.entered = False
        self.exitok: bool | None = None
        self.loop = asyncio.get_running_loop()
        self.finievt = asyncio.Event()
        self._base_refs = 1
        self._base_done = asyncio.Event()
        self._base_fini: list[FiniFunc] = []
        self._base_tasks: set[asyncio.Task[typing.Any]] = set()
        self._base_calls: set[asyncio.TimerHandle] = set()
        self._base_funcs: dict[str, list[EventFunc]] = {}
        self._base_links: list[EventFunc] = []

    async def __anit__(self) -> None:
        """Set up the object. Overridden by subclasses."""

    # ----- end of life ------------------------------------------------------------------------------------------------

    def incref(self) -> int:
        """Count one more owner: ``fini`` must be called once more before it acts. Returns the count."""
        if self.isfini:
            raise s_exc.IsFini(mesg=f'{type(self).__name__} was shut down.')
        self._base_refs += 1
        return self._base_refs

    def onfini(self, func: FiniFunc) -> None:
        """Register a function, coroutine function or Base object to be called (or ended) when this object ends."""
        if self.isfini:
            raise s_exc.IsFini(mesg=f'{type(self).__name__} was shut down.')
        self._base_fini.append(func)

    def offini(self, func: FiniFunc) -> None:
        """Forget a callback that was given to ``onfini``; unknown ones are ignored."""
        with contextlib.suppress(ValueError):
            self._base_fini.remove(func)

    async def fini(self) -> int:
        """End the object. Safe to call again; a concurrent second caller waits for the first.

        Returns:
            The number of owners left; 0 means that the object is (or was) torn down.
        """
        if self.isfini:
            if not self._base_ending_here():
                await self._base_done.wait()
            return 0
        self._base_refs -= 1
        if self._base_refs > 0:
            return self._base_refs
        self.isfini = True
        self.finievt.set()
        try:
            self._base_ender = asyncio.current_task()
            await self._base_stop_tasks()
            await self._base_run_fini()
            await self._base_stop_tasks()
        finally:
            self._base_ender = None
            self._base_done.set()
            self._base_funcs.clear()
            self._base_links.clear()
        return 0

    _base_ender: asyncio.Task[typing.Any] | None = None

    def _base_ending_here(self) -> bool:
        # a callback that ends its own owner again (or a task of ours) must not wait for itself
        task = asyncio.current_task()
        return task is not None and (task is self._base_ender or task in self._base_tasks)

    async def _base_run_fini(self) -> None:
        while self._base_fini:
            func = self._base_fini.pop()
            try:
                await call(func.fini if isinstance(func, Base) else func)
            except Exception:
                logger.exception('error in a fini callback of %s: %r', type(self).__name__, func)

    async def _base_stop_tasks(self) -> None:
        for handle in tuple(self._base_calls):
            handle.cancel()
        self._base_calls.clear()
        tasks = {task for task in self._base_tasks if task is not asyncio.current_task()}
        for task in tasks:
            task.cancel()
        while tasks:
            _, tasks = await asyncio.wait(tasks, timeout=FINI_GRACE)
            for task in tasks:
                logger.warning('task does not end: %r of %s', task.get_coro(), type(self).__name__)
                task.cancel()  # what it waited for may have taken the first one for its own

    async def waitfini(self, timeout: float | None = None) -> bool:
        """Wait until the object begins to end. Returns False when the time passed first."""
        if timeout is None:
            await self.finievt.wait()
            return True
        try:
            async with asyncio.timeout(timeout):  # not wait_for(): before Python 3.12 it may swallow a cancellation
                await self.finievt.wait()
        except TimeoutError:
            return False
        return True

    async def __aenter__(self) -> typing.Self:
        if self.isfini:
            raise s_exc.IsFini(mesg=f'{type(self).__name__} was shut down.')
        self.entered = True
        return self

    async def __aexit__(self, exc: typing.Any, cls: typing.Any, tb: typing.Any) -> None:
        self.exitok = cls is None
        await self.fini()

    async def enter_context(self, item: typing.Any) -> typing.Any:
        """Enter a context manager (plain or async) that is left when this object ends; returns what it gave."""
        if hasattr(item, '__aenter__'):
            valu = await item.__aenter__()
            self.onfini(lambda: item.__aexit__(None, None, None))
            return valu
        valu = item.__enter__()
        self.onfini(lambda: item.__exit__(None, None, None) and None)
        return valu

    # ----- tasks ------------------------------------------------------------------------------------------------------

    def schedCoro(self, coro: typing.Coroutine[typing.Any, typing.Any, T]) -> asyncio.Task[T]:
        """Run a coroutine as a task that dies with this object. Its exception is logged."""
        if self.isfini:
            coro.close()
            raise s_exc.IsFini(mesg=f'{type(self).__name__} was shut down.')
        task = self.loop.create_task(coro)
        self._base_tasks.add(task)
        task.add_done_callback(self._base_task_done)
        return task

    def _base_task_done(self, task: asyncio.Task[typing.Any]) -> None:
        self._base_tasks.discard(task)
        if task.cancelled():
            return
        exc = task.exception()
        if exc is not None:
            logger.error('error in a task of %s: %r', type(self).__name__, task.get_coro(), exc_info=exc)

    def schedCallLater(
        self, delay: float, func: typing.Callable[..., typing.Any], *args: typing.Any, **kwargs: typing.Any
    ) -> asyncio.TimerHandle:
        """Call a plain or coroutine function after ``delay`` seconds, unless this object ended before."""

        async def run() -> None:
            await call(func, *args, **kwargs)

        def fire() -> None:
            self._base_calls.discard(handle)
            if not self.isfini:
                self.schedCoro(run())

        handle = self.loop.call_later(delay, fire)
        self._base_calls.add(handle)
        return handle

    def schedCoroSafe(self, coro: typing.Coroutine[typing.Any, typing.Any, T]) -> typing.Any:
        """Run a coroutine in this object's loop from another thread; returns a ``concurrent.futures.Future``."""
        return asyncio.run_coroutine_threadsafe(coro, self.loop)

    # ----- events -----------------------------------------------------------------------------------------------------

    def on(self, name: str, func: EventFunc, base: Base | None = None) -> EventFunc:
        """Call ``func((name, info))`` on each event of that name; until ``base`` ends, when given."""
        funcs = self._base_funcs.setdefault(name, [])
        if func not in funcs:
            funcs.append(func)
        if base is not None:
            base.onfini(lambda: self.off(name, func))
        return func

    def off(self, name: str, func: EventFunc) -> None:
        """Stop calling ``func`` for events of that name."""
        funcs = self._base_funcs.get(name)
        if funcs is not None and func in funcs:
            funcs.remove(func)
            if not funcs:
                del self._base_funcs[name]

    def once(self, name: str, func: EventFunc) -> None:
        """Call ``func`` for the next event of that name only."""

        def wrap(mesg: tuple[str, dict[str, typing.Any]]) -> typing.Any:
            self.off(name, wrap)
            return func(mesg)

        self.on(name, wrap)

    def link(self, func: EventFunc) -> None:
        """Call ``func((name, info))`` for every event."""
        self._base_links.append(func)

    def unlink(self, func: EventFunc) -> None:
        """Undo ``link``."""
        with contextlib.suppress(ValueError):
            self._base_links.remove(func)

    async def fire(self, name: str, **info: typing.Any) -> tuple[str, dict[str, typing.Any]]:
        """Tell all handlers of an event; a failing handler is logged and does not stop the others."""
        mesg = (name, info)
        if self.isfini:
            return mesg
        for func in (*self._base_funcs.get(name, ()), *self._base_links):
            try:
                await call(func, mesg)
            except Exception:
                logger.exception('error in a handler of event %s: %r', name, func)
        return mesg

    def waiter(self, count: int, *names: str) -> Waiter:
        """Return a Waiter for ``count`` events of the given names (of all names when none is given)."""
        return Waiter(self, count, *names)

    async def main(self) -> None:
        """Wait until SIGTERM, SIGINT or ``fini``, then end the object."""
        for sig in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                self.loop.add_signal_handler(sig, self._base_signal, sig)
        await self.waitfini()
        await self.fini()

    def _base_signal(self, sig: signal.Signals) -> None:
        """Signal handler of ``main``: begin to end, whatever the number of owners."""
        logger.warning('Caught %s, shutting down.', sig.name)
        if not self.isfini:
            self._base_refs = 1
            self._base_sigtask = self.loop.create_task(self.fini())

    _base_sigtask: asyncio.Task[int] | None = None


class Waiter:
    """Collects events of a Base until enough have come.

    Example:
        waiter = base.waiter(2, 'foo:bar')
        ... something fires ...
        events = await waiter.wait(timeout=3)
    """

    def __init__(self, base: Base, count: int, *names: str) -> None:
        self.base = base
        self.count = count
        self.names = names
        self.events: list[tuple[str, dict[str, typing.Any]]] = []
        self._event = asyncio.Event()
        for name in names:
            base.on(name, self._on)
        if not names:
            base.link(self._on)

    def _on(self, mesg: tuple[str, dict[str, typing.Any]]) -> None:
        self.events.append(mesg)
        if len(self.events) >= self.count:
            self._event.set()

    async def wait(self, timeout: float | None = None) -> list[tuple[str, dict[str, typing.Any]]] | None:
        """Return the events, or None when the time passed first."""
        try:
            async with asyncio.timeout(timeout):
                await self._event.wait()
        except TimeoutError:
            return None
        finally:
            self.fini()
        return self.events

    def fini(self) -> None:
        """Stop listening."""
        for name in self.names:
            self.base.off(name, self._on)
        self.base.unlink(self._on)

    async def __aenter__(self) -> Waiter:
        return self

    async def __aexit__(self, exc: typing.Any, cls: typing.Any, tb: typing.Any) -> None:
        if exc is None and await self.wait() is None:
            raise s_exc.TimeOut(mesg='Waiter timed out.')
        self.fini()


async def schedGenr(agen: typing.AsyncIterable[T], maxsize: int = 100) -> typing.AsyncIterator[T]:
    """Run an async generator ahead of its consumer, at most ``maxsize`` items; it is cancelled when we are closed."""
    queue: asyncio.Queue[tuple[bool, typing.Any]] = asyncio.Queue(maxsize=maxsize)

    async def pump() -> None:
        try:
            async for item in agen:
                await queue.put((True, item))
            await queue.put((False, None))
        except asyncio.CancelledError:
            raise
        except Exception as e:
            await queue.put((False, e))

    task = asyncio.get_running_loop().create_task(pump())
    try:
        while True:
            more, item = await queue.get()
            if more:
                yield item
                continue
            if item is not None:
                raise item
            return
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def run(coro: typing.Coroutine[typing.Any, typing.Any, T]) -> T:
    """Run a coroutine in a new event loop, uvloop when it can be imported."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if uvloop else None) as runner:
        return runner.run(_unlisted(coro))


async def _unlisted(coro: typing.Coroutine[typing.Any, typing.Any, T]) -> T:
    """Run a coroutine in a loop that keeps no list of its asynchronous generators.

    The list would cost each of them some microseconds, a short query is made of half a dozen, and it serves nothing but
    to close at the end of the process what nobody closed before.
    """
    sys.set_asyncgen_hooks(firstiter=None)
    return await coro


async def main(coro: typing.Coroutine[typing.Any, typing.Any, Base]) -> None:
    """Make an object with the given coroutine and run it until SIGTERM, SIGINT or its ``fini``."""
    base = await coro
    await base.main()
