"""AHA: how services find each other, and how they get in (spec: aha.md).

A cell that keeps a registry of services, is the certificate authority of a network, and hands out one-time URLs for
new members. The ideas:

- **Who is there is who is connected.** A registration belongs to the session that made it. No heartbeats, no leases:
  the end of the connection is the news. After a restart nobody is there until he says so again.
- **A name is an entry, also that of a leader.** The leader of a group of instances registers once under its own name
  and once under the common one; whoever registers last has it. Terms (ours, the peer has none) decide who may.
- **A one-time URL is used up by the handshake.** Taking it is an event in the log, so it is served once on all mirrors
  together, and what is served then is bound to that connection.
- **All of it is in the log, also keys**, so that a mirror of AHA can go on as the authority.

In the order in which to read them: ``names.py`` (what may be a name), ``table.py`` and ``registry.py`` (the services)
stand alone. ``terms.py``, ``services.py``, ``pools.py``, ``peers.py``, ``servers.py``, ``cas.py`` and ``provision.py``
are slices of the service: checks, events, handlers; ``listener.py`` is what holders of one-time URLs talk to,
``joining.py`` how one becomes an AHA. ``confdefs.py`` has the options and permissions. ``service.py`` puts the slices
together, ``api.py`` says what remote callers may ask, ``http.py`` is the HTTPS side. ``groups.py`` is for those who
look from outside: mirrored services and how far they are.
"""

from __future__ import annotations

from synapse.lib.aha.api import AhaApi
from synapse.lib.aha.listener import CloneApi, EnrollApi, ProvApi
from synapse.lib.aha.service import AhaCell

__all__ = ['AhaApi', 'AhaCell', 'CloneApi', 'EnrollApi', 'ProvApi']

# Clients see class names (``sharinfo``), and those are promises: the import path, not the file.
for _cls in (AhaApi, AhaCell, CloneApi, EnrollApi, ProvApi):
    _cls.__module__ = 'synapse.lib.aha'
