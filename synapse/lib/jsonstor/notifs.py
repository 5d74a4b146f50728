"""The table of notifications for users (jsonstor.md 5): by index, and by user and type."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.slab as s_slab

Notif = tuple[str, int, str, typing.Any]
"""(user iden, time in epoch milliseconds, type, data)"""

_NUM = 8


def _byts(num: int) -> bytes:
    return num.to_bytes(_NUM, 'big')


def user_key(useriden: typing.Any) -> bytes:
    """Return the key of a user. Raises BadArg unless the iden is hexadecimal."""
    try:
        byts = bytes.fromhex(useriden)
    except (TypeError, ValueError):
        raise s_exc.BadArg(mesg='The iden of a user must be hexadecimal text.', iden=useriden) from None
    if not 0 < len(byts) <= s_limits.JSON_USER_BYTES:
        raise s_exc.BadArg(mesg=f'The iden of a user has 1 to {s_limits.JSON_USER_BYTES} bytes.', iden=useriden)
    return bytes((len(byts),)) + byts


class Notifs:
    """Notifications in the order of their index."""

    def __init__(self, slab: s_slab.Slab) -> None:
        self.slab = slab
        self.items = slab.db('json:notifs')
        self.byuser = slab.db('json:notifs:byuser')
        self._types = s_slab.Abrv(slab, 'json:notifs:types')

    def add(self, indx: int, notif: Notif) -> None:
        """Store a notification under an index."""
        byts = s_common.en(notif)
        self.slab.xact.put(_byts(indx), byts, db=self.items)
        self.slab.xact.put(self._by_user(indx, notif), b'', db=self.byuser)
        self.slab.mark_dirty(len(byts) + 8 * _NUM)

    def get(self, indx: int) -> Notif | None:
        """Return a notification, None when there is none."""
        byts = self.slab.xact.get(_byts(indx), db=self.items)
        return None if byts is None else typing.cast(Notif, s_common.un(byts))

    def remove(self, indx: int) -> None:
        """Forget a notification."""
        notif = self.get(indx)
        if notif is not None:
            self.slab.xact.delete(_byts(indx), db=self.items)
            self.slab.xact.delete(self._by_user(indx, notif), db=self.byuser)
            self.slab.mark_dirty(4 * _NUM)

    def iter(self, indx: int) -> typing.Iterator[tuple[int, Notif]]:
        """Yield (index, notification) from an index on. May be suspended over changes."""
        for lkey, lval in self.slab.scan(self.items, _byts(indx)):
            yield int.from_bytes(lkey, 'big'), s_common.un(lval)

    def iter_user(self, useriden: str) -> typing.Iterator[tuple[int, Notif]]:
        """Yield (index, notification) of a user: the latest type first, and newest first within a type.

        May be suspended over changes.
        """
        pref = user_key(useriden)
        hi = pref + b'\xff' * 2 * _NUM
        while keys := self._before(pref, hi):
            for lkey in keys:
                indx = int.from_bytes(lkey[-_NUM:], 'big')
                notif = self.get(indx)
                if notif is not None:
                    yield indx, notif
            hi = keys[-1]

    def _before(self, pref: bytes, hi: bytes) -> list[bytes]:
        """Return some keys with a prefix that are less than ``hi``, downwards."""
        keys: list[bytes] = []
        with self.slab.xact.cursor(db=self.byuser) as curs:
            more = curs.prev() if curs.set_range(hi) else curs.last()
            while more and curs.key().startswith(pref) and len(keys) < s_limits.SLAB_SCAN_ROWS:
                keys.append(curs.key())
                more = curs.prev()
        return keys

    def _by_user(self, indx: int, notif: Notif) -> bytes:
        return user_key(notif[0]) + _byts(self._types.set(notif[2])) + _byts(indx)
