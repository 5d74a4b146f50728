"""The demo: ATT&CK as packed nodes, loaded into a Cortex, and the three questions answered."""

from __future__ import annotations

import asyncio
import collections
import pathlib
import re
import subprocess
import sys

import pytest

import synapse.demo.questions as s_questions
import synapse.demo.stix as s_stix
import synapse.tools.localcore as s_localcore
from tests.tools.terminal import Terminal

README = (pathlib.Path(__file__).parents[2] / 'README.md').read_text()


@pytest.fixture(scope='module')
def know() -> s_stix.Knowledge:
    return s_stix.Knowledge()


def test_every_relationship_finds_its_place(know: s_stix.Knowledge) -> None:
    assert (know.total, know.skipped) == (20048, 0)
    edges = sum(len(found) for found in know.edges.values())
    props = sum(len(found) for found in know.props.values()) + sum(len(found) for found in know.groups.values())
    assert edges == 9836 + 4362 + 1445 + 1019 + 800 + 691 + 647 + 457 + 84 + 65
    assert props == 477 + 132 + 6 + 2 + 25


def test_the_nodes(know: s_stix.Knowledge) -> None:
    nodes = list(s_stix.nodes(know))
    forms = collections.Counter(form for (form, _), _ in nodes)
    assert forms['it:mitre:attack:technique'] == 835
    assert forms['it:mitre:attack:software'] == forms['it:prod:soft'] == 787
    assert forms['it:mitre:attack:group'] + forms['it:mitre:attack:campaign'] == 239
    byndef = dict(nodes)
    assert len(byndef) == len(nodes)
    apt29 = byndef['it:mitre:attack:group', 'G0016']
    assert apt29['props']['name'] == 'APT29'
    assert ('uses', ('it:mitre:attack:software', 'S0002')) in apt29['edges']
    assert byndef['it:mitre:attack:technique', 'T1566.001']['props']['parent'] == 'T1566'
    assert nodes[-1][0] == s_stix.SOURCE  # whose presence means that the load is complete


def run_demo(dirn: pathlib.Path, stdin: str = '') -> str:
    argv = [sys.executable, '-m', 'synapse.demo', str(dirn)]
    proc = subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=120)
    assert (proc.returncode, proc.stderr) == (0, ''), proc.stdout
    return proc.stdout


def test_make_cortex_in_a_pipe(tmp_path: pathlib.Path) -> None:
    """The first run loads and answers; the second only answers, the same and what it is asked."""
    first = run_demo(tmp_path / 'data' / 'cortex00')
    assert first.startswith(f'MITRE ATT&CK v{s_stix.VERSION} is loaded:\n     835 techniques\n')
    for item in s_questions.QUESTIONS:
        assert f'# {item.text}\nstorm> {item.storm}\n' in first
    assert 'T1003.006 dcsync: through mimikatz\n' in first
    assert 'T1621 multi-factor authentication request generation: by itself\n' in first
    assert 'G0016 apt29\n' in first
    assert 'it:mitre:attack:mitigation=M1017\n' in first
    assert 'ERROR' not in first
    second = run_demo(tmp_path / 'data' / 'cortex00', '[ inet:asn=5 ]\n\n!quit\ninet:asn\n')
    assert 'is loaded' not in second
    same, _, asked = second.partition('\nstorm> [ inet:asn=5 ]\n')
    assert lines(same) == lines(first[first.index('\n# ') :])
    assert '\ninet:asn=5\n' in asked
    assert [line for line in asked.splitlines() if 'storm>' in line] == ['storm> !quit']


def lines(text: str) -> list[str]:
    """Return the lines of an answer, without what depends on the clock."""
    return [re.sub(r'in \d+ ms \(\d+/sec\)', '', line) for line in text.splitlines()]


def test_make_cortex_on_a_terminal(tmp_path: pathlib.Path) -> None:
    """A bar while it loads, the questions above the prompt, and what the README types there works."""
    dirn = tmp_path / 'cortex00'
    with Terminal('synapse.demo', str(dirn)) as term:
        term.wait('━')
        term.wait('20,048 relationships')
        hint = term.prompt()
        for item in s_questions.QUESTIONS:
            assert item.text in hint
        for line in re.findall(r'^    storm> (.*)$', README, flags=re.MULTILINE):
            term.type(f'{line}\r')
            assert 'ERROR' not in term.wait('complete. ')
            term.prompt()
        term.type('!quit\r')
        term.wait('o/')
        assert term.end() == 0
    assert not asyncio.run(s_localcore.answers(f'cell://{dirn}'))


def test_loading_twice_changes_nothing(tmp_path: pathlib.Path) -> None:
    code = """
import asyncio, sys
import synapse.demo.attack as s_attack, synapse.telepath as s_telepath, synapse.tools.localcore as s_localcore
async def main():
    async with s_localcore.running(sys.argv[1], sys.argv[1] + '.log') as url, await s_telepath.openurl(url) as core:
        for _ in range(2):
            assert await s_attack.load(core)
            print(await core.count('it:mitre:attack:software -(uses)> *'), await core.count('meta:source -(seen)> *'))
        assert await s_attack.is_loaded(core)
asyncio.run(main())
"""
    argv = [sys.executable, '-c', code, str(tmp_path / 'core')]
    proc = subprocess.run(argv, capture_output=True, text=True, timeout=120)
    assert (proc.returncode, proc.stderr) == (0, '')
    assert proc.stdout == f'{9836 + 800} {len(list(s_stix.nodes(s_stix.Knowledge()))) - 1}\n' * 2
