"""promote, demote, mirrorcheck: who leads, and whether all are equal (spec: cell.md 14)."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.lib.limits as s_limits
import synapse.tools.cmd as s_cmd
import synapse.tools.demote as s_demote
import synapse.tools.mirrorcheck as s_mirrorcheck
import synapse.tools.promote as s_promote
import tests.lib.cell.mirrors as t_mirrors
import tests.waiting as t_waiting


async def run(capsys: pytest.CaptureFixture[str], main: s_cmd.Main, *argv: str) -> tuple[int, list[str]]:
    """Run a tool in a thread, as its own process would: exit code and output lines."""
    code = await asyncio.to_thread(s_cmd.call, main, argv)
    return code, capsys.readouterr().out.splitlines()


async def test_promote(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s_limits, 'DEPOSE_TELL_SECS', 0.05)
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        lurl, murl = lead.getLocalUrl(), mirr.getLocalUrl()
        first = f'Promoting to leader: {murl}'
        code, lines = await run(capsys, s_promote.main, '--svcurl', murl)
        mesg = 'NeedConfValu: Cannot gracefully promote without aha:name configured.'
        assert (code, lines) == (1, [first, f'Failed to promote service {murl}: {mesg}'])
        assert await run(capsys, s_promote.main, '--svcurl', murl, '--failure') == (0, [first])
        assert mirr.isactive
        code, lines = await run(capsys, s_promote.main, '--svcurl', murl)
        assert (code, lines[1]) == (
            1,
            f'Failed to promote service {murl}: BadConfValu: promote() called on non-mirror',
        )
        await t_waiting.until(lambda: not lead.isactive)
        code, lines = await run(capsys, s_promote.main, '--svcurl', lurl)
        assert (code, lines[1][:75]) == (
            1,
            f'Failed to promote service to being a leader; This service was deposed: {mirr.mirror.fence.role.name}'[
                :75
            ],
        )
        code, lines = await run(capsys, s_demote.main, '--url', lurl, '--rejoin', murl)
        assert (code, lines) == (0, [f'Rejoining as a mirror of: {murl}', '...following the leader'])
        await t_mirrors.level(mirr, lead)


async def test_demote(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        url = lead.getLocalUrl()
        code, lines = await run(capsys, s_demote.main, '--url', url)
        mesg = 'NeedConfValu: AHA is not configured on this service.'
        assert (code, lines) == (1, [f'Demoting leader: {url}', f'Error while demoting service {url}: {mesg}'])
        code, lines = await run(capsys, s_demote.main, '--url', url, '--rejoin', mirr.getLocalUrl())
        assert code == 1 and lines[1].startswith(f'Failed to rejoin service {url}: BadState: ')


async def test_a_tail_is_told_of(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        murl = mirr.getLocalUrl()
        await mirr.mirror.stop()
        await lead.setThing('tail', 1)
        await mirr.promote()
        code, lines = await run(capsys, s_demote.main, '--url', lead.getLocalUrl(), '--rejoin', murl)
        assert (code, lines[-1]) == (0, '...restarting as a fresh copy of the leader')
        assert lines[1].startswith('...kept 1 changes that nobody else has: ') and lines[1].endswith('.jsonl')
        await lead.waitfini(5)
        assert lead.again


async def test_mirrorcheck(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with t_mirrors.group(tmp_path) as (lead, mirr):
        urls = (lead.getLocalUrl(), mirr.getLocalUrl())
        code, lines = await run(capsys, s_mirrorcheck.main, *urls)
        assert code == 0 and lines[1].endswith(' equal') and 'at offset 2' in lines[0]
        mirr.things.set('sneaky', 1)
        code, lines = await run(capsys, s_mirrorcheck.main, *urls)
        assert code == 1 and lines[1].endswith(' DIFFERENT')
        assert lines[2] == '    slabs/cell.lmdb differs'
        async with mirr.nexsroot.paused():
            code, lines = await run(capsys, s_mirrorcheck.main, '--timeout', '0.1', *urls)
        assert code == 1 and ': TimeOut: Offset 4 was not reached' in lines[1]


@pytest.mark.parametrize('main', [s_promote.main, s_demote.main, s_mirrorcheck.main])
async def test_help_and_nobody_there(main: typing.Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as cm:
        await asyncio.to_thread(s_cmd.call, main, ['-h'])
    assert cm.value.code == 0 and 'usage: synapse.tools.' in capsys.readouterr().out
    flag = [] if main is s_mirrorcheck.main else ['--svcurl' if main is s_promote.main else '--url']
    code, lines = await run(capsys, main, *flag, 'cell:///newp/newp')
    assert code == 1 and lines == ['ERROR: Cell path does not exist: /newp/newp/sock'] or lines[0].startswith('ERROR: ')
