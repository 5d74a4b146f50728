"""The peer's own command line tools work against our Cortex, and say what ours say."""

from __future__ import annotations

import asyncio
import os
import pathlib
import re
import shlex
import subprocess
import sys
import typing

import pytest

import synapse.tools.localcore as s_localcore


@pytest.fixture(scope='module')
def core_url(tmp_path_factory: pytest.TempPathFactory) -> typing.Iterator[str]:
    temp = tmp_path_factory.mktemp('tools')
    with asyncio.Runner() as runner:
        server = s_localcore.running(str(temp / 'core00'), str(temp / 'core00.log'))
        yield runner.run(server.__aenter__())
        runner.run(server.__aexit__(None, None, None))


@pytest.fixture(scope='module')
def files(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Return a directory with a CSV file, a script, and a file of nodes."""
    temp = tmp_path_factory.mktemp('files')
    (temp / 'dns.storm').write_text('for ($fqdn, $ip) in $rows { [ inet:dns:a=($fqdn, $ip) ] } $lib.print(done)')
    (temp / 'dns.csv').write_text('fqdn,ip\ncsv.one,1.1.1.1\ncsv.two,2.2.2.2\n')
    (temp / 'hi.storm').write_text('$lib.print(hi)')
    (temp / 'x.jsonl').write_text('[["inet:fqdn", "fed.com"], {"tags": {"fed": [null, null]}}]\n')
    return temp


def run(python: str, cwd: pathlib.Path, *argv: str) -> tuple[int, str]:
    """Run a tool of the installation that a Python belongs to."""
    env = dict(os.environ)
    if python != sys.executable:
        env.pop('PYTHONPATH', None)  # which may lead to our own source
    proc = subprocess.run(
        [python, '-m', *argv], cwd=cwd, env=env, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL
    )
    return proc.returncode, masked(proc.stdout)


def masked(text: str) -> str:
    """Replace what differs from run to run."""
    text = re.sub(r'\b[0-9a-f]{32}\b', 'IDEN', text)
    text = re.sub(r'API Key: \S{44}', 'API Key: KEY', text)
    text = re.sub(r'2\d{3}/\d\d/\d\d [\d:.]+', 'TIME', text)
    text = re.sub(r'in \d+ ms \(\d+/sec\)', 'in N ms', text)
    text = re.sub(r'Took \[[\d.]+\]', 'Took [N]', text)
    text = re.sub(r'created: \d{14}', 'created: NAME', text)
    # an edit more or less is a matter of who came first
    return re.sub(r'^\.+$', '.', text, flags=re.MULTILINE)


# tool and arguments; {url} is our Cortex. Each is run by the peer's tool and by ours.
COMMANDS = [
    'storm {url} "[ inet:dns:a=(woot.com, 1.2.3.4) .seen=(2020, 2021) +#cno.mal=(2020, 2022) +#plain ]"',
    'storm {url} "inet:ipv4=1.2.3.4 [ :asn=20 :loc=us ]"',
    'storm {url} "inet:ipv4=1.2.3.4 -> * | uniq"',
    'storm {url} "inet:fqdn=woot.com <- *"',
    'storm {url} "[ inet:ipv4=newp ]"',
    'storm {url} "$lib.warn(hehe) $lib.print(haha)"',
    'storm {url} "newp"',
    'storm {url} "for $i in $lib.range(3) { $lib.print(`{$i} of 3`) }"',
    'storm {url} "!newp"',
    'storm {url} "!help"',
    'storm {url} "!runfile hi.storm"',
    'storm {url} "!runfile newp"',
    'storm {url} "!export x.nodes { inet:fqdn=woot.com }"',
    'csvtool -c {url} --csv-header dns.storm dns.csv',
    'feed -c {url} x.jsonl',
    'moduser --svcurl {url} --add joe --admin true --email a@b.com',
    'moduser --svcurl {url} joe --admin false --deny foo.bar --allow view.read',
    'moduser --svcurl {url} --list',
    'moduser --svcurl {url} --list joe',
    'moduser --svcurl {url} nobody',
    'modrole --svcurl {url} --add ninjas --allow foo.bar',
    'modrole --svcurl {url} --list ninjas',
    'healthcheck -c {url}',
    'service.apikey --svcurl {url} list',
    'service.reload --svcurl {url} list',
]


def words(command: str, url: str) -> list[str]:
    name, *args = shlex.split(command.replace('{url}', url))
    return [f'synapse.tools.{name}', *args]


@pytest.mark.parametrize('command', COMMANDS)
def test_peer_tool_on_our_cortex(peer_python: str, core_url: str, files: pathlib.Path, command: str) -> None:
    argv = words(command, core_url)
    run(sys.executable, files, *argv)  # who comes first sees more edits, and "Adding" instead of "Modifying"
    theirs = run(peer_python, files, *argv)
    ours = run(sys.executable, files, *argv)
    assert theirs == ours
    assert 'Traceback' not in theirs[1]
    assert theirs[1].strip()


def test_peer_livebackup_of_our_cortex(peer_python: str, core_url: str, files: pathlib.Path) -> None:
    code, text = run(peer_python, files, 'synapse.tools.livebackup', '--url', core_url, '--name', 'peer')
    assert (code, text) == (0, f'Running backup of: {core_url}\n...backup created: peer\n')
    assert (pathlib.Path(core_url.removeprefix('cell://')) / 'backups' / 'peer' / 'cell.guid').exists()


def test_peer_tool_sees_our_syntax_error(peer_python: str, core_url: str, files: pathlib.Path) -> None:
    code, text = run(peer_python, files, 'synapse.tools.storm', core_url, 'inet:ipv4=1.2.3.4 | | foo')
    lines = text.splitlines()
    assert (code, lines[:2]) == (1, ['inet:ipv4=1.2.3.4 | | foo', ' ' * 20 + '^'])
    assert lines[2].startswith('Syntax Error: ')


@pytest.fixture(scope='module')
def peer_url(peer_python: str, tmp_path_factory: pytest.TempPathFactory) -> typing.Iterator[str]:
    """Yield the URL of a Cortex of the peer, which takes its time to start."""
    dirn = tmp_path_factory.mktemp('peer') / 'core00'
    argv = [peer_python, '-m', 'synapse.servers.cortex', str(dirn), '--telepath', 'tcp://127.0.0.1:0', '--https', '0']
    with open(f'{dirn}.log', 'wb') as log, asyncio.Runner() as runner:
        env = {name: valu for name, valu in os.environ.items() if name != 'PYTHONPATH'}
        proc = subprocess.Popen(argv, stdout=log, stderr=log, env=env, cwd=dirn.parent)
        try:
            runner.run(until_it_answers(proc, f'cell://{dirn}'))
            yield f'cell://{dirn}'
        finally:
            proc.terminate()
            proc.wait()


async def until_it_answers(proc: subprocess.Popen[bytes], url: str) -> None:
    async with asyncio.timeout(180):
        while not await s_localcore.answers(url):
            assert proc.poll() is None, 'the peer died'
            await asyncio.sleep(0.2)


@pytest.mark.parametrize('command', COMMANDS)
def test_our_tool_on_the_peers_cortex(peer_python: str, peer_url: str, files: pathlib.Path, command: str) -> None:
    argv = words(command, peer_url)
    run(sys.executable, files, *argv)
    ours = run(sys.executable, files, *argv)
    assert ours == run(peer_python, files, *argv)
