"""The tools that move blobs (axon.md 10 and the table of 11)."""

from __future__ import annotations

import asyncio
import hashlib
import os
import pathlib
import shutil
import tarfile
import typing

import pytest

import synapse.common as s_common
import synapse.telepath as s_telepath
import synapse.tools.axon.copy as s_copy
import synapse.tools.axon.dump as s_dump
import synapse.tools.axon.get as s_get
import synapse.tools.axon.load as s_load
import synapse.tools.axon.put as s_put
import synapse.tools.axon.verify as s_verify
import synapse.tools.axon2axon as s_axon2axon
import synapse.tools.pullfile as s_pullfile
import synapse.tools.pushfile as s_pushfile
import tests.lib.axon.serving as t_axon
from tests.tools.conftest import Run


def hexof(byts: bytes) -> str:
    return hashlib.sha256(byts).hexdigest()


@pytest.fixture
def axons(tmp_path: pathlib.Path) -> typing.Iterator[list[str]]:
    """Yield the URLs of two Axons."""
    with asyncio.Runner() as runner:
        dirns = [tmp_path / 'axon0', tmp_path / 'axon1']
        procs = [t_axon.process(dirn) for dirn in dirns]
        for proc in procs:
            runner.run(proc.__aenter__())
        yield [f'cell://{dirn}' for dirn in dirns]
        for proc in procs:
            runner.run(proc.__aexit__(None, None, None))


@pytest.fixture
def files(tmp_path: pathlib.Path) -> pathlib.Path:
    dirn = tmp_path / 'files'
    (dirn / 'sub').mkdir(parents=True)
    (dirn / 'a.txt').write_bytes(b'aaa')
    (dirn / 'b.txt').write_bytes(b'bbbb')
    (dirn / 'sub' / 'c.txt').write_bytes(os.urandom(3_000_000))
    return dirn


def metrics(url: str) -> dict[str, int]:
    with s_telepath.openurl(url) as prox:
        return typing.cast(dict[str, int], prox.metrics())


def put(url: str, byts: bytes) -> None:
    with s_telepath.openurl(url) as prox:
        prox.put(byts)


@pytest.mark.parametrize('main', [s_put.main, s_pushfile.main])
def test_put(run: Run, axons: list[str], files: pathlib.Path, main: typing.Any) -> None:
    url = axons[0]
    code, lines = run(main, '-a', url, str(files / '*.txt'), str(files / 'newp'))
    assert code == 0
    assert sorted(lines) == [
        'Uploaded [a.txt] to axon',
        'Uploaded [b.txt] to axon',
        f'filepath does not contain any files: {files / "newp"}',
    ]
    assert run(main, '-a', url, str(files / 'a.txt')) == (0, ['Axon already had [a.txt]'])
    assert run(main, '-a', url, '-r', str(files / '**' / 'c.txt')) == (0, ['Uploaded [c.txt] to axon'])
    assert metrics(url) == {'size:bytes': 3_000_007, 'file:count': 3}


def test_put_with_a_cortex(run: Run, axons: list[str], files: pathlib.Path, core_url: str) -> None:
    args = ('-a', axons[0], '-c', core_url, '-t', 'foo,bar.baz', str(files / 'a.txt'))
    sha256 = hexof(b'aaa')
    assert run(s_put.main, *args) == (
        0,
        [
            "adding tags: ('bar.baz', 'foo')",
            'Uploaded [a.txt] to axon',
            f'file: a.txt (3) added to core (sha256:{sha256}) as a.txt',
        ],
    )
    with s_telepath.openurl(core_url) as core:
        text = 'file:bytes:sha256=$s +#foo +#bar.baz +:size=3 +:md5=$m return(:name)'
        assert core.callStorm(text, opts={'vars': {'s': sha256, 'm': hashlib.md5(b'aaa').hexdigest()}}) == 'a.txt'


@pytest.mark.parametrize('main', [s_get.main, s_pullfile.main])
def test_get(run: Run, axons: list[str], tmp_path: pathlib.Path, main: typing.Any) -> None:
    put(axons[0], b'blob')
    out = tmp_path / 'deep' / 'out'
    good, nope = hexof(b'blob'), hexof(b'nope')
    assert run(main, '-a', axons[0], '-o', str(out), '-l', good, '-l', nope) == (
        0,
        [f'Fetching {good} to file', f'Fetched {good} to file', f'{nope} not in axon store'],
    )
    assert [path.read_bytes() for path in out.iterdir()] == [b'blob']
    assert run(main, '-a', axons[0], '-o', str(out), '-l', 'newp')[0] == 1


@pytest.mark.parametrize('main', [s_copy.main, s_axon2axon.main])
def test_copy(run: Run, axons: list[str], main: typing.Any) -> None:
    for byts in (b'', b'1', b'22'):
        put(axons[0], byts)
    rows = [f'[{indx:>10}] - {hexof(byts)} ({len(byts)})' for indx, byts in enumerate((b'', b'1', b'22'))]
    assert run(main, '--offset', '1', *axons) == (0, ['Starting transfer at offset: 1', *rows[1:]])
    assert run(main, *axons) == (0, ['Starting transfer at offset: 0', *rows])
    assert metrics(axons[1]) == metrics(axons[0])


