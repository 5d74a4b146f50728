"""Rows of CSV files through a Storm script into a Cortex, or rows that a script emits into a CSV file.

Spec: cortex.md 11.2. Import runs the script once for each 1,000 rows, with the rows in ``$rows``.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import sys
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.tools.cmd as s_cmd
import synapse.tools.localcore as s_localcore
import synapse.tools.progress as s_progress
import synapse.tools.storm.cli as s_cli
import synapse.tools.storm.session as s_session

DESC = """Ingest CSV files into a Cortex with a Storm script, or export to one.

The script finds the rows in the variable "rows". Most scripts loop over them:

    for ($fqdn, $ipv4, $tag) in $rows {
        [ inet:dns:a=($fqdn, $ipv4) +#$tag ]
    }

A column may decide what is made:

    for ($type, $valu) in $rows {
        switch $type {
            fqdn: { [ inet:fqdn=$valu ] }
            "person name": { [ ps:name=$valu ] }
        }
    }
"""

CHUNK = 1000
VERSIONS = ((0, 2, 0), (3, 0, 0))
EXPORT_SHOW = ['csv:row', 'print', 'warn', 'err']

Row = list[str]


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the parsed arguments; exits with the usage when they are wrong."""
    pars = s_cmd.Parser('csvtool', code=2, description=DESC)
    pars.add_argument('--logfile', default=None, help='A file to append each message to, as a line of JSON.')
    pars.add_argument('--csv-header', action='store_true', help='Skip the first line of each CSV file.')
    pars.add_argument('--cli', action='store_true', help='Open the Storm prompt afterwards.')
    pars.add_argument('--debug', action='store_true', help='Print every message.')
    core = pars.add_mutually_exclusive_group(required=True)
    core.add_argument('-c', '--cortex', help='The Telepath URL of the Cortex, or an alias.')
    core.add_argument('-t', '--test', action='store_true', help='Work on a temporary Cortex.')
    pars.add_argument('--export', action='store_true', help='Write the rows of $lib.csv.emit() to the CSV file.')
    pars.add_argument('--view', default=None, help='The iden of the view to work in.')
    pars.add_argument('--optsfile', default=None, help='A YAML or JSON file with Storm options.')
    pars.add_argument('stormfile', help='The Storm script.')
    pars.add_argument('csvfiles', nargs='+', help='CSV files.')
    return pars.parse_args(argv)


def usage_error(opts: typing.Any) -> str | None:
    """Return what is wrong with the options, if anything."""
    if opts.export and not opts.cortex:
        return '--export requires --cortex'
    if opts.export and len(opts.csvfiles) != 1:
        return '--export requires exactly 1 csvfile'
    if opts.view is not None and not s_common.isguid(opts.view):
        return f'View is not a guid {opts.view}'
    return None


def chunks(path: str, header: bool, bar: s_progress.Progress) -> typing.Iterator[list[Row]]:
    """Yield the rows of a CSV file (UTF-8), a thousand at a time."""
    csv.field_size_limit(sys.maxsize)
    with open(path, 'rb') as byts:
        rows = csv.reader(io.TextIOWrapper(byts, encoding='utf-8', newline=''))
        if header:
            next(rows, None)
        chunk: list[Row] = []
        done = 0
        for row in rows:
            chunk.append(row)
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
                # The reader runs ahead by one buffer, which a bar may.
                bar.advance(byts.tell() - done)
                done = byts.tell()
        if chunk:
            yield chunk
        bar.advance(os.path.getsize(path) - done)


class Import:
    """One run of a script over files: what is shown, logged and counted."""

    def __init__(self, opts: typing.Any, log: typing.TextIO | None) -> None:
        self.opts = opts
        self.log = log
        self.count = 0

    def storm_opts(self, base: dict[str, typing.Any], rows: list[Row]) -> dict[str, typing.Any]:
        """Return the options of one query. Edits are sent back only when someone looks at them."""
        edits = 'nodeedits' if self.opts.debug or self.log is not None else 'none'
        return {**base, 'vars': {**base.get('vars', {}), 'rows': rows}, 'editformat': edits}

    def mesg(self, mesg: tuple[str, typing.Any]) -> None:
        """Take one Storm message."""
        name, info = mesg
        if name == 'node':
            self.count += 1
        elif name == 'print':
            print(info.get('mesg'))
        if self.opts.debug or name == 'err':
            print(mesg)
        if self.log is not None:
            json.dump(mesg, self.log, separators=(',', ':'))
            self.log.write('\n')

    async def run(self, core: typing.Any, text: str, base: dict[str, typing.Any]) -> None:
        """Run the script over all rows of all files."""
        total = sum(os.path.getsize(path) for path in self.opts.csvfiles)
        with s_progress.show('rows', total=total, unit='bytes') as bar:
            for path in self.opts.csvfiles:
                for rows in chunks(path, self.opts.csv_header, bar):
                    async for mesg in core.storm(text, opts=self.storm_opts(base, rows)):
                        self.mesg(mesg)


async def export(core: typing.Any, text: str, base: dict[str, typing.Any], path: str) -> None:
    """Write the rows that a script emits to a CSV file, raw values and not their text forms."""
    path = os.path.abspath(path)
    print(f'Exporting CSV rows to: {path}')
    count = 0
    with open(path, 'w', encoding='utf-8', newline='') as fd, s_progress.show('rows') as bar:
        writer = csv.writer(fd)
        async for name, info in core.storm(text, opts={**base, 'show': EXPORT_SHOW}):
            if name == 'csv:row':
                writer.writerow(info['row'])
                count += 1
                bar.advance(1)
            elif name in ('print', 'warn', 'err'):
                print(f'{name}: {info!r}')
    print(f'exported {count} csv rows.')


def supported(core: typing.Any) -> bool:
    """Return False, with two lines, when the remote service is of a version that this tool does not know."""
    vers = core._getSynVers() or (0, 0, 0)
    if VERSIONS[0] <= vers < VERSIONS[1]:
        return True
    text = '.'.join(str(part) for part in vers)
    print(f'Cortex version {text} is outside of the csvtool supported range (>=0.2.0,<3.0.0).')
    print('Please use a version of Synapse which supports this Cortex.')
    return False


def storm_opts(opts: typing.Any) -> dict[str, typing.Any]:
    """Return the Storm options of the command line."""
    base = s_session.load_opts(opts.optsfile, opts.view)
    base.pop('repr')  # values here go to files, raw
    return base


async def main(argv: typing.Sequence[str]) -> int:
    """Import or export. Storm errors are shown and do not change the exit code."""
    opts = parse(argv)
    if mesg := usage_error(opts):
        print(mesg)
        return 1
    with open(opts.stormfile, encoding='utf-8') as fd:
        text = fd.read()
    if not opts.export and (gone := [path for path in opts.csvfiles if not os.path.isfile(path)]):
        raise s_exc.NoSuchFile(mesg=f'No such file: {gone[0]}', path=gone[0])
    async with contextlib.AsyncExitStack() as stack:
        log = stack.enter_context(open(opts.logfile, 'a', encoding='utf-8')) if opts.logfile else None
        source = s_localcore.temporary() if opts.test else s_cmd.connect(opts.cortex)
        core = await stack.enter_async_context(source)
        base = storm_opts(opts)
        if not supported(core):
            return 1
        if opts.export:
            await export(core, text, base, opts.csvfiles[0])
            return 0
        job = Import(opts, log)
        await job.run(core, text, base)
        if opts.cli:
            await s_cli.interact(core, {**base, 'repr': True})
        print(f'{job.count} nodes.')
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
