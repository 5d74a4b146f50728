"""``$lib.layer``, layer objects, and the commands about layers."""

from __future__ import annotations

import typing

import pytest

import synapse.cortex as s_cortex
import synapse.exc as s_exc
import tests.lib.cortex.serving as t_serving
import tests.lib.storm.telling as t_telling

core = t_serving.core

Any = typing.Any
prints, fails = t_telling.prints, t_telling.fails


async def test_add_set_del(core: s_cortex.Cortex) -> None:
    query = '$l=$lib.layer.add($ldef) return($l.pack())'
    ldef = {'name': '\U0001f600' * 500, 'growsize': 5000, 'newp': 5, 'iden': 'x', 'creator': 'y', 'created': 1}
    pack = await core.callStorm(query, opts={'vars': {'ldef': ldef}})
    assert pack['name'] == ldef['name'] and pack['newp'] == 5 and pack['creator'] == core.auth.rootuser.iden
    assert len(pack['iden']) == 32 and pack['created'] > 1 and pack['readonly'] is False
    opts = {'vars': {'i': pack['iden']}}
    for name, valu, want in (
        ('name', 'x', 'x'),
        ('name', '(5)', '5'),
        ('desc', 'd', 'd'),
        ('desc', '$lib.null', None),
        ('name', '$lib.undef', None),
        ('logedits', '(0)', False),
        ('cache:size', '"5"', 5),
        ('readonly', '$lib.true', True),
        ('readonly', 'false', True),
        ('readonly', '$lib.null', False),
    ):
        await core.callStorm(f'$lib.layer.get($i).set("{name}", {valu})', opts=opts)
        assert core.stacks.layers[pack['iden']].info.get(name) == want, (name, valu)
    await core.callStorm('$lib.layer.del($i)', opts=opts)
    assert pack['iden'] not in core.stacks.layers


REFUSED = [
    ('$lib.layer.add(newp)', 'BadArg'),
    ('$lib.layer.add(({"name": 5}))', 'SchemaViolation'),
    ('$lib.layer.add(({"readonly": "yes"}))', 'SchemaViolation'),
    ('$lib.layer.add(({"mirror": "tcp://127.0.0.1:1/"}))', 'BadArg'),
    ('layer.add --upstream tcp://127.0.0.1:1/', 'BadArg'),
    ('$lib.layer.get(newp)', 'NoSuchIden'),
    ('$lib.layer.del(newp)', 'NoSuchIden'),
    ('$lib.layer.del($lib.layer.get().iden)', 'LayerInUse'),
    ('$lib.layer.get().set(newp, x)', 'BadOptValu'),
    ('$lib.layer.get().set("cache:size", x)', 'BadCast'),
    ('$lib.layer.get().set(mirror, x)', 'BadOptValu'),
    ('$l=$lib.layer.add() $lib.layer.del($l.iden) $l.getFormCounts()', 'NoSuchIden'),
    ('$l=$lib.layer.add() $lib.layer.del($l.iden) $l.set(name, x)', 'NoSuchIden'),
    ('$l=$lib.layer.add() $lib.layer.del($l.iden) $l.delStorNode($lib.guid())', 'NoSuchIden'),
    ('$l=$lib.layer.add() $lib.layer.del($l.iden) $l.addPush("tcp://127.0.0.1:1/")', 'NoSuchIden'),
    ('$l=$lib.layer.add(({"readonly": true})) $l.set(name, x)', 'IsReadOnly'),
]


@pytest.mark.parametrize(('query', 'name'), REFUSED, ids=[item[0] for item in REFUSED])
async def test_refused(query: str, name: str, core: s_cortex.Cortex) -> None:
    assert (await fails(core, query))[0] == name


NODE = '[ inet:ipv4=1.1.1.1 :asn=1 +#foo +(refs)> {[ inet:fqdn=x.com ]} ] $node.data.set(a, b) $node.data.set(c, d)'
WRITES = [
    ('setStorNodeProp($i, "inet:ipv4:asn", 55)', [True, False], 'inet:ipv4:asn=55'),
    ('setStorNodeProp($i, ".seen", 2020)', [True, False], 'inet:ipv4.seen'),
    ('delStorNodeProp($i, "inet:ipv4:asn")', [True, False], 'inet:ipv4 -:asn'),
    ('setNodeDataValu($i, z, ({"x": [1]}))', [True, False], 'inet:ipv4 +{ if $node.data.get(z) { $node } }'),
    ('delNodeData($i, a)', [True, False], 'inet:ipv4 -{ +$node.data.has(a) }'),
    ('delNodeData($i)', [True, False], 'inet:ipv4 -{ +$node.data.has(c) }'),
    ('delEdge($i, refs, $x)', [True, False], 'inet:ipv4 -{ -(refs)> * }'),
]


