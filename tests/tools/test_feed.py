"""feed: files of packed nodes into a Cortex (spec: cortex.md 11.3)."""

from __future__ import annotations

import json
import pathlib
import re

import msgpack
import pytest

import synapse.tools.feed as s_feed
import synapse.tools.storm.cli as s_cli
from tests.tools.conftest import Run


def nodes(name: str, count: int) -> list[object]:
    return [[['inet:fqdn', f'{name}{indx}.feed'], {'tags': {'fed': [None, None]}}] for indx in range(count)]


def masked(lines: list[str]) -> list[str]:
    return [re.sub(r'Took \[[\d.]+\] seconds', 'Took [N] seconds', line) for line in lines]


def write(path: pathlib.Path, items: list[object]) -> pathlib.Path:
    """Write items in the form that the extension of the path asks for."""
    if path.suffix in ('.json', '.yaml'):
        path.write_text(json.dumps(items))  # JSON is YAML
    elif path.suffix == '.jsonl':
        path.write_text('\n'.join(json.dumps(item) for item in items) + '\n\n')
    else:
        path.write_bytes(b''.join(msgpack.packb(item) for item in items))
    return path


@pytest.mark.parametrize('ext', ['json', 'jsonl', 'yaml', 'mpk', 'nodes'])
def test_every_kind_of_file(run: Run, core_url: str, tmp_path: pathlib.Path, ext: str) -> None:
    path = write(tmp_path / f'x.{ext}', nodes(ext, 3))
    code, lines = run(s_feed.main, '-c', core_url, str(path))
    assert (code, masked(lines)) == (
        0,
        [
            f'Adding items from [{path}]',
            f'Added [3] items from [x.{ext}] - offset [3]',
            f'Done consuming from [x.{ext}]',
            'Took [N] seconds.',
        ],
    )
    assert run(s_cli.main, core_url, f'inet:fqdn={ext}2.feed +#fed')[1][0] == f'inet:fqdn={ext}2.feed'


def test_one_node_in_a_json_file(run: Run, core_url: str, tmp_path: pathlib.Path) -> None:
    path = tmp_path / 'one.json'
    path.write_text(json.dumps(nodes('single', 1)[0]))
    assert 'Added [1] items from [one.json] - offset [1]' in run(s_feed.main, '-c', core_url, str(path))[1]


def test_chunks_and_offset(run: Run, core_url: str, tmp_path: pathlib.Path) -> None:
    path = write(tmp_path / 'x.jsonl', nodes('chunk', 5))
    args = ('-c', core_url, '--chunksize', '2', '--offset', '3', str(path))
    assert masked(run(s_feed.main, *args)[1]) == [
        'Starting from offset [3] - it may take a while to get to that location in the input file.',
        f'Adding items from [{path}]',
        'Added [2] items from [x.jsonl] - offset [4]',
        'Added [1] items from [x.jsonl] - offset [5]',
        'Done consuming from [x.jsonl]',
        'Took [N] seconds.',
    ]
    assert run(s_feed.main, *args, str(path)) == (
        1,
        ['Cannot start from a arbitrary offset for more than 1 file.'],
    )


def test_bad_items_are_left_out(run: Run, core_url: str, tmp_path: pathlib.Path) -> None:
    items = [*nodes('good', 1), [['inet:ipv4', 'newp'], {}], [['newp', 'newp'], {}], *nodes('better', 1)]
    assert run(s_feed.main, '-c', core_url, str(write(tmp_path / 'x.json', items)))[0] == 0
    lines = run(s_cli.main, core_url, 'inet:fqdn=good0.feed inet:fqdn=better0.feed')[1]
    assert lines[-1].startswith('complete. 2 nodes')


def test_what_cannot_be_sent(run: Run, core_url: str, tmp_path: pathlib.Path) -> None:
    good = str(write(tmp_path / 'x.json', nodes('newp', 1)))
    broken = tmp_path / 'broken.jsonl'
    broken.write_text('{')
    args = ('-c', core_url)
    assert run(s_feed.main, *args, str(tmp_path / 'newp.json'))[0] == 1
    code, lines = run(s_feed.main, *args, str(broken))
    assert (code, lines[-1][:27]) == (1, f'ERROR: Cannot read {broken}'[:27])
    code, lines = run(s_feed.main, *args, '--view', 'a' * 32, good)
    assert (code, lines[-1]) == (1, f'ERROR: No such view iden={"a" * 32}')
    code, lines = run(s_feed.main, *args, '-f', 'newp', good)
    assert (code, lines[-1][:5]) == (1, 'ERROR')
    assert run(s_feed.main, *args, '--chunksize', '0', good)[0] == 1
    assert run(s_feed.main)[0] == 1


def test_unknown_files_are_skipped(
    run: Run, core_url: str, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / 'x.txt'
    path.write_text('hi')
    assert run(s_feed.main, '-c', core_url, str(path)) == (0, [])
    assert f'Unsupported file path: [{path}]' in caplog.text
