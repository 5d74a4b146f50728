"""``$lib.queue``, and the queues of packages: ``$lib.pkg.queues`` (spec: storm-runtime.md 12)."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.automation.pkg as s_libpkg
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
Genr = typing.AsyncGenerator[Any, None]
lib, method, getter = s_registry.lib, s_registry.method, s_registry.getter
s_registry.libdoc('$lib.queue', 'Queues: items that wait in order to be read.')
s_registry.typedoc('queue', 'A queue.')
s_registry.typedoc('pkg:queues', 'The queues of a Storm package.')
s_registry.typedoc('pkg:queue', 'A queue of a Storm package.')


class Queue(s_coerce.StormObj):
    """A queue. Equal to others of its name, so that it can be in sets."""

    storm_name = 'queue'
    storm_mutable = False

    def __init__(self, queues: Any, name: str) -> None:
        self.queues = queues
        self.name = self.key = name

    def storm_repr(self) -> str:
        return f'queue: {self.name}'

    def __hash__(self) -> int:
        return hash((self.storm_name, self.key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Queue) and (self.storm_name, self.key) == (other.storm_name, other.key)

    def confirm(self, rt: Runtime, verb: str) -> None:
        """Raise AuthDeny unless the user may do something with the queue."""
        rt.confirm(('queue', verb), f'queue:{self.name}')


class PkgQueue(Queue):
    """A queue of a package."""

    storm_name = 'pkg:queue'

    def __init__(self, queues: Any, pkgname: str, name: str) -> None:
        super().__init__(queues, name)
        self.pkgname = pkgname
        self.key = f'{pkgname}\x00{name}'

    def storm_repr(self) -> str:
        return f'pkg:queue: {self.pkgname} - {self.name}'

    def confirm(self, rt: Runtime, verb: str) -> None:
        s_libpkg.confirm_pkg(rt, self.pkgname)


class PkgQueues(s_coerce.StormObj):
    """The queues of a package."""

    storm_name = 'pkg:queues'
    storm_mutable = False

    def __init__(self, queues: Any, pkgname: str) -> None:
        self.queues = queues
        self.pkgname = pkgname

    def storm_repr(self) -> str:
        return f'pkg:queues: {self.pkgname}'

    def queue(self, name: str) -> PkgQueue:
        """Return a queue of the package, which may not be there yet."""
        return PkgQueue(self.queues, self.pkgname, name)


def _queue(rt: Runtime, name: str) -> Queue:
    return Queue(rt.query.core.cortex.automation.queues, name)


def _meta(rt: Runtime) -> dict[str, Any]:
    return {'creator': rt.query.user.iden, 'time': s_common.now()}


@lib('$lib.queue.add', readonly=False)
async def queue_add(rt: Runtime, name: str) -> Queue:
    """Make a queue. Raises: AuthDeny, DupName, BadArg."""
    rt.confirm(('queue', 'add'))
    queue = _queue(rt, name)
    await rt.editor.flush()
    await queue.queues.add(name, _meta(rt))
    return queue


@lib('$lib.queue.get')
def queue_get(rt: Runtime, name: str) -> Queue:
    """Return a queue. Raises: NoSuchName, AuthDeny."""
    queue = _queue(rt, name)
    if not queue.queues.exists(name):
        raise s_exc.NoSuchName(mesg=f'No queue named {name}', name=name)
    queue.confirm(rt, 'get')
    return queue


@lib('$lib.queue.gen', readonly=False)
async def queue_gen(rt: Runtime, name: str) -> Queue:
    """Return a queue, which is made if it is missing. Raises: AuthDeny, BadArg."""
    return queue_get(rt, name) if _queue(rt, name).queues.exists(name) else await queue_add(rt, name)


@lib('$lib.queue.del', readonly=False)
async def queue_del(rt: Runtime, name: str) -> None:
    """Remove a queue with its items. Raises: NoSuchName, AuthDeny."""
    queue = _queue(rt, name)
    if queue.queues.exists(name):
        queue.confirm(rt, 'del')
    await rt.editor.flush()
    await queue.queues.delete(name)


@lib('$lib.queue.list')
def queue_list(rt: Runtime) -> list[Any]:
    """Return ``{name, size, offs, meta}`` of the queues that the user may read; offs is the next offset."""
    infos = rt.query.core.cortex.automation.queues.list()
    return [s_coerce.keep(info) for info in infos if rt.allowed(('queue', 'get'), f'queue:{info["name"]}')]


# queues of packages


@lib('$lib.pkg.queues', readonly=False)
def pkg_queues(rt: Runtime, name: str) -> PkgQueues:
    """Return the queues of a package. Raises: AuthDeny."""
    s_libpkg.confirm_pkg(rt, name)
    return PkgQueues(rt.query.core.cortex.automation.pkgqueues, name)


@method('pkg:queues', 'add', readonly=False)
async def pkgqueues_add(rt: Runtime, obj: PkgQueues, name: str) -> PkgQueue:
    """Make a queue. Raises: AuthDeny, DupName, BadArg."""
    queue = obj.queue(name)
    queue.confirm(rt, 'add')
    if obj.queues.exists(queue.key):
        raise s_exc.DupName(mesg=f'Queue named {name} already exists for package {obj.pkgname}!')
    await rt.editor.flush()
    await obj.queues.add(queue.key, {**_meta(rt), 'name': name, 'pkgname': obj.pkgname})
    return queue


@method('pkg:queues', 'get')
def pkgqueues_get(rt: Runtime, obj: PkgQueues, name: str) -> PkgQueue:
    """Return a queue. Raises: NoSuchName, AuthDeny."""
    queue = obj.queue(name)
    queue.confirm(rt, 'get')
    if not obj.queues.exists(queue.key):
        raise s_exc.NoSuchName(mesg=f'No queue named {name} for package {obj.pkgname}', name=name)
    return queue


@method('pkg:queues', 'gen', readonly=False)
async def pkgqueues_gen(rt: Runtime, obj: PkgQueues, name: str) -> PkgQueue:
    """Return a queue, which is made if it is missing. Raises: AuthDeny, BadArg."""
    there = obj.queues.exists(obj.queue(name).key)
    return pkgqueues_get(rt, obj, name) if there else await pkgqueues_add(rt, obj, name)


@method('pkg:queues', 'del', readonly=False)
async def pkgqueues_del(rt: Runtime, obj: PkgQueues, name: str) -> None:
    """Remove a queue with its items. Raises: NoSuchName, AuthDeny."""
    queue = pkgqueues_get(rt, obj, name)
    await rt.editor.flush()
    await obj.queues.delete(queue.key)


@method('pkg:queues', 'list')
async def pkgqueues_list(rt: Runtime, obj: PkgQueues) -> Genr:
    """Yield ``{name, pkgname, size, offs, meta}`` of the queues. Raises: AuthDeny."""
    s_libpkg.confirm_pkg(rt, obj.pkgname)
    for info in obj.queues.list():
        if info['meta']['pkgname'] == obj.pkgname:
            yield s_coerce.keep({**info, 'name': info['meta']['name'], 'pkgname': obj.pkgname})


# what can be done with a queue of either kind


def _put(rt: Runtime, obj: Queue, item: Prim) -> typing.Awaitable[int]:
    """Append an item and return its offset. Raises: AuthDeny, NoSuchName."""
    return _append(rt, obj, (item,))


async def _append(rt: Runtime, obj: Queue, items: tuple[Any, ...]) -> int:
    obj.confirm(rt, 'put')
    await rt.editor.flush()
    return int(await obj.queues.puts(obj.key, items))


async def _puts(rt: Runtime, obj: Queue, items: Any) -> int:
    """Append items and return the offset of the first. Raises: AuthDeny, NoSuchName."""
    return await _append(rt, obj, tuple([s_coerce.toprim(item) async for item in s_objects.toiter(rt, items)]))


def _size(rt: Runtime, obj: Queue) -> int:
    """Return the number of items. Raises: AuthDeny, NoSuchName."""
    obj.confirm(rt, 'get')
    return int(obj.queues.size(obj.key))


async def _cull(rt: Runtime, obj: Queue, offs: int) -> None:
    """Forget the items up to and with an offset. Raises: AuthDeny, NoSuchName."""
    obj.confirm(rt, 'get')
    await obj.queues.cull(obj.key, offs)


async def _get(rt: Runtime, obj: Queue, offs: int = 0, cull: bool = True, wait: bool = True) -> Any:
    """Return the first (offset, item) at or after an offset; with ``cull`` all before the offset are forgotten.

    Raises: AuthDeny, NoSuchName.
    """
    if cull:
        await _cull(rt, obj, offs - 1)
    return await _read(rt, obj, offs, wait)


async def _read(rt: Runtime, obj: Queue, offs: int = 0, wait: bool = True) -> Any:
    """Return the first (offset, item) at or after an offset. Raises: AuthDeny, NoSuchName."""
    obj.confirm(rt, 'get')
    if wait:
        await rt.out.publish()
    return s_coerce.keep(await obj.queues.get(obj.key, offs, wait))


async def _gets(
    rt: Runtime, obj: Queue, offs: int = 0, wait: bool = True, cull: bool = False, size: int | None = None
) -> Genr:
    """Yield (offset, item) from an offset on; with ``wait`` also those to come. Raises: AuthDeny, NoSuchName."""
    if cull:
        await _cull(rt, obj, offs - 1)
    async for item in _reads(rt, obj, offs, wait, size):
        yield item


async def _reads(rt: Runtime, obj: Queue, offs: int = 0, wait: bool = True, size: int | None = None) -> Genr:
    """Yield (offset, item) from an offset on; with ``wait`` also those to come. Raises: AuthDeny, NoSuchName."""
    obj.confirm(rt, 'get')
    if wait:
        await rt.out.publish()
    async for item in obj.queues.gets(obj.key, offs, wait, size):
        yield s_coerce.keep(item)


async def _pop(rt: Runtime, obj: Queue, offs: int | None = None, wait: bool = False) -> Any:
    """Remove and return the (offset, item) at an offset, or the first one; null where there is none.

    Raises: AuthDeny, NoSuchName.
    """
    obj.confirm(rt, 'get')
    await rt.out.publish()
    return s_coerce.keep(await obj.queues.pop(obj.key, offs, wait))


for _kind, _getone, _getmany in (
    ('queue', _get, _gets),
    ('pkg:queue', _read, _reads),
):
    method(_kind, 'put', readonly=False)(_put)
    method(_kind, 'puts', readonly=False)(_puts)
    method(_kind, 'size')(_size)
    method(_kind, 'cull', readonly=False)(_cull)
    method(_kind, 'pop', readonly=False)(_pop)
    method(_kind, 'get', readonly=_kind != 'queue')(_getone)
    method(_kind, 'gets', readonly=_kind != 'queue')(_getmany)


def _name(rt: Runtime, obj: Queue) -> str:
    """The name of the queue."""
    return obj.name


getter('queue', 'name')(_name)
getter('pkg:queue', 'name')(_name)


@getter('pkg:queue', 'pkgname')
def pkgqueue_pkgname(rt: Runtime, obj: PkgQueue) -> str:
    """The name of the package."""
    return obj.pkgname
