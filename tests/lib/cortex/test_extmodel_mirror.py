"""What users add to the model reaches the mirrors, is changed through them, and is what they lead with."""

from __future__ import annotations

import contextlib
import pathlib
import typing

import synapse.cortex as s_cortex
import synapse.lib.cortex.modelrev as s_modelrev
import tests.lib.cell.mirrors as t_mirrors
import tests.lib.cortex.serving as t_serving
import tests.lib.cortex.test_extmodel as t_extmodel

INT: tuple[str, dict[str, typing.Any]] = ('int', {})


async def start(dirn: pathlib.Path, **conf: typing.Any) -> s_cortex.Cortex:
    return await s_cortex.Cortex.anit(str(dirn), conf={**t_serving.CONF, 'nexslog:en': True, **conf})


@contextlib.asynccontextmanager
async def pair(tmp_path: pathlib.Path) -> typing.AsyncIterator[tuple[s_cortex.Cortex, s_cortex.Cortex]]:
    async with await start(tmp_path / 'lead') as lead:
        await t_mirrors.copy(lead, tmp_path / 'mirr')
        async with await start(tmp_path / 'mirr', mirror=lead.getLocalUrl()) as mirr:
            await t_mirrors.level(lead, mirr)
            yield lead, mirr


async def test_every_kind_is_followed(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirr):
        async with t_serving.proxy(lead) as prox:
            await t_extmodel.add_all(prox)
        await t_extmodel.make_all(lead)
        await lead.extmodel.setDeprLock('ou:org:alias', True)
        await lead.callStorm('$lib.model.tags.set(cno, prune, (2))')
        await t_mirrors.level(lead, mirr)
        assert mirr.extmodel.getExtModel() == lead.extmodel.getExtModel()
        assert mirr.extmodel.getDeprLocks()['ou:org:alias'] is True
        assert mirr.tagmodel.get('cno') == {'prune': 2}
        for text in t_extmodel.USES:
            assert await mirr.count(text) == 1, text
        await t_mirrors.req_equal(lead, mirr)


async def test_changed_through_the_mirror(tmp_path: pathlib.Path) -> None:
    async with pair(tmp_path) as (lead, mirr):
        async with t_serving.proxy(mirr) as prox:
            await t_extmodel.add_all(prox)
            assert await prox.count(t_extmodel.MAKE) == 1
            await prox.count('_foo:bar=5 [ -:baz ]')
            await prox.delFormProp('_foo:bar', 'baz')
            await prox.addFormProp('_foo:bar', 'baz', ('str', {}), {})
            assert await prox.count('_foo:bar=5 [ :baz=three ] +:baz=three') == 1
        assert await lead.count('_foo:bar:baz=three') == 1
        assert mirr.extmodel.getExtModel() == lead.extmodel.getExtModel()
        await t_mirrors.req_equal(lead, mirr)


async def test_the_mirror_leads_with_it(tmp_path: pathlib.Path) -> None:
    """A revision of the model runs where a service becomes the leader, not before."""
    ran = []

    async def note(mig: s_modelrev.Migration) -> None:
        ran.append(mig.model)

    async with await start(tmp_path / 'lead') as lead:
        await t_mirrors.copy(lead, tmp_path / 'mirr')
        await lead.extmodel.addForm('_foo:bar', 'int', {}, {})
        await lead.count('[ _foo:bar=1 ]')

        class Newer(s_cortex.Cortex):
            modelrevs = (s_modelrev.Revision((0, 3, 0), note),)

        conf = {**t_serving.CONF, 'nexslog:en': True, 'mirror': lead.getLocalUrl()}
        async with await Newer.anit(str(tmp_path / 'mirr'), conf=conf) as mirr:
            await t_mirrors.level(lead, mirr)
            assert ran == []
            await lead.fini()
            await mirr.promote()
            assert ran == [mirr.model]
            assert await mirr.count('_foo:bar=1') == 1
            await mirr.extmodel.addFormProp('_foo:bar', 'baz', INT, {})
            assert await mirr.count('_foo:bar=1 [ :baz=5 ] +:baz=5') == 1
