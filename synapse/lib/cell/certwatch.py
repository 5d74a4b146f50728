"""Certificates of a service that come to their end: told in the log, in time to do something about it (aha.md 9)."""

from __future__ import annotations

import asyncio
import datetime
import logging
import os
import typing

import synapse.exc as s_exc
import synapse.lib.certs as s_certs
import synapse.lib.limits as s_limits

logger = logging.getLogger('synapse.lib.cell')


def complaints(dirn: str) -> typing.Iterator[str]:
    """Yield a sentence about each certificate in a folder that is out of its time, or soon will be.

    Those of others are passed over: of hosts and users, only what we have the key of is ours.
    """
    for kind in ('cas', 'hosts', 'users'):
        folder = os.path.join(dirn, kind)
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            base, ext = os.path.splitext(os.path.join(folder, name))
            if ext == '.crt' and (kind == 'cas' or os.path.isfile(f'{base}.key')):
                text = complaint(f'{base}.crt')
                if text is not None:
                    yield text


def complaint(path: str) -> str | None:
    """Return what is wrong with a certificate, or soon will be; None when nothing is."""
    try:
        with open(path, 'rb') as file:
            cert = s_certs.load_cert(file.read())
    except (OSError, s_exc.BadCertBytes) as e:
        return f'The certificate {path} cannot be read: {e}'
    now, begin, end = s_certs.now(), cert.not_valid_before_utc, cert.not_valid_after_utc
    if now < begin:
        return f'The certificate {path} is not valid before {begin:%Y-%m-%d %H:%M:%S} UTC: is the clock late?'
    if now > end:
        return f'The certificate {path} has expired ({end:%Y-%m-%d %H:%M:%S} UTC).'
    if end - now < datetime.timedelta(days=s_limits.CERT_WARN_DAYS):
        return f'The certificate {path} expires in {(end - now).days} days: time to get a new one.'
    return None


async def watch(dirn: str) -> None:
    """Log what is wrong with the certificates in a folder, now and every day."""
    while True:
        for text in await asyncio.to_thread(lambda: list(complaints(dirn))):
            logger.warning('%s', text)
        await asyncio.sleep(s_limits.CERT_WATCH_SECS)
