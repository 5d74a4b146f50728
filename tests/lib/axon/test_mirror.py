"""A mirror of an Axon has the bytes too."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import pathlib
import typing

import pytest

import synapse.axon as s_axon
import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import tests.lib.cell.mirrors as t_mirrors
import tests.waiting as t_waiting


async def start(dirn: pathlib.Path, ctor: typing.Any = s_axon.Axon, **conf: typing.Any) -> typing.Any:
    return await ctor.anit(str(dirn), conf={**t_mirrors.CONF, **conf})


@contextlib.asynccontextmanager
async def pair(tmp_path: pathlib.Path, ctor: typing.Any = s_axon.Axon) -> typing.AsyncIterator[typing.Any]:
    """Run a leader and a mirror."""
    async with await start(tmp_path / '0', ctor) as lead:
        await t_mirrors.copy(lead, tmp_path / '1')
        async with await start(tmp_path / '1', ctor, mirror=lead.getLocalUrl()) as mirr:
            await t_mirrors.level(lead, mirr)
            yield lead, mirr


def blob(indx: int, size: int = 100) -> bytes:
    return indx.to_bytes(4, 'big') * (size // 4)


async def read(axon: typing.Any, sha256: bytes) -> bytes:
    return b''.join([byts async for byts in axon.get(sha256)])


async def test_blobs_come_along(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirr):
        blobs = [blob(indx, 100 if indx % 50 else 3_000_000) for indx in range(1, 150)]
        saved = await lead.puts(blobs)
        await t_mirrors.level(lead, mirr)
        # one that is read before it was fetched is fetched for that
        assert await read(mirr, saved[-1][1]) == blobs[-1]
        await asyncio.wait_for(mirr.settle(), 20)
        assert not mirr.fetch.wanted
        for byts, (size, sha256) in zip(blobs, saved, strict=True):
            assert size == len(byts) and await mirr.store.has(sha256)
            assert await read(mirr, sha256) == byts
        assert await mirr.metrics() == await lead.metrics()
        await t_mirrors.req_equal(lead, mirr)


async def test_blobs_that_come_in_by_the_mirror(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirr):
        big = blob(7, 5_000_000)
        async with await mirr.upload() as upload:
            await upload.write(big[:2_000_000])
            await upload.write(big[2_000_000:])
            assert await upload.save() == (len(big), hashlib.sha256(big).digest())
        for axon in (lead, mirr):
            assert await axon.store.has(hashlib.sha256(big).digest())
            assert await read(axon, hashlib.sha256(big).digest()) == big
        saved = await asyncio.gather(*[mirr.put(blob(indx)) for indx in range(1, 30)])
        assert await lead.wants([sha256 for _, sha256 in saved]) == []
        assert await mirr.put(blob(1)) == saved[0]
        assert await mirr.del_(saved[0][1]) is True and await mirr.del_(saved[0][1]) is False
        assert not await lead.has(saved[0][1])
        await t_mirrors.req_equal(lead, mirr)


async def test_a_mirror_that_was_away_fetches_what_it_lacks(tmp_path: pathlib.Path) -> None:
    async with await start(tmp_path / '0') as lead:
        await t_mirrors.copy(lead, tmp_path / '1')
        saved = await lead.puts([blob(indx) for indx in range(1, 20)])
        async with await start(tmp_path / '1', mirror=lead.getLocalUrl()) as mirr:
            mirr.mirror.linked = asyncio.Event().wait  # the log comes, the bytes do not
            await t_mirrors.level(lead, mirr)
            assert len(mirr.fetch.wanted) == 19
        await lead.del_(saved[0][1])
        async with await start(tmp_path / '1', mirror=lead.getLocalUrl()) as mirr:
            await t_mirrors.level(lead, mirr)
            await asyncio.wait_for(mirr.settle(), 20)
            for _, sha256 in saved[1:]:
                assert len(await read(mirr, sha256)) == 100
            with pytest.raises(s_exc.NoSuchFile):
                await read(mirr, saved[0][1])


async def test_bytes_that_are_not_the_blob_are_refused(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'MIRROR_RETRY_SECS', 0.01)
    async with pair(tmp_path) as (lead, mirr):
        good = mirr.fetch._leader_bytes
        tried = []

        async def bad(sha256: bytes) -> typing.AsyncIterator[bytes]:
            tried.append(sha256)
            yield b'newp'

        monkeypatch.setattr(mirr.fetch, '_leader_bytes', bad)
        _, sha256 = await lead.put(blob(1))
        await t_waiting.until(lambda: len(tried) > 2)
        assert not await mirr.store.has(sha256)
        monkeypatch.setattr(mirr.fetch, '_leader_bytes', good)
        await asyncio.wait_for(mirr.settle(), 20)
        assert await read(mirr, sha256) == blob(1)


async def test_a_mirror_leads_only_when_it_has_the_bytes(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s_limits, 'MIRROR_RETRY_SECS', 0.01)
    async with pair(tmp_path) as (lead, mirr):
        good = mirr.fetch._leader_bytes

        async def none(sha256: bytes) -> typing.AsyncIterator[bytes]:
            raise s_exc.LinkErr(mesg='cut')
            yield b''

        monkeypatch.setattr(mirr.fetch, '_leader_bytes', none)
        _, sha256 = await lead.put(blob(1))
        with pytest.raises(s_exc.NotReady):
            await lead.handoff(mirr.getLocalUrl(), timeout=0.2)
        assert lead.isactive
        monkeypatch.setattr(mirr.fetch, '_leader_bytes', good)
        await lead.handoff(mirr.getLocalUrl())
        assert mirr.isactive and await read(mirr, sha256) == blob(1)
        _, other = await lead.put(blob(2))
        assert await read(mirr, other) == blob(2)


async def test_the_axon_inside_of_a_cortex(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path, s_cortex.Cortex) as (lead, mirr):
        _, one = await lead.axon.put(blob(1))
        _, two = await mirr.axon.put(blob(2))
        await t_mirrors.level(lead, mirr)
        await asyncio.wait_for(mirr.settle(), 20)
        assert await read(mirr.axon, one) == blob(1) and await read(lead.axon, two) == blob(2)
        await t_mirrors.req_equal(lead, mirr)
