"""The AHA servers themselves: which there are, and under which URLs others reach them (aha.md 1.4, 10.3)."""

from __future__ import annotations

import asyncio
import logging
import typing

import synapse.exc as s_exc
import synapse.lib.aha.names as s_names
import synapse.lib.aha.table as s_table
import synapse.lib.cell as s_cell
import synapse.lib.limits as s_limits
import synapse.lib.nexus.terms as s_rules
import synapse.lib.telepath as s_telepath

Server = dict[str, typing.Any]
onPush = s_cell.Cell.onPush
logger = logging.getLogger('synapse.lib.aha')

AHA_PORT = 27492


def _key(host: str, port: int) -> str:
    return f'{host}:{port}'


def req_server(server: typing.Any) -> Server:
    """Return ``{host, port}``, the port filled in. Raises BadArg."""
    if not isinstance(server, dict):
        raise s_exc.BadArg(mesg=f'An AHA server is a dictionary, not {type(server).__name__}.', name='server')
    host, port = s_names.req_label(server.get('host'), 'host'), server.get('port', AHA_PORT)
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port <= 65535:
        raise s_exc.BadArg(mesg=f'The port of an AHA server must be a port number: {port!r}', name='port')
    return {**server, 'host': host, 'port': port}


class Servers(s_cell.Cell):
    """The slice of AHA that knows the AHA servers.

    Attributes:
        servers: ``{host:port: server}``. ahaport: The port at which TLS clients reach this one, None for none.
    """

    servers: s_table.Table
    ahaport: int | None = None

    def getAhaUrls(self, user: str = 'root') -> list[str]:
        """Return the URLs of AHA for a user: those of ``aha:urls``, else one for each known server."""
        s_names.req_str(user, 'user')
        urls = self.conf.get('aha:urls')
        network = self.conf.get('aha:network')
        if urls is not None:
            return [with_user(url, user, network) for url in ([urls] if isinstance(urls, str) else urls)]
        return [f'ssl://{item["host"]}:{item["port"]}?certname={user}@{network}' for item in self.getAhaServers()]

    def own_server(self) -> Server | None:
        """Return this AHA as others should know it, None when it cannot be reached over TLS under a name."""
        names = self.own_hosts()
        return {'host': names[0], 'port': self.ahaport} if names and self.ahaport is not None else None

    def own_hosts(self) -> list[str]:
        """Return the names of this AHA as a TLS server, the one that it is reached by first."""
        network, name, dns = (self.conf.get(key) for key in ('aha:network', 'aha:name', 'dns:name'))
        names = [dns] if dns else []
        return [*names, f'{name}.{network}'] if name and network else names

    async def ask_leader(self, term: int) -> dict[str, typing.Any] | None:
        """Ask the other AHA servers, before this one leads again, whether one of them leads by now."""
        turl = self.getDmonListenUrl()
        port = None if turl is None else chop_listen(turl).get('port', AHA_PORT)
        own = [(host, port) for host in self.own_hosts()]
        others = [item for item in self.getAhaServers() if (item['host'], item['port']) not in own]
        answers = await asyncio.gather(*(self._ask_server(item) for item in others))
        ranks = [answer for answer in answers if answer is not None and answer['term'] >= max(term, 1)]
        return max(ranks, key=lambda item: (item['term'], item['name']), default=None)

    async def _ask_server(self, server: Server) -> dict[str, typing.Any] | None:
        """Return ``{term, name}`` of an AHA server that leads, None for one that does not or cannot be asked."""
        url = f'ssl://{server["host"]}:{server["port"]}?certname=root@{self.conf.get("aha:network")}'
        try:
            async with asyncio.timeout(s_limits.AHA_ASK_SECS):
                async with await s_telepath.openurl(url, certdir=self.certdir) as proxy:
                    hello = await proxy.getNexsHello()
        except (s_exc.SynErr, OSError, TimeoutError) as e:
            logger.info('AHA server %s does not tell whether it leads: %s', s_telepath.sanitize(url), e)
            return None
        rows = s_rules.to_rows(hello['rows'])
        if hello['state'] != s_rules.LEAD or hello['name'] == self.mirror.fence.role.name or not rows:
            return None
        return {'term': rows[-1].term, 'name': hello['name']}

    @property
    def deposed(self) -> bool:
        """True when another AHA leads by now: what this one knows may not be true any more."""
        return self.mirror.fence.role.state == s_rules.DEPOSED

    async def register_self(self) -> None:
        """Put this AHA on the list, unless it is there."""
        own = self.own_server()
        if own is not None and self.conf.get('aha:network') is not None:
            await self.addAhaServer(own)

    def getAhaServers(self) -> list[Server]:
        """Return ``{host, port}`` of all AHA servers, by host."""
        return self.servers.values()

    def getAhaServer(self, host: str, port: int) -> Server | None:
        """Return an AHA server, None when it is not known."""
        return typing.cast('Server | None', self.servers.get(_key(s_names.req_str(host, 'host'), port)))

    async def addAhaServer(self, server: Server) -> bool:
        """Put an AHA server on the list; False when nothing changes. Raises BadArg."""
        server = req_server(server)
        if self.servers.get(_key(server['host'], server['port'])) == server:
            return False
        return bool(await self._push('aha:server:add', server))

    async def delAhaServer(self, host: str, port: int) -> Server | None:
        """Take an AHA server off the list and return it, None when it is not known."""
        if self.getAhaServer(host, port) is None:
            return None
        return typing.cast('Server | None', await self._push('aha:server:del', host, port))

    @onPush('aha:server:add')
    def _on_server_add(self, server: Server) -> bool:
        key = _key(server['host'], server['port'])
        if self.servers.get(key) == server:
            return False
        self.servers.set(key, server)
        return True

    @onPush('aha:server:del')
    def _on_server_del(self, host: str, port: int) -> Server | None:
        return typing.cast('Server | None', self.servers.pop(_key(host, port)))


def chop_listen(turl: str) -> dict[str, typing.Any]:
    """Return the info map of a URL to listen on, where ``&`` may stand for the ``?``."""
    return s_telepath.chopurl(turl if '?' in turl else turl.replace('&', '?', 1))


def with_user(url: str, user: str, network: str | None) -> str:
    """Return a URL that says who connects, if it is one with certificates and does not say it yet.

    The certificate of a user is found by the name of the host, where that is one of the network; elsewhere it is named.
    """
    info = s_telepath.chopurl(url)
    if network is None or info['scheme'] != 'ssl' or 'certname' in info or info.get('user') is not None:
        return url
    if (info.get('hostname') or info['host']).endswith(f'.{network}'):
        return s_telepath.modurl(url, user=user)
    return s_telepath.modurl(url, certname=f'{user}@{network}')
