"""Telepath: calls between processes over one socket each, with results, streams and objects by reference.

The contract is ``telepath.md`` of the specification; a peer of either release can be at the other end. Three ideas:

- **A call is not a task.** The server decodes, calls and answers inside the transport's callback. Only what really
  waits becomes a task (``synapse.lib.eager``). That, and sending prepared message heads (``codec``), is where the speed
  comes from.
- **Bytes wait in one place.** Messages stay packed in the decoder of their link until somebody wants them; what is
  written and not taken stops the writer. So nothing grows when one side is slower than the other.
- **A link is the cancel button.** There is no cancel message: a client that has had enough closes the link of that
  call, and the server stops what runs for it at once.

Who may call what is decided in one place (``methods``); who is calling is ``caller()`` (``session``).

Reading order. What both ends share: ``codec`` (messages), ``link`` (a connection), ``tls`` with ``certdir`` and
``revoked``. The server: ``daemon`` (listeners, handshake), ``session``, ``serve`` (from message to answer),
``arrival`` (large arguments), ``methods``, ``stream`` with ``large``. The client: ``home`` and ``urls`` (names to
addresses), ``connect``, ``pool``, ``proxy``, ``genr``, ``pipeline``, ``client`` (reconnecting), ``threads`` (blocking
use), ``env`` (registries and ``telepath.yaml``), ``aha`` (names of services to addresses), ``clientv2`` (sets of
proxies).
"""

from __future__ import annotations

from synapse.lib.telepath.aha import lookup
from synapse.lib.telepath.arrival import Work
from synapse.lib.telepath.certdir import CertDir, addCertPath, delCertPath, getCertDir
from synapse.lib.telepath.client import Client, openinfo, openurl
from synapse.lib.telepath.clientv2 import ClientV2, open
from synapse.lib.telepath.connect import resolvers
from synapse.lib.telepath.daemon import Aware, Daemon
from synapse.lib.telepath.env import addAhaUrl, delAhaUrl, loadTeleCell, loadTeleEnv, registries, withTeleEnv
from synapse.lib.telepath.genr import Genr
from synapse.lib.telepath.home import alias
from synapse.lib.telepath.large import FileRange, Large, Pieces, is_cached
from synapse.lib.telepath.proxy import GenrMethod, Method, Proxy, Share
from synapse.lib.telepath.session import Session, caller
from synapse.lib.telepath.stream import Burst, RawBurst
from synapse.lib.telepath.urls import chopurl, mergeAhaInfo, modurl, sanitize, zipurl

__all__ = [
    'Aware',
    'Burst',
    'CertDir',
    'Client',
    'ClientV2',
    'Daemon',
    'FileRange',
    'Genr',
    'GenrMethod',
    'Method',
    'Large',
    'Pieces',
    'Proxy',
    'RawBurst',
    'Session',
    'Share',
    'Work',
    'addAhaUrl',
    'addCertPath',
    'alias',
    'caller',
    'chopurl',
    'delAhaUrl',
    'delCertPath',
    'getCertDir',
    'is_cached',
    'loadTeleCell',
    'loadTeleEnv',
    'lookup',
    'mergeAhaInfo',
    'modurl',
    'open',
    'openinfo',
    'openurl',
    'registries',
    'resolvers',
    'sanitize',
    'withTeleEnv',
    'zipurl',
]
