"""The small structures that services keep in a slab. Each owns one or two named databases of it.

All of them write through the slab's transaction at once (readers in the process see it) and none is durable before the
slab's next commit: what must survive a crash comes from a Nexus handler and is replayed.
"""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.slab.env as s_env

_U64 = 8
_MAX_U64 = 0xFFFFFFFFFFFFFFFF


def _int(byts: bytes) -> int:
    return int.from_bytes(byts, 'big')


def _u64(valu: int) -> bytes:
    return valu.to_bytes(_U64, 'big')


class KeyVal:
    """A table of text keys and msgpack-able values, ordered by the key's UTF-8 bytes. Keys: 1 to 511 bytes."""

    def __init__(self, slab: s_env.Slab, name: str) -> None:
        self.slab = slab
        self.db = slab.db(name)

    def get(self, name: str, defv: typing.Any = None) -> typing.Any:
        """Return the value of a key, or ``defv``. Arrays come back as tuples."""
        lkey = name.encode()
        byts = self.slab.xact.get(lkey, db=self.db) if 0 < len(lkey) <= 511 else None
        return defv if byts is None else s_common.un(byts)

    def has(self, name: str) -> bool:
        """Return True when the key exists."""
        lkey = name.encode()
        return 0 < len(lkey) <= 511 and self.slab.xact.get(lkey, db=self.db) is not None

    def set(self, name: str, valu: typing.Any) -> None:
        """Set the value of a key. Raises NotMsgpackSafe, BadArg (key too long or empty)."""
        lkey = name.encode()
        if not 0 < len(lkey) <= 511:
            raise s_exc.BadArg(mesg='A key has 1 to 511 bytes.', name=name)
        byts = s_common.en(valu)
        self.slab.xact.put(lkey, byts, db=self.db)
        self.slab.mark_dirty(len(lkey) + len(byts))

    def pop(self, name: str, defv: typing.Any = None) -> typing.Any:
        """Remove a key and return its value, or ``defv`` when it did not exist."""
        lkey = name.encode()
        byts = self.slab.xact.pop(lkey, db=self.db) if 0 < len(lkey) <= 511 else None
        if byts is None:
            return defv
        self.slab.mark_dirty(len(name))
        return s_common.un(byts)

    def items(self, prefix: str = '') -> typing.Iterator[tuple[str, typing.Any]]:
        """Yield (key, value) in key order, for keys that start with ``prefix``."""
        for lkey, lval in self.slab.scan_prefix(self.db, prefix.encode()):
            yield lkey.decode(), s_common.un(lval)

    def keys(self, prefix: str = '') -> typing.Iterator[str]:
        """Yield the keys that start with ``prefix``, in order."""
        for lkey, _ in self.slab.scan_prefix(self.db, prefix.encode()):
            yield lkey.decode()

    def drop_prefix(self, prefix: str) -> int:
        """Remove all keys that start with ``prefix``; returns how many there were."""
        names = list(self.keys(prefix))
        for name in names:
            self.slab.xact.delete(name.encode(), db=self.db)
        if names:
            self.slab.mark_dirty(sum(len(name) for name in names))
        return len(names)

    def __len__(self) -> int:
        return self.slab.entries(self.db)


