"""The change log: one total order of changes, durable before anybody is told, replayed after a crash.

A service changes its state in one way: a `Pusher` pushes an event, the `NexsRoot` logs it, and the pusher's handler
applies it. The ideas:

- **The log is the truth.** A change is acknowledged when it is in the log on disk *and* applied. The databases
  (slabs) are checkpoints: each is committed now and then together with the offset that it has reached, and at start
  the log is replayed from there. No change is half applied, none is applied twice, and no unsafe LMDB flag is needed.
- **One fsync serves all who wait.** A writer task takes whatever has queued up, appends it, syncs it once in a thread
  of its own, and applies it while the next batch is being synced. What is small, on a quick disk, is synced on the
  spot.
- **Promises**, one sentence each. Default: an acknowledged change survives a power failure. ``fast``: an acknowledged
  change survives a killed process, and a power failure that comes a second later.
- **Failure is final.** When the log or a database cannot be written, nothing more is accepted (IsReadOnly with the
  reason) until the service is started again; reads go on. Nothing is retried as if nothing had happened.
- **Handlers are deterministic** and write to their own object's slab, so that a follower which applies the same
  entries at the same offsets has the same state.
- **A follower reads the log.** Between services of our own kind it travels as it is in the files, half a megabyte at a
  time, is checked record by record, appended in batches of thousands, and applied; it is on disk at the leader, so the
  sync may follow. A change that a follower makes goes to the leader and comes back through the log with an iden, by
  which it happens once even when the link is lost and it is sent again; its result is computed where it was asked for.
- **The heart has no I/O**: ``core.py`` knows order, offsets and batches, ``terms.py`` leaderships and who may follow
  whom. Both are tested by simulation.

Read ``core.py`` and ``terms.py`` (the rules), ``pusher.py`` (what a service author uses), ``root.py`` (the parts put
together), ``writer.py`` with ``sync.py`` (the path of a change), ``apply.py`` (handlers, replay, answers),
``checkpoint.py`` (when databases are committed), ``log.py`` and ``reader.py`` (the files), ``history.py`` (what
followers read, trimming), ``forward.py`` (changes by way of a follower), ``progress.py`` (who waits for an offset),
``backup.py`` (consistent copies of a running service).
"""

from __future__ import annotations

from synapse.lib.nexus.pusher import Pusher, onPush, onPushAuto
from synapse.lib.nexus.root import NexsRoot

__all__ = ['NexsRoot', 'Pusher', 'onPush', 'onPushAuto']
