"""Making certificates: authorities, hosts, users, requests, revocation (spec: aha.md 9).

The wire only reads certificates (``synapse.lib.telepath.certdir``); whoever runs an authority, AHA or an operator with
``easycert``, makes them with this package. The ideas:

- **A certificate is a name and a kind.** The subject has nothing but a common name, and the kind (``cas``, ``hosts``,
  ``users``, ``code``: also the folder where it is kept) decides what it may be used for.
- **Nothing is overwritten.** A key that is gone is gone with all that it signed: saving over a file is an error, and
  all files that a step makes are looked at before the first is written.
- **A request is a name and a public key.** Whatever else a request asks for is ignored.

Keys are RSA of 4096 bits and signatures SHA-256, which every release of every client reads. Private keys are written
for their owner only.

In the order in which to read them: ``make.py`` (keys, certificates, requests: pure), ``sans.py`` (further names of a
host), ``chains.py`` (chains, expiry, revocation lists: pure), ``store.py`` (a folder of files), ``codesign.py``
(signatures of packages).
"""

from __future__ import annotations

from synapse.lib.certs.chains import Crl, expires, is_revoked, is_signed_by, load_crl, verify
from synapse.lib.certs.codesign import sign as code_sign, verify as is_code_signed
from synapse.lib.certs.make import (
    KINDS,
    Cert,
    Key,
    cert_pem,
    der,
    load_cert,
    load_csr,
    load_der,
    load_key,
    make_csr,
    make_key,
    name_of,
    now,
)
from synapse.lib.certs.store import CertStore

__all__ = [
    'KINDS',
    'Cert',
    'CertStore',
    'Crl',
    'Key',
    'cert_pem',
    'code_sign',
    'der',
    'expires',
    'is_code_signed',
    'is_revoked',
    'is_signed_by',
    'load_cert',
    'load_crl',
    'load_csr',
    'load_der',
    'load_key',
    'make_csr',
    'make_key',
    'name_of',
    'now',
    'verify',
]
