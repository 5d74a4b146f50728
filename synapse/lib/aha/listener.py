"""The second listener of AHA: whoever knows a one-time identifier is served what it stands for (aha.md 7.2).

There are no users here, and no shares but those identifiers. One is used up by the handshake that names it, before
anything else happens: what is served then is bound to that one connection.
"""

from __future__ import annotations

import contextlib
import typing

import synapse.exc as s_exc
import synapse.lib.aha.cas as s_cas
import synapse.lib.telepath as s_telepath

if typing.TYPE_CHECKING:
    import synapse.lib.aha.service as s_service

Any = typing.Any


class ProvDaemon(s_telepath.Daemon):
    """Serves one-time identifiers."""

    async def __anit__(self, aha: s_service.AhaCell) -> None:  # type: ignore[override]
        await super().__anit__(certdir=aha.certdir)
        self.aha = aha

    async def find(self, name: str) -> Any:
        """Use up an identifier. Raises NoSuchName."""
        return await self.aha.redeem(name)


class OneTimeApi:
    """What a connection may ask after it has named an identifier."""

    def __init__(self, aha: s_service.AhaCell, info: dict[str, Any]) -> None:
        self._aha = aha
        self._info = info

    def _check_name(self, kind: str, csr: Any, name: str) -> bytes:
        """Return a request, which must be for this name. Raises BadArg, BadCertBytes."""
        found = s_cas.csr_name(csr)
        if found != name:
            raise s_exc.BadArg(mesg=f'Invalid {kind} CSR CN={found}.', name=found)
        return s_cas.csr_bytes(csr)


class CertApi(OneTimeApi):
    """Certificates of one network for one user.

    Attributes:
        _network, _user: From the one-time entry.
    """

    _network: str
    _user: str

    def getCaCert(self) -> bytes:
        """Return the certificate of the network's authority as PEM."""
        byts = self._aha.ca_pem(self._network)
        if byts is None:
            raise s_exc.NoSuchCert(mesg=f'There is no CA certificate of {self._network}.', name=self._network)
        return byts

    async def signUserCsr(self, byts: bytes) -> bytes:
        """Return the certificate for a request, which must be for our user, as PEM. Raises BadArg, BadCertBytes."""
        byts = self._check_name('user', byts, f'{self._user}@{self._network}')
        return await self._aha.sign('users', byts, self._network)


class ProvApi(CertApi):
    """A service that is being provisioned."""

    def __init__(self, aha: s_service.AhaCell, info: dict[str, Any]) -> None:
        super().__init__(aha, info)
        conf = info['conf']
        self._network, self._user, self._name = conf['aha:network'], conf['aha:user'], conf['aha:name']

    def getProvInfo(self) -> dict[str, Any]:
        """Return what the service is to be: ``{iden, conf, ...}``."""
        return self._info

    async def signHostCsr(self, byts: bytes) -> bytes:
        """Return the certificate for a request, which must be for our name, as PEM. Raises BadArg, BadCertBytes."""
        byts = self._check_name('host', byts, f'{self._name}.{self._network}')
        return await self._aha.sign('hosts', byts, self._network)


class EnrollApi(CertApi):
    """A user who enrolls."""

    def __init__(self, aha: s_service.AhaCell, info: dict[str, Any]) -> None:
        super().__init__(aha, info)
        self._user, self._network = info['name'], aha.req_network()

    def getUserInfo(self) -> dict[str, Any]:
        """Return who the user is, and where AHA is: ``{aha:urls, aha:user, aha:network}``."""
        urls = self._aha.getAhaUrls(user=self._user)
        return {'aha:urls': urls, 'aha:user': self._user, 'aha:network': self._network}


class CloneApi(OneTimeApi):
    """A new AHA that is to follow this one."""

    def getCloneDef(self) -> dict[str, Any]:
        """Return what the clone is to be: ``{iden, host, port, conf}``."""
        return self._info

    async def readyToMirror(self) -> None:
        """Keep the change log from now on."""
        await self._aha.readyToMirror()

    async def iterNewBackupArchive(
        self, name: str | None = None, remove: bool = False
    ) -> typing.AsyncGenerator[bytes, None]:
        """Make a backup and yield it as the bytes of a gzip tar; ``remove`` deletes it afterwards."""
        items = self._aha.backups.stream_new(name, remove=remove, user=self._aha.auth.rootuser)
        async with contextlib.aclosing(items) as chunks:
            async for byts in chunks:
                yield byts


APIS: dict[str, typing.Callable[[Any, dict[str, Any]], OneTimeApi]] = {
    'service': ProvApi,
    'user': EnrollApi,
    'clone': CloneApi,
}
