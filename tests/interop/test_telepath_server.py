"""The peer's client against our server: calls, streams, early end, cancellation, shares, pipelines, errors."""

from __future__ import annotations

import asyncio
import json
import pathlib
import typing

import pytest

import synapse.telepath as s_telepath
import tests.interop.conftest as t_conftest
import tests.lib.telepath.certs as t_certs
import tests.lib.telepath.sample as t_sample

WANT: dict[str, typing.Any] = {
    'bar': 3,
    'later': 'x',
    'surrogate': "'a\\ud800b'",
    'echo': "((b'x', (1, (2,)), None), {'a': {1: 2}})",
    'big': 5000000,
    'argument': 5000000,
    'newp': ['NoSuchMeth', None, 'Sample has no method: newp.'],
    'private': ['NoSuchMeth', None, 'Sample has no method: _priv.'],
    'synerr': ['BadTypeValu', None, 'nope'],
    'plain': ['SynErr', 'ValueError', 'plain'],
    'isset': ['NotMsgpackSafe', None, "can not serialize 'set' object: {1, 2}"],
    'agen': [0, 1, 2, 3, 4],
    'many': sum(range(50000)),
    'list': [0, 1, 2],
    'sgen': [0, 1, 2],
    'cogen': [0, 1, 2],
    'araise': ['BadTypeValu', None, 'mid'],
    'badgen': ['NotMsgpackSafe', None, "can not serialize 'set' object: {2}"],
    'idlegen': 'started',
    'seen': ['agen fini'] * 4 + ['hang', 'hang cancelled', 'idlegen fini'],
    'parallel': list(range(10)),
    'add': [2, 5],
    'gen': [0, 1, 2],
    'gone': 'NoSuchObj',
    'pipeline': [[True, i + 3] for i in range(10)],
    'client': 4,
    'client agen': [0, 1],
    'bad name': ['NoSuchName', None, None],
    'bad passwd': ['AuthDeny', None, 'Invalid password'],
    'where': ['a', 'b'],
    'classes': 'synapse.telepath.Aware',
}


@pytest.fixture
async def dmon(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_telepath.Daemon]:
    async with await s_telepath.Daemon.anit() as dmon:
        sample = t_sample.Sample()
        dmon.share('*', sample)
        dmon.share('foo', sample)
        yield dmon


async def run_client(peer: t_conftest.Peer, url: str, **environ: str) -> dict[str, typing.Any]:
    """Run the peer's client against a URL and return what it saw."""
    proc = await asyncio.create_subprocess_exec(
        peer.python,
        str(t_conftest.HERE / 'peer_client.py'),
        url,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=peer.environ(**environ),
        cwd=peer.dirn,
    )
    try:
        out, err = await asyncio.wait_for(proc.communicate(), 120)
    finally:
        if proc.returncode is None:
            proc.kill()
    assert proc.returncode == 0, err.decode()
    return typing.cast(dict[str, typing.Any], json.loads(out))


@pytest.mark.parametrize('scheme', ['tcp', 'unix'])
async def test_peer_client(peer: t_conftest.Peer, dmon: s_telepath.Daemon, tmp_path: pathlib.Path, scheme: str) -> None:
    if scheme == 'tcp':
        addr = await dmon.listen('tcp://127.0.0.1:0/')
        url = f'tcp://127.0.0.1:{addr[1]}/'
    else:
        url = f'unix://{await dmon.listen(f"unix://{tmp_path}/sock")}'
    seen = await run_client(peer, url)
    # the old client ignores name= in unix URLs
    unnamed = {'where': [], 'bad name': None} if peer.old and scheme == 'unix' else {}
    assert seen == {**WANT, **unnamed}


async def test_peer_client_over_tls(peer: t_conftest.Peer, dmon: s_telepath.Daemon, tmp_path: pathlib.Path) -> None:
    certs = t_certs.Certs(tmp_path / 'certs', 'net')
    certs.add_host('cell.net')
    certs.add_user('bob@net')
    dmon.certdir = certs.certdir
    addr = await dmon.listen('ssl://127.0.0.1:0/?hostname=cell.net&ca=net')
    url = f'ssl://127.0.0.1:{addr[1]}/?hostname=cell.net&certname=bob@net'
    assert await run_client(peer, url, SYN_CERT_DIR=str(certs.path)) == WANT
