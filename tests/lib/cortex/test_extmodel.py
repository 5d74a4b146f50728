"""The extended model: adding and removing, over a restart and over kill -9, and locks of deprecated parts."""

from __future__ import annotations

import pathlib
import signal
import sys
import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import synapse.telepath as s_telepath
import tests.lib.cell.serving as t_cellserving
import tests.lib.cortex.serving as t_serving

core = t_serving.core

INT: tuple[str, dict[str, typing.Any]] = ('int', {})


async def add_all(prox: typing.Any) -> None:
    await prox.addType('_t:x', 'int', {'min': 3}, {})
    await prox.addForm('_foo:bar', 'int', {}, {'doc': 'x'})
    await prox.addFormProp('_foo:bar', 'baz', ('_t:x', {}), {})
    await prox.addFormProp('inet:asn', '_baz', ('array', {'type': 'int'}), {'doc': 'y'})
    await prox.addUnivProp('_u', INT, {})
    await prox.addTagProp('score', INT, {})
    await prox.addEdge(('inet:asn', '_e', None), {'doc': 'z'})


MAKE = '[ _foo:bar=5 :baz=3 ._u=4 +#foo:score=7 ]'
USES = ('_foo:bar:baz=3', '_foo:bar._u=4', '#foo:score=7', '_foo:bar>4 +:baz<9', 'inet:asn:_baz*[=2]')


async def make_all(core: s_cortex.Cortex) -> None:
    assert await core.count(MAKE) == 1
    assert await core.count('[ inet:asn=1 :_baz=(1, 2) ]') == 1


async def use_all(core: s_cortex.Cortex) -> None:
    for text in USES:
        assert await core.count(text) == 1, text
    ext = core.extmodel.getExtModel()
    assert {kind: len(items) for kind, items in ext.items() if kind != 'version'} == dict.fromkeys(
        ('types', 'forms', 'univs', 'tagprops', 'edges'), 1
    ) | {'props': 2}
    with pytest.raises(s_exc.BadTypeValu):
        await core.count('[ _foo:bar=6 :baz=2 ]')