class Abrv:
    """Small numbers for names: each new byte string gets the next integer, for ever. Text and tuples are packed first.

    Both directions are cached in memory; an abbreviation never changes and is never reused.
    """

    def __init__(self, slab: s_env.Slab, name: str) -> None:
        self.slab = slab
        self.name2abrv = slab.db(f'{name}:name2abrv')
        self.abrv2name = slab.db(f'{name}:abrv2name')
        self._next = slab.entries(self.abrv2name)
        self._abrvs: dict[typing.Any, int] = {}
        self._names: dict[int, bytes] = {}

    @staticmethod
    def _key(name: typing.Any) -> bytes:
        return name if isinstance(name, bytes) else s_common.en(name)

    def get(self, name: typing.Any) -> int | None:
        """Return the number of a name (bytes, text or tuple), None when it has none."""
        abrv = self._abrvs.get(name)
        if abrv is None:
            byts = self.slab.xact.get(self._key(name), db=self.name2abrv)
            if byts is None:
                return None
            abrv = self._abrvs[name] = _int(byts)
        return abrv

    def set(self, name: typing.Any) -> int:
        """Return the number of a name; a new one is given when it has none."""
        abrv = self.get(name)
        if abrv is None:
            lkey = self._key(name)
            if not 0 < len(lkey) <= 511:
                raise s_exc.BadArg(mesg='A name to abbreviate has 1 to 511 bytes.', name=name)
            abrv = self._next
            byts = _u64(abrv)
            self.slab.xact.put(lkey, byts, db=self.name2abrv)
            self.slab.xact.put(byts, lkey, db=self.abrv2name, append=True)
            self.slab.mark_dirty(len(lkey) * 2)
            self._abrvs[name] = abrv
            self._next = abrv + 1
        return abrv

    def name_bytes(self, abrv: int) -> bytes:
        """Return the name of a number as stored bytes. Raises NoSuchAbrv."""
        name = self._names.get(abrv)
        if name is None:
            name = self.slab.xact.get(_u64(abrv), db=self.abrv2name)
            if name is None:
                raise s_exc.NoSuchAbrv(mesg=f'No such abbreviation: {abrv}', abrv=abrv)
            self._names[abrv] = name
        return name

    def name(self, abrv: int) -> typing.Any:
        """Return the name of a number that was given for text or a tuple. Raises NoSuchAbrv."""
        return s_common.un(self.name_bytes(abrv))

    def names(self) -> typing.Iterator[tuple[int, bytes]]:
        """Yield (number, stored name bytes) in the order of the numbers."""
        for lkey, lval in self.slab.scan(self.abrv2name):
            yield _int(lkey), lval

    def __len__(self) -> int:
        return self._next


class Hotcount:
    """Counters by bytes key, kept in memory and written at each commit. A counter that falls to 0 is removed."""

    def __init__(self, slab: s_env.Slab, name: str) -> None:
        self.slab = slab
        self.db = slab.db(name)
        self._counts: dict[bytes, int] = {
            lkey: int.from_bytes(lval, 'big', signed=True) for lkey, lval in slab.scan(self.db)
        }
        self._changed: set[bytes] = set()
        slab.on_commit(self._flush)

    def inc(self, name: bytes, valu: int = 1) -> int:
        """Add ``valu`` (which may be negative) to a counter; returns the new count."""
        count = self._counts.get(name, 0) + valu
        self._counts[name] = count
        self._changed.add(name)
        if not self.slab.dirty:
            self.slab.mark_dirty(0)
        return count

    def set(self, name: bytes, valu: int) -> None:
        """Set a counter."""
        self.inc(name, valu - self.get(name))

    def get(self, name: bytes, defv: int = 0) -> int:
        """Return a counter."""
        return self._counts.get(name, defv)

    def pop(self, name: bytes) -> int:
        """Remove a counter and return what it was."""
        valu = self.get(name)
        self.set(name, 0)
        return valu

    def items(self) -> list[tuple[bytes, int]]:
        """Return (key, count) of all counters that are not 0."""
        return [(name, valu) for name, valu in self._counts.items() if valu]

    def _flush(self) -> None:
        for name in sorted(self._changed):
            valu = self._counts[name]
            if valu:
                self.slab.xact.put(name, valu.to_bytes(8, 'big', signed=True), db=self.db)
            else:
                self.slab.xact.delete(name, db=self.db)
                del self._counts[name]
        self._changed.clear()


