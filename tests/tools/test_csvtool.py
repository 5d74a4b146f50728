"""csvtool: rows into a Cortex and out of it (spec: cortex.md 11.2)."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest

import synapse.tools.csvtool as s_csvtool
import synapse.tools.storm.cli as s_cli
from tests.tools.conftest import Run

SCRIPT = 'for ($fqdn, $ip) in $rows { [ inet:dns:a=($fqdn, $ip) ] }'


@pytest.fixture
def files(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return a directory with CSV files and scripts."""
    (tmp_path / 'dns.storm').write_text(SCRIPT)
    (tmp_path / 'count.storm').write_text('$lib.print($lib.len($rows))')
    (tmp_path / 'dns.csv').write_text('fqdn,ip\n"csv.one",1.1.1.1\ncsv.two,2.2.2.2\n')
    (tmp_path / 'many.csv').write_text('\n'.join(f'{i},x' for i in range(2500)))
    return tmp_path


def test_import(run: Run, core_url: str, files: pathlib.Path) -> None:
    csv = str(files / 'dns.csv')
    assert run(s_csvtool.main, '-c', core_url, '--csv-header', str(files / 'dns.storm'), csv, csv) == (0, ['4 nodes.'])
    assert run(s_cli.main, core_url, 'inet:dns:a:fqdn=csv.two')[1][0] == "inet:dns:a=('csv.two', '2.2.2.2')"


def test_rows_come_by_the_thousand(run: Run, core_url: str, files: pathlib.Path) -> None:
    args = ('-c', core_url, str(files / 'count.storm'), str(files / 'many.csv'))
    assert run(s_csvtool.main, *args) == (0, ['1000', '1000', '500', '0 nodes.'])


def test_a_bad_row_is_shown_and_is_no_failure(run: Run, core_url: str, files: pathlib.Path) -> None:
    args = ('-c', core_url, str(files / 'dns.storm'), str(files / 'dns.csv'))  # the header is no address
    code, lines = run(s_csvtool.main, *args)
    assert code == 0
    assert lines[0].startswith("('err', ('BadTypeValu', {")
    assert lines[-1] == '0 nodes.'


def test_debug_and_log_show_every_message(run: Run, core_url: str, files: pathlib.Path) -> None:
    log = files / 'log.jsonl'
    args = ('-c', core_url, '--debug', '--logfile', str(log), '--csv-header')
    code, lines = run(s_csvtool.main, *args, str(files / 'dns.storm'), str(files / 'dns.csv'))
    mesgs = [json.loads(line) for line in log.read_text().splitlines()]
    assert [mesgs[0][0], mesgs[-1][0]] == ['init', 'fini']
    assert [mesg[0] for mesg in mesgs].count('node') == 2
    assert lines[0].startswith("('init', {")
    assert len(lines) == len(mesgs) + 1


def test_export(run: Run, core_url: str, files: pathlib.Path) -> None:
    (files / 'exp.storm').write_text('for $x in $lib.range(2) { $lib.csv.emit($x, "a,b") } $lib.print(done)')
    out = files / 'out.csv'
    assert run(s_csvtool.main, '-c', core_url, '--export', str(files / 'exp.storm'), str(out)) == (
        0,
        [f'Exporting CSV rows to: {out}', "print: {'mesg': 'done'}", 'exported 2 csv rows.'],
    )
    assert out.read_bytes() == b'0,"a,b"\r\n1,"a,b"\r\n'


@pytest.mark.parametrize(
    ('words', 'line'),
    [
        ('-t --export {script} out.csv', '--export requires --cortex'),
        ('-c {url} --export {script} a.csv b.csv', '--export requires exactly 1 csvfile'),
        ('-c {url} --view zz {script} a.csv', 'View is not a guid zz'),
        ('-c {url} {script} newp.csv', 'ERROR: No such file: newp.csv'),
        ('-c {url} newp.storm newp.csv', "ERROR: FileNotFoundError(2, 'No such file or directory')"),
    ],
)
def test_usage(run: Run, core_url: str, files: pathlib.Path, words: str, line: str) -> None:
    argv = words.format(url=core_url, script=files / 'dns.storm').split()
    assert run(s_csvtool.main, *argv) == (1, [line])


def test_an_unknown_view(run: Run, core_url: str, files: pathlib.Path) -> None:
    args = ('-c', core_url, '--view', 'a' * 32, str(files / 'dns.storm'), str(files / 'dns.csv'))
    assert run(s_csvtool.main, *args) == (1, [f'ERROR: No such view iden={"a" * 32}'])


def test_on_a_cortex_of_its_own(files: pathlib.Path) -> None:
    args = ('--test', '--csv-header', str(files / 'dns.storm'), str(files / 'dns.csv'))
    argv = [sys.executable, '-m', 'synapse.tools.cortex.csv', *args]
    proc = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert (proc.returncode, proc.stdout, proc.stderr) == (0, '2 nodes.\n', '')


def test_options_from_a_file(run: Run, core_url: str, files: pathlib.Path) -> None:
    (files / 'opts.yaml').write_text('vars: {who: visi}\n')
    (files / 'who.storm').write_text('$lib.print($who)')
    args = ('-c', core_url, '--optsfile', str(files / 'opts.yaml'), str(files / 'who.storm'), str(files / 'dns.csv'))
    assert run(s_csvtool.main, *args) == (0, ['visi', '0 nodes.'])
