"""``$lib.crypto``: hashes, keys, signed tokens (spec: storm-runtime.md 4, 23).

The arithmetic is that of the ``cryptography`` package and of ``hashlib``; here is what may be asked of it, and what a
query sees. Keys are objects; what is expensive runs in a thread.

- ``hashes``: hashes, HMAC, the check sum of Ethereum addresses.
- ``keys``: RSA and ECC keys that sign and verify.
- ``jose`` (signatures by RFC 7515; no Storm in it), ``jwks`` (fetching the keys of others), ``jwt``: tokens.
"""

from synapse.lib.storm.libs.crypto import hashes as hashes, jose as jose, jwks as jwks, jwt as jwt, keys as keys