class Seqn:
    """A sequence of msgpack-able items at increasing integer offsets, trimmed at the front.

    The next offset survives even when every item was trimmed.
    """

    def __init__(self, slab: s_env.Slab, name: str) -> None:
        self.slab = slab
        self.db = slab.db(name)
        self._meta = slab.db(f'{name}:meta')
        self._indx = self._load()

    def _load(self) -> int:
        with self.slab.xact.cursor(db=self.db) as curs:
            if curs.last():
                return _int(curs.key()) + 1
        return _int(self.slab.xact.get(b'indx', db=self._meta) or b'\x00')

    def index(self) -> int:
        """Return the next offset."""
        return self._indx

    def first(self) -> int:
        """Return the first offset that is kept (the next offset when there is none)."""
        with self.slab.xact.cursor(db=self.db) as curs:
            return _int(curs.key()) if curs.first() else self._indx

    def add(self, item: typing.Any) -> int:
        """Append an item; returns its offset."""
        indx = self._indx
        byts = s_common.en(item)
        self.slab.xact.put(_u64(indx), byts, db=self.db, append=True)
        self.slab.mark_dirty(len(byts) + _U64)
        self._indx = indx + 1
        return indx

    def save(self, items: typing.Iterable[typing.Any]) -> int:
        """Append items; returns the offset of the first."""
        indx = self._indx
        for item in items:
            self.add(item)
        return indx

    def get(self, offs: int) -> typing.Any:
        """Return the item at an offset, None when there is none."""
        byts = self.slab.xact.get(_u64(offs), db=self.db)
        return None if byts is None else s_common.un(byts)

    def iter(self, offs: int = 0, end: int | None = None) -> typing.Iterator[tuple[int, typing.Any]]:
        """Yield (offset, item) from ``offs`` on, up to and without ``end``; what is added meanwhile included."""
        for indx, byts in self.packed(offs, end):
            yield indx, s_common.un(byts)

    def packed(self, offs: int = 0, end: int | None = None) -> typing.Iterator[tuple[int, bytes]]:
        """Yield (offset, packed item); see ``iter``."""
        stop = None if end is None else _u64(end)
        for lkey, lval in self.slab.scan(self.db, _u64(max(offs, 0)), stop):
            yield _int(lkey), lval

    def last(self) -> tuple[int, typing.Any] | None:
        """Return (offset, item) of the last item, None when there is none."""
        with self.slab.xact.cursor(db=self.db) as curs:
            return (_int(curs.key()), s_common.un(curs.value())) if curs.last() else None

    def trim(self, offs: int) -> int:
        """Forget the items at offsets <= ``offs``; returns how many there were."""
        count = 0
        with self.slab.xact.cursor(db=self.db) as curs:
            while curs.first() and _int(curs.key()) <= offs:
                curs.delete()
                count += 1
        if count:
            self.slab.xact.put(b'indx', _u64(self._indx), db=self._meta)
            self.slab.mark_dirty(count * _U64)
        return count

    def __len__(self) -> int:
        return self.slab.entries(self.db)


