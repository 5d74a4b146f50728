"""Copy the blobs of an Axon into another one, in the order in which they came (spec: axon.md 10, copy)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.tools.axon.transfer as s_transfer
import synapse.tools.cmd as s_cmd
import synapse.tools.progress as s_progress


def parse(argv: typing.Sequence[str], name: str) -> typing.Any:
    """Return the parsed arguments; exits with the usage when they are wrong."""
    pars = s_cmd.Parser(name, description='Copy the blobs of an Axon into another one.')
    pars.add_argument('--offset', type=int, default=0, help='The offset in the source to begin at.')
    pars.add_argument('src_axon', help='The Telepath URL of the source.')
    pars.add_argument('dst_axon', help='The Telepath URL of the destination.')
    return pars.parse_args(argv)


async def main(argv: typing.Sequence[str], name: str = 'axon.copy') -> int:
    """Copy all blobs; the first error ends it."""
    opts = parse(argv, name)
    async with s_cmd.connect(opts.src_axon) as src, s_cmd.connect(opts.dst_axon) as dst:
        print(f'Starting transfer at offset: {opts.offset}')
        total = (await src.metrics()).get('size:bytes', 0)
        with s_progress.show('copy', total=total, unit='bytes') as bar:
            async for offs, (sha256, size) in src.hashes(opts.offset):
                print(f'[{offs:>10}] - {sha256.hex()} ({size})')
                _, saved = await s_transfer.send_chunks(dst, src.get(sha256), bar)
                if saved != sha256:
                    raise s_exc.BadDataValu(mesg=f'Blob {sha256.hex()} arrived as {saved.hex()}.')
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