@pytest.mark.parametrize(('query', 'want', 'look'), WRITES, ids=[item[0] for item in WRITES])
async def test_direct_writes(query: str, want: list[bool], look: str, core: s_cortex.Cortex) -> None:
    await core.count(NODE)
    idens = {name: await core.callStorm(f'{form} return($node.iden())') for name, form in IDENS.items()}
    text = f'$l=$lib.layer.get() return(($l.{query}, $l.{query}))'
    assert list(await core.callStorm(text, opts={'vars': idens})) == want
    assert await core.count(look) == 1


IDENS = {'i': 'inet:ipv4', 'x': 'inet:fqdn=x.com'}


async def test_deleting_all_of_a_node(core: s_cortex.Cortex) -> None:
    await core.count(NODE)
    query = """
        inet:ipv4 $l=$lib.layer.get() $i=$node.iden()
        return(($l.delStorNode($i), $l.delStorNode($i), $l.getStorNode($i), $l.getEdgesByN1($i)))
    """
    await core.callStorm('$l=$lib.layer.get() inet:ipv4 $i=$node.iden() $l.delStorNode($i) | spin')
    assert await core.count('inet:ipv4') == 0 and await core.count('inet:fqdn=x.com <(refs)- *') == 0
    assert await core.callStorm(query) is None and core.stacks.default.wlyr.form_count('inet:ipv4') == 0


BAD_WRITES = [
    ('setStorNodeProp(newp, "inet:ipv4:asn", 5)', 'BadCast'),
    ('setStorNodeProp($i, "inet:ipv4:newp", 5)', 'NoSuchProp'),
    ('setStorNodeProp($i, "inet:fqdn:zone", 5)', 'NoSuchProp'),
    ('setStorNodeProp($i, "inet:ipv4", 5)', 'NoSuchProp'),
    ('setStorNodeProp($i, ".newp", 5)', 'NoSuchProp'),
    ('setStorNodeProp($i, "inet:ipv4:asn", newp)', 'BadTypeValu'),
    ('delStorNodeProp($i, "inet:ipv4:newp")', 'NoSuchProp'),
    ('delStorNode(newp)', 'BadCast'),
    ('delStorNode($lib.null)', 'BadCast'),
    ('delEdge($i, refs, newp)', 'BadCast'),
    ('setNodeDataValu($i, $name, 5)', 'BadArg'),
    ('setNodeDataValu($i, "", 5)', 'BadArg'),
    ('setNodeDataValu($i, a, $lib)', 'NoSuchType'),
    ('delNodeData()', 'StormRuntimeError'),
]


@pytest.mark.parametrize(('query', 'name'), BAD_WRITES, ids=[item[0] for item in BAD_WRITES])
async def test_bad_writes(query: str, name: str, core: s_cortex.Cortex) -> None:
    await core.count(NODE)
    iden = await core.callStorm('inet:ipv4 return($node.iden())')
    opts = {'vars': {'i': iden, 'name': 'x' * 10000}}
    assert (await fails(core, f'$lib.layer.get().{query}', **opts))[0] == name


async def test_writes_about_unknown_nodes_do_nothing(core: s_cortex.Cortex) -> None:
    await core.count(NODE)
    opts = {'vars': {'i': 'aa' * 32, 'x': 'bb' * 32}}
    for query in (
        'setStorNodeProp($i, "inet:ipv4:asn", 5)',
        'delNodeData($i)',
        'delStorNode($i)',
        'delEdge($i, x, $x)',
    ):
        assert await core.callStorm(f'return($lib.layer.get().{query})', opts=opts) is False


ADMIN = ('setStorNodeProp', 'delStorNodeProp', 'delStorNode', 'setNodeDataValu', 'delNodeData', 'delEdge')


async def test_permissions(core: s_cortex.Cortex) -> None:
    user = core.auth.reqUser(await t_telling.low(core))
    layer = core.stacks.default.wlyr.iden
    await user.setAdmin(True, gateiden=layer)
    for name in ADMIN:
        args = {'setStorNodeProp': 'a, b, c', 'delStorNode': 'a', 'setNodeDataValu': 'a, b, c', 'delEdge': 'a, b, c'}
        query = f'$lib.layer.get().{name}({args.get(name, "a, b")})'
        assert await fails(core, query, user=user.iden) == ('AuthDeny', f'{name}() requires admin privileges.')
        assert (await fails(core, query, readonly=True))[0] == 'IsReadOnly'
    await user.setAdmin(False, gateiden=layer)
    other = await core.callStorm('return($lib.layer.add().iden)')
    for query, part in (
        ('$lib.layer.add()', 'layer.add'),
        ('$lib.layer.del($i)', f'layer.del on object {other} (layer)'),
        ('$lib.layer.get($i).set(name, x)', 'layer.set.name'),
        ('for $x in $lib.layer.get($i).verify() { }', 'can not read layer'),
        ('$lib.layer.get($i).edited()', 'can not read layer'),
        ('$lib.layer.get($i).delPull(x)', 'requires admin privs'),
    ):
        name, mesg = await fails(core, query, user=user.iden, vars={'i': other})
        assert name == 'AuthDeny' and part in mesg, query
    await user.addRule((True, ('view', 'add')))
    assert (await fails(core, '$lib.view.add(($i,))', user=user.iden, vars={'i': other}))[0] == 'AuthDeny'
    await user.addRule((True, ('layer', 'read')), gateiden=other)
    assert (
        await core.callStorm('return($lib.view.add(($i,)).get(name))', opts={'user': user.iden, 'vars': {'i': other}})
        is None
    )


