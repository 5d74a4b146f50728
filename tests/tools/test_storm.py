"""The Storm prompt as its users run it: one query, lines from a pipe, a terminal (spec: cortex.md 11.1)."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import re
import signal
import subprocess
import sys

import msgpack
import prompt_toolkit.completion as pt_completion
import prompt_toolkit.document as pt_document
import pytest

import synapse.telepath as s_telepath
import synapse.tools.localcore as s_localcore
import synapse.tools.storm.cli as s_cli
import synapse.tools.storm.complete as s_complete
from tests.tools.conftest import Run
from tests.tools.terminal import Terminal

COMPLETE = re.compile(r'complete\. (\d+) nodes in \d+ ms \(\d+/sec\)\.')


def test_one_query(run: Run, core_url: str) -> None:
    code, lines = run(s_cli.main, core_url, '[ inet:dns:a=(prompt.com, 1.2.3.4) +#my.tag=(2020, 2021) ]')
    assert code == 0
    assert set(lines[0]) == {'.'}
    assert lines[1:4] == [
        "inet:dns:a=('prompt.com', '1.2.3.4')",
        '        :fqdn = prompt.com',
        '        :ipv4 = 1.2.3.4',
    ]
    assert lines[-2] == '        #my.tag = (2020/01/01 00:00:00.000, 2021/01/01 00:00:00.000)'
    assert COMPLETE.fullmatch(lines[-1])


def test_a_query_that_fails(run: Run, core_url: str) -> None:
    code, lines = run(s_cli.main, core_url, 'inet:ipv4=1.2.3.4 | | foo')
    assert code == 1
    assert lines[:2] == ['inet:ipv4=1.2.3.4 | | foo', ' ' * 20 + '^']
    assert lines[2].startswith('Syntax Error: ')
    assert lines[3].startswith('complete. 0 nodes')
    code, lines = run(s_cli.main, core_url, '[ inet:ipv4=newp ]')
    assert (code, lines[0][:7]) == (1, 'ERROR: ')


def test_options(run: Run, core_url: str, tmp_path: pathlib.Path) -> None:
    opts = tmp_path / 'opts.json'
    opts.write_text('{"vars": {"who": "visi"}}')
    assert run(s_cli.main, core_url, '--optsfile', str(opts), '$lib.print($who)')[1][0] == 'visi'
    assert run(s_cli.main, core_url, '--optsfile', 'newp', 'inet:fqdn') == (
        1,
        ['ERROR: The --optsfile newp does not exist.'],
    )
    assert run(s_cli.main, core_url, '--view', 'a' * 32, 'inet:fqdn') == (1, [f'ERROR: No such view iden={"a" * 32}'])


def test_local_commands(run: Run, core_url: str, tmp_path: pathlib.Path) -> None:
    assert run(s_cli.main, core_url, '!newp') == (0, ['cmd not found: !newp'])
    assert run(s_cli.main, core_url, '!quit') == (0, ['o/'])
    assert run(s_cli.main, core_url, '!help')[1][0].startswith('!export   - Export the results of')
    assert run(s_cli.main, core_url, '!help export') == (0, ['=== NOT FOUND: export'])
    assert run(s_cli.main, core_url, '!help !export')[1][0] == '=== !export'
    assert run(s_cli.main, core_url, '!runfile newp') == (1, ['no such file: newp'])
    assert 'error: the following arguments are required' in '\n'.join(run(s_cli.main, core_url, '!runfile')[1])
    script = tmp_path / 'x.storm'
    script.write_text('$lib.print(hi)')
    assert run(s_cli.main, core_url, f'!runfile {script}')[1][:2] == [f'running storm file: {script}', 'hi']


def test_export(run: Run, core_url: str, tmp_path: pathlib.Path) -> None:
    run(s_cli.main, core_url, '[ inet:fqdn=export.com +#yes.it.is +#no ]')
    path = tmp_path / 'x.nodes'
    command = f'!export {path} {{ inet:fqdn=export.com }} --include-tags yes'
    assert run(s_cli.main, core_url, command) == (0, ['exporting nodes', f'saved 1 nodes to: {path}'])
    ndef, info = msgpack.unpackb(path.read_bytes())
    assert (ndef, sorted(info['tags'])) == (['inet:fqdn', 'export.com'], ['yes', 'yes.it', 'yes.it.is'])
    code, lines = run(s_cli.main, core_url, f'!export {tmp_path / "y.nodes"} {{ inet:fqdn=newp | newp }}')
    assert (code, lines[0]) == (1, 'exporting nodes')
    assert [item.name for item in tmp_path.iterdir()] == ['x.nodes']


def test_lines_from_a_pipe(core_url: str) -> None:
    argv = [sys.executable, '-m', 'synapse.tools.storm', core_url]
    lines = '$lib.print(one)\n\nnewp\n$lib.print(two)\n!quit\n$lib.print(three)\n'
    proc = subprocess.run(argv, input=lines, capture_output=True, text=True, timeout=60)
    assert (proc.returncode, proc.stderr) == (1, '')
    shown = [line for line in proc.stdout.splitlines() if line in ('one', 'two', 'three', 'o/')]
    assert shown == ['one', 'two', 'o/']
    assert proc.stdout.startswith('\nWelcome to the Storm interpreter!\n')


def test_a_terminal(core_url: str, tmp_path: pathlib.Path) -> None:
    with Terminal('synapse.tools.storm', core_url, SYN_DIR=str(tmp_path)) as term:
        term.wait('Welcome to the Storm interpreter!')
        term.prompt()
        term.type('$lib.print(`{1 + 41} is the answer`)\r')
        term.wait('42 is the answer')
        term.wait('complete. 0 nodes')
        term.prompt()
        term.type('$lib.print(`{2 + 3} runs`) while (true) {}\r')
        term.wait('5 runs')
        term.type('\x03')
        term.wait('<ctrl-c>')
        term.prompt()
        term.type('\x04')
        assert term.end() == 1
    assert 'while (true) {}' in (tmp_path / 'storm_history').read_text()


async def test_a_service_that_goes_away(tmp_path: pathlib.Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        server = s_localcore.running(str(tmp_path / 'core'), str(tmp_path / 'log'))
        async with server as url:
            term = stack.enter_context(Terminal('synapse.tools.storm', url))
            await asyncio.to_thread(term.wait, 'storm>')
        await asyncio.to_thread(term.wait, 'connection closed...')
        assert await asyncio.to_thread(term.end) == 1


def test_output_that_nobody_wants(core_url: str) -> None:
    """``storm ... | head -1`` ends quietly."""
    query = 'for $x in $lib.range(100000) { $lib.print($x) }'
    argv = [sys.executable, '-m', 'synapse.tools.storm', core_url, query]
    proc = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert proc.stdout is not None and proc.stderr is not None
    assert proc.stdout.readline() == b'0\n'
    proc.stdout.close()
    assert proc.stderr.read() == b''
    assert proc.wait(timeout=30) in (1, -signal.SIGPIPE)


async def completions(completer: s_complete.Completer, text: str) -> list[str]:
    event = pt_completion.CompleteEvent(completion_requested=True)
    document = pt_document.Document(text)
    return [item.text async for item in completer.get_completions_async(document, event)]


@pytest.mark.parametrize(
    ('text', 'some', 'none'),
    [
        ('inet:ipv', ['inet:ipv4', 'inet:ipv6'], ['inet:fqdn']),
        ('inet:fqdn | lim', ['limit'], ['inet:fqdn']),
        ('inet:ipv4:as', ['inet:ipv4:asn'], ['inet:ipv4']),
        ('inet:fqdn#complete.m', ['#complete.me'], ['#complete']),
        ('$lib.pri', [], []),
    ],
)
async def test_completion(core_url: str, text: str, some: list[str], none: list[str]) -> None:
    async with await s_telepath.openurl(core_url) as core:
        await core.count('[ inet:fqdn=complete.com +#complete.me ]')
        completer = s_complete.Completer(core)
        await completer.load()
        found = await completions(completer, text)
        assert set(some) <= set(found)
        assert not set(none) & set(found)
