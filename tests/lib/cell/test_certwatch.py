"""Certificates that come to their end are told of in time."""

from __future__ import annotations

import datetime
import pathlib

import pytest

import synapse.lib.cell as s_cell
import synapse.lib.cell.certwatch as s_certwatch
import synapse.lib.certs as s_certs
import synapse.lib.certs.make as s_make
import synapse.lib.limits as s_limits
import tests.waiting as t_waiting


@pytest.fixture
def dirn(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder with certificates of all ages, named by the days since they were made."""
    store = s_certs.CertStore(str(tmp_path / 'certs'))
    today = s_make.now()
    with pytest.MonkeyPatch.context() as patch:
        for days in (0, s_limits.CERT_DAYS - 10, s_limits.CERT_DAYS + 1, -1):
            then = today - datetime.timedelta(days=days) + datetime.timedelta(hours=1)
            patch.setattr(s_make, 'now', lambda then=then: then)
            store.make('hosts' if days else 'cas', f'made{days}')
    store.make('users', 'other@net')
    path = tmp_path / 'certs' / 'users'
    (path / 'other@net.crt').write_bytes((tmp_path / 'certs' / 'hosts' / 'made3651.crt').read_bytes())
    (path / 'other@net.key').unlink()
    (path / 'bad@net.crt').write_text('newp')
    (path / 'bad@net.key').write_text('newp')
    return tmp_path / 'certs'


def test_complaints(dirn: pathlib.Path) -> None:
    lines = [line.replace(str(dirn), 'D') for line in s_certwatch.complaints(str(dirn))]
    ends = (
        ('D/cas/made0.crt is not valid before ', ' UTC: is the clock late?'),
        ('D/hosts/made-1.crt is not valid before ', ' UTC: is the clock late?'),
        ('D/hosts/made3640.crt expires in 10 days', ': time to get a new one.'),
        ('D/hosts/made3651.crt has expired (', ' UTC).'),
        ('D/users/bad@net.crt cannot be read: ', ''),
    )
    assert len(lines) == len(ends)
    for line, (start, end) in zip(lines, ends, strict=True):
        assert line.startswith(f'The certificate {start}') and line.endswith(end)
    assert list(s_certwatch.complaints(str(dirn / 'newp'))) == []


async def test_a_cell_tells(dirn: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    conf = {'health:sysctl:checks': False, 'limit:disk:free': None}
    async with await s_cell.Cell.anit(str(dirn.parent), conf=conf):
        await t_waiting.until(lambda: 'made3651.crt has expired' in caplog.text)
