"""The HTTPS server of a cell: certificate, listeners, routes, access log (cell.md 3, 13).

The certificate is read when a listener is bound and again on ``reload``; connections that are open keep theirs. A
client that speaks something else than TLS or HTTP leaves a log line of the server library and nothing more.
"""

from __future__ import annotations

import asyncio
import collections.abc
import datetime
import logging
import os
import ssl
import typing

import tornado.httpserver
import tornado.netutil
import tornado.web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.lib.httpapi as s_httpapi
import synapse.lib.limits as s_limits

logger = logging.getLogger('synapse.lib.cell')
access = logging.getLogger('tornado.access')

CERT_YEARS = 10


class HttpCell(typing.Protocol):
    """What the server needs of its cell, beyond what the handlers need."""

    dirn: str
    conf: collections.abc.Mapping[str, typing.Any]

    @classmethod
    def getCellType(cls) -> str:
        """Return the kind of service, the name in the certificate that we make."""


def make_self_signed(name: str) -> tuple[bytes, bytes]:
    """Return (certificate, key) in PEM form for a server called ``name``, signed by itself, good for ten years."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    tick = datetime.datetime.now(datetime.UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(tick - datetime.timedelta(minutes=5))
        .not_valid_after(tick + datetime.timedelta(days=365 * CERT_YEARS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.TraditionalOpenSSL
    keybyts = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return cert.public_bytes(serialization.Encoding.PEM), keybyts


class Certs:
    """The certificate files in a service directory: ``sslcert.pem`` (or ``sslcert.crt``) and ``sslkey.pem``."""

    def __init__(self, dirn: str, name: str) -> None:
        self.dirn = dirn
        self.name = name

    def _found(self, *names: str) -> list[str]:
        paths = (os.path.join(self.dirn, name) for name in names)
        return [path for path in paths if os.path.isfile(path)]

    def context(self) -> ssl.SSLContext:
        """Return a TLS server context with the certificate of the directory; one is made when there is none.

        With both certificate files there, the one that belongs to the key is used.

        Raises:
            NoSuchFile: There is a certificate but no key. BadCertBytes: They do not go together, or are damaged.
        """
        certs = self._found('sslcert.pem', 'sslcert.crt')
        if not certs:
            certs = [self._make()]
        keypath = os.path.join(self.dirn, 'sslkey.pem')
        if not os.path.isfile(keypath):
            raise s_exc.NoSuchFile(mesg=f'Missing the private key of the certificate: {keypath}', path=keypath)
        fault: Exception | None = None
        for path in certs:
            ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            ctx.minimum_version = ssl.TLSVersion.TLSv1_2
            try:
                ctx.load_cert_chain(path, keypath)
                return ctx
            except (ssl.SSLError, OSError) as e:
                fault = fault or e
        mesg = f'Cannot use the certificate {certs[0]} with the key {keypath}: {fault}'
        raise s_exc.BadCertBytes(mesg=mesg, path=certs[0])

    def _make(self) -> str:
        logger.warning('NO CERTIFICATE FOUND! generating self-signed certificate.')
        cert, key = make_self_signed(self.name)
        path = os.path.join(self.dirn, 'sslcert.pem')
        s_common.write_file(os.path.join(self.dirn, 'sslkey.pem'), key)
        s_common.write_file(path, cert)
        return path


def load_cookie_secret(path: str) -> str:
    """Return the text that signs session cookies; a new one is written when the file is missing."""
    if not os.path.isfile(path):
        s_common.write_file(path, s_common.guid().encode())
    with open(path, encoding='utf8') as file:
        return file.read().strip()


def log_request(handler: tornado.web.RequestHandler) -> None:
    """Write the access line: ``<status> <METHOD> <uri> (<ip>) user=<iden> (<name>) <ms>ms``."""
    status, request = handler.get_status(), handler.request
    level = logging.INFO if status < 400 else logging.WARNING if status < 500 else logging.ERROR
    extra: dict[str, typing.Any] = {
        'http_status': status,
        'uri': request.uri,
        'remoteip': request.remote_ip,
        'headers': {'user-agent': request.headers.get('User-Agent', '')},
    }
    who = ''
    ident = getattr(handler, 'ident', None)
    if ident is not None and ident.user is not None:
        who = f' user={ident.user.iden} ({ident.user.name})'
        extra.update(user=ident.user.iden, username=ident.user.name)
    took = 1000.0 * request.request_time()
    text = f'{status} {request.method} {request.uri} ({request.remote_ip}){who} {took:.2f}ms'
    access.log(level, '%s', text, extra={'synapse': extra})


class HttpsServer(s_base.Base):
    """Serves the endpoints of a cell on any number of ports. Nothing listens before `listen`.

    Attributes:
        app: The tornado application. servers: One for each listening port.
    """

    async def __anit__(self, cell: HttpCell) -> None:  # type: ignore[override]
        await s_base.Base.__anit__(self)
        self.cell = cell
        self.certs = Certs(cell.dirn, cell.getCellType())
        self.servers: list[tornado.httpserver.HTTPServer] = []
        self._addrs: list[dict[str, typing.Any]] = []
        info = {'cell': cell}
        self.app = tornado.web.Application(
            [(path, ctor, info) for (path, ctor) in s_httpapi.BASE_ROUTES],
            cookie_secret=load_cookie_secret(os.path.join(cell.dirn, 'cookie.secret')),
            default_handler_class=s_httpapi.NotFound,
            default_handler_args=info,
            log_function=log_request,
            websocket_ping_interval=s_limits.HTTP_PING_SECS,
        )
        self.onfini(self._close)

    def addHttpApi(self, path: str, ctor: type[typing.Any], info: dict[str, typing.Any]) -> None:
        """Serve a path, a regular expression for the whole of it, with a handler class.

        Args:
            path: Matched after the endpoints that were registered before. Groups are arguments of the method.
            ctor: A subclass of ``synapse.lib.httpapi.Handler`` (or StreamHandler, WebSocket).
            info: Keyword arguments of the handler's ``initialize``: ``{'cell': cell}``.
        """
        self.app.wildcard_router.add_rules([(path, ctor, info)])

    async def listen(self, port: int, addr: str = '0.0.0.0') -> tuple[str, int]:
        """Serve on a port (0: any free one) and return ``(host, port)``.

        Raises OSError (port in use), NoSuchFile and BadCertBytes (certificate).
        """
        context = self.certs.context()
        sockets = tornado.netutil.bind_sockets(port, address=addr)
        server = tornado.httpserver.HTTPServer(
            self.app,
            ssl_options=context,
            xheaders=bool(self.cell.conf.get('https:parse:proxy:remoteip')),
            max_body_size=s_limits.HTTP_BODY_BYTES,
        )
        server.add_sockets(sockets)
        self.servers.append(server)
        host, port = sockets[0].getsockname()[:2]
        self._addrs.append({'host': host, 'port': port})
        return host, port

    def addrs(self) -> list[dict[str, typing.Any]]:
        """Return ``{host, port}`` of each listener."""
        return [dict(addr) for addr in self._addrs]

    def reload(self) -> bool:
        """Read the certificate again, for new connections. Raises NoSuchFile, BadCertBytes; then the old one stays."""
        if self.servers:
            context = self.certs.context()
            for server in self.servers:
                server.ssl_options = context
        return True

    async def _close(self) -> None:
        for server in self.servers:
            server.stop()
        try:
            async with asyncio.timeout(s_limits.HTTP_FINI_SECS):
                for server in self.servers:
                    await server.close_all_connections()
        except TimeoutError:
            logger.warning('HTTPS connections are still busy, leaving them.')
