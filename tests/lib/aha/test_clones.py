"""AHA with mirrors of its own (aha.md 5.8, 10.3)."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import shutil
import typing

import pytest

import synapse.aha as s_aha
import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.aha.joining as s_joining
import synapse.lib.cell.layout as s_layout
import synapse.lib.limits as s_limits
import synapse.telepath as s_telepath
import tests.lib.aha.serving as t_aha
import tests.ports as t_ports
import tests.waiting as t_waiting

NET = t_aha.NET
CONF = {
    name: t_aha.CONF[name] for name in ('https:port', 'health:sysctl:checks', 'limit:disk:free', 'provision:listen')
}


@contextlib.asynccontextmanager
async def clone(dirn: pathlib.Path, url: str | None = None) -> typing.AsyncIterator[s_aha.AhaCell]:
    """Run a clone, which was told all but the URL by the leader."""
    conf = {**CONF, 'clone': url} if url is not None else CONF
    async with await s_aha.AhaCell.anit(str(dirn), conf=conf) as cell:
        yield cell


@contextlib.asynccontextmanager
async def pair(dirn: pathlib.Path) -> typing.AsyncIterator[tuple[s_aha.AhaCell, s_aha.AhaCell]]:
    """Run an AHA and a clone of it that has caught up."""
    async with t_aha.aha(dirn / '00') as lead:
        url = await lead.addAhaClone('localhost', port=t_ports.free_port())
        async with clone(dirn / '01', url) as mirror:
            await t_waiting.until(lambda: len(lead.getAhaServers()) == 2 and in_sync(lead, mirror))
            yield lead, mirror


def in_sync(lead: s_aha.AhaCell, mirror: s_aha.AhaCell) -> bool:
    return lead.nexsroot.index() == mirror.nexsroot.index()


def online(cell: s_aha.AhaCell) -> set[str]:
    return {name.partition(f'.{NET}')[0] for name, _ in cell.services.online()}


async def test_a_clone(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirror):
        assert mirror.iden == lead.iden and mirror.runid != lead.runid and not mirror.isactive
        assert mirror.conf['mirror'] == f'ssl://localhost:{lead.ahaport}?certname=root@{NET}'
        urls = {f'ssl://localhost:{cell.ahaport}?certname=root@{NET}' for cell in (lead, mirror)}
        assert set(lead.getAhaUrls()) == set(mirror.getAhaUrls()) == urls
        assert mirror.ca_pem(NET) == lead.ca_pem(NET)
        assert (tmp_path / '01' / 'certs' / 'cas' / f'{NET}.key').is_file()
        await t_waiting.until(lambda: in_sync(lead, mirror))
        async with t_aha.redeem(await mirror.addAhaSvcProv('00.axon')) as prox:
            conf = (await prox.getProvInfo())['conf']
            assert set(conf['aha:registry']) == urls


async def test_the_same_in_memory_on_both(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirror):
        await lead.addAhaSvcProv('00.axon', {'conf': {'dmon:names': ['a', 'b']}})
        await t_waiting.until(lambda: in_sync(lead, mirror))
        assert lead.provs.items() == mirror.provs.items()


async def test_registered_with_either(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirror):
        async with t_aha.tls(lead) as one, t_aha.tls(mirror) as two:
            await one.addAhaSvc('00.cortex', t_aha.info(), network=NET)
            await two.addAhaSvc('01.cortex', t_aha.info(), network=NET)
            for cell in (lead, mirror):
                await t_waiting.until(lambda cell=cell: online(cell) == {'00.cortex', '01.cortex'})  # type: ignore[misc]
                assert cell.getAhaSvc('01.cortex...')['svcinfo']['urlinfo']['host'] == '127.0.0.1'  # type: ignore[index]
            await two.claimAhaSvcTerm('a' * 32, 3, f'01.cortex.{NET}', 'b' * 32, 0)
            with pytest.raises(s_exc.BadState):
                await two.claimAhaSvcTerm('a' * 32, 3, f'00.cortex.{NET}', 'b' * 32, 0)
        for cell in (lead, mirror):
            await t_waiting.until(lambda cell=cell: online(cell) == set())  # type: ignore[misc]


async def test_one_url_is_good_once_on_both(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirror):
        url = await lead.addAhaSvcProv('00.axon')
        await t_waiting.until(lambda: in_sync(lead, mirror))
        iden, query = url.rpartition('/')[2].split('?')
        other = f'ssl://localhost:{mirror.provaddr[1]}/{iden}?{query}'
        found = await asyncio.gather(
            *(s_telepath.openurl(turl) for turl in (url, other) * 5), return_exceptions=True
        )  # fmt: skip
        proxies = [prox for prox in found if isinstance(prox, s_telepath.Proxy)]
        assert len(proxies) == 1
        for prox in proxies:
            await prox.fini()


async def test_the_leader_hands_over(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirror):
        async with t_aha.tls(lead) as one, t_aha.tls(mirror) as two:
            await one.addAhaSvc('00.cortex', t_aha.info(), network=NET)
            await two.addAhaSvc('01.cortex', t_aha.info(), network=NET)
            async with t_aha.local(mirror) as prox:
                await prox.promote(graceful=True)
            assert mirror.isactive and not lead.isactive
            # who is connected to the former leader is told to come again
            await t_waiting.until(lambda: one.isfini)
            assert not two.isfini
            async with t_aha.tls(lead) as again:
                await again.addAhaSvc('00.cortex', t_aha.info(), network=NET)
                await t_waiting.until(lambda: online(lead) == online(mirror) == {'00.cortex', '01.cortex'})


async def test_the_leader_is_lost(tmp_path: pathlib.Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        async with t_aha.aha(tmp_path / '00') as lead:
            url = await lead.addAhaClone('localhost', port=t_ports.free_port())
            mirror = await stack.enter_async_context(clone(tmp_path / '01', url))
            await t_waiting.until(lambda: len(mirror.getAhaServers()) == 2)
            one = await stack.enter_async_context(t_aha.tls(lead))
            await one.addAhaSvc('00.cortex', t_aha.info(), network=NET)
            await t_waiting.until(lambda: in_sync(lead, mirror))
        assert mirror.getAhaSvc('00.cortex...') is not None
        async with t_aha.local(mirror) as prox:
            await prox.promote(graceful=False)
        assert mirror.isactive and online(mirror) == set()
        async with t_aha.tls(mirror) as two:
            await two.addAhaSvc('00.cortex', t_aha.info(), network=NET)
            assert online(mirror) == {'00.cortex'}


async def test_a_mirror_restarts(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'AHA_RETRY', 0.05)
    async with t_aha.aha(tmp_path / '00') as lead:
        url = await lead.addAhaClone('localhost', port=t_ports.free_port())
        async with clone(tmp_path / '01', url) as mirror, t_aha.tls(lead) as one, t_aha.tls(mirror) as two:
            await one.addAhaSvc('00.cortex', t_aha.info(), network=NET)
            await two.addAhaSvc('01.cortex', t_aha.info(), network=NET)
            await t_waiting.until(lambda: online(lead) == {'00.cortex', '01.cortex'})
            await mirror.fini()
            # whoever was connected to it, and does not come back
            assert online(lead) == {'00.cortex', '01.cortex'}
            async with clone(tmp_path / '01', url):
                await t_waiting.until(lambda: online(lead) == {'00.cortex'})


async def test_a_copy_that_was_cut_off(tmp_path: pathlib.Path) -> None:
    async with t_aha.aha(tmp_path / '00') as lead:
        url = await lead.addAhaClone('localhost', port=t_ports.free_port())
        async with t_aha.redeem(url) as prox:
            info = await prox.getCloneDef()
        # killed after the last byte of the copy, before it was told to follow
        await lead.backups.run('copy')
        shutil.copytree(tmp_path / '00' / 'backups' / 'copy', tmp_path / '01')
        s_common.yamlsave(info['conf'], str(tmp_path / '01' / s_joining.NOTE_FILE))
        async with clone(tmp_path / '01') as mirror:
            assert not mirror.isactive and mirror.conf['dns:name'] == 'localhost'
        assert not (tmp_path / '01' / s_joining.NOTE_FILE).exists()
        async with clone(tmp_path / '01', 'ssl://localhost:1/nope') as mirror:
            assert not mirror.isactive


async def test_bad_clone_urls(tmp_path: pathlib.Path) -> None:
    async with t_aha.aha(tmp_path / '00') as lead:
        url = await lead.addAhaClone('localhost', port=t_ports.free_port())
        await lead.clearAhaClones()
        for bad, err in ((url, s_exc.NoSuchName), (f'{url[:-4]}beef', s_exc.LinkBadCert)):
            with pytest.raises(err):
                async with clone(tmp_path / '01', bad):
                    pass
            assert not s_layout.Layout(str(tmp_path / '01'), 'ahacell').is_born()


async def test_a_leader_that_returns(tmp_path: pathlib.Path) -> None:
    """It finds out at its start that it was deposed, says so to those who ask, and can be made a follower."""
    port = t_ports.free_port()
    listen = f'ssl://127.0.0.1:{port}?hostname=localhost&ca={NET}'
    async with contextlib.AsyncExitStack() as stack:
        async with t_aha.aha(tmp_path / '00', dmon_listen=listen) as lead:
            url = await lead.addAhaClone('localhost', port=t_ports.free_port())
            mirror = await stack.enter_async_context(clone(tmp_path / '01', url))
            await t_waiting.until(lambda: len(mirror.getAhaServers()) == 2 and in_sync(lead, mirror))
            index = lead.nexsroot.index()
        await mirror.promote(graceful=False)
        lead = await stack.enter_async_context(t_aha.aha(tmp_path / '00', dmon_listen=listen))
        assert lead.deposed and not lead.isactive and lead.nexsroot.index() == index
        for name, args in (
            ('getAhaSvc', ('x...',)),
            ('addAhaSvc', ('x', t_aha.info(), NET)),
            ('getAhaSvcTerm', ('a' * 32,)),
            ('claimAhaSvcTerm', ('a' * 32, 1, f'x.{NET}', 'b' * 32, 0)),
        ):
            async with t_aha.tls(lead) as prox:
                with pytest.raises(s_exc.BadState, match='was deposed'):
                    await prox.task((name, args, {}))
                assert await prox.waitfini(5)
        async with t_aha.local(lead) as prox:
            assert await prox.getAhaSvc('x...') is None
            assert (await prox.getAhaUrls())[0].startswith('ssl://localhost:')


async def test_a_leader_learns_while_it_runs(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'DEPOSE_TELL_SECS', 0.1)
    async with pair(tmp_path) as (lead, mirror), t_aha.tls(lead) as one:
        await one.addAhaSvc('00.cortex', t_aha.info(), network=NET)
        await t_waiting.until(lambda: in_sync(lead, mirror))
        await mirror.promote(graceful=False)
        await t_waiting.until(lambda: lead.deposed and one.isfini)
        assert online(mirror) == set()
        async with t_aha.tls(mirror) as two:
            await two.addAhaSvc('00.cortex', t_aha.info(), network=NET)
