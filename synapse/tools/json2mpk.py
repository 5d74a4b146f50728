"""Convert files of JSON lines to msgpack.

``X.json`` becomes ``X.mpk``: one msgpack value per line, one after the other, ready for ``synapse.tools.feed``.
"""

from __future__ import annotations

import json
import os
import pathlib
import typing

import synapse.common as s_common
import synapse.tools.cmd as s_cmd


def parse(argv: typing.Sequence[str]) -> typing.Any:
    pars = s_cmd.Parser('json2mpk', code=2, stream='stderr', description='Convert files of JSON lines to msgpack.')
    pars.add_argument('--rm', action='store_true', help='Remove each JSON file once it has been converted.')
    pars.add_argument('paths', nargs='+', help='JSON files, or directories with JSON files in them.')
    return pars.parse_args(argv)


def files(paths: typing.Iterable[str]) -> typing.Iterator[str]:
    """Yield the files named by the arguments; a directory stands for the files right below it."""
    for path in paths:
        if os.path.isdir(path):
            yield from sorted(str(item) for item in pathlib.Path(path).iterdir())
        else:
            yield path


def convert(path: str) -> None:
    """Write ``X.mpk`` beside ``X.json``. A file that cannot be read as JSON lines leaves no ``X.mpk`` behind."""
    dest = os.path.splitext(path)[0] + '.mpk'
    temp = f'{dest}.tmp'
    try:
        with open(path, encoding='utf-8') as lines, open(temp, 'wb') as mpk:
            for line in lines:
                if line.strip():
                    mpk.write(s_common.en(json.loads(line)))
        os.replace(temp, dest)
    finally:
        if os.path.exists(temp):
            os.unlink(temp)


async def main(argv: typing.Sequence[str]) -> int:
    """Convert each path; what is no ``.json`` file is skipped with a line."""
    opts = parse(argv)
    for path in files(opts.paths):
        if not path.endswith('.json'):
            print(f'skip: {path} (not .json extension)')
        elif not os.path.isfile(path):
            print(f'skip: {path} (not a file)')
        else:
            print(f'converting: {path} -> .mpk')
            convert(path)
            if opts.rm:
                os.unlink(path)
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
