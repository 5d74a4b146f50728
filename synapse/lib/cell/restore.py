"""Starts a service from a backup archive behind a URL, once (cell.md 8.6).

The environment variable is the same for all services. What was consumed is remembered in ``restore.done``, so that a
restarted container does not throw away what happened since.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import os
import ssl
import tarfile
import threading
import typing
import urllib.parse
import urllib.request

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell.layout as s_layout
import synapse.lib.limits as s_limits

logger = logging.getLogger('synapse.lib.cell')

ENVAR = 'SYN_RESTORE_HTTPS_URL'
DONE_FILE = 'restore.done'


def _public(url: str) -> str:
    """Return a URL for the log: no password, no query."""
    parts = urllib.parse.urlsplit(url)
    netloc = parts.netloc
    if '@' in netloc:
        user, _, host = netloc.rpartition('@')
        netloc = f'{user.split(":", 1)[0]}:****@{host}' if ':' in user else netloc
    return urllib.parse.urlunsplit((parts.scheme, netloc, parts.path, '', ''))


def _request(url: str) -> tuple[urllib.request.Request, ssl.SSLContext | None]:
    context = None
    if url.startswith('https+insecure://'):
        url = url.replace('+insecure', '', 1)
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ('http', 'https'):
        raise s_exc.BadUrl(mesg=f'{ENVAR} must be an http or https URL: {_public(url)}', url=_public(url))
    headers = {}
    if '@' in parts.netloc:
        auth, _, host = parts.netloc.rpartition('@')
        headers['Authorization'] = 'Basic ' + base64.b64encode(urllib.parse.unquote(auth).encode()).decode()
        url = urllib.parse.urlunsplit((parts.scheme, host, parts.path, parts.query, ''))
    return urllib.request.Request(url, headers=headers), context


def _download(url: str, path: str, stop: threading.Event) -> None:
    req, context = _request(url)
    with urllib.request.urlopen(req, context=context) as resp, open(path, 'wb') as file:
        total = int(resp.headers.get('Content-Length') or 0)
        logger.warning('Downloading %.3f MB of data.', total / 1e6)
        done = shown = 0
        while not stop.is_set() and (byts := resp.read(s_limits.CELL_RESTORE_CHUNK)):
            file.write(byts)
            done += len(byts)
            if total and (done == total or done - shown >= total / 20):
                shown = done
                logger.warning('Downloaded %.3f MB, %.3f%%', done / 1e6, done / total * 100)
    if total and done < total and not stop.is_set():
        raise s_exc.LinkErr(mesg=f'The download ended after {done} of {total} bytes.', url=_public(url))


def extract(
    path: str, layout: s_layout.Layout, stop: threading.Event, keep: typing.Container[str] = frozenset()
) -> None:
    """Extract a gzip tar into a locked service directory, without the first path component of its members.

    The iden comes last: before that, the directory is no service yet. (And the lock file must not be opened again.)
    A file at the top (options, keys) replaces another as a whole: who is killed meanwhile can read what is there.
    Members that ``keep`` has, or below a name in it, are left out.

    Raises:
        BadDataValu: A member is no file or directory, or would land outside of the directory.
    """
    iden = b''
    with tarfile.open(path, 'r:gz') as tar:
        tar.extraction_filter = getattr(tarfile, 'data_filter', None)  # Python before 3.11.4 has none
        for member in tar:
            if stop.is_set():
                return
            _, _, member.name = member.name.partition('/')
            if not member.name or member.name in keep or member.name.split('/')[0] in keep:
                continue
            logger.warning('Extracting %s', member.name)
            _req_inside(member, layout.dirn)
            file = None if '/' in member.name else tar.extractfile(member)
            if file is None:
                tar.extract(member, layout.dirn)
            elif member.name == s_layout.GUID_FILE:
                iden = file.read()
            else:
                s_common.write_file(layout.path(member.name), file.read(), member.mode & 0o755)
    layout.store_iden(iden)


async def finish(stop: threading.Event, func: typing.Callable[..., None], *args: typing.Any) -> None:
    """Run a function in a thread. Who is cancelled meanwhile sets ``stop`` and goes on when the function has ended.

    It writes into the directory: nobody else may before that.
    """
    work = asyncio.ensure_future(asyncio.to_thread(func, *args))
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([work])
        raise


def _req_inside(member: tarfile.TarInfo, dirn: str) -> None:
    root = os.path.realpath(dirn)
    target = os.path.realpath(os.path.join(root, member.name))
    if not (member.isfile() or member.isdir()) or os.path.commonpath((root, target)) != root:
        raise s_exc.BadDataValu(mesg=f'{member.name} does not belong into a backup.', name=member.name)


def _restore(url: str, layout: s_layout.Layout, iden: str, stop: threading.Event) -> None:
    for entry in os.scandir(layout.dirn):
        if entry.name != s_layout.GUID_FILE:
            logger.warning('Removing existing file: %s', entry.path)
    layout.wipe()
    done = False
    temp = os.path.join(s_common.gendir(layout.path('tmp')), f'restore_{iden}.tgz')
    try:
        _download(url, temp, stop)
        logger.warning('Extracting %s to %s', temp, layout.dirn)
        extract(temp, layout, stop)
        done = not stop.is_set()
    finally:
        if os.path.exists(temp):
            os.unlink(temp)
        if not done:
            layout.wipe()
            s_common.gendir(layout.path('tmp'))
            os.unlink(layout.path(s_layout.GUID_FILE))
    if done:
        s_common.write_file(layout.path(DONE_FILE), iden.encode())
        logger.warning('Restored service from URL')


async def restore_from_url(dirn: str, celltype: str) -> bool:
    """Replace the content of a service directory by the backup that ``SYN_RESTORE_HTTPS_URL`` points to.

    Nothing happens without the variable, or when this URL was consumed before.

    Returns:
        True when a restore took place.

    Raises:
        FatalErr: Another process runs on the directory; nothing was touched.
        Exception: The download or the archive failed; the directory is empty and the next start tries again.
    """
    url = os.environ.get(ENVAR)
    if not url:
        return False
    iden = s_common.guid(url)
    layout = s_layout.Layout(dirn, celltype)
    if _done(layout) == iden:
        mesg = f'{DONE_FILE} matched value from {ENVAR}. It is recommended to remove the {ENVAR} value.'
        logger.warning(mesg)
        return False
    layout.lock()
    stop = threading.Event()
    try:
        logger.warning('Restoring %s from %s=%s', celltype, ENVAR, _public(url))
        await finish(stop, _restore, url, layout, iden, stop)
    finally:
        layout.unlock()
    return True


def _done(layout: s_layout.Layout) -> str | None:
    try:
        with open(layout.path(DONE_FILE)) as file:
            return file.read().strip()
    except FileNotFoundError:
        return None