def test_dump_and_load(run: Run, axons: list[str], tmp_path: pathlib.Path) -> None:
    out = tmp_path / 'dumps'
    big = os.urandom(2_000_000)
    for byts in (b'1', b'22', big):
        put(axons[0], byts)
    code, lines = run(s_dump.main, '--url', axons[0], '--rotate-size', '3', str(out))
    assert (code, lines) == (
        0,
        [
            'Starting the dump from offs=0',
            f'Dumping blob {hexof(b"1")} (size=1, offs=0)',
            f'Dumping blob {hexof(b"22")} (size=2, offs=1)',
            'Rotating to new .tar.gz file at offset 2',
            f'Dumping blob {hexof(big)} (size=2000000, offs=2)',
            'Rotating to new .tar.gz file at offset 3',
            'Successfully dumped blobs.',
        ],
    )
    for _ in range(2):  # runs that find nothing change nothing
        assert run(s_dump.main, '--url', axons[0], str(out))[1][0] == 'Starting the dump from offs=3'
    put(axons[0], b'late')
    assert f'Dumping blob {hexof(b"late")} (size=4, offs=3)' in run(s_dump.main, '--url', axons[0], str(out))[1]
    with s_telepath.openurl(axons[0]) as prox:
        iden = prox.getCellIden()
    names = sorted(path.name for path in out.iterdir())
    spans = ((0, 2), (2, 3), (3, 4))
    assert names == [*(f'{iden}.{lo:012d}-{hi:012d}.tar.gz' for lo, hi in spans), f'{iden}.yaml']
    assert s_common.yamlload(str(out / f'{iden}.yaml')) == {'offset:next': 4}
    args = ('--url', axons[1], *(str(path) for path in out.iterdir()))
    code, lines = run(s_load.main, *args)
    assert (code, lines[0], lines[-1]) == (0, f'Processing tar archive: {out / names[0]}', 'Successfully loaded blobs.')
    assert lines[1:3] == [f'Loading blob {hexof(b"1")} (size=1)', f'Loading blob {hexof(b"22")} (size=2)']
    assert metrics(axons[1]) == metrics(axons[0])
    assert sum(line.startswith('Skipping existing blob') for line in run(s_load.main, *args)[1]) == 4


def test_dump_refuses(run: Run, core_url: str, axons: list[str], tmp_path: pathlib.Path) -> None:
    text = 'ERROR: Axon dump tool only works on axons, not cortex'
    assert run(s_dump.main, '--url', core_url, str(tmp_path / 'x')) == (1, [text])
    (tmp_path / 'file').touch()
    text = f'ERROR: Specified output directory {tmp_path / "file"} exists but is not a directory.'
    assert run(s_dump.main, '--url', axons[0], str(tmp_path / 'file')) == (1, [text])


def test_load_of_odd_archives(run: Run, axons: list[str], tmp_path: pathlib.Path) -> None:
    (tmp_path / 'x').write_bytes(b'content')
    path = tmp_path / 'odd.tar.gz'
    with tarfile.open(path, 'w:gz') as tar:
        for name in ('readme.txt', 'newp.blob', f'{hexof(b"other")}.blob'):
            tar.add(tmp_path / 'x', arcname=name)
    shutil.copy(path, tmp_path / 'left.out')
    code, lines = run(s_load.main, '--url', axons[0], str(path), str(tmp_path / 'left.out'))
    assert code == 0 and lines[1:3] == [
        'Skipping invalid blob filename: newp.blob',
        f'Loading blob {hexof(b"other")} (size=7)',
    ]
    assert metrics(axons[0])['file:count'] == 1


def test_verify(run: Run, axons: list[str]) -> None:
    for byts in (b'1', b'22'):
        put(axons[0], byts)
    assert run(s_verify.main, '--url', axons[0]) == (0, ['Verified 2 blobs (3 bytes), 0 bad.'])


async def test_verify_finds_what_is_bad(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with t_axon.axon(tmp_path / 'axon') as axon:
        for byts in (b'good', b'lost', b'flip'):
            await axon.put(byts)
        store = typing.cast(typing.Any, axon.store)
        await store.delete(hashlib.sha256(b'lost').digest())
        await store.put([(hashlib.sha256(b'flip').digest(), b'flop')])
        assert await s_verify.main(['--url', axon.getLocalUrl()]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f'Bad blob {hexof(b"lost")}: NoSuchFile: Axon does not contain the requested file.',
        f'Bad blob {hexof(b"flip")}: its content is {hexof(b"flop")}',
        'Verified 3 blobs (12 bytes), 2 bad.',
    ]


@pytest.mark.parametrize('main, code', [(s_put.main, 1), (s_get.main, 1), (s_copy.main, 1), (s_dump.main, 1),
                                        (s_load.main, 1), (s_pushfile.main, 2), (s_pullfile.main, 2)])  # fmt: skip
def test_usage(run: Run, main: typing.Any, code: int) -> None:
    assert run(main)[0] == code
