"""A folder of certificates: ``cas/``, ``hosts/``, ``users/``, ``code/``, ``crls/`` (aha.md 9.2)."""

from __future__ import annotations

import os
import shutil
import typing

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.certs.chains as s_chains
import synapse.lib.certs.make as s_make
import synapse.lib.certs.sans as s_sans

Cert = x509.Certificate
Saved = tuple[str, str]
"""Paths of a key and of a certificate (or a request)."""

IMPORTS = ('.crt', '.key', '.p12')


class CertStore:
    """Makes, keeps and finds certificates in one folder. A kind is one of ``make.KINDS``.

    Saving over a file raises DupFileName with its ``path``; nothing was written then.
    """

    def __init__(self, dirn: str) -> None:
        self.dirn = s_common.genpath(dirn)

    def path(self, kind: str, name: str, ext: str) -> str:
        """Return the path of a file, which need not exist. Raises CryptoErr, BadArg (the name)."""
        return os.path.join(self.dirn, kind, f'{s_make.req_name(name)}.{ext}')

    # -- find

    def find_cert(self, kind: str, name: str) -> Cert | None:
        """Return a certificate, None when there is none. Raises BadCertBytes."""
        byts = _read(self.path(kind, name, 'crt'))
        return None if byts is None else s_make.load_cert(byts)

    def find_key(self, kind: str, name: str) -> s_make.Key | None:
        """Return a private key, None when there is none. Raises CryptoErr."""
        byts = _read(self.path(kind, name, 'key'))
        return None if byts is None else s_make.load_key(byts)

    def req_ca(self, name: str) -> tuple[Cert, s_make.Key]:
        """Return certificate and key of an authority. Raises NoCertKey, NoSuchCert."""
        key = self.find_key('cas', name)
        if key is None:
            raise s_exc.NoCertKey(mesg=f'Missing .key for {name}', name=name)
        cert = self.find_cert('cas', name)
        if cert is None:
            raise s_exc.NoSuchCert(mesg=f'Missing .crt for {name}', name=name)
        return cert, key

    def cas(self) -> list[Cert]:
        """Return all authorities."""
        return [s_make.load_cert(byts) for byts in self._each('cas', '.crt')]

    def crls(self) -> list[s_chains.Crl]:
        """Return all revocation lists."""
        return [s_chains.load_crl(byts) for byts in self._each('crls', '.crl')]

    def verify(self, cert: Cert) -> list[Cert]:
        """Return the chain of a certificate up to a root of this folder. Raises BadCertVerify."""
        return s_chains.verify(cert, self.cas(), self.crls())

    def _each(self, kind: str, ext: str) -> typing.Iterator[bytes]:
        folder = os.path.join(self.dirn, kind)
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            byts = _read(os.path.join(folder, name)) if name.endswith(ext) else None
            if byts is not None:
                yield byts

    # -- make

    def make(self, kind: str, name: str, signas: str | None = None, sans: str | None = None) -> Saved:
        """Make a key and a certificate, signed by an authority of this folder or by itself; returns the paths.

        Raises: NoCertKey, NoSuchCert (the authority), DupFileName, CryptoErr, BadArg (the name, ``sans``).
        """
        paths = self._free(kind, name, 'key', 'crt')
        key, cert = self.issue(kind, name, signas, sans)
        _write(paths[0], key, 0o600)
        _write(paths[1], cert)
        return paths

    def issue(self, kind: str, name: str, signas: str | None = None, sans: str | None = None) -> tuple[bytes, bytes]:
        """Make a key and a certificate, not saved; returns both as PEM. Raises as ``make``, but for DupFileName."""
        s_make.req_name(name)
        names = s_sans.parse(name, sans) if kind == 'hosts' else ()
        issuer, signer = (None, None) if signas is None else self.req_ca(signas)
        key = s_make.make_key()
        cert = s_make.make_cert(kind, name, key.public_key(), issuer, signer or key, names)
        return s_make.key_pem(key), s_make.cert_pem(cert)

    def make_csr(self, kind: str, name: str) -> Saved:
        """Make a key and a request for a certificate; returns the paths. Raises DupFileName, CryptoErr, BadArg."""
        if s_make.KINDS[kind].isca:
            raise s_exc.FeatureNotSupported(mesg='CSR for CA cert not supported (yet)')
        paths = self._free(kind, name, 'key', 'csr')
        key = s_make.make_key()
        byts = s_make.make_csr(name, key)
        _write(paths[0], s_make.key_pem(key), 0o600)
        _write(paths[1], byts)
        return paths

    def sign_csr(self, kind: str, byts: bytes, signas: str, sans: str | None = None) -> Cert:
        """Return the certificate for a request, not saved. Raises BadCertBytes, NoCertKey, NoSuchCert, BadArg."""
        csr = s_make.load_csr(byts)
        name = s_make.req_name(s_make.name_of(csr))
        issuer, signer = self.req_ca(signas)
        names = s_sans.parse(name, sans) if kind == 'hosts' else ()
        return s_make.make_cert(kind, name, csr.public_key(), issuer, signer, names)

    # -- keep

    def save_cert(self, kind: str, cert: Cert, replace: bool = False) -> str:
        """Save a certificate under its common name; returns the path. Raises DupFileName."""
        name = s_make.name_of(cert)
        path = self.path(kind, name, 'crt') if replace else self._free(kind, name, 'crt')[0]
        _write(path, s_make.cert_pem(cert), replace=replace)
        return path

    def save_key(self, kind: str, name: str, key: s_make.Key) -> str:
        """Save a private key, in place of one that is there; returns the path."""
        path = self.path(kind, name, 'key')
        _write(path, s_make.key_pem(key), 0o600, replace=True)
        return path

    def make_p12(self, name: str) -> str:
        """Pack key, certificate and authority of a user for a browser, without a password; returns the path.

        Raises: NoSuchFile (one of them), DupFileName.
        """
        path = self._free('users', name, 'p12')[0]
        cert = self.find_cert('users', name)
        if cert is None:
            raise s_exc.NoSuchFile(mesg='missing User cert', name=name)
        issuer = next((item for item in self.cas() if s_chains.is_signed_by(cert, item)), None)
        if issuer is None:
            raise s_exc.NoSuchFile(mesg='missing CA cert', name=name)
        key = self.find_key('users', name)
        if key is None:
            raise s_exc.NoSuchFile(mesg='missing User private key', name=name)
        none = serialization.NoEncryption()
        byts = pkcs12.serialize_key_and_certificates(name.encode(), key, cert, [issuer], none)
        _write(path, byts, 0o600)
        return path

    def import_file(self, kind: str, path: str) -> str:
        """Copy a file into the folder of a kind; returns the new path. Raises NoSuchFile, BadFileExt, FileExists."""
        if not os.path.isfile(path):
            raise s_exc.NoSuchFile(mesg=f'File {path} does not exist', name=path)
        base = os.path.basename(path)
        if os.path.splitext(base)[1] not in IMPORTS:
            raise s_exc.BadFileExt(mesg=f'importFile only supports {", ".join(IMPORTS)} extensions')
        dest = os.path.join(self.dirn, kind, base)
        if os.path.exists(dest):
            raise s_exc.FileExists(mesg=f'File {dest} already exists', path=dest)
        s_common.gendir(os.path.dirname(dest))
        shutil.copy(path, dest)
        if not base.endswith('.crt'):
            os.chmod(dest, 0o600)
        return dest

    # -- revoke

    def save_crl(self, caname: str, revoke: Cert | None = None) -> str:
        """Write the revocation list of an authority, with one more certificate in it; returns the path.

        Raises: NoCertKey, NoSuchCert, BadCertVerify (the certificate is of another authority).
        """
        path = self.path('crls', caname, 'crl')
        if revoke is not None:
            cert = self.find_cert('cas', caname)
            if cert is None or not s_chains.is_signed_by(revoke, cert):
                mesg = f'Failed to validate that certificate was signed by {caname}'
                raise s_exc.BadCertVerify(mesg=mesg, name=caname)
        issuer, key = self.req_ca(caname)
        byts = _read(path)
        old = None if byts is None else s_chains.load_crl(byts)
        _write(path, s_chains.crl_pem(s_chains.make_crl(issuer, key, old, revoke)), replace=True)
        return path

    def _free(self, kind: str, name: str, *exts: str) -> typing.Any:
        """Return the paths of files that are to be written. Raises DupFileName."""
        paths = tuple(self.path(kind, name, ext) for ext in exts)
        for path in paths:
            if os.path.exists(path):
                raise s_exc.DupFileName(mesg=f'File exists: {path}', path=path)
        return paths


def _read(path: str) -> bytes | None:
    try:
        with open(path, 'rb') as file:
            return file.read()
    except FileNotFoundError:
        return None


def _write(path: str, byts: bytes, mode: int = 0o644, replace: bool = False) -> None:
    """Write a file whole or not at all. Raises DupFileName when it exists and may not be replaced."""
    s_common.gendir(os.path.dirname(path))
    if replace:
        s_common.write_file(path, byts, mode)
        return
    temp = f'{path}.{s_common.guid()[:8]}.tmp'
    s_common.write_file(temp, byts, mode)
    try:
        os.link(temp, path)
    except FileExistsError:
        raise s_exc.DupFileName(mesg=f'File exists: {path}', path=path) from None
    finally:
        os.unlink(temp)
    s_common.sync_path(os.path.dirname(path))
