"""Copy blobs out of an Axon into files (spec: axon.md 10, get)."""

from __future__ import annotations

import os
import typing

import synapse.exc as s_exc
import synapse.tools.axon.transfer as s_transfer
import synapse.tools.cmd as s_cmd
import synapse.tools.progress as s_progress


def parse(argv: typing.Sequence[str], name: str, code: int, stream: str) -> typing.Any:
    """Return the parsed arguments; exits with the usage when they are wrong."""
    pars = s_cmd.Parser(name, code=code, stream=stream, description='Copy blobs out of an Axon.')
    pars.add_argument('-a', '--axon', required=True, help='The Telepath URL of the Axon.')
    pars.add_argument('-o', '--output', default='.', help='The directory for the files.')
    pars.add_argument(
        '-l', '--list-hashes', dest='hashes', action='append', default=[], metavar='HEX', help='The SHA-256 of a blob.'
    )
    return pars.parse_args(argv)


async def get_file(axon: typing.Any, text: str, path: str) -> None:
    """Copy one blob; the file appears under its name when it is complete."""
    sha256 = bytes.fromhex(text)
    if not await axon.has(sha256):
        print(f'{text} not in axon store')
        return
    print(f'Fetching {text} to file')
    temp = f'{path}.partial'
    try:
        with open(temp, 'wb') as file, s_progress.show(text, total=await axon.size(sha256), unit='bytes') as bar:
            async for byts in axon.get(sha256):
                file.write(byts)
                bar.advance(len(byts))
        os.replace(temp, path)
    finally:
        if os.path.exists(temp):
            os.unlink(temp)
    print(f'Fetched {text} to file')


async def main(argv: typing.Sequence[str], name: str = 'axon.get', code: int = 1, stream: str = 'stdout') -> int:
    """Copy all blobs that are asked for. One that fails does not stop the others."""
    opts = parse(argv, name, code, stream)
    os.makedirs(opts.output, exist_ok=True)
    for text in opts.hashes:
        s_transfer.req_sha256(text)
    async with s_cmd.connect(opts.axon) as axon:
        for text in opts.hashes:
            try:
                await get_file(axon, text, os.path.join(opts.output, text))
            except (s_exc.SynErr, OSError) as e:
                print(f'Error: Hit Exception: {s_cmd.errtext(e)}')
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
