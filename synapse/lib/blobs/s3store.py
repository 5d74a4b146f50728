"""Blobs in a bucket of an object store that speaks S3: for whoever outgrows one machine.

A blob is one object, named by its hash below a prefix. The ideas:

- **The name comes first here.** An object has its name from the start, and a copy costs a transfer; so a large blob is
  spooled in the service's scratch directory until its hash is known, and then sent, in parts, once.
- **What is on its way is written down.** A file named by the hash lies in a directory of ours from before the transfer
  until the log knows the blob. The next start looks at these files: an object that the log does not know is removed,
  and transfers that never ended are aborted.
- **Reads are ranges**, streamed through. When an answer breaks off, the rest is asked for again.

One prefix belongs to one service. A backup of the service holds no blobs: the bucket has its own means for that.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import tempfile
import typing

import aiobotocore.session
import aiohttp
import botocore.config
import botocore.exceptions

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.blobs.kernel as s_kernel
import synapse.lib.blobs.store as s_store
import synapse.lib.limits as s_limits
import synapse.lib.telepath as s_telepath

Any = typing.Any
logger = logging.getLogger(__name__)

_FAULTS = (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError, aiohttp.ClientError, TimeoutError)
_MISSING = frozenset(('404', 'NoSuchKey', 'NotFound', 'NoSuchUpload'))


def is_missing(e: botocore.exceptions.ClientError) -> bool:
    """Return True when an error says that there is no such object."""
    return e.response.get('Error', {}).get('Code') in _MISSING


@contextlib.contextmanager
def told() -> typing.Iterator[None]:
    """Errors of the object store that leave the block become NoSuchStor, with its own words."""
    try:
        yield
    except _FAULTS as e:
        raise s_exc.NoSuchStor(mesg=f'The object store does not answer as it should: {e}') from e


class S3Store(s_store.BlobStore):
    """The store."""

    async def __anit__(self, conf: dict[str, Any], dirn: str) -> None:  # type: ignore[override]
        """Connect to a bucket.

        Args:
            conf: ``bucket``, and optionally ``prefix``, ``endpoint`` (URL), ``region``, ``access:key``,
                ``secret:key``. Without keys the usual places are searched (environment, ~/.aws, instance role).
            dirn: A directory of ours: ``spool`` in it is scratch, ``pending`` is not.

        Raises: NoSuchStor (no answer, no such bucket, no permission).
        """
        await super().__anit__()
        s_kernel.give_back()
        self.bucket = conf['bucket']
        self.prefix = conf.get('prefix', '')
        self.spool = s_common.gendir(dirn, 'spool')
        self.pending = s_common.gendir(dirn, 'pending')
        for name in os.listdir(self.spool):
            os.unlink(os.path.join(self.spool, name))
        self.client = await self.enter_context(
            aiobotocore.session.get_session().create_client(
                's3',
                endpoint_url=conf.get('endpoint'),
                region_name=conf.get('region', 'us-east-1'),
                aws_access_key_id=conf.get('access:key'),
                aws_secret_access_key=conf.get('secret:key'),
                config=botocore.config.Config(
                    retries={'max_attempts': 5, 'mode': 'standard'},
                    s3={'addressing_style': 'path' if conf.get('endpoint') else 'auto'},
                ),
            )
        )
        with told():
            await self.client.head_bucket(Bucket=self.bucket)

    def key(self, sha256: bytes) -> str:
        """Return the name of a blob's object."""
        return f'{self.prefix}{sha256.hex()}'

    def _at(self, sha256: bytes) -> dict[str, str]:
        return {'Bucket': self.bucket, 'Key': self.key(sha256)}

    # ----- writing ----------------------------------------------------------------------------------------------------

    def _note(self, sha256s: typing.Iterable[bytes]) -> None:
        for sha256 in sha256s:
            with open(os.path.join(self.pending, sha256.hex()), 'wb'):
                pass
        s_common.sync_path(self.pending)

    async def put(self, blobs: typing.Sequence[tuple[bytes, bytes]]) -> None:
        """Store blobs that are in memory, several at a time."""
        await asyncio.to_thread(self._note, [sha256 for sha256, _ in blobs])
        gate = asyncio.Semaphore(8)

        async def one(sha256: bytes, byts: bytes) -> None:
            async with gate:
                await self.client.put_object(**self._at(sha256), Body=byts)

        with told():
            tasks = [asyncio.ensure_future(one(sha256, byts)) for sha256, byts in blobs]
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)

    async def upload(self, size: int | None = None) -> S3Upload:
        """Return a new upload."""
        return S3Upload(self)

    async def send(self, sha256: bytes, file: typing.IO[bytes], size: int) -> None:
        """Send a spooled blob in parts; an object appears when all of them are there."""
        await asyncio.to_thread(self._note, [sha256])
        step = max(s_limits.S3_PART, -(-size // s_limits.S3_PARTS))
        with told():
            made = await self.client.create_multipart_upload(**self._at(sha256))
            where = {**self._at(sha256), 'UploadId': made['UploadId']}
            parts = []
            try:
                for numb in range(1, -(-size // step) + 1):
                    byts = await asyncio.to_thread(os.pread, file.fileno(), step, (numb - 1) * step)
                    part = await self.client.upload_part(**where, PartNumber=numb, Body=byts)
                    parts.append({'PartNumber': numb, 'ETag': part['ETag']})
                await self._complete(sha256, size, where, parts)
            except BaseException:
                with contextlib.suppress(Exception):
                    await self.client.abort_multipart_upload(**where)
                raise

    async def _complete(self, sha256: bytes, size: int, where: dict[str, str], parts: list[dict[str, Any]]) -> None:
        try:
            await self.client.complete_multipart_upload(**where, MultipartUpload={'Parts': parts})
        except _FAULTS as e:
            # it takes long for a large blob; when the answer is lost, who asks again is told of no such upload
            with contextlib.suppress(botocore.exceptions.ClientError):
                found = await self.client.head_object(**self._at(sha256))
                if found['ContentLength'] == size:
                    logger.warning('The object store has blob %s, though it did not say so: %s', sha256.hex(), e)
                    return
            raise

    def confirm(self, sha256s: typing.Sequence[bytes]) -> None:
        """Blobs stay."""
        for sha256 in sha256s:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self.pending, sha256.hex()))

    async def delete(self, sha256: bytes) -> None:
        """Remove a blob."""
        with told():
            await self.client.delete_object(**self._at(sha256))
        self.confirm([sha256])

    async def recover(self, known: typing.Callable[[bytes], bool]) -> int:
        """Remove what the last process left unfinished."""
        lost = 0
        for name in os.listdir(self.pending):
            sha256 = bytes.fromhex(name)
            if known(sha256):
                self.confirm([sha256])
                continue
            await self._abort(self.key(sha256))
            await self.delete(sha256)
            lost += 1
        return lost

    async def _abort(self, key: str) -> None:
        with told():
            found = await self.client.list_multipart_uploads(Bucket=self.bucket, Prefix=key)
            for item in found.get('Uploads', ()):
                await self.client.abort_multipart_upload(Bucket=self.bucket, Key=item['Key'], UploadId=item['UploadId'])

    # ----- reading ----------------------------------------------------------------------------------------------------

    async def has(self, sha256: bytes) -> bool:
        """Return True when the bucket has a blob. A bucket that is gone has nothing to say: NoSuchStor."""
        with told():
            try:
                await self.client.head_object(**self._at(sha256))
            except botocore.exceptions.ClientError as e:
                if not is_missing(e):
                    raise
                await self.client.head_bucket(Bucket=self.bucket)
                return False
        return True

    async def read(self, sha256: bytes, offs: int, size: int, step: int) -> typing.AsyncGenerator[bytes, None]:
        """Yield a range of a blob, from one request if that does not break off."""
        if size:
            body = await self._ask(sha256, offs, offs + size)
            async with contextlib.aclosing(self._parts(body, sha256, offs, offs + size, step)) as parts:
                async for byts in parts:
                    yield byts

    async def ranges(
        self, sha256: bytes, offs: int, size: int, step: int
    ) -> typing.AsyncGenerator[s_telepath.Large, None]:
        """Yield the parts of a range, each from a request of its own, which has been answered."""
        end = offs + size
        while offs < end:
            stop = min(end, offs - offs % step + step)
            body = await self._ask(sha256, offs, stop)
            yield s_telepath.Pieces(stop - offs, self._parts(body, sha256, offs, stop, s_limits.S3_READ))
            offs = stop

    async def _parts(
        self, body: Any, sha256: bytes, offs: int, end: int, step: int
    ) -> typing.AsyncGenerator[bytes, None]:
        tries = 0
        while True:
            try:
                async with body:
                    while offs < end:
                        stop = min(end, offs - offs % step + step)
                        byts = await _read_exactly(body, stop - offs)
                        yield byts
                        offs, tries = stop, 0
                return
            except _FAULTS as e:
                tries += 1
                if tries >= s_limits.S3_TRIES:
                    with told():
                        raise
                logger.warning('The object store broke off within blob %s, it is asked again: %s', sha256.hex(), e)
            body = await self._ask(sha256, offs, end)

    async def _ask(self, sha256: bytes, offs: int, end: int) -> Any:
        with told():
            try:
                resp = await self.client.get_object(**self._at(sha256), Range=f'bytes={offs}-{end - 1}')
            except botocore.exceptions.ClientError as e:
                if is_missing(e) or e.response['Error'].get('Code') == 'InvalidRange':
                    raise s_store.no_blob(sha256) from None
                raise
        return resp['Body']

    async def hashes(self) -> typing.AsyncGenerator[tuple[bytes, int], None]:
        """Yield (sha256, size) of every blob."""
        pages = self.client.get_paginator('list_objects_v2').paginate(Bucket=self.bucket, Prefix=self.prefix)
        with told():
            async for page in pages:
                for item in page.get('Contents', ()):
                    with contextlib.suppress(ValueError):
                        yield bytes.fromhex(item['Key'][len(self.prefix) :]), item['Size']


async def _read_exactly(body: Any, size: int) -> bytes:
    parts = []
    while size:
        byts = await body.read(min(size, s_limits.S3_READ))
        if not byts:
            raise botocore.exceptions.IncompleteReadError(actual_bytes=0, expected_bytes=size)
        parts.append(byts)
        size -= len(byts)
    return parts[0] if len(parts) == 1 else b''.join(parts)


class S3Upload(s_store.Upload):
    """A blob that is spooled on disk until its hash is known."""

    def __init__(self, store: S3Store) -> None:
        self.store = store
        self.size = 0
        self.file = tempfile.TemporaryFile(dir=store.spool)

    async def write(self, byts: bytes) -> None:
        """Append to the spool."""
        s_store.req_space(self.store.spool, len(byts))
        try:
            await asyncio.to_thread(self.file.write, byts)
        except OSError as e:
            raise s_exc.DbOutOfSpace(mesg=f'The spool of uploads cannot be written: {e}') from e
        self.size += len(byts)

    async def finish(self, sha256: bytes) -> None:
        """Send the blob."""
        await asyncio.to_thread(self.file.flush)
        if self.size <= s_limits.S3_PART:
            byts = await asyncio.to_thread(os.pread, self.file.fileno(), self.size, 0)
            await self.store.put([(sha256, byts)])
        else:
            await self.store.send(sha256, self.file, self.size)
        self.file.close()

    async def abort(self) -> None:
        """Forget the spool."""
        self.file.close()
