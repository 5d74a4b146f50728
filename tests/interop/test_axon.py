"""Blobs between the peer 2.256 and us: its clients and tools on our Axon, ours on its."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import typing

import pytest

import synapse.exc as s_exc
import synapse.telepath as s_telepath
import tests.lib.axon.serving as t_axon

items = t_axon.items
BIG = os.urandom(t_axon.CHUNK) + b'hello'
ROOT = str(pathlib.Path(__file__).parent.parent.parent)


def sha(byts: bytes) -> bytes:
    return hashlib.sha256(byts).digest()


@contextlib.asynccontextmanager
async def running(python: str, dirn: pathlib.Path) -> typing.AsyncIterator[str]:
    """Run an Axon of the installation that a Python belongs to; yields its URL."""
    argv = [python, '-m', 'synapse.servers.axon', str(dirn), '--telepath', 'tcp://127.0.0.1:0', '--https', '0']
    env = {name: valu for name, valu in os.environ.items() if name != 'PYTHONPATH'}
    if python == sys.executable:
        env['PYTHONPATH'] = ROOT
    with open(f'{dirn}.log', 'wb') as log:
        proc = await asyncio.create_subprocess_exec(*argv, stdout=log, stderr=log, env=env, cwd=dirn.parent)
    try:
        async with asyncio.timeout(240):
            while not await t_axon.answers(dirn):
                assert proc.returncode is None, pathlib.Path(f'{dirn}.log').read_text()[-2000:]
                await asyncio.sleep(0.1)
        yield f'cell://{dirn}'
    finally:
        if proc.returncode is None:
            proc.terminate()
            await proc.wait()


@pytest.fixture(scope='module')
def urls(peer_python: str, tmp_path_factory: pytest.TempPathFactory) -> typing.Iterator[dict[str, str]]:
    """Yield the URLs of an Axon of each kind."""
    temp = tmp_path_factory.mktemp('axons')
    with asyncio.Runner() as runner:
        ours = running(sys.executable, temp / 'ours')
        theirs = running(peer_python, temp / 'theirs')
        yield {'ours': runner.run(ours.__aenter__()), 'theirs': runner.run(theirs.__aenter__())}
        runner.run(ours.__aexit__(None, None, None))
        runner.run(theirs.__aexit__(None, None, None))


CLIENT = """
import asyncio, os, sys
import synapse.telepath as s_telepath

async def main(url, path):
    async with await s_telepath.openurl(url) as prox:
        byts = open(path, 'rb').read()
        async with await prox.upload() as upload:
            for offs in range(0, len(byts), 5000000):
                await upload.write(byts[offs:offs + 5000000])
            size, sha256 = await upload.save()
        assert size == len(byts)
        chunks = [chunk async for chunk in prox.get(sha256)]
        assert b''.join(chunks) == byts and [len(chunk) for chunk in chunks] == [16777216, 5]
        assert [chunk async for chunk in prox.get(sha256, 16777216, 5)] == [b'hello']
        print(sha256.hex(), (await prox.hashset(sha256))['md5'], await prox.puts([b'1', b'', b'1']))
        print(await prox.has(sha256), await prox.wants([sha256, b'x' * 32]), sorted((await prox.metrics()).items()))
        print(sorted({item[1] async for item in prox.hashes(0)}))
        (_, csv), (_, jsn) = await prox.puts([b'a,b\\nc,"d\\ne"\\n', b'{"a": 1}\\n\\n[2]\\n'])
        print([row async for row in prox.csvrows(csv)], [item async for item in prox.jsonlines(jsn.hex())])
        print([line async for line in prox.readlines(jsn.hex())], await prox.unpack(csv, '>H', offs=1))
        for name, args in (('get', (b'x' * 32,)), ('get', (csv, -1, 1)), ('csvrows', (csv, 'newp'))):
            try:
                [item async for item in getattr(prox, name)(*args)]
            except Exception as e:
                print(type(e).__name__, e.get('mesg'))
        print(await prox.dels([csv, csv, jsn, sha256]), await prox.del_(b'x' * 32))

