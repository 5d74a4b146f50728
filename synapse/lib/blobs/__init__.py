"""Where blobs are kept: one seam, and the stores behind it.

An Axon knows which blobs exist, by their SHA-256; a *store* keeps their bytes. The ideas:

- **Bytes are written once, before anybody names them.** A blob is complete and durable in its store before the change
  log says that it exists. The other way round, a blob that the log does not know is nothing: the next start removes it.
- **Everything streams.** A blob is written as it arrives and read in steps; no store ever holds one in memory.
- **A store does not know its user.** It could keep anything that has a SHA-256.

Read ``store`` (the seam, and the life of a blob), then the default: ``packfile`` (what is on disk), ``packindex``
(where blobs are), ``packwriter`` (the thread and its syncs), ``packstore`` with ``packuploads`` (reading, writing,
recovery), ``packtidy`` (what becomes of the room of removed blobs), ``kernel``; then ``s3store``, which is loaded only
where it is configured, for it needs a client library that nobody else does.
``choice`` opens the one that is configured.
"""

from __future__ import annotations

from synapse.lib.blobs.choice import CONFSCHEMA, open_store
from synapse.lib.blobs.packstore import PackStore
from synapse.lib.blobs.store import BlobStore, Incoming, Upload, no_blob

__all__ = ['CONFSCHEMA', 'BlobStore', 'Incoming', 'PackStore', 'Upload', 'no_blob', 'open_store']
