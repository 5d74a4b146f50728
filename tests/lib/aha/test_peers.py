"""One question to all instances of a service (aha.md 4)."""

from __future__ import annotations

import pathlib
import typing

import pytest

import synapse.aha as s_aha
import synapse.axon as s_axon
import synapse.exc as s_exc
import tests.lib.aha.serving as t_aha
import tests.waiting as t_waiting

NET = t_aha.NET
CONF = {'https:port': None, 'health:sysctl:checks': False, 'limit:disk:free': None}
Any = typing.Any


@pytest.fixture
async def axon(aha: s_aha.AhaCell, tmp_path: pathlib.Path) -> typing.AsyncIterator[s_axon.Axon]:
    """An Axon that was provisioned by AHA, and registers."""
    conf = {**CONF, 'aha:provision': await aha.addAhaSvcProv('00.axon')}
    async with await s_axon.Axon.anit(str(tmp_path / 'axon'), conf=conf) as axon:
        yield axon


async def items(genr: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    async for name, answer in genr:
        found.setdefault(name, []).append(answer)
    return found


async def test_calls(aha: s_aha.AhaCell, axon: s_axon.Axon) -> None:
    name = f'00.axon.{NET}'
    async with t_aha.tls(aha) as prox:
        assert (await prox.getAhaSvc('axon...'))['svcinfo']['run'] == axon.runid
        dead = t_aha.info(axon.iden, 'axon')
        dead['urlinfo'].update(host='127.0.0.1', port=1)
        await prox.addAhaSvc('01.axon', dead, network=NET)
        found = await items(prox.callAhaPeerApi(axon.iden, ('getCellRunId', (), {}), timeout=10))
        assert found.pop(name) == [(True, axon.runid)]
        [(ok, _)] = found.pop(f'01.axon.{NET}')
        assert not ok and not found
        assert await items(prox.callAhaPeerApi('b' * 32, ('getCellRunId', (), {}))) == {}
        todo = ('metrics', (), {})
        assert await items(prox.callAhaPeerApi(axon.iden, todo, skiprun=dead['run'])) == {
            name: [(True, {'size:bytes': 0, 'file:count': 0})]
        }
        found = await items(prox.callAhaPeerApi(axon.iden, ('nope', (), {}), skiprun=dead['run']))
        assert found[name][0][0] is False and found[name][0][1][0] == 'NoSuchMeth'


async def test_streams(aha: s_aha.AhaCell, axon: s_axon.Axon) -> None:
    saved = [await axon.put(byts) for byts in (b'a', b'bb', b'ccc')]
    async with t_aha.tls(aha) as prox:
        found = await items(prox.callAhaPeerGenr(axon.iden, ('hashes', (0,), {})))
        want = [(True, (indx, (sha256, size))) for indx, (size, sha256) in enumerate(saved)]
        assert found == {f'00.axon.{NET}': want}
        found = await items(prox.callAhaPeerGenr(axon.iden, ('metrics', (), {})))
        assert found[f'00.axon.{NET}'][0][1][0] == 'BadArg'
        answers, secs = [], 0.1
        while len(answers) < 4:
            secs *= 2
            found = await items(prox.callAhaPeerGenr(axon.iden, ('hashes', (0,), {'wait': True}), timeout=secs))
            *answers, (okay, err) = found[f'00.axon.{NET}']
            assert answers == want[: len(answers)] and (okay, err[0]) == (False, 'TimeOut')
            answers.append(err)


async def test_a_caller_who_has_enough(aha: s_aha.AhaCell, axon: s_axon.Axon) -> None:
    await axon.put(b'a')
    sessions = len(axon.dmon.sessions)
    async with t_aha.tls(aha) as prox:
        genr = aiter(prox.callAhaPeerGenr(axon.iden, ('hashes', (0,), {'wait': True})))
        assert (await anext(genr))[1][0] is True
        await genr.aclose()
    await t_waiting.until(lambda: len(axon.dmon.sessions) <= sessions)


@pytest.mark.parametrize('todo', [None, 5, 'x', (), ('x',), (5, (), {}), ('x', 5, {}), ('x', (), 5)])
async def test_bad_calls(aha: s_aha.AhaCell, todo: Any) -> None:
    async with t_aha.local(aha) as prox:
        for name in ('callAhaPeerApi', 'callAhaPeerGenr'):
            with pytest.raises(s_exc.BadArg):
                await items(await prox.task((name, ('a' * 32, todo), {})))
        with pytest.raises(s_exc.BadArg):
            await items(prox.callAhaPeerApi('a' * 32, ('x', (), {}), timeout='x'))


async def test_an_address_that_is_a_path(aha: s_aha.AhaCell) -> None:
    async with t_aha.tls(aha) as prox:
        for scheme in ('cell', 'unix', 'aha', None):
            info = t_aha.info()
            info['urlinfo'] = {'scheme': scheme, 'host': aha.dirn, 'path': f'{aha.dirn}/sock'}
            await prox.addAhaSvc('00.evil', info, network=NET)
            [(name, (ok, error))] = [item async for item in prox.callAhaPeerApi('a' * 32, ('getCellIden', (), {}))]
            assert (name, ok, error[0]) == (f'00.evil.{NET}', False, 'BadUrl')
