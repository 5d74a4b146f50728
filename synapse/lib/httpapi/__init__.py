"""HTTP handlers: what every HTTPS endpoint of a service is made of, and the endpoints that all services have.

Promise path for plugin authors: ``synapse.lib.httpapi.Handler``, ``StreamHandler`` and ``WebSocket``. A handler is a
tornado request handler with ``self.cell``, the caller's identity, and one way to answer: the JSON envelope of cell.md
13.1.

The ideas:

- **Who is asking is decided once per request**, in the order session cookie, API key, Basic (`Identity`). A credential
  that is present and bad makes the caller anonymous; it is never skipped for a weaker one.
- **An endpoint checks, acts, answers**: ``if not await self.reqAuthAdmin(): return`` ... ``self.sendRestRetn(valu)``.
  What a caller can get wrong is answered with the named error; anything else is a 500 page and a traceback in the log.
- **A caller who hangs up cancels his handler**, so that no query runs on for nobody.

The server that they run in is made by the cell (``synapse.lib.cell.https``). Nothing here imports the cell.

Read ``identity.py`` (cookies, keys, Basic), ``handler.py`` (the base classes), ``stream.py`` (answers of many
messages), ``auth.py`` (users and roles), ``service.py`` (login, health, active, behold), ``routes.py`` (path to
handler).
"""

from __future__ import annotations

from synapse.lib.httpapi.handler import Handler, HandlerBase, StreamHandler, WebSocket
from synapse.lib.httpapi.routes import BASE_ROUTES, NotFound
from synapse.lib.httpapi.stream import MessageStream

__all__ = ['BASE_ROUTES', 'Handler', 'HandlerBase', 'MessageStream', 'NotFound', 'StreamHandler', 'WebSocket']
