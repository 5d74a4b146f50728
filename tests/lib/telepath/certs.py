"""Certificates for the tests, made by trustme, laid out as a certificate folder."""

from __future__ import annotations

import hashlib
import pathlib
import ssl

import trustme

import synapse.telepath as s_telepath


class Certs:
    """A folder with one CA and what it signed."""

    def __init__(self, path: pathlib.Path, caname: str) -> None:
        self.path = path
        self.ca = trustme.CA(organization_name=caname)
        for name in ('cas', 'hosts', 'users'):
            (path / name).mkdir(parents=True)
        self.ca.cert_pem.write_to_path(path / 'cas' / f'{caname}.crt')

    @property
    def certdir(self) -> s_telepath.CertDir:
        return s_telepath.CertDir(str(self.path))

    def _save(self, kind: str, name: str, cert: trustme.LeafCert) -> None:
        for blob in cert.cert_chain_pems:
            blob.write_to_path(self.path / kind / f'{name}.crt', append=True)
        cert.private_key_pem.write_to_path(self.path / kind / f'{name}.key')

    def add_host(self, name: str) -> str:
        """Make a host certificate. Returns its certhash."""
        cert = self.ca.issue_cert(name, common_name=name)
        self._save('hosts', name, cert)
        der = ssl.PEM_cert_to_DER_cert(cert.cert_chain_pems[0].bytes().decode())
        return hashlib.sha256(der).hexdigest()

    def add_user(self, name: str) -> None:
        """Make a user certificate."""
        self._save('users', name, self.ca.issue_cert(f'{name}.user' if '@' not in name else name, common_name=name))
