"""Blobs that are hashed and written while the call that brings them is on its way."""

from __future__ import annotations

import asyncio
import hashlib
import os
import pathlib
import typing

import pytest

import synapse.axon as s_axon
import synapse.exc as s_exc
import synapse.lib.blobs.packfile as s_packfile
import synapse.lib.limits as s_limits
import tests.lib.axon.serving as t_axon
import tests.lib.telepath.raw as t_raw
import tests.waiting as t_waiting

MIB = 1 << 20
PACKED = s_limits.BLOB_PACKED


@pytest.fixture
async def axon(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_axon.Axon]:
    async with t_axon.axon(tmp_path / 'axon') as axon:
        yield axon


@pytest.fixture
def early(axon: s_axon.Axon, monkeypatch: pytest.MonkeyPatch) -> list[typing.Any]:
    """The works that were begun."""
    works: list[typing.Any] = []
    expect = axon.intake.expect

    def watch(size: int) -> typing.Any:
        works.append(expect(size))
        return works[-1]

    monkeypatch.setattr(axon.intake, 'expect', watch)
    return works


def digest(byts: bytes) -> bytes:
    return hashlib.sha256(byts).digest()


SIZES = [300_000, 512 * 1024, MIB, MIB - 1, MIB + 1, 3 * MIB + 4095, PACKED]


@pytest.mark.parametrize('size', SIZES)
async def test_it_is_the_same_blob(axon: s_axon.Axon, early: list[typing.Any], size: int) -> None:
    async with t_axon.proxy(axon) as prox:
        await prox.metrics()
        for byts in (os.urandom(size), bytes(size), os.urandom(size)):
            assert await prox.put(byts) == (size, digest(byts))
            assert await t_axon.read(prox, digest(byts)) == byts
            assert await prox.put(byts) == (size, digest(byts))
        assert len(early) == 6 and all(work.taken for work in early)
        assert await prox.metrics() == {'size:bytes': 3 * size, 'file:count': 3}
        assert (await prox.hashset(digest(byts)))['sha1'] == hashlib.sha1(byts).hexdigest()


async def test_what_is_too_large_comes_as_always(axon: s_axon.Axon, early: list[typing.Any]) -> None:
    byts = os.urandom(PACKED + 1)
    async with t_axon.proxy(axon) as prox:
        await prox.metrics()
        assert await prox.put(byts) == (len(byts), digest(byts))
        assert early == [None]


async def test_many_at_once_and_again_after_a_restart(tmp_path: pathlib.Path) -> None:
    blobs = [os.urandom(MIB + indx) for indx in range(12)]
    async with t_axon.serve(tmp_path / 'axon') as prox:
        saved = await asyncio.gather(*[prox.put(byts) for byts in blobs + blobs[:4]])
        assert [sha256 for _, sha256 in saved] == [digest(byts) for byts in blobs + blobs[:4]]
    async with t_axon.serve(tmp_path / 'axon') as prox:
        assert (await prox.metrics())['file:count'] == len(blobs)
        for byts in blobs:
            assert await t_axon.read(prox, digest(byts)) == byts


async def test_who_may_not_causes_no_work(axon: s_axon.Axon, early: list[typing.Any]) -> None:
    user = await axon.auth.addUser('visi')
    await user.addRule((True, ('axon', 'has')))
    async with t_axon.proxy(axon, 'visi') as prox:
        await prox.metrics()
        with pytest.raises(s_exc.CLASSES['AuthDeny']) as exc:
            await prox.put(os.urandom(MIB))
        assert exc.value.get('perm') == 'axon.upload'
        assert not early and (await prox.metrics())['file:count'] == 0


async def test_a_full_axon_gives_the_place_back(tmp_path: pathlib.Path) -> None:
    async with t_axon.axon(tmp_path / 'axon', **{'max:count': 1}) as axon, t_axon.proxy(axon) as prox:
        kept = os.urandom(MIB)
        await prox.put(kept)
        for _ in range(3):
            with pytest.raises(s_exc.CLASSES['HitLimit']):
                await prox.put(os.urandom(MIB))
        assert await prox.put(kept) == (MIB, digest(kept))
        assert not axon.store._underway


async def test_a_full_disk(axon: s_axon.Axon, early: list[typing.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    async with t_axon.proxy(axon) as prox:
        await prox.metrics()

        def full(*args: typing.Any) -> None:
            raise OSError(28, 'No space left on device')

        with monkeypatch.context() as patch:
            patch.setattr(s_packfile, 'write_view', full)
            with pytest.raises(s_exc.CLASSES['DbOutOfSpace']):
                await prox.put(os.urandom(MIB))
        byts = os.urandom(MIB)
        assert await prox.put(byts) == (MIB, digest(byts))
        assert await t_axon.read(prox, digest(byts)) == byts and len(early) == 2


async def test_a_caller_who_hangs_up_leaves_nothing(axon: s_axon.Axon, early: list[typing.Any]) -> None:
    async with t_raw.dialer(os.path.join(axon.dirn, 'sock')) as dial, t_axon.proxy(axon) as prox:
        raw = await dial()
        await raw.syn()
        await raw.call('metrics')
        mesg = t_raw.pack(('t2:init', {'todo': ('put', (os.urandom(MIB),), {}), 'name': None, 'sess': raw.sess}))
        raw.writer.write(mesg[: MIB - 1000])
        await t_waiting.until(lambda: early and early[0]._count > MIB // 2)
        raw.close()
        await t_waiting.until(lambda: not axon.store._underway)
        assert (await prox.metrics())['file:count'] == 0
        byts = os.urandom(MIB)
        assert await prox.put(byts) == (MIB, digest(byts))