async def test_added_and_kept_over_restart(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core, t_serving.proxy(core) as prox:
        await add_all(prox)
        await make_all(core)
        await use_all(core)
        assert '_foo:bar' in (await prox.getModelDict())['forms']
        norm, _ = await prox.getPropNorm('inet:asn:_baz', ('1', 2))
        assert norm == (1, 2)
    async with t_serving.cortex(tmp_path / 'core') as core:
        await use_all(core)


def test_kept_over_kill(tmp_path: pathlib.Path) -> None:
    dirn = tmp_path / 'core'
    argv = [
        sys.executable,
        '-m',
        'synapse.servers.cortex',
        str(dirn),
        '--telepath',
        'tcp://127.0.0.1:0',
        '--https',
        '0',
    ]
    for turn in range(3):
        with t_cellserving.Server(argv) as server, s_telepath.openurl(f'cell://{dirn}') as prox:
            if turn:
                assert prox.count(f'inet:asn:_p{turn - 1}={turn - 1}') == 1
                assert prox.count('_foo:bar:baz=3') == 1
            else:
                prox.addForm('_foo:bar', 'int', {}, {})
                prox.addFormProp('_foo:bar', 'baz', INT, {})
                prox.count('[ _foo:bar=5 :baz=3 ]')
            prox.addFormProp('inet:asn', f'_p{turn}', INT, {})
            assert prox.count(f'[ inet:asn={turn} :_p{turn}={turn} ]') == 1
            server.stop(signal.SIGKILL)


# call, arguments, error
REFUSED: tuple[tuple[str, tuple[typing.Any, ...], str], ...] = (
    ('addForm', ('_foo', 'int', {}, {}), 'BadFormDef'),
    ('addForm', ('foo:bar', 'int', {}, {}), 'BadFormDef'),
    ('addForm', ('_foo:bar', 'int', {}, {}), 'DupFormName'),
    ('addForm', ('_foo:baz', 'newp', {}, {}), 'NoSuchType'),
    ('addForm', ('_foo:baz', 'int', 5, {}), 'BadArg'),
    ('addForm', ('_foo:baz', 'int', {}, 5), 'BadArg'),
    ('addForm', (5, 'int', {}, {}), 'BadArg'),
    ('addForm', ('_foo:baz', 'int', {}, {'doc': 'x' * 2**20}), 'BadArg'),
    ('addForm', ('_foo:baz', 'int', {'min': 'x'}, {}), 'BadTypeDef'),
    ('getTypeNorm', ('int', 5, 5), 'BadArg'),
    ('getTypeNorm', ('array', 5, {'type': 5}), 'BadTypeDef'),
    ('addForm', ('_foo:' + 'a' * 100, 'int', {}, {}), 'BadArg'),
    ('addType', ('t:x', 'int', {}, {}), 'BadTypeDef'),
    ('addFormProp', ('inet:ipv4', 'baz', INT, {}), 'BadPropDef'),
    ('addFormProp', ('_foo:bar', 'baz', INT, {}), 'DupPropName'),
    ('addFormProp', ('newp', '_baz', INT, {}), 'NoSuchForm'),
    ('addFormProp', ('inet:ipv4', '_baz', ('newp', {}), {}), 'NoSuchType'),
    ('addFormProp', ('inet:ipv4', '_baz', 5, {}), 'BadArg'),
    ('addFormProp', ('inet:ipv4', '_baz', ('int', 5), {}), 'BadArg'),
    ('addUnivProp', ('u', INT, {}), 'BadPropDef'),
    ('addTagProp', ('score', INT, {}), 'DupPropName'),
    ('addEdge', (('inet:ipv4', 'e', None), {}), 'BadEdgeDef'),
    ('addEdge', (('newp', '_e', None), {}), 'NoSuchForm'),
    ('addEdge', (5, {}), 'BadArg'),
    ('addEdge', ((5, '_e', None), {}), 'BadArg'),
    ('delForm', ('_newp:x',), 'NoSuchForm'),
    ('delForm', ('inet:ipv4',), 'BadFormDef'),
    ('delForm', ('_foo:bar',), 'CantDelForm'),
    ('delFormProp', ('inet:ipv4', 'asn'), 'NoSuchProp'),
    ('delFormProp', ('inet:ipv4', '_newp'), 'NoSuchProp'),
    ('delFormProp', ('_foo:bar', 'baz'), 'CantDelProp'),
    ('delUnivProp', ('seen',), 'NoSuchUniv'),
    ('delUnivProp', ('_u',), 'CantDelUniv'),
    ('delTagProp', ('newp',), 'NoSuchTagProp'),
    ('delTagProp', ('score',), 'CantDelProp'),
)


async def test_refused(core: s_cortex.Cortex) -> None:
    async with t_serving.proxy(core) as prox:
        await add_all(prox)
        await make_all(core)
        for name, args, errname in REFUSED:
            with pytest.raises(s_exc.SynErr) as info:
                await getattr(prox, name)(*args)
            assert info.value.errname == errname, (name, args, info.value)
        for edge, exc in ((('inet:asn', '_newp', None), s_exc.NoSuchEdge), (5, s_exc.BadArg)):
            with pytest.raises(exc):
                await core.extmodel.delEdge(edge)
    await use_all(core)


async def test_removed(core: s_cortex.Cortex) -> None:
    async with t_serving.proxy(core) as prox:
        await add_all(prox)
        await core.count(MAKE)
        fork = await core.stacks.add_layer({}, core.auth.rootuser.iden)
        await core.count('_foo:bar=5 [ -:baz -._u -#foo ]')
        await prox.delFormProp('_foo:bar', 'baz')
        await prox.delUnivProp('_u')
        await prox.delTagProp('score')
        await core.extmodel.delEdge(['inet:asn', '_e', None])
        await core.extmodel.delType('_t:x')
        with pytest.raises(s_exc.NoSuchProp):
            await core.count('[ _foo:bar=5 :baz=3 ]')
        await prox.addFormProp('_foo:bar', 'baz', ('str', {}), {})
        assert await core.count('_foo:bar=5 [ :baz=three ] -:baz=3') == 1
        assert await core.count('_foo:bar:baz=three') == 1
        assert fork.indexers == {}


async def test_permissions(core: s_cortex.Cortex) -> None:
    joe = await core.auth.addUser('joe')
    calls: tuple[tuple[str, tuple[typing.Any, ...], str], ...] = (
        ('addForm', ('_foo:bar', 'int', {}, {}), 'model.form.add._foo:bar'),
        ('delForm', ('_foo:bar',), 'model.form.del._foo:bar'),
        ('addType', ('_t:x', 'int', {}, {}), 'model.type.add._t:x'),
        ('addFormProp', ('inet:asn', '_x', INT, {}), 'model.prop.add.inet:asn'),
        ('delFormProp', ('inet:asn', '_x'), 'model.prop.del.inet:asn'),
        ('addUnivProp', ('_u', INT, {}), 'model.univ.add'),
        ('delUnivProp', ('_u',), 'model.univ.del'),
        ('addTagProp', ('score', INT, {}), 'model.tagprop.add'),
        ('delTagProp', ('score',), 'model.tagprop.del'),
        ('addEdge', (('inet:asn', '_e', None), {}), 'model.edge.add'),
    )
    async with t_serving.proxy(core, user='joe') as prox:
        for name, args, perm in calls:
            with pytest.raises(s_exc.AuthDeny, match=perm):
                await getattr(prox, name)(*args)
        await joe.addRule((True, ('model', 'form', 'add', '_foo:bar')))
        await prox.addForm('_foo:bar', 'int', {}, {})


async def test_watchers_are_told(core: s_cortex.Cortex) -> None:
    events = core.behold()
    first = core.schedCoro(anext(events))  # type: ignore[arg-type]
    while not core.beholder.queues:
        await core.stormvars.set('x', 1)
    await core.extmodel.addForm('_foo:ev', 'int', {}, {'doc': 'x'})
    event = await first
    assert event['event'] == 'model:form:add' and event['info']['form']['name'] == '_foo:ev'
    assert event['info']['type']['info']['doc'] == 'x'
    await core.extmodel.addFormProp('_foo:ev', 'baz', INT, {})
    await core.extmodel.addEdge(('inet:asn', '_ev', 'inet:asn'), {})
    await core.extmodel.delEdge(('inet:asn', '_ev', 'inet:asn'))
    await core.extmodel.delFormProp('_foo:ev', 'baz')
    got = [await anext(events) for _ in range(4)]
    assert [event['event'][6:] for event in got] == ['prop:add', 'edge:add', 'edge:del', 'prop:del']
    assert got[0]['info']['prop']['full'] == '_foo:ev:baz' and got[3]['info'] == {'form': '_foo:ev', 'prop': 'baz'}


async def test_locks(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        assert core.extmodel.getDeprLocks()['ou:org:alias'] is False
        await core.extmodel.setDeprLock('ou:org:alias', True)
        for name in ('inet:ipv4', 'newp'):
            with pytest.raises(s_exc.NoSuchProp):
                await core.extmodel.setDeprLock(name, True)
    async with t_serving.cortex(tmp_path / 'core') as core:
        assert core.extmodel.getDeprLocks()['ou:org:alias'] is True
        with pytest.raises(s_exc.IsDeprLocked):
            await core.count('[ ou:org=* :alias=foo ]')
        await core.extmodel.setDeprLock('ou:org:alias', False)
        assert await core.count('[ ou:org=* :alias=foo ]') == 1


async def test_exported_and_added_elsewhere(core: s_cortex.Cortex, tmp_path: pathlib.Path) -> None:
    async with t_serving.proxy(core) as prox:
        await add_all(prox)
    ext = core.extmodel.getExtModel()
    async with t_serving.cortex(tmp_path / 'other') as other:
        assert await other.extmodel.addExtModel(ext) is True
        assert await other.extmodel.addExtModel(ext) is True
        assert other.extmodel.getExtModel() == ext
        with pytest.raises(s_exc.BadFormDef):
            await other.extmodel.addExtModel({'forms': [('_foo:bar', 'str', {}, {})]})
        with pytest.raises(s_exc.NoSuchType):
            await other.extmodel.addExtModel({'types': [('_nope:a', '_nope:b', {}, {}), ('_nope:c', 'nope', {}, {})]})


async def test_what_rests_on_a_form(tmp_path: pathlib.Path) -> None:
    async with t_serving.cortex(tmp_path / 'core') as core:
        ext = core.extmodel
        await ext.addForm('_f:form', 'int', {}, {})
        await ext.addType('_t:b', '_f:form', {}, {})
        await ext.addType('_t:a', '_t:b', {}, {})
        await ext.addForm('_f:above', '_t:a', {}, {})
        await ext.addFormProp('_f:above', 'p', ('_t:a', {}), {})
        assert await core.count('[ _f:above=5 :p=6 ]') == 1
        have = ext.getExtModel()
    async with t_serving.cortex(tmp_path / 'core') as core, t_serving.cortex(tmp_path / 'other') as other:
        assert core.extmodel.getExtModel() == have  # all but the form was left out
        assert await core.count('_f:above:p=6') == 1
        await other.extmodel.addExtModel(have)
        assert other.extmodel.getExtModel() == have