asyncio.run(main(*sys.argv[1:]))
"""


def run(python: str, cwd: pathlib.Path, *argv: str) -> tuple[int, str]:
    env = {name: valu for name, valu in os.environ.items() if name != 'PYTHONPATH'}
    if python == sys.executable:
        env['PYTHONPATH'] = ROOT
    proc = subprocess.run([python, *argv], cwd=cwd, env=env, capture_output=True, text=True, timeout=120)
    return proc.returncode, proc.stdout + (proc.stderr if proc.returncode else '')


async def empty(url: str) -> None:
    async with await s_telepath.openurl(url) as prox:
        await prox.dels([row[0] for _, row in await items(prox.hashes(0))])


def test_clients(peer_python: str, urls: dict[str, str], tmp_path: pathlib.Path) -> None:
    """Either client sees the same on either service."""
    (tmp_path / 'blob').write_bytes(BIG)
    seen = {}
    for name, url in urls.items():
        for python in (peer_python, sys.executable):
            asyncio.run(empty(url))
            code, text = run(python, tmp_path, '-c', CLIENT, url, str(tmp_path / 'blob'))
            assert code == 0, text
            seen[name, python] = text.splitlines()
    for lines in seen.values():
        assert lines == seen['theirs', peer_python]


PAIRS = [(tool, service) for tool in ('ours', 'theirs') for service in ('ours', 'theirs')]


@pytest.mark.parametrize('tool, service', PAIRS)
def test_put_and_get(peer_python: str, urls: dict[str, str], tmp_path: pathlib.Path, tool: str, service: str) -> None:
    python = sys.executable if tool == 'ours' else peer_python
    url = urls[service]
    asyncio.run(empty(url))
    (tmp_path / 'a.txt').write_bytes(b'aaa')
    sha256 = sha(b'aaa').hex()
    put = ('-m', 'synapse.tools.axon.put', '-a', url, 'a.txt', 'newp')
    code, text = run(python, tmp_path, *put)
    rows = ['filepath does not contain any files: newp', 'Uploaded [a.txt] to axon']
    assert (code, sorted(text.splitlines())) == (0, sorted(rows))
    assert 'Axon already had [a.txt]' in run(python, tmp_path, *put)[1]
    get = ('-m', 'synapse.tools.axon.get', '-a', url, '-o', 'out', '-l', sha256, '-l', '00' * 32)
    code, text = run(python, tmp_path, *get)
    rows = [f'Fetching {sha256} to file', f'Fetched {sha256} to file', f'{"00" * 32} not in axon store']
    assert (code, sorted(text.splitlines())) == (0, sorted(rows))  # their order is not fixed
    assert (tmp_path / 'out' / sha256).read_bytes() == b'aaa'


@pytest.mark.parametrize('dump, load', [('ours', 'theirs'), ('theirs', 'ours')])
def test_dump_and_load(peer_python: str, urls: dict[str, str], tmp_path: pathlib.Path, dump: str, load: str) -> None:
    """An archive of one is loaded by the other, into the other's service."""
    python = {'ours': sys.executable, 'theirs': peer_python}
    for url in urls.values():
        asyncio.run(empty(url))
    blobs = [f'{dump}1'.encode(), f'{dump}22'.encode(), BIG + dump.encode()]
    with s_telepath.openurl(urls[dump]) as prox:
        offs = prox.puts(blobs) and min(row[0] for row in prox.hashes(0) if row[1][0] == sha(blobs[0]))
    code, text = run(
        python[dump], tmp_path, '-m', 'synapse.tools.axon.dump', '--url', urls[dump], '--offset', str(offs), 'out'
    )
    assert (code, text.splitlines()[-1]) == (0, 'Successfully dumped blobs.')
    files = [str(path) for path in (tmp_path / 'out').iterdir()]
    for word in ('Loading', 'Skipping existing'):
        code, text = run(python[load], tmp_path, '-m', 'synapse.tools.axon.load', '--url', urls[load], *files)
        assert (code, text.splitlines()[-1]) == (0, 'Successfully loaded blobs.')
        assert sum(line.startswith(f'{word} blob') for line in text.splitlines()) == 3
    with s_telepath.openurl(urls[load]) as prox:
        assert prox.metrics() == {'size:bytes': sum(map(len, blobs)), 'file:count': 3}


@pytest.mark.parametrize('tool', ['ours', 'theirs'])
def test_copy(peer_python: str, urls: dict[str, str], tmp_path: pathlib.Path, tool: str) -> None:
    python = sys.executable if tool == 'ours' else peer_python
    for url in urls.values():
        asyncio.run(empty(url))
    with s_telepath.openurl(urls['theirs']) as prox:
        blob = BIG + tool.encode() * 2
        prox.puts([tool.encode(), blob])
    code, text = run(python, tmp_path, '-m', 'synapse.tools.axon.copy', urls['theirs'], urls['ours'])
    lines = text.splitlines()
    assert (code, lines[0]) == (0, 'Starting transfer at offset: 0')
    assert re.fullmatch(r'\[ *\d+\] - [0-9a-f]{64} \(\d+\)', lines[1]) and len(lines[1].split(']')[0]) == 11
    with s_telepath.openurl(urls['ours']) as prox:
        assert prox.metrics() == {'size:bytes': len(blob) + len(tool), 'file:count': 2}


async def test_limits_have_the_same_words(peer_python: str, tmp_path: pathlib.Path) -> None:
    words = []
    for name, python in (('ours', sys.executable), ('theirs', peer_python)):
        (tmp_path / name).mkdir()
        (tmp_path / name / 'cell.yaml').write_text('max:count: 1\n')
        async with running(python, tmp_path / name) as url, await s_telepath.openurl(url) as prox:
            await prox.put(b'1')
            with pytest.raises(s_exc.HitLimit) as exc:
                await prox.put(b'2')
            words.append(exc.value.get('mesg'))
    assert words[0] == words[1]
