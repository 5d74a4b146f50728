"""AHA as a certificate authority (aha.md 1.3, 9): made at the first start, kept by every mirror, signing for callers.

Keys and certificates that AHA keeps travel through the change log, so that each of its mirrors could go on as the
authority. Work with RSA keys takes its time and is done in threads.
"""

from __future__ import annotations

import asyncio
import logging
import os
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.aha.names as s_names
import synapse.lib.aha.servers as s_servers
import synapse.lib.certs as s_certs

Any = typing.Any
Csr = str | bytes
logger = logging.getLogger('synapse.lib.aha')
onPush = s_servers.onPush

WHAT = {'cas': 'CA', 'hosts': 'server', 'users': 'user'}


def csr_bytes(csr: Any) -> bytes:
    """Return a request as PEM bytes. Raises BadArg."""
    if isinstance(csr, str):
        return csr.encode('utf8', 'replace')
    if not isinstance(csr, bytes):
        raise s_exc.BadArg(mesg=f'A certificate request is PEM text, not {type(csr).__name__}.', name='csr')
    return csr


def csr_name(csr: Csr) -> str:
    """Return the common name that a request asks for. Raises BadCertBytes, BadArg."""
    return s_certs.name_of(s_certs.load_csr(csr_bytes(csr)))


class Authority(s_servers.Servers):
    """The slice of AHA that makes, keeps and signs certificates."""

    certs: s_certs.CertStore
    making: asyncio.Lock

    # -- what AHA needs for itself

    async def init_certs(self) -> None:
        """See to it that we can prove who we are: the authority of the network, our hosts, our users."""
        network = self.conf.get('aha:network')
        if network is None:
            return
        users = ['root@' + network]
        if self.conf.get('aha:admin') is not None:
            users.append(self.conf['aha:admin'])
        if self.certs.find_cert('cas', network) is None:
            logger.info('Adding CA certificate for %s', network)
            await self.genCaCert(network)
        todo = [('hosts', name) for name in self.own_hosts()] + [('users', name) for name in users]
        await asyncio.gather(*(self._make_missing(kind, name, network) for kind, name in todo))

    async def _make_missing(self, kind: str, name: str, signas: str) -> None:
        if self.certs.find_cert(kind, name) is None:
            logger.info('Adding %s certificate for %s', WHAT[kind], name)
            await self._make(kind, name, signas)

    async def _make(self, kind: str, name: str, signas: str | None) -> None:
        """Make key and certificate, and keep them on every mirror.

        A mirror makes its own: it needs them to reach its leader, through which the log would have to go.
        """
        key, cert = await asyncio.to_thread(self.certs.issue, kind, name, signas)
        if self.isactive:
            await self._push('aha:cert:save', kind, name, cert, key)
        else:
            self._on_cert_save(kind, name, cert, key)

    # -- for callers

    def getCaCert(self, network: str) -> str | None:
        """Return the certificate of an authority as PEM text, None when there is none. Raises BadArg, CryptoErr."""
        byts = self.ca_pem(network)
        return None if byts is None else byts.decode()

    def ca_pem(self, network: str) -> bytes | None:
        """Return the certificate of an authority as PEM, None when there is none. Raises BadArg, CryptoErr."""
        path = self.certs.path('cas', s_names.req_str(network, 'network'), 'crt')
        if not os.path.isfile(path):
            return None
        with open(path, 'rb') as file:
            return file.read()

    async def genCaCert(self, network: str) -> str:
        """Make an authority, unless there is one; returns its certificate as PEM text. Raises BadArg, CryptoErr."""
        async with self.making:
            cert = self.getCaCert(network)
            if cert is None:
                logger.info('Generating CA certificate for %s', network)
                await self._make('cas', network, None)
                cert = self.getCaCert(network)
        return typing.cast(str, cert)

    async def signHostCsr(self, csrtext: str, signas: str | None = None, sans: str | None = None) -> str:
        """Sign the request of a host, keep the certificate, and return it as PEM text.

        Args:
            signas: The authority; by default what follows the first dot of the name.
            sans: Further names, ``DNS:a,DNS:b``.

        Raises:
            BadCertBytes, BadArg, CryptoErr: The request or its name. NoCertKey, NoSuchCert: No such authority.
        """
        if sans is not None:
            s_names.req_str(sans, 'sans')
        return await self._sign_and_keep('hosts', csrtext, signas, '.', sans)

    async def signUserCsr(self, csrtext: str, signas: str | None = None) -> str:
        """Sign the request of a user, keep the certificate, and return it as PEM text.

        ``signas`` is by default what follows the ``@`` of the name. Raises as signHostCsr.
        """
        return await self._sign_and_keep('users', csrtext, signas, '@')

    async def _sign_and_keep(self, kind: str, csr: Csr, signas: str | None, mark: str, sans: str | None = None) -> str:
        name = csr_name(csr)
        if signas is None:
            signas = name.partition(mark)[2]
            if not signas:
                mesg = f'The name {name} has no {mark!r}: say which CA is to sign it.'
                raise s_exc.BadArg(mesg=mesg, name=name)
        cert = await self.sign(kind, csr, s_names.req_str(signas, 'signas'), sans)
        await self._push('aha:cert:save', kind, name, cert, None)
        return cert.decode()

    async def sign(self, kind: str, csr: Csr, signas: str, sans: str | None = None) -> bytes:
        """Sign a request, not kept; returns PEM. Raises as signHostCsr."""
        cert = await asyncio.to_thread(self.certs.sign_csr, kind, csr_bytes(csr), signas, sans)
        return s_certs.cert_pem(cert)

    # -- apply

    @onPush('aha:cert:save')
    def _on_cert_save(self, kind: str, name: str, cert: bytes, key: bytes | None) -> None:
        # files are written before the database learns of it, and a replay writes the same bytes again
        s_common.gendir(os.path.join(self.certs.dirn, kind))
        if key is not None:
            s_common.write_file(self.certs.path(kind, name, 'key'), key, 0o600)
        s_common.write_file(self.certs.path(kind, name, 'crt'), cert, 0o644)
