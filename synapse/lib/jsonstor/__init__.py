"""JSONStor: JSON objects by path, queues, and notifications for users (spec: jsonstor.md).

A cell that other services keep their documents in. It holds three kinds of things in the ordinary database of the
cell, and every change of them is an event in the change log. The ideas:

- **A path is a tuple of names**, and a listing matches whole names, never the beginning of one.
- **An object lives in the row of its path.** Only an object with several names (a hard link) moves to a row of its
  own that counts them. So the common read is one look-up, and the common write one row.
- **A property edit is one event**, decided when it is applied, in the order of the log. Two callers who edit one
  object at the same time cannot undo each other, and a comparison cannot be overtaken.

In the order in which to read them: ``paths.py`` (names and keys), ``props.py`` (properties inside of an object),
``values.py`` (what may be stored) and ``bursts.py`` (rows in lists) are pure. ``objects.py`` and ``notifs.py`` are the
tables; queues use the ``MultiQueue`` of ``synapse.lib.slab``. ``objectevents.py`` with ``objectops.py``,
``queueops.py`` and ``notifops.py`` are slices of the service: checks, events, handlers, streams; ``waiters.py`` is what
streams wait for. ``service.py`` puts the slices together, ``api.py`` says what remote callers may ask and with which
permission.
"""

from __future__ import annotations

from synapse.lib.jsonstor.api import JsonStorApi
from synapse.lib.jsonstor.service import JsonStorCell

__all__ = ['JsonStorApi', 'JsonStorCell']

# Clients see class names (``sharinfo``), and those are promises: the import path, not the file.
for _cls in (JsonStorApi, JsonStorCell):
    _cls.__module__ = 'synapse.lib.jsonstor'
