"""A cell that gets its name, its options and its certificates from AHA, by a one-time URL (aha.md 7.3, 7.4).

The URL is used up when the connection is made, so everything is fetched and checked first and written afterwards: a
link that is cut half way leaves the directory as it was. ``prov.done`` remembers which URL was used, so that it may
stay in the configuration for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import os
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell.clone as s_clone
import synapse.lib.cell.conf as s_conf
import synapse.lib.cell.layout as s_layout
import synapse.lib.certs as s_certs
import synapse.lib.telepath as s_telepath

logger = logging.getLogger('synapse.lib.cell')

DONE_FILE = 'prov.done'
NOTE_FILE = 'prov.mirror.yaml'

# What stays of a copy that was not finished, when it is made anew.
KEPT = (DONE_FILE, NOTE_FILE, 'certs', 'cell.yaml', 'cell.mods.yaml', 'sslcert.pem', 'sslkey.pem', 'lost+found')

Signer = typing.Callable[[bytes], typing.Awaitable[bytes]]


@dataclasses.dataclass(frozen=True)
class Issued:
    """A key of ours, and the certificate for it."""

    kind: str
    name: str
    key: s_certs.Key
    cert: s_certs.Cert


@dataclasses.dataclass(frozen=True)
class Grant:
    """What AHA gives to a new service."""

    conf: dict[str, typing.Any]
    cacert: s_certs.Cert
    issued: tuple[Issued, ...]


async def provision(layout: s_layout.Layout, conf: s_conf.Config) -> None:
    """Fetch what ``aha:provision`` promises, unless that was done; become a copy of the leader that it names.

    Args:
        layout: The directory, not locked yet.
        conf: The options that win over those in the directory.

    Raises:
        NoSuchName: The URL was used up, or never existed. LinkBadCert: Not the server that made the URL.
        LinkErr: AHA cannot be reached. FatalErr: Another process runs on the directory.
        BadArg, BadConfValu: AHA gave options that this service does not know.
    """
    note = s_conf.load_mapping(layout.path(NOTE_FILE))
    urls = conf.get('aha:provision')
    if not urls and not note:
        # with a note, what the file has may be the leader's
        urls = s_conf.load_mapping(layout.path('cell.yaml')).get('aha:provision')
    urls = [urls] if isinstance(urls, str) else list(urls or ())
    iden = _iden(urls[0]) if urls else None
    isnew = iden is not None and iden not in (_read_done(layout), note.get('iden'))
    if not isnew and not note:
        return
    layout.lock()
    try:
        if isnew:
            note = await _introduce(layout, conf, urls, str(iden))
            if note:
                await _follow(layout, note)
        else:
            await _follow(layout, note, again=True)
    finally:
        layout.unlock_unborn()


async def _introduce(layout: s_layout.Layout, conf: s_conf.Config, urls: list[str], iden: str) -> dict[str, typing.Any]:
    """Fetch and write what AHA gives. Returns a note when the directory is to become a copy of a leader, else {}."""
    logger.info('Provisioning %s from AHA service.', layout.celltype)
    grant = await _fetch(urls)
    for name, valu in grant.conf.items():
        conf.check(name, valu)
    _save_certs(layout, grant)
    merge_conf(layout, grant.conf)
    note = {}
    if grant.conf.get('mirror') is not None and not layout.is_born():
        note = {'iden': iden, 'conf': s_conf.load_mapping(layout.path('cell.yaml'))}
        s_common.yamlsave(note, layout.path(NOTE_FILE))
    elif os.path.exists(layout.path(NOTE_FILE)):
        os.unlink(layout.path(NOTE_FILE))
    s_common.write_file(layout.path(DONE_FILE), iden.encode())
    logger.info('Done provisioning %s AHA service.', layout.celltype)
    return note


def _iden(url: str) -> str:
    iden = str(s_telepath.chopurl(url).get('path', '')).strip('/')
    if not iden:
        public = s_telepath.sanitize(url)
        raise s_exc.BadConfValu(mesg=f'aha:provision is no one-time URL: {public}', name='aha:provision', value=public)
    return iden


def _read_done(layout: s_layout.Layout) -> str | None:
    with contextlib.suppress(FileNotFoundError):
        with open(layout.path(DONE_FILE)) as file:
            return file.read().strip()
    return None


# -- from AHA


async def _fetch(urls: list[str]) -> Grant:
    async with await _connect(urls) as proxy:
        info = await proxy.getProvInfo()
        conf = dict(info['conf'])
        network = conf['aha:network']
        host, user = f'{conf["aha:name"]}.{network}', f'{conf["aha:user"]}@{network}'
        cacert = s_certs.load_cert(await proxy.getCaCert())
        # keys take seconds to make, and a core each
        issued = await asyncio.gather(
            _issue('hosts', host, proxy.signHostCsr), _issue('users', user, proxy.signUserCsr)
        )
    return Grant(conf, cacert, tuple(issued))


async def _connect(urls: list[str]) -> s_telepath.Proxy:
    """Connect to the first AHA server that can be reached: those of one list know of the same one-time URLs."""
    trouble = ''
    for url in urls:
        try:
            return await s_telepath.openurl(url)
        except OSError as e:
            trouble = f'{s_telepath.sanitize(url)}: {e}'
            logger.warning('Cannot reach AHA at %s', trouble)
    raise s_exc.LinkErr(mesg=f'AHA cannot be reached to provision this service: {trouble}')


async def _issue(kind: str, name: str, sign: Signer) -> Issued:
    key = await asyncio.to_thread(s_certs.make_key)
    cert = s_certs.load_cert(await sign(s_certs.make_csr(name, key)))
    if s_certs.name_of(cert) != name or cert.public_key() != key.public_key():
        raise s_exc.BadCertBytes(mesg=f'AHA answered with a certificate that is not for {name}.', name=name)
    late = int((cert.not_valid_before_utc - s_certs.now()).total_seconds())
    if late > 0:
        logger.warning('The certificate of %s is valid in %d seconds: is the clock of this machine late?', name, late)
    return Issued(kind, name, key, cert)


# -- to disk


def _save_certs(layout: s_layout.Layout, grant: Grant) -> None:
    store = s_certs.CertStore(layout.path('certs'))
    store.save_cert('cas', grant.cacert, replace=True)
    for item in grant.issued:
        store.save_key(item.kind, item.name, item.key)
        store.save_cert(item.kind, item.cert, replace=True)


def merge_conf(layout: s_layout.Layout, conf: dict[str, typing.Any], drop: tuple[str, ...] = ('mirror',)) -> None:
    """Put options into cell.yaml and out of cell.mods.yaml, which would win over it.

    Args:
        drop: Options that are forgotten unless they are among the new ones.
    """
    path = layout.path('cell.yaml')
    old = {name: valu for name, valu in s_conf.load_mapping(path).items() if name not in drop}
    s_common.yamlsave(old | conf, path)
    path = layout.path('cell.mods.yaml')
    mods = s_conf.load_mapping(path)
    kept = {name: valu for name, valu in mods.items() if name not in conf and name not in drop}
    if kept != mods:
        s_common.yamlsave(kept, path)


# -- a copy of the leader


def _own_certs(conf: dict[str, typing.Any]) -> set[str]:
    """Return the paths of what AHA issued to us. The leader's backup has some of these names: a key of one and the
    certificate of the other would be a pair that opens nothing, and our URL was used up."""
    network = conf['aha:network']
    names = (f'hosts/{conf["aha:name"]}.{network}', f'users/{conf["aha:user"]}@{network}')
    return {f'certs/cas/{network}.crt', *(f'certs/{name}.{kind}' for name in names for kind in ('crt', 'key'))}


async def _follow(layout: s_layout.Layout, note: dict[str, typing.Any], again: bool = False) -> None:
    """Become a copy of the leader that the provisioned options name.

    What comes has the leader's name in it, and does not follow anybody. So what this service is to be stays in a note
    until all of it is written: whenever we are killed, the next start goes on, and never is a second leader.

    Args:
        again: An earlier start did not get to the end.
    """
    conf = note['conf']
    if not layout.is_born():
        public = s_telepath.sanitize(conf['mirror'])
        logger.warning('Bootstrap mirror from: %s (this could take a while!)', public)
        if again:
            # parts of two copies are no copy
            layout.clear(KEPT)
            merge_conf(layout, conf)
        async with s_telepath.loadTeleCell(layout.dirn):
            await s_clone.clone(layout, conf['mirror'], mine=_own_certs(conf))
        logger.warning('Bootstrap mirror from: %s DONE!', public)
    merge_conf(layout, conf, drop=('mirror', 'aha:provision'))
    s_common.write_file(layout.path(DONE_FILE), note['iden'].encode())
    os.unlink(layout.path(NOTE_FILE))
    s_common.sync_path(layout.dirn)
