"""What the service is busy with: named tasks that callers may list and kill (spec: cell.md 10).

A plain RPC is no task. Long work (a query, a backup) becomes one with ``boss.promote(...)`` or ``with boss.task(...)``
and stays in the list until the asyncio task that carries it ends, or the ``with`` block is left. Cost of a promotion:
one object, one dict entry and one context variable.
"""

from __future__ import annotations

import asyncio
import contextvars
import typing

import synapse.common as s_common
import synapse.exc as s_exc

_current: contextvars.ContextVar[Task | None] = contextvars.ContextVar('synapse:task', default=None)


class TaskUser(typing.Protocol):
    """What a task has to know of the user that it works for."""

    iden: str
    name: str


class Task:
    """One piece of work in progress.

    Attributes:
        iden: Name for ``kill``; unique within the service.
        name: What kind of work (``storm``, ``backup`` ...); ``info`` says more.
        tick: Start time in epoch milliseconds.
        kids: Tasks that this one started, by iden.
        protected: A drain without patience leaves it alone. background: A drain does not wait for it.
    """

    __slots__ = (
        'background',
        'boss',
        'carrier',
        'iden',
        'info',
        'kids',
        'name',
        'parent',
        'protected',
        'tick',
        'token',
        'user',
    )

    def __init__(
        self,
        boss: Boss,
        name: str,
        user: TaskUser,
        info: dict[str, typing.Any],
        iden: str,
        carrier: asyncio.Task[typing.Any] | None,
        parent: Task | None = None,
    ) -> None:
        self.boss = boss
        self.name = name
        self.user = user
        self.info = info
        self.iden = iden
        self.carrier = carrier
        self.parent = parent
        self.tick = s_common.now()
        self.kids: dict[str, Task] = {}
        self.protected = False
        self.background = False
        self.token: contextvars.Token[Task | None] | None = None

    def pack(self) -> dict[str, typing.Any]:
        """Return the item of ``ps()``."""
        return {
            'iden': self.iden,
            'name': self.name,
            'info': self.info,
            'tick': self.tick,
            'user': self.user.name,
            'kids': {iden: kid.pack() for (iden, kid) in self.kids.items()},
        }

    def pack_full(self, service: str | None = None) -> dict[str, typing.Any]:
        """Return the item of ``getTasks()``; ``service`` is the name of this service in its network."""
        return {
            'iden': self.iden,
            'name': self.name,
            'info': self.info,
            'tick': self.tick,
            'user': self.user.iden,
            'username': self.user.name,
            'protected': self.protected,
            'background': self.background,
            'kids': {iden: kid.pack_full(service) for (iden, kid) in self.kids.items()},
            'service': service,
        }

    async def kill(self) -> None:
        """Cancel the work and wait until it has ended."""
        if self.carrier is None or self.carrier.done():
            return
        self.carrier.cancel()
        if self.carrier is not asyncio.current_task():
            await self.boss.wait_ended(self)

    def done(self, *args: typing.Any) -> None:
        """Take the task off the list."""
        self.boss.forget(self)

    def __enter__(self) -> Task:
        self.token = _current.set(self)
        return self

    def __exit__(self, *args: typing.Any) -> None:
        try:
            _current.reset(typing.cast('contextvars.Token[Task | None]', self.token))
        except ValueError:  # an async generator may be closed in another context
            pass
        self.done()


class Boss:
    """The tasks of one service."""

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.tops: dict[str, Task] = {}
        self.closing = False
        self._waiters: list[asyncio.Future[None]] = []

    def _add(self, name: str, user: TaskUser, info: dict[str, typing.Any] | None, iden: str | None) -> Task:
        if self.closing:
            raise s_exc.make('ShuttingDown', mesg='The service is shutting down.')
        if iden is None:
            iden = s_common.guid()
        elif not isinstance(iden, str):
            raise s_exc.BadArg(mesg='The task iden specified must be a string.')
        elif not s_common.isguid(iden):
            mesg = 'The task iden specified must match the regular expression: ^[a-f0-9]{32}$'
            raise s_exc.BadArg(mesg=mesg, iden=iden)
        elif iden in self.tasks:
            raise s_exc.BadArg(mesg='Specified task iden already exists!', iden=iden)
        parent = _current.get()
        if parent is not None and parent.iden not in self.tasks:
            parent = None
        task = Task(self, name, user, {} if info is None else info, iden, asyncio.current_task(), parent)
        self.tasks[iden] = task
        if parent is not None:
            parent.kids[iden] = task
        else:
            self.tops[iden] = task
        return task

    def forget(self, task: Task) -> None:
        """Take a task off the list; safe to call again."""
        self.tasks.pop(task.iden, None)
        if task.parent is not None:
            task.parent.kids.pop(task.iden, None)
        else:
            self.tops.pop(task.iden, None)
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def _wait_change(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    async def wait_ended(self, task: Task) -> None:
        """Wait until a task is off the list."""
        while self.tasks.get(task.iden) is task:
            await self._wait_change()

    async def promote(
        self, name: str, user: TaskUser, info: dict[str, typing.Any] | None = None, taskiden: str | None = None
    ) -> Task:
        """Make the running asyncio task visible to ``ps`` until it ends. Raises BadArg (iden in use), ShuttingDown."""
        task = self._add(name, user, info, taskiden)
        assert task.carrier is not None
        task.carrier.add_done_callback(task.done)
        _current.set(task)
        return task

    def task(
        self, name: str, user: TaskUser, info: dict[str, typing.Any] | None = None, iden: str | None = None
    ) -> Task:
        """Like `promote`, for the extent of a ``with`` block: for work inside of a longer-lived asyncio task."""
        return self._add(name, user, info, iden)

    def ps(self) -> list[Task]:
        """Return the top-level tasks, oldest first."""
        return list(self.tops.values())

    def get(self, iden: str) -> Task | None:
        """Return a task by iden."""
        return self.tasks.get(iden)

    def _waited_for(self) -> list[Task]:
        return [task for task in self.tops.values() if not task.background]

    async def drain(self, timeout: float | None = None, kill: bool = False) -> bool:
        """Refuse new tasks and wait for (or kill) the top-level ones that are not background work.

        Returns:
            False when the time passed first; then new tasks are accepted again.
        """
        self.closing = True
        try:
            async with asyncio.timeout(timeout):
                if kill:
                    await asyncio.gather(*(task.kill() for task in self._waited_for() if not task.protected))
                while self._waited_for():
                    await self._wait_change()
        except TimeoutError:
            self.closing = False
            return False
        return True


def current() -> Task | None:
    """Return the task that the running code works for."""
    return _current.get()
