"""What the Axon tools share: streams into an upload, and the name of a blob in a file name."""

from __future__ import annotations

import binascii
import contextlib
import typing

import synapse.exc as s_exc
import synapse.tools.progress as s_progress

CHUNK = 16 * 1024 * 1024


def req_sha256(text: str) -> bytes:
    """Return the hash that 64 hexadecimal digits stand for. Raises BadArg."""
    with contextlib.suppress(binascii.Error, ValueError):
        if len(sha256 := binascii.unhexlify(text)) == 32:
            return sha256
    raise s_exc.BadArg(mesg=f'Not a SHA-256: {text}')


async def send_file(axon: typing.Any, file: typing.IO[bytes], bar: s_progress.Progress) -> tuple[int, bytes]:
    """Upload an open file; returns (size, sha256)."""
    async with await axon.upload() as upload:
        while byts := file.read(CHUNK):
            await upload.write(byts)
            bar.advance(len(byts))
        return typing.cast(tuple[int, bytes], await upload.save())


async def send_chunks(
    axon: typing.Any, chunks: typing.AsyncIterable[bytes], bar: s_progress.Progress
) -> tuple[int, bytes]:
    """Upload chunks; returns (size, sha256)."""
    async with await axon.upload() as upload:
        async for byts in chunks:
            await upload.write(byts)
            bar.advance(len(byts))
        return typing.cast(tuple[int, bytes], await upload.save())
