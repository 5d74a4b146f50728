"""A real AHA in this process or as its own, its one-time URLs redeemed by hand, and services that register with it."""

from __future__ import annotations

import contextlib
import os
import pathlib
import sys
import typing

import synapse.aha as s_aha
import synapse.common as s_common
import synapse.lib.certs as s_certs
import synapse.telepath as s_telepath
import tests.lib.cell.serving as t_serving

NET = 'loop.test'
CONF: dict[str, typing.Any] = {
    'aha:network': NET,
    'dns:name': 'localhost',
    'dmon:listen': f'ssl://127.0.0.1:0?hostname=localhost&ca={NET}',
    'provision:listen': 'ssl://127.0.0.1:0?hostname=localhost',
    'auth:passwd': 'secret',
    'https:port': None,
    'health:sysctl:checks': False,
    'limit:disk:free': None,
}
Proxy = typing.Any


@contextlib.asynccontextmanager
async def aha(dirn: pathlib.Path, **conf: typing.Any) -> typing.AsyncIterator[s_aha.AhaCell]:
    """Run an AHA in a directory; ``option_name=None`` leaves an option unset."""
    conf = {**CONF, **{name.replace('_', ':'): valu for name, valu in conf.items()}}
    drop = ('dns:name', 'aha:network', 'provision:listen')
    conf = {name: valu for name, valu in conf.items() if valu is not None or name not in drop}
    async with await s_aha.AhaCell.anit(str(dirn), conf=conf) as cell:
        yield cell


@contextlib.asynccontextmanager
async def local(cell: s_aha.AhaCell, user: str = 'root') -> typing.AsyncIterator[Proxy]:
    """Connect to the unix socket of an AHA."""
    async with await s_telepath.openurl(cell.getLocalUrl(user=user)) as prox:
        yield prox


def tls_url(cell: s_aha.AhaCell, user: str) -> str:
    return f'ssl://127.0.0.1:{cell.ahaport}?hostname=localhost&certname={user}@{NET}'


@contextlib.asynccontextmanager
async def tls(cell: s_aha.AhaCell, user: str = 'root', certs: str | None = None) -> typing.AsyncIterator[Proxy]:
    """Connect over TLS, with the certificate of a user in a folder (AHA's own by default)."""
    certdir = s_telepath.CertDir(certs or os.path.join(cell.dirn, 'certs'))
    async with await s_telepath.openurl(tls_url(cell, user), certdir=certdir) as prox:
        yield prox


@contextlib.asynccontextmanager
async def redeem(url: str) -> typing.AsyncIterator[Proxy]:
    """Connect to a one-time URL."""
    async with await s_telepath.openurl(url) as prox:
        yield prox


async def enroll(cell: s_aha.AhaCell, name: str, dirn: pathlib.Path) -> str:
    """Give a user a certificate, as the tool does; returns the folder with it."""
    store = s_certs.CertStore(str(dirn))
    async with redeem(await cell.addAhaUserEnroll(name, again=True)) as prox:
        store.save_cert('cas', s_certs.load_cert(await prox.getCaCert()), replace=True)
        key = s_certs.make_key()
        store.save_key('users', f'{name}@{NET}', key)
        byts = await prox.signUserCsr(s_certs.make_csr(f'{name}@{NET}', key))
        store.save_cert('users', s_certs.load_cert(byts))
    return str(dirn)


def info(iden: str = 'a' * 32, leader: str | None = 'cortex', **more: typing.Any) -> dict[str, typing.Any]:
    """Return what an instance tells AHA."""
    urlinfo = {'scheme': 'ssl', 'port': 1234, 'path': '', 'hostname': 'x', 'ca': NET}
    return {'iden': iden, 'run': s_common.guid(), 'leader': leader, 'ready': True, 'urlinfo': urlinfo, **more}


def argv(dirn: pathlib.Path) -> list[str]:
    """Return the command line of an AHA."""
    return [sys.executable, '-m', 'synapse.servers.aha', str(dirn)]


def environ(**extra: str) -> dict[str, str]:
    """Return the environment of an AHA process."""
    env = {
        'SYN_AHA_AHA_NETWORK': NET,
        'SYN_AHA_DNS_NAME': 'localhost',
        'SYN_AHA_DMON_LISTEN': CONF['dmon:listen'],
        'SYN_AHA_PROVISION_LISTEN': CONF['provision:listen'],
        'SYN_AHA_HTTPS_PORT': 'null',
    }
    return t_serving.environ({**env, **extra})
