"""Copy files into an Axon, and make them known to a Cortex (spec: axon.md 10, put)."""

from __future__ import annotations

import contextlib
import glob
import hashlib
import os
import typing

import synapse.tools.axon.transfer as s_transfer
import synapse.tools.cmd as s_cmd
import synapse.tools.progress as s_progress

QUERY = """
[ file:bytes=$valu :size=$size :md5=$md5 :sha1=$sha1 :sha256=$sha256 :sha512=$sha512 :name=$name ]
{ for $tag in $tags { [ +#$tag ] } }
return(($node.value(), $node.props.name))
"""


def parse(argv: typing.Sequence[str], name: str, code: int, stream: str) -> typing.Any:
    """Return the parsed arguments; exits with the usage when they are wrong."""
    pars = s_cmd.Parser(name, code=code, stream=stream, description='Copy files into an Axon.')
    pars.add_argument('-a', '--axon', required=True, help='The Telepath URL of the Axon.')
    pars.add_argument('-c', '--cortex', help='The Telepath URL of a Cortex to add file:bytes nodes to.')
    pars.add_argument('-r', '--recursive', action='store_true', help='Let ** in a path match any depth.')
    pars.add_argument('-t', '--tags', help='Tags for the nodes, separated by commas.')
    pars.add_argument('filenames', nargs='+', help='Paths, or patterns.')
    return pars.parse_args(argv)


def digests(path: str) -> dict[str, str]:
    """Return ``{md5, sha1, sha256, sha512}`` of a file in hex."""
    hashes = {name: hashlib.new(name, usedforsecurity=False) for name in ('md5', 'sha1', 'sha256', 'sha512')}
    with open(path, 'rb') as file:
        while byts := file.read(s_transfer.CHUNK):
            for item in hashes.values():
                item.update(byts)
    return {name: item.hexdigest() for name, item in hashes.items()}


def find(opts: typing.Any) -> list[str]:
    """Return the files that the arguments name, and say which name none."""
    paths: dict[str, None] = {}
    for text in opts.filenames:
        found = [text] if os.path.exists(text) else sorted(glob.glob(text, recursive=opts.recursive))
        files = [path for path in found if os.path.isfile(path)]
        if not files:
            print(f'filepath does not contain any files: {text}')
        paths.update(dict.fromkeys(files))
    return list(paths)


async def put_file(axon: typing.Any, core: typing.Any, path: str, tags: typing.Sequence[str]) -> None:
    """Copy one file unless the Axon has it."""
    base = os.path.basename(path)
    hashes = digests(path)
    size = os.path.getsize(path)
    if await axon.has(bytes.fromhex(hashes['sha256'])):
        print(f'Axon already had [{base}]')
    else:
        with open(path, 'rb') as file, s_progress.show(base, total=size, unit='bytes') as bar:
            await s_transfer.send_file(axon, file, bar)
        print(f'Uploaded [{base}] to axon')
    if core is not None:
        varz = {**hashes, 'size': size, 'name': base, 'tags': tags, 'valu': f'sha256:{hashes["sha256"]}'}
        valu, name = await core.callStorm(QUERY, opts={'vars': varz})
        print(f'file: {base} ({size}) added to core ({valu}) as {name}')


async def main(argv: typing.Sequence[str], name: str = 'axon.put', code: int = 1, stream: str = 'stdout') -> int:
    """Copy all files."""
    opts = parse(argv, name, code, stream)
    tags = tuple(sorted({tag for tag in (opts.tags or '').split(',') if tag}))
    async with contextlib.AsyncExitStack() as stack:
        axon = await stack.enter_async_context(s_cmd.connect(opts.axon))
        core = None
        if opts.cortex:
            core = await stack.enter_async_context(s_cmd.connect(opts.cortex))
            if tags:
                print(f'adding tags: {tags}')
        for path in find(opts):
            await put_file(axon, core, path, tags)
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
