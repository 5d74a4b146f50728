"""What a query uses is removed from the model while it is under way: refused, and nothing half-done stays.

The queries change the model themselves, in the middle: they were compiled for the model as it was before."""

from __future__ import annotations

import asyncio
import pathlib
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import tests.lib.cortex.serving as t_serving

INT: tuple[str, dict[str, typing.Any]] = ('int', {})


@pytest.fixture
async def core(tmp_path: pathlib.Path) -> typing.AsyncIterator[s_cortex.Cortex]:
    async with t_serving.cortex(tmp_path / 'core') as core:
        ext = core.extmodel
        await ext.addForm('_f:gone', 'int', {}, {})
        await ext.addForm('_f:stay', 'int', {}, {})
        await ext.addFormProp('_f:stay', 'p', INT, {})
        await ext.addUnivProp('_u', INT, {})
        await ext.addTagProp('tp', INT, {})
        await core.count('[ _f:stay=1 ]')
        yield core


# query, error
LATE: tuple[tuple[str, str], ...] = (
    ('$lib.model.ext.delForm("_f:gone") [ _f:gone=1 ]', 'NoSuchForm'),
    ('_f:stay=1 $lib.model.ext.delFormProp("_f:stay", p) [ :p=5 ]', 'NoSuchProp'),
    ('_f:stay=1 $lib.model.ext.delUnivProp("_u") [ ._u=5 ]', 'NoSuchProp'),
    ('_f:stay=1 $lib.model.ext.delTagProp(tp) [ +#foo:tp=5 ]', 'NoSuchTagProp'),
    ('$lib.model.deprecated.lock("ou:org:alias", (true)) [ ou:org=* :alias=foo ]', 'IsDeprLocked'),
    ('[ _f:gone=1 ] $lib.model.ext.delForm("_f:gone")', 'CantDelForm'),
    ('_f:stay=1 [ :p=5 ] $lib.model.ext.delFormProp("_f:stay", p)', 'CantDelProp'),
    ('_f:stay=1 [ ._u=5 ] $lib.model.ext.delUnivProp("_u")', 'CantDelUniv'),
    ('_f:stay=1 [ +#foo:tp=5 ] $lib.model.ext.delTagProp(tp)', 'CantDelProp'),
)


@pytest.mark.parametrize(('text', 'errname'), LATE)
async def test_removed_under_a_query(core: s_cortex.Cortex, text: str, errname: str) -> None:
    with pytest.raises(s_exc.SynErr) as info:
        await core.callStorm(text)
    assert info.value.errname == errname
    layer = core.stacks.default.wlyr
    used = errname.startswith('CantDel')
    assert layer.form_count('_f:gone') == ('gone=1' in text and used)
    assert await core.callStorm('_f:stay return($lib.len($node.props))') == 1 + (
        used and 'stay' in text and '#' not in text
    )


async def test_another_type_under_a_query(core: s_cortex.Cortex) -> None:
    swap = '$lib.model.ext.delForm("_f:gone") $lib.model.ext.addForm("_f:gone", str, ({}), ({}))'
    assert await core.callStorm(f'{swap} [ _f:gone=1 ] return($node.value())') == '1'
    assert await core.count('_f:gone^=1') == 1


@pytest.mark.usefixtures('no_hurry')
async def test_edges_of_a_form_that_goes(tmp_path: pathlib.Path) -> None:
    edge = ('_f:gone', '_e', None)
    async with t_serving.cortex(tmp_path / 'core') as core:
        ext = core.extmodel
        await ext.addForm('_f:gone', 'int', {}, {})
        late = await asyncio.gather(ext.addEdge(edge, {}), ext.delForm('_f:gone'), return_exceptions=True)
        assert late[0] is None and isinstance(late[1], s_exc.CantDelForm)
        with pytest.raises(s_exc.BadArg):
            await ext.addEdge((None, '_' + 'x' * 600, None), {})  # it was in the model until the next start
        have = ext.getExtModel()
        assert [item[0] for item in have['edges']] == [edge]
    async with t_serving.cortex(tmp_path / 'core') as core:
        assert core.extmodel.getExtModel() == have  # where the form was gone, the edge could not be removed any more
        await core.extmodel.delEdge(edge)
        await core.extmodel.delForm('_f:gone')
