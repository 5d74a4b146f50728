"""The disk: LMDB environments with one long-lived write transaction each, and small structures on top.

A *slab* is one LMDB environment in a directory ``<name>.lmdb``, opened in LMDB's default, crash-safe mode. Three ideas:

- **The slab is a checkpoint, the log is the truth.** The write transaction stays open over many changes and is
  committed now and then, together with ``slab.indx``, the number of log entries that it contains, *in the same
  transaction*. After a crash the Nexus replays the log from that number. Nothing is half applied, nothing is applied
  twice.
- **Reads use the write transaction** (``slab.xact``), so that they see every change at once. The price is one rule:

      No cursor lives across an ``await`` unless ``slab.gen`` is unchanged.

  A commit ends the transaction, and every cursor with it; ``slab.gen`` counts the commits. A long scan remembers its
  key and seeks again: ``slab.scan`` does that for you. Database handles (``slab.db``) outlive commits.
- **Growth happens between batches.** The map has room in reserve; ``ensure_room`` regrows it while nothing is half
  done, and refuses (DbOutOfSpace) while there is still enough disk left to finish what was begun.

Everything here runs in the event loop's thread, except the copying of snapshots.

Read ``env.py`` (Slab), ``snapshot.py`` (consistent copies, our own and of a foreign process), ``check.py`` (is this
file whole?), then the structures in ``table.py``: KeyVal, Abrv, Hotcount, Seqn, MultiQueue. ``spool.py`` is scratch: a
set that may outgrow memory.
"""

from __future__ import annotations

from synapse.lib.slab.check import is_broken
from synapse.lib.slab.env import Slab, free_bytes
from synapse.lib.slab.table import Abrv, Hotcount, KeyVal, MultiQueue, Seqn

__all__ = ['Abrv', 'Hotcount', 'KeyVal', 'MultiQueue', 'Seqn', 'Slab', 'free_bytes', 'is_broken']
