"""Where certificates are: folders with ``cas/``, ``hosts/``, ``users/`` and ``crls/`` (spec: telepath.md 11.3).

Read only: making certificates is not the business of the wire. Folders are stacked; each look-up takes the first hit.
A process has one shared stack, ``getCertDir()``, which starts with ``$SYN_CERT_DIR`` (or ``$SYN_DIR/certs``).
"""

from __future__ import annotations

import collections
import os
import typing

import synapse.common as s_common
import synapse.lib.telepath.home as s_home


class CertDir:
    """A stack of certificate folders. Every ``get...Path`` returns the path of an existing file, or None."""

    def __init__(self, *paths: str) -> None:
        self.refs: collections.Counter[str] = collections.Counter()
        for path in paths:
            self.addCertPath(path)

    @property
    def paths(self) -> tuple[str, ...]:
        """The folders, in the order in which they are searched."""
        return tuple(self.refs)

    def addCertPath(self, *parts: str) -> str:
        """Put a folder at the end of the search order. Counted: each call needs a ``delCertPath``."""
        path = s_common.genpath(*parts)
        self.refs[path] += 1
        return path

    def delCertPath(self, *parts: str) -> bool:
        """Undo one ``addCertPath``. Returns False for a folder that is not in the search order."""
        path = s_common.genpath(*parts)
        if path not in self.refs:
            return False
        self.refs[path] -= 1
        if self.refs[path] <= 0:
            del self.refs[path]
        return True

    def _find(self, *parts: str) -> str | None:
        if any(os.sep in part or part in ('', '..') for part in parts):
            return None
        for base in self.refs:
            path = os.path.join(base, *parts)
            if os.path.isfile(path):
                return path
        return None

    def getCaCertPath(self, name: str) -> str | None:
        """The certificate of a CA."""
        return self._find('cas', f'{name}.crt')

    def getHostCertPath(self, name: str) -> str | None:
        """The certificate (chain) of a host."""
        return self._find('hosts', f'{name}.crt')

    def getHostKeyPath(self, name: str) -> str | None:
        """The private key of a host."""
        return self._find('hosts', f'{name}.key')

    def getUserCertPath(self, name: str) -> str | None:
        """The certificate of a user."""
        return self._find('users', f'{name}.crt')

    def getUserKeyPath(self, name: str) -> str | None:
        """The private key of a user."""
        return self._find('users', f'{name}.key')

    def getUserForHost(self, user: str, host: str) -> str | None:
        """Return the name of the user certificate to show to a host, most specific network first.

        For ``bob`` and ``00.cell.net``: ``bob@00.cell.net``, ``bob@cell.net``, ``bob@net``; None when there is none.
        """
        parts = host.split('.')
        for indx in range(len(parts)):
            name = f'{user}@{".".join(parts[indx:])}'
            if self.getUserCertPath(name) is not None:
                return name
        return None

    def _each(self, kind: str, ext: str) -> typing.Iterator[str]:
        for base in self.refs:
            folder = os.path.join(base, kind)
            if os.path.isdir(folder):
                for name in sorted(os.listdir(folder)):
                    if name.endswith(ext):
                        yield os.path.join(folder, name)

    def iterCaCertPaths(self) -> typing.Iterator[str]:
        """Yield the path of every CA certificate of every folder."""
        return self._each('cas', '.crt')

    def iterCrlPaths(self) -> typing.Iterator[str]:
        """Yield the path of every list of revoked certificates of every folder."""
        return self._each('crls', '.crl')


_certdir: CertDir | None = None


def getCertDir() -> CertDir:
    """Return the certificate folders of this process."""
    global _certdir
    if _certdir is None:
        _certdir = CertDir(os.environ.get('SYN_CERT_DIR') or s_home.syn_dir('certs'))
    return _certdir


def addCertPath(*parts: str) -> str:
    """Add a folder to the certificate folders of this process."""
    return getCertDir().addCertPath(*parts)


def delCertPath(*parts: str) -> bool:
    """Undo one ``addCertPath``."""
    return getCertDir().delCertPath(*parts)
