"""Synapse: services that each live in one directory, and the Cortex, a hypergraph with its query language Storm.

A *cell* is one service in one directory: a process that keeps its state in LMDB, logs every change to a replayable log,
answers RPC (Telepath) and HTTPS, and can be backed up while it runs. The ideas everything rests on:

- the log is the truth: a change that was acknowledged is on disk, and databases are checkpoints of the log;
- camelCase names are called from outside and never change, snake_case names are ours;
- imports point down only: tools, services, storm, view, layer, cell, nexus, then the wire, the disk and the helpers.

Read ``common`` and ``exc`` (the vocabulary), then the essay of ``synapse.lib``, then any service from the top.
"""

from __future__ import annotations

from synapse.common import version, verstring

__all__ = ['version', 'verstring']
