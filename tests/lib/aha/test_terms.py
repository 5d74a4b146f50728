"""Terms of leadership: at most one holder of each (beyond the peer)."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.aha as s_aha
import synapse.common as s_common
import synapse.exc as s_exc
import tests.lib.aha.serving as t_aha

NET = t_aha.NET
IDEN = 'a' * 32
ONE, TWO = f'00.cortex.{NET}', f'01.cortex.{NET}'


async def test_a_term_is_taken_once(aha: s_aha.AhaCell) -> None:
    runs = [s_common.guid() for _ in range(3)]
    async with t_aha.local(aha) as prox:
        assert await prox.getAhaSvcTerm(IDEN) is None
        term = await prox.claimAhaSvcTerm(IDEN, 1, ONE, runs[0], 0)
        assert term == {'iden': IDEN, 'term': 1, 'name': ONE, 'run': runs[0], 'offs': 0, 'time': term['time']}
        assert await prox.getAhaSvcTerm(IDEN) == term
        again = await prox.claimAhaSvcTerm(IDEN, 1, ONE, runs[1], 5)
        assert again['run'] == runs[1] and again['offs'] == 5
        with pytest.raises(s_exc.BadState) as exc:
            await prox.claimAhaSvcTerm(IDEN, 1, TWO, runs[2], 7)
        assert (exc.value.get('term'), exc.value.get('name')) == (1, ONE)
        assert (await prox.claimAhaSvcTerm(IDEN, 2, TWO, runs[2], 7))['name'] == TWO
        for term in (0, 1):
            with pytest.raises(s_exc.BadState, match=f'The service {TWO} leads since term 2.'):
                await prox.claimAhaSvcTerm(IDEN, term, ONE, runs[0], 9)
        assert await prox.getAhaSvcTerm('b' * 32) is None


async def test_many_claim_one_term(aha: s_aha.AhaCell) -> None:
    async with t_aha.local(aha) as prox:
        names = [f'{indx:02}.cortex.{NET}' for indx in range(20)]
        claims = [prox.claimAhaSvcTerm(IDEN, 5, name, s_common.guid(), 0) for name in names]
        found = await asyncio.gather(*claims, return_exceptions=True)
        won = [item for item in found if isinstance(item, dict)]
        assert len(won) == 1 and await prox.getAhaSvcTerm(IDEN) == won[0]
        assert all(isinstance(item, s_exc.BadState) for item in found if item != won[0])


async def test_a_deposed_leader_does_not_get_the_name(aha: s_aha.AhaCell) -> None:
    async with t_aha.tls(aha) as prox:
        await prox.claimAhaSvcTerm(IDEN, 2, TWO, s_common.guid(), 7)
        await prox.addAhaSvc('cortex', t_aha.info(IDEN, term=2), network=NET)
        with pytest.raises(s_exc.BadState) as exc:
            await prox.addAhaSvc('cortex', t_aha.info(IDEN, term=1), network=NET)
        assert (exc.value.get('term'), exc.value.get('name')) == (2, TWO)
        assert (await prox.getAhaSvc('cortex...'))['svcinfo']['term'] == 2
        # its own name it may have; a service of the peer has no term, and another service is not concerned
        await prox.addAhaSvc('00.cortex', t_aha.info(IDEN, term=1), network=NET)
        await prox.addAhaSvc('cortex', t_aha.info(IDEN), network=NET)
        await prox.addAhaSvc('cortex', t_aha.info('b' * 32, term=1), network=NET)


async def test_terms_survive_a_restart(tmp_path: pathlib.Path) -> None:
    async with t_aha.aha(tmp_path) as aha:
        term = await aha.claimAhaSvcTerm(IDEN, 3, ONE, s_common.guid(), 9)
    async with t_aha.aha(tmp_path) as aha:
        assert aha.getAhaSvcTerm(IDEN) == term


GOOD = (IDEN, 1, ONE, 'b' * 32, 0)


@pytest.mark.parametrize(
    ('indx', 'valu'),
    [(0, 'x'), (0, None), (1, -1), (1, True), (1, 2**64), (1, '1'), (2, ''), (2, 5), (3, 'x'), (4, -1), (4, None)],
)
async def test_bad_claims(aha: s_aha.AhaCell, indx: int, valu: typing.Any) -> None:
    args: list[typing.Any] = list(GOOD)
    args[indx] = valu
    async with t_aha.local(aha) as prox:
        with pytest.raises(s_exc.BadArg):
            await prox.claimAhaSvcTerm(*args)
        assert await prox.getAhaSvcTerm(IDEN) is None


async def test_who_may_claim(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> None:
    certs = await t_aha.enroll(aha, 'bob', tmp_path / 'certs')
    bob = aha.auth.getUserByName(f'bob@{NET}')
    assert bob is not None
    async with t_aha.local(aha) as root, t_aha.tls(aha, 'bob', certs) as prox:
        with pytest.raises(s_exc.AuthDeny) as exc:
            await prox.claimAhaSvcTerm(*GOOD)
        assert exc.value.get('perm') == f'aha.service.add.{NET}.00.cortex'
        await bob.addRule((True, ('aha', 'service', 'add', NET, '00.axon')))
        await root.claimAhaSvcTerm(*GOOD)
        # who may register an Axon may not depose the leader of a Cortex
        with pytest.raises(s_exc.AuthDeny):
            await prox.claimAhaSvcTerm(IDEN, 9, f'00.axon.{NET}', 'b' * 32, 0)
        await bob.addRule((True, ('aha', 'service', 'add', NET, '01.cortex')))
        with pytest.raises(s_exc.AuthDeny):
            await prox.claimAhaSvcTerm(IDEN, 9, TWO, 'b' * 32, 0)
        await bob.addRule((True, ('aha', 'service', 'add', NET, 'cortex')))
        assert (await prox.claimAhaSvcTerm(IDEN, 9, TWO, 'b' * 32, 0))['term'] == 9
