"""One-time URLs: a service, a user or a clone of AHA is let in once (aha.md 7, 8, 10.3).

An entry is what a new member will be told. It lives until somebody connects with its identifier, or until it is
deleted; taking it away is an event in the log, so that of two who come with one URL exactly one is served.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import typing

from cryptography.hazmat.primitives import serialization

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.aha.cas as s_cas
import synapse.lib.aha.listener as s_listener
import synapse.lib.aha.names as s_names
import synapse.lib.aha.servers as s_servers
import synapse.lib.aha.table as s_table

Any = typing.Any
Info = dict[str, Any]
logger = logging.getLogger('synapse.lib.aha')
onPush = s_cas.onPush

SERVICE, USER, CLONE = 'service', 'user', 'clone'


def req_dict(valu: Any, what: str) -> Info:
    """Return a copy of a dictionary; None is an empty one. Raises BadArg."""
    if valu is None:
        return {}
    if not isinstance(valu, dict):
        raise s_exc.BadArg(mesg=f'The {what} must be a dictionary, not {type(valu).__name__}.', name=what)
    return dict(valu)


def req_port(valu: Any, what: str) -> int:
    """Return a port number, 0 for any. Raises BadArg."""
    if isinstance(valu, bool) or not isinstance(valu, int) or not 0 <= valu <= 65535:
        raise s_exc.BadArg(mesg=f'The {what} must be a port number: {valu!r}', name=what)
    return valu


class Provisioning(s_cas.Authority):
    """The slice of AHA that hands out one-time URLs and honours them.

    Attributes:
        provs: ``{identifier: (kind, entry)}``. provdmon: The listener, None without ``provision:listen``.
        provaddr: The bound socket name. granting: Held while a user is looked up and given rules.
    """

    provs: s_table.Table
    provdmon: s_listener.ProvDaemon | None
    provaddr: Any
    granting: asyncio.Lock

    def req_network(self) -> str:
        """Return our network. Raises NeedConfValu."""
        return typing.cast(str, self.conf.req('aha:network'))

    # -- the listener

    def prov_listen_url(self) -> str | None:
        """Return where one-time URLs are answered; None for nowhere."""
        if 'provision:listen' in self.conf:
            return typing.cast('str | None', self.conf['provision:listen'])
        dns = self.conf.get('dns:name')
        return f'ssl://0.0.0.0:27272?hostname={dns}' if dns else None

    async def listen_prov(self) -> None:
        """Begin to answer one-time URLs. Raises NoCertKey, BadUrl, OSError."""
        turl = self.prov_listen_url()
        if turl is None:
            return
        self.provdmon = await s_listener.ProvDaemon.anit(typing.cast(Any, self))
        self._doors.append(self.provdmon)
        self.provaddr = await self.provdmon.listen(turl)
        logger.info('provision listening: %s', turl)

    def prov_url(self, iden: str) -> str:
        """Return the one-time URL of an identifier, with a pin of our certificate."""
        info = s_servers.chop_listen(typing.cast(str, self.prov_listen_url()))
        certname = info.get('hostname') or info['host']
        host = (self.own_hosts() or [certname])[0]
        url = f'{info["scheme"]}://{host}:{self.provaddr[1]}/{iden}'
        cert = self.certs.find_cert('hosts', certname) if info['scheme'] == 'ssl' else None
        if cert is None:
            return url
        return f'{url}?certhash={hashlib.sha256(cert.public_bytes(serialization.Encoding.DER)).hexdigest()}'

    def _req_provisioning(self) -> None:
        if not self.getAhaUrls():
            raise s_exc.NeedConfValu(mesg='AHA server has no configured aha:urls.', name='aha:urls')
        if self.provdmon is None:
            mesg = 'The AHA server is not configured for provisioning.'
            raise s_exc.NeedConfValu(mesg=mesg, name='provision:listen')

    async def redeem(self, iden: str) -> s_listener.OneTimeApi:
        """Use up an identifier; returns what its holder may ask. A clone may come back. Raises NoSuchName."""
        found = self.provs.get(iden) if s_common.isguid(iden) else None
        if found is not None and found[0] != CLONE:
            found = await self._push('aha:prov:take', iden)
        if found is None:
            iden = iden[:64]  # a stranger's text, which goes into the log
            why = 'This could be caused by the re-use of a provisioning URL.'
            raise s_exc.NoSuchName(mesg=f'Invalid provisioning identifier name={iden}. {why}', name=iden)
        kind, info = found
        name = (
            f'{info["conf"]["aha:name"]}.{self.req_network()}'
            if kind == SERVICE
            else info.get('name', info.get('host'))
        )
        logger.info('Retrieved %s provisioning info for %s iden %s', kind, name, iden)
        return s_listener.APIS[kind](self, info)

    # -- services

    async def addAhaSvcProv(self, name: str, provinfo: Info | None = None) -> str:
        """Return a one-time URL that makes a new service a member of the network.

        Args:
            name: Of the instance, relative to the network (``00.axon``).
            provinfo: ``conf`` (options for the service), ``dmon:port``, ``https:port``, ``mirror`` (name of a leader).

        Raises:
            NeedConfValu: AHA does not listen for one-time URLs. BadArg: A name or a port.
        """
        network = self.req_network()
        hostname = s_names.req_hostname(name, network)
        self._req_provisioning()
        info = req_dict(provinfo, 'provinfo')
        iden = info['iden'] = s_common.guid()
        info['conf'] = conf = self._prov_conf(name, info, network)
        perms = [('aha', 'service', 'get', network), ('aha', 'service', 'add', network, name)]
        leader = s_names.alias(name)
        if leader is not None:
            perms.append(('aha', 'service', 'add', network, leader))
        await self._grant(conf['aha:user'], perms)
        await self._push('aha:prov:add', iden, SERVICE, info)
        logger.info('Created service provisioning for %s with iden %s', hostname, iden)
        return self.prov_url(iden)

    def _prov_conf(self, name: str, info: Info, network: str) -> Info:
        """Return the options that a new service gets: those of the caller, and what they leave open."""
        conf = req_dict(info.get('conf'), 'conf')
        conf['aha:network'] = network
        conf.setdefault('aha:name', name)
        if self.conf.get('aha:admin') is not None:
            conf.setdefault('aha:admin', self.conf['aha:admin'])
        user = conf.setdefault('aha:user', 'root')
        s_names.req_username(user, network)
        hostname = s_names.req_hostname(conf['aha:name'], network)
        port = req_port(info.get('dmon:port') or 0, 'dmon:port')
        conf.setdefault('dmon:listen', f'ssl://0.0.0.0:{port}?hostname={hostname}&ca={network}')
        if 'https:port' in info:
            https = info['https:port']
            conf.setdefault('https:port', None if https is None else req_port(https, 'https:port'))
        leader = s_names.alias(name)
        if leader is not None:
            conf.setdefault('aha:leader', leader)
        conf.setdefault('aha:registry', self.getAhaUrls(user=user))
        if info.get('mirror') is not None:
            conf['mirror'] = f'aha://{user}@{s_names.req_label(info["mirror"], "mirror")}...'
        return conf

    async def _grant(self, username: str, perms: typing.Sequence[tuple[str, ...]]) -> None:
        """See to it that a user exists and has permissions."""
        async with self.granting:
            user = self.auth.getUserByName(username)
            if user is None:
                user = await self.auth.addUser(username)
            for perm in perms:
                if not user.allowed(perm):
                    await user.addRule((True, perm), indx=0)

    async def delAhaSvcProv(self, iden: str) -> None:
        """Withdraw the one-time URL of a service, if it was not used yet."""
        await self._del_prov(iden, SERVICE)

    async def clearAhaSvcProvs(self) -> None:
        """Withdraw all one-time URLs of services."""
        await self._push('aha:prov:clear', SERVICE)

    # -- users

    async def addAhaUserEnroll(self, name: str, userinfo: Any = None, again: bool = False) -> str:
        """Return a one-time URL with which a user gets a certificate, and learns where AHA is.

        Args:
            name: Of the user, without the network. userinfo: Ignored.
            again: The user may exist already.

        Raises:
            NeedConfValu: AHA does not listen for one-time URLs. DupUserName. BadArg: The name.
        """
        network = self.req_network()
        username = s_names.req_username(name, network)
        self._req_provisioning()
        if not again and self.auth.getUserByName(username) is not None:
            mesg = f'User name ({name}) already exists.  Need --again?'
            raise s_exc.DupUserName(mesg=mesg, name=name)
        await self._grant(username, [('aha', 'service', 'get', network)])
        iden = s_common.guid()
        await self._push('aha:prov:add', iden, USER, {'name': name, 'iden': iden})
        logger.info('Created user provisioning for %s with iden %s', username, iden)
        return self.prov_url(iden)

    async def delAhaUserEnroll(self, iden: str) -> None:
        """Withdraw the one-time URL of a user, if it was not used yet."""
        await self._del_prov(iden, USER)

    async def clearAhaUserEnrolls(self) -> None:
        """Withdraw all one-time URLs of users."""
        await self._push('aha:prov:clear', USER)

    # -- clones

    async def addAhaClone(self, host: str, port: int = 27492, conf: Info | None = None) -> str:
        """Return a URL with which a new AHA becomes a mirror of this one, under a DNS name and a port.

        Raises NeedConfValu: AHA does not listen for one-time URLs. BadArg: Name, port, options.
        """
        network = self.req_network()
        s_names.req_label(host, 'host')
        port = req_port(port, 'port')
        self._req_provisioning()
        conf = req_dict(conf, 'conf')
        own = self.own_server()
        if own is not None:
            conf['mirror'] = f'ssl://{own["host"]}:{own["port"]}?certname=root@{network}'
        conf.update({'dns:name': host, 'aha:network': network})
        conf['dmon:listen'] = f'ssl://0.0.0.0:{port}?hostname={host}&ca={network}'
        iden = s_common.guid()
        await self._push('aha:prov:add', iden, CLONE, {'iden': iden, 'host': host, 'port': port, 'conf': conf})
        logger.info('Created AHA clone provisioning for %s with iden %s', host, iden)
        return self.prov_url(iden)

    async def clearAhaClones(self) -> None:
        """Withdraw all URLs for clones of AHA."""
        await self._push('aha:prov:clear', CLONE)

    # -- apply

    async def _del_prov(self, iden: str, kind: str) -> None:
        found = self.provs.get(iden) if s_common.isguid(iden) else None
        if found is not None and found[0] == kind:
            await self._push('aha:prov:take', iden)

    @onPush('aha:prov:add')
    def _on_prov_add(self, iden: str, kind: str, info: Info) -> None:
        self.provs.set(iden, (kind, info))

    @onPush('aha:prov:take')
    def _on_prov_take(self, iden: str) -> tuple[str, Info] | None:
        return typing.cast('tuple[str, Info] | None', self.provs.pop(iden))

    @onPush('aha:prov:clear')
    def _on_prov_clear(self, kind: str) -> None:
        for iden in [iden for iden, item in self.provs.items() if item[0] == kind]:
            self.provs.pop(iden)