async def test_verify_and_edited(core: s_cortex.Cortex) -> None:
    layer = core.stacks.default.wlyr
    query = '$l=() for $p in $lib.layer.get().verify() { $l.append($p) } return($l)'
    assert await core.callStorm('return($lib.layer.get().edited())') is None
    await core.count('[ inet:ipv4=1.1.1.1 inet:ipv4=2.2.2.2 ]')
    assert await core.callStorm('return(($lib.layer.get().edited() > 0))') is True
    assert await core.callStorm(query) == ()
    nid = core.stacks.idens.get(bytes.fromhex(await core.callStorm('inet:ipv4=1.1.1.1 return($node.iden())')))
    layer.slab.xact.delete(nid, db=layer.nodes)
    ((problem, _),) = await core.callStorm(query)
    assert problem == 'NoNodeForIndex'
    layer.slab.xact.put(nid, layer.record(core.stacks.idens.get(await iden(core))), db=layer.nodes)
    ((problem, _),) = await core.callStorm(query)
    assert problem == 'BadIndex'


async def iden(core: s_cortex.Cortex) -> bytes:
    return bytes.fromhex(await core.callStorm('inet:ipv4=2.2.2.2 return($node.iden())'))


async def test_commands(core: s_cortex.Cortex) -> None:
    lines = await prints(core, 'layer.add --name x --lockmemory --readonly --growsize 5 --cache-size 7')
    layer = next(iden for iden in core.stacks.layers if iden != core.stacks.default.wlyr.iden)
    assert lines[0].startswith(f'Layer: {layer} (name: x) readonly: True creator: ') and lines[1] == 'Layer added.'
    info = core.stacks.layers[layer].info
    assert (info['lockmemory'], info['growsize'], info['cache:size']) == (True, 5, 7)
    opts = {'vars': {'i': layer}}
    assert (await prints(core, 'layer.set $i readonly $lib.false', **opts))[1] == 'Layer updated.'
    assert '(name: y)' in (await prints(core, 'layer.set $i name y', **opts))[0]
    assert (await prints(core, 'layer.get $i', **opts))[0].startswith(f'Layer: {layer}')
    assert '(name: default)' in (await prints(core, 'layer.get'))[0]
    assert len(await prints(core, 'layer.list')) == 3
    assert (await prints(core, 'layer.push.list $i', **opts))[1] == 'No pushes configured.'
    assert await prints(core, 'layer.push.del $i newp', **opts) == ['Layer push deleted.']
    assert await prints(core, 'layer.del $i', **opts) == [f'Layer deleted: {layer}']
    for query in ('layer.get $i', 'layer.set $i name x', 'layer.del $i', 'layer.pull.list $i'):
        assert (await fails(core, query, **opts))[0] == 'NoSuchIden'
    assert (await fails(core, 'layer.add', readonly=True))[0] == 'IsReadOnly'


async def test_gates_and_definitions(core: s_cortex.Cortex) -> None:
    pack = await core.callStorm('return($lib.view.get().pack())')
    assert 'worldreadable' not in pack and pack['protected'] is False
    query = '$v=$lib.view.get() return(($v.get(worldreadable), $v.get(protected), $v.get(newp, 5)))'
    assert await core.callStorm(query) == (None, False, '5')
    assert await core.callStorm('return($lib.auth.gates.get(cortex).type)') == 'cortex'
    user = core.auth.reqUser(await t_telling.low(core))
    text = '$lib.auth.users.byname(low).addRule(([true, ["layer", "add"]]), gateiden=cortex)'
    mesgs = [mesg async for mesg in core.storm(text)]
    assert [info['mesg'] for name, info in mesgs if name == 'warn'][0].startswith('The gate "cortex"')
    with pytest.raises(s_exc.AuthDeny):
        await core.callStorm('$lib.layer.add()', opts={'user': user.iden})
