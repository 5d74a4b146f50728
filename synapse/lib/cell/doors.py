"""The doors of a cell: Telepath listeners and the HTTPS server, and what a caller finds behind them."""

from __future__ import annotations

import logging
import typing

import synapse.lib.cell.core as s_core
import synapse.lib.cell.identify as s_identify

logger = logging.getLogger('synapse.lib.cell')


class CellDoors(s_core.CellCore):
    """How callers reach the cell. Nothing listens before initServiceNetwork()."""

    cellapi: type[typing.Any]

    async def getTeleApi(self, link: typing.Any, mesg: typing.Any, path: tuple[str, ...]) -> typing.Any:
        """Return the API object for a new connection: who is it, then getCellApi(). Raises AuthDeny, NoSuchUser."""
        user = await s_identify.identify(self.auth, self.conf, link, mesg)
        sess = link.get('sess')
        if sess is not None:
            sess.user = user
        return await self.getCellApi(link, user, path)

    async def getCellApi(self, link: typing.Any, user: typing.Any, path: tuple[str, ...]) -> typing.Any:
        """Return the object to share with one connection; ``path`` is what follows the share name in the URL."""
        return await self.cellapi.anit(self, link, user)

    async def getTeleFeats(self) -> dict[str, int]:
        """Return the features that clients are told in the handshake."""
        return dict(self.features)

    async def initServiceNetwork(self) -> None:
        """Bind the unix socket, ``dmon:listen`` and ``https:port``. Overrides must call this."""
        self.dmon.share('*', self)
        await self._listen_unix()
        turl, addr = self.getDmonListenUrl(), None
        if turl is not None:
            addr = await self.listen(turl)
            logger.info('dmon listening: %s', turl)
        if self.aha is not None:
            await self.aha.announce(turl, addr)
        port = self.conf.get('https:port')
        if port is not None:
            await self.addHttpsPort(port)
            logger.info('https listening: %s', port)

    async def _listen_unix(self) -> None:
        path = self.layout.path('sock')
        try:
            await self.dmon.listen(f'unix://{path}')
        except OSError as e:
            logger.error('Failed to listen on unix socket at: [%s][%s]', path, e)
            logger.error('LOCAL UNIX SOCKET WILL BE UNAVAILABLE')

    def getDmonListenUrl(self) -> str | None:
        """Return the configured Telepath URL to listen on, None when there is none (or an explicit null)."""
        if 'dmon:listen' in self.conf:
            return typing.cast('str | None', self.conf['dmon:listen'])
        name, network = self.conf.get('aha:name'), self.conf.get('aha:network')
        if name and network:
            return f'ssl://0.0.0.0:0?hostname={name}.{network}&ca={network}'
        return None

    async def listen(self, turl: str) -> typing.Any:
        """Listen on one more Telepath URL (``&`` may stand for its ``?``); returns the socket name."""
        if '?' not in turl:
            turl = turl.replace('&', '?', 1)
        return await self.dmon.listen(turl)

    async def addHttpsPort(self, port: int, addr: str = '0.0.0.0') -> typing.Any:
        """Serve the HTTPS API on a port (0: any free one); returns the socket name."""
        return await self.https.listen(port, addr)

    def addHttpApi(self, path: str, ctor: type[typing.Any], info: dict[str, typing.Any]) -> None:
        """Serve a path (regular expression) of the HTTPS API by a handler class, e.g. with info ``{'cell': self}``."""
        self.https.addHttpApi(path, ctor, info)

    def _initCellHttpApis(self) -> None:
        """Register HTTP handlers of the service. Overrides call the base."""
