"""Packed nodes from files into a Cortex (spec: cortex.md 11.3, 4.2, 4.4).

The kind of file is told by its extension: ``.json`` (a list, or one item), ``.jsonl``, ``.yaml`` and ``.yml``, ``.mpk``
and ``.nodes`` (msgpack values, one after the other). All but the first and the YAML ones are read as a stream.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import time
import typing

import msgpack
import yaml

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.tools.cmd as s_cmd
import synapse.tools.localcore as s_localcore
import synapse.tools.progress as s_progress
import synapse.tools.storm.cli as s_cli

logger = logging.getLogger(__name__)

READ_SIZE = 1 << 20

Items = typing.Iterator[typing.Any]
Reader = typing.Callable[[typing.BinaryIO], Items]


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the parsed arguments; exits with the usage when they are wrong."""
    pars = s_cmd.Parser('feed', description='Ingest files of packed nodes into a Cortex.')
    core = pars.add_mutually_exclusive_group(required=True)
    core.add_argument('-c', '--cortex', help='The Telepath URL of the Cortex.')
    core.add_argument('-t', '--test', action='store_true', help='Work on a temporary Cortex.')
    pars.add_argument('-d', '--debug', action='store_true', help='Open the Storm prompt afterwards.')
    pars.add_argument('-f', '--format', default='syn.nodes', help='The feed format.')
    pars.add_argument('-m', '--modules', action='append', default=[], help='A module for a temporary Cortex to load.')
    pars.add_argument('--chunksize', type=int, default=1000, help='How many items are sent in one call.')
    pars.add_argument('--offset', type=int, default=0, help='Leave out the chunks that end before this item.')
    pars.add_argument('--view', default=None, help='The iden of the view to add the items to.')
    pars.add_argument('files', nargs='*', help='Files of packed nodes.')
    opts = pars.parse_args(argv)
    if opts.chunksize < 1:
        pars.error('argument --chunksize: must be at least 1')
    return opts


def listed(valu: typing.Any) -> Items:
    """Yield the items of a document that is a list of items, or one item: ``[[form, valu], {...}]``."""
    single = isinstance(valu, list) and len(valu) == 2 and isinstance(valu[1], dict)
    return iter([valu] if single or not isinstance(valu, list) else valu)


def read(path: str, fd: typing.BinaryIO) -> Items | None:
    """Return the items of a file, None for a kind of file that we do not know; raises BadArg for a broken one."""
    reader = READERS.get(os.path.splitext(path)[1].lower())
    return None if reader is None else checked(path, reader, fd)


def checked(path: str, reader: Reader, fd: typing.BinaryIO) -> Items:
    try:
        yield from reader(fd)
    except (ValueError, msgpack.UnpackException, yaml.YAMLError) as e:
        raise s_exc.BadArg(mesg=f'Cannot read {path}: {e}', path=path)


def read_json(fd: typing.BinaryIO) -> Items:
    return listed(json.load(fd))


def read_yaml(fd: typing.BinaryIO) -> Items:
    return listed(s_common.yamlload(fd.name))


def read_jsonl(fd: typing.BinaryIO) -> Items:
    return (json.loads(line) for line in fd if line.strip())


def read_mpk(fd: typing.BinaryIO) -> Items:
    unpacker = s_common.unpacker()
    while byts := fd.read(READ_SIZE):
        unpacker.feed(byts)
        yield from unpacker


READERS: dict[str, Reader] = {
    '.json': read_json,
    '.jsonl': read_jsonl,
    '.yaml': read_yaml,
    '.yml': read_yaml,
    '.mpk': read_mpk,
    '.nodes': read_mpk,
}


async def add_file(core: typing.Any, path: str, opts: typing.Any, bar: s_progress.Progress) -> None:
    """Send the items of one file, in chunks."""
    name = os.path.basename(path)
    tick = time.monotonic()
    count = done = 0
    with open(path, 'rb') as fd:
        items = read(path, fd)
        if items is None:
            logger.warning('Unsupported file path: [%s]', path)
            return
        print(f'Adding items from [{path}]')
        while chunk := list(itertools.islice(items, opts.chunksize)):
            count += len(chunk)
            if count <= opts.offset:
                continue
            await core.addFeedData(opts.format, chunk, viewiden=opts.view)
            print(f'Added [{len(chunk)}] items from [{name}] - offset [{count}]')
            bar.advance(fd.tell() - done)
            done = fd.tell()
    print(f'Done consuming from [{name}]')
    print(f'Took [{time.monotonic() - tick}] seconds.')


async def main(argv: typing.Sequence[str]) -> int:
    """Send all files. Bad items do not fail the tool, a bad view or format does."""
    opts = parse(argv)
    logging.basicConfig(format='%(asctime)s [%(levelname)s] %(message)s')
    if opts.offset:
        if len(opts.files) > 1:
            print('Cannot start from a arbitrary offset for more than 1 file.')
            return 1
        print(f'Starting from offset [{opts.offset}] - it may take a while to get to that location in the input file.')
    conf = {'modules': opts.modules} if opts.modules else None
    source = s_localcore.temporary(conf) if opts.test else s_cmd.connect(opts.cortex)
    async with source as core:
        total = sum(os.path.getsize(path) for path in opts.files if os.path.isfile(path))
        with s_progress.show('feed', total=total, unit='bytes') as bar:
            for path in opts.files:
                await add_file(core, path, opts, bar)
        if opts.debug:
            await s_cli.interact(core, {'repr': True})
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
