"""Which store: the option of a service, and the store that it stands for."""

from __future__ import annotations

import importlib
import os
import typing

import synapse.exc as s_exc
import synapse.lib.blobs.packstore as s_packstore
import synapse.lib.blobs.store as s_store
import synapse.lib.slab as s_slab

_STR = {'type': 'string', 'minLength': 1}

# The schema of the option ``blob:store``. Without the option blobs are in files of the service directory.
CONFSCHEMA: dict[str, typing.Any] = {
    'description': 'Where blobs are kept: a bucket of an S3 object store; unset for the service directory.',
    'type': 'object',
    'properties': {
        'type': {'type': 'string', 'enum': ['s3']},
        'bucket': {**_STR, 'description': 'The bucket, which must exist.'},
        'prefix': {**_STR, 'description': 'What the names of the objects begin with; for one service only.'},
        'endpoint': {**_STR, 'description': 'URL of the object store, when it is not that of Amazon.'},
        'region': _STR,
        'access:key': {**_STR, 'description': 'Credentials; by default those of the environment.'},
        'secret:key': _STR,
    },
    'required': ['type', 'bucket'],
    'additionalProperties': False,
    'hidecmdl': True,
}

_S3 = 'synapse.lib.blobs.s3store'


async def open_store(conf: typing.Mapping[str, typing.Any] | None, dirn: str, slab: s_slab.Slab) -> s_store.BlobStore:
    """Open the store that an option ``blob:store`` stands for.

    Args:
        dirn: The ``slabs`` directory of the service.
        slab: The database in which the service notes which blobs exist.

    Raises: BadConfValu (the client library is missing), NoSuchStor, DbOutOfSpace.
    """
    if conf is None:
        return await s_packstore.PackStore.anit(os.path.join(dirn, 'blobs'), slab)
    try:
        module = importlib.import_module(_S3)
    except ImportError as e:
        mesg = f'The option blob:store needs a library that is not installed (pip install synapse-cell[s3]): {e}'
        raise s_exc.BadConfValu(mesg=mesg, name='blob:store') from None
    return typing.cast(s_store.BlobStore, await module.S3Store.anit(conf, os.path.join(dirn, 'blobs.s3')))
