"""The cell: one service in one directory, from the command line to the last commit.

A `Cell` owns a directory, keeps its state in databases below it, changes that state only through the change log, and
answers Telepath and HTTPS. Everything that is true of *every* service is here; what a service is about lives in its
subclass. The ideas:

- **A directory is a service.** Its iden, its options, its databases, its certificates are files in it. A lock keeps
  a second process out; a copy made by a backup is a service again.
- **Starting is a list of steps, ending is the same list backwards** (``cell.py``). Nothing is bound before storage and
  log work; the doors close before the log drains; the lock goes last.
- **A cell is put together from small parts.** Each topic is one file: a class that does the work without knowing the
  cell where that is possible, a slice of `Cell` or of `CellApi` where the topic is part of the public face.

In the order in which to read them:

- ``confdefs.py`` (the options), ``conf.py`` (where values come from), ``layout.py`` (directory and lock), ``logs.py``;
  ``provision.py`` (options and certificates from AHA, ``certwatch.py`` until when) with ``clone.py`` (a new mirror).
- ``core.py`` (attributes and hooks), ``cell.py`` (the boot sequence), ``active.py`` (leader or follower, migrations),
  ``versions.py``, ``changes.py`` (the log as operators see it), ``doors.py`` (listeners) with ``identify.py`` (who
  calls), ``ahalink.py`` (finding and being found), ``info.py`` (what a cell tells about itself).
- ``tasks.py`` (ps and kill), ``events.py`` (watchers), ``health.py``, ``diskguard.py``, ``hive.py`` (deprecated).
- ``backup.py`` (live backups) with ``copydir.py`` (what belongs into one; offline backups) and ``archive.py``
  (streams), ``restore.py``, ``optimize.py``.
- ``mirror.py`` (a follower and the way to its leader), ``fence.py`` (the right to lead), ``promote.py`` (who leads
  next), ``rejoin.py`` (a deposed leader becomes a follower), ``digest.py`` (are they equal?).
- ``apibase.py``, ``apiauth.py``, ``apiops.py``, ``api.py``: the remote API. ``https.py``: the web server.
- ``boot.py``: argv, signals, exit codes.
"""

from __future__ import annotations

from synapse.lib.cell.api import CellApi, adminapi
from synapse.lib.cell.cell import Cell

__all__ = ['Cell', 'CellApi', 'adminapi']

# Clients see class names (``sharinfo``), and those are promises: the import path, not the file.
for _cls in (Cell, CellApi):
    _cls.__module__ = 'synapse.lib.cell'
