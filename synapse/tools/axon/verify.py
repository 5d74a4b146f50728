"""Read every blob of an Axon again and compare it with its name.

Lines: ``Bad blob HEX: reason`` for each that is not what its name says, then ``Verified N blobs (B bytes), M bad.``.
The exit code is 1 when there was a bad one.
"""

from __future__ import annotations

import hashlib
import typing

import synapse.exc as s_exc
import synapse.tools.cmd as s_cmd
import synapse.tools.progress as s_progress


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the parsed arguments; exits with the usage when they are wrong."""
    pars = s_cmd.Parser('axon.verify', description='Read every blob of an Axon and compare it with its hash.')
    pars.add_argument('--url', default=s_cmd.STORAGE, help='The Telepath URL of the Axon.')
    pars.add_argument('--offset', type=int, default=0, help='The offset to begin at.')
    return pars.parse_args(argv)


async def fault(axon: typing.Any, sha256: bytes, size: int, bar: s_progress.Progress) -> str | None:
    """Return what is wrong with a blob, None when nothing is, or when it was removed meanwhile."""
    digest = hashlib.sha256()
    count = 0
    try:
        async for byts in axon.get(sha256):
            digest.update(byts)
            count += len(byts)
            bar.advance(len(byts))
    except s_exc.SynErr as e:
        if not await axon.has(sha256):
            return None
        return s_cmd.errname(e)
    if count != size:
        return f'it has {count} bytes, not {size}'
    if digest.digest() != sha256:
        return f'its content is {digest.hexdigest()}'
    return None


async def main(argv: typing.Sequence[str]) -> int:
    """Verify all blobs."""
    opts = parse(argv)
    seen = total = bad = 0
    async with s_cmd.connect(opts.url) as axon:
        size = (await axon.metrics()).get('size:bytes', 0)
        with s_progress.show('verify', total=size, unit='bytes') as bar:
            async for _, (sha256, size) in axon.hashes(opts.offset):
                seen += 1
                total += size
                text = await fault(axon, sha256, size, bar)
                if text is not None:
                    bad += 1
                    print(f'Bad blob {sha256.hex()}: {text}')
    print(f'Verified {seen} blobs ({total} bytes), {bad} bad.')
    return 1 if bad else 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
