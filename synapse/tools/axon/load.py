"""Store the blobs of tar archives, as ``dump`` makes them, in an Axon (spec: axon.md 10, load)."""

from __future__ import annotations

import sys
import tarfile
import typing

import synapse.exc as s_exc
import synapse.tools.axon.transfer as s_transfer
import synapse.tools.cmd as s_cmd
import synapse.tools.progress as s_progress


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the parsed arguments; exits with the usage when they are wrong."""
    pars = s_cmd.Parser('axon.load', description='Store the blobs of .tar.gz archives in an Axon.')
    pars.add_argument('--url', default=s_cmd.STORAGE, help='The Telepath URL of the Axon.')
    pars.add_argument('files', nargs='+', help='Archives; other files are left out.')
    return pars.parse_args(argv)


async def load_member(axon: typing.Any, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    """Store one blob unless the Axon has it."""
    text = member.name.removesuffix('.blob')
    try:
        sha256 = s_transfer.req_sha256(text)
    except s_exc.CLASSES['BadArg']:
        print(f'Skipping invalid blob filename: {member.name}')
        return
    if await axon.has(sha256):
        print(f'Skipping existing blob {text}')
        return
    print(f'Loading blob {text} (size={member.size})')
    try:
        file = tar.extractfile(member)
    except (tarfile.TarError, KeyError, OSError) as e:
        print(f'WARNING: Error extracting {member.name}: {e}')
        return
    if file is None:
        print(f'Failed to extract {member.name} from tar archive.')
        return
    with s_progress.show(text, total=member.size, unit='bytes') as bar:
        _, saved = await s_transfer.send_file(axon, file, bar)
    if saved != sha256:
        print(f'WARNING: the content of {member.name} is {saved.hex()}', file=sys.stderr)


async def main(argv: typing.Sequence[str]) -> int:
    """Load all archives, in the order of their names."""
    opts = parse(argv)
    async with s_cmd.connect(opts.url) as axon:
        for path in sorted(path for path in opts.files if path.endswith('.tar.gz')):
            print(f'Processing tar archive: {path}')
            with tarfile.open(path, 'r:gz') as tar:
                for member in tar:
                    if member.name.endswith('.blob'):
                        await load_member(axon, tar, member)
                    typing.cast(typing.Any, tar).members = []  # an archive may have millions
    print('Successfully loaded blobs.')
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