class MultiQueue:
    """Named queues in one slab. Items sit at increasing offsets until they are culled; readers keep their own offset.

    Queues are made with ``add`` and carry an info dict. Raises NoSuchName for an unknown queue.
    """

    def __init__(self, slab: s_env.Slab, name: str) -> None:
        self.slab = slab
        self.db = slab.db(f'{name}:items')
        self.queues = KeyVal(slab, f'{name}:queues')
        self._abrv = Abrv(slab, f'{name}:abrv')
        self._sizes = Hotcount(slab, f'{name}:sizes')

    def list(self) -> list[dict[str, typing.Any]]:
        """Return ``{name, meta, size, offs}`` of every queue."""
        return [self.status(name) for name in self.queues.keys()]

    def exists(self, name: str) -> bool:
        """Return True when there is such a queue."""
        return self.queues.has(name)

    def status(self, name: str) -> dict[str, typing.Any]:
        """Return ``{name, meta, size, offs}`` of a queue; offs is the next offset."""
        info = self._req(name)
        return {'name': name, 'meta': info['meta'], 'size': self.size(name), 'offs': info['offs']}

    def add(self, name: str, meta: typing.Any = None) -> None:
        """Make a queue. Raises DupName."""
        if self.queues.has(name):
            raise s_exc.DupName(mesg=f'A queue named {name} exists.', name=name)
        self.queues.set(name, {'meta': meta, 'offs': 0, 'iden': s_common.ehex(_u64(self._new_iden()))})

    def _new_iden(self) -> int:
        # a queue that is removed and made again must not see old items: each life has its own number
        return self._abrv.set(f'life:{len(self._abrv)}')

    def _req(self, name: str) -> dict[str, typing.Any]:
        info = self.queues.get(name)
        if info is None:
            raise s_exc.NoSuchName(mesg=f'No queue named {name}.', name=name)
        return typing.cast(dict[str, typing.Any], info)

    def rem(self, name: str) -> None:
        """Remove a queue with its items."""
        info = self._req(name)
        self.cull(name, info['offs'])
        self._sizes.pop(s_common.uhex(info['iden']))
        self.queues.pop(name)

    def put(self, name: str, item: typing.Any) -> int:
        """Append an item; returns its offset."""
        return self.puts(name, (item,))

    def puts(self, name: str, items: typing.Sequence[typing.Any]) -> int:
        """Append items; returns the offset of the first."""
        info = self._req(name)
        offs: int = info['offs']
        pref = s_common.uhex(info['iden'])
        for indx, item in enumerate(items, offs):
            byts = s_common.en(item)
            self.slab.xact.put(pref + _u64(indx), byts, db=self.db)
            self.slab.mark_dirty(len(byts) + 16)
        self._sizes.inc(pref, len(items))
        self.queues.set(name, {**info, 'offs': offs + len(items)})
        return offs

    def gets(self, name: str, offs: int, size: int | None = None) -> typing.Iterator[tuple[int, typing.Any]]:
        """Yield (offset, item) from ``offs`` on, at most ``size``."""
        for count, (indx, byts) in enumerate(self.packed(name, offs), 1):
            yield indx, s_common.un(byts)
            if count == size:
                return

    def packed(self, name: str, offs: int) -> typing.Iterator[tuple[int, bytes]]:
        """Yield (offset, packed item) from ``offs`` on."""
        pref = s_common.uhex(self._req(name)['iden'])
        for lkey, lval in self.slab.scan(self.db, pref + _u64(max(offs, 0)), pref + _u64(_MAX_U64)):
            yield _int(lkey[8:]), lval

    def get(self, name: str, offs: int) -> tuple[int, typing.Any] | None:
        """Return the first (offset, item) at or after ``offs``, None when there is none."""
        return next(self.gets(name, offs, size=1), None)

    def cull(self, name: str, offs: int) -> int:
        """Forget the items at offsets <= ``offs``; returns how many there were."""
        pref = s_common.uhex(self._req(name)['iden'])
        return self._drop(pref, pref + _u64(min(offs + 1, _MAX_U64)) if offs >= 0 else pref)

    def pop(self, name: str, offs: int) -> tuple[int, typing.Any] | None:
        """Remove and return the (offset, item) at exactly ``offs``, None when there is none."""
        pref = s_common.uhex(self._req(name)['iden'])
        byts = self.slab.xact.pop(pref + _u64(offs), db=self.db)
        if byts is None:
            return None
        self._sizes.inc(pref, -1)
        self.slab.mark_dirty(16)
        return offs, s_common.un(byts)

    def _drop(self, pref: bytes, hi: bytes) -> int:
        count = 0
        with self.slab.xact.cursor(db=self.db) as curs:
            while curs.set_range(pref) and curs.key() < hi:
                curs.delete()
                count += 1
        if count:
            self._sizes.inc(pref, -count)
            self.slab.mark_dirty(count * 16)
        return count

    def size(self, name: str) -> int:
        """Return the number of items in a queue."""
        return self._sizes.get(s_common.uhex(self._req(name)['iden']))

    def offset(self, name: str) -> int:
        """Return the next offset of a queue."""
        return int(self._req(name)['offs'])
