"""Options, derivation, merging, nested types and the questions that types ask the model's owner."""

from __future__ import annotations

import typing

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.model.model as s_model
import synapse.lib.model.types.base as s_base
import synapse.models as s_models


@pytest.fixture
def model() -> s_model.Model:
    return s_models.load()


def test_derived_types_take_the_options_of_their_parent(model: s_model.Model) -> None:
    base = model.reqType('str').extend('test:lower', {'lower': True}, {'doc': 'lower'})
    child = base.extend('test:strip', {'strip': True}, {})
    assert (base.subof, child.subof) == ('str', 'test:lower')
    assert child.norm('  Foo ')[0] == 'foo'
    assert child.opts['lower'] is True and base.opts['strip'] is False
    assert child.clone({}) is child
    assert child.clone({'lower': False}).norm(' Foo ')[0] == 'Foo'
    assert child.clone({'lower': False}).name == 'test:strip'


BAD_OPTS = [
    ('int', {'size': 3}, 'BadTypeDef'),
    ('int', {'min': 5, 'max': 4}, 'BadTypeDef'),
    ('int', {'enums': ((1, 'a'), (1, 'b'))}, 'BadTypeDef'),
    ('int', {'enums': ((1, 'a'), (2, 'A'))}, 'BadTypeDef'),
    ('hex', {'size': 3}, 'BadConfValu'),
    ('hex', {'size': -2}, 'BadConfValu'),
    ('hex', {'zeropad': -1}, 'BadConfValu'),
    ('str', {'regex': '['}, 'BadTypeDef'),
    ('array', {'type': 'nosuch'}, 'BadTypeDef'),
    ('array', {'type': 'array'}, 'BadTypeDef'),
    ('array', {'type': None}, 'BadTypeDef'),
]


@pytest.mark.parametrize(('name', 'opts', 'errname'), BAD_OPTS)
def test_bad_options(model: s_model.Model, name: str, opts: dict[str, typing.Any], errname: str) -> None:
    with pytest.raises(s_exc.CLASSES[errname]):
        model.reqType(name).clone(opts)


def test_references_to_unknown_types(model: s_model.Model) -> None:
    comp = model.reqType('comp').extend('test:comp', {'fields': (('a', 'nosuch:type'),)}, {})
    with pytest.raises(s_exc.BadTypeDef):
        comp.resolve()
    with pytest.raises(s_exc.BadTypeValu):
        comp.norm(('x',))


def test_merge(model: s_model.Model) -> None:
    """Intervals grow, minimum and maximum times stay where they are better, all else is replaced (types.md 5.3)."""
    ival, time = model.reqType('ival'), model.reqType('time')
    assert ival.merge is not None and time.merge is None
    assert ival.merge((5, 10), (7, 20)) == (5, 20)
    assert ival.merge((None, None), (7, 20)) == (7, 20) and ival.merge((7, 20), (None, None)) == (7, 20)
    first, last = time.clone({'ismin': True}), time.clone({'ismax': True})
    assert first.merge is not None and last.merge is not None
    assert (first.merge(5, 3), first.merge(5, 9)) == (3, 5) and (last.merge(5, 3), last.merge(5, 9)) == (5, 9)
    assert (time.stortype, first.stortype, last.stortype) == (s_base.TIME, s_base.MINTIME, s_base.MAXTIME)
    assert model.reqType('int').clone({'ismin': True}).merge is None


def test_comp_gathers_what_its_fields_know(model: s_model.Model) -> None:
    norm, info = model.reqType('inet:whois:contact').norm((('Woot.com', '2020'), 'X'))
    assert norm == (('woot.com', 1577836800000), 'x')
    assert list(info['subs']) == ['rec', 'rec:fqdn', 'rec:fqdn:host', 'rec:fqdn:domain', 'rec:asof', 'type']
    assert [(form, valu) for form, valu, _ in info['adds']] == [('inet:whois:rec', norm[0]), ('inet:fqdn', 'woot.com')]


def test_array_of_forms_adds_its_items(model: s_model.Model) -> None:
    typo = model.reqType('array').clone({'type': 'inet:fqdn', 'uniq': True, 'sorted': True})
    norm, info = typo.norm(['b.com', 'a.com', 'B.com'])
    assert norm == ('a.com', 'b.com')
    assert [valu for _, valu, _ in info['adds']] == ['b.com', 'a.com', 'b.com']
    assert typo.stortype == s_base.ARRAY | s_base.FQDN
    assert typo.cmpr('~=', 'A.C')(norm) and not typo.cmpr('~=', 'x')(norm)


def test_array_of_values_without_order_or_hash(model: s_model.Model) -> None:
    typo = model.reqType('array').clone({'type': 'data', 'uniq': True, 'sorted': True})
    assert typo.norm([{'a': 1}, 5, {'a': 1}])[0] == typo.norm([5, {'a': 1}])[0]


def test_data_with_schema(model: s_model.Model) -> None:
    typo = model.reqType('data').clone({'schema': {'type': 'object', 'required': ['a']}})
    assert typo.norm({'a': [1]})[0] == {'a': (1,)}
    with pytest.raises(s_exc.BadTypeValu, match='SchemaViolation'):
        typo.norm({'b': 1})
    deep: typing.Any = []
    for _ in range(2000):
        deep = [deep]
    with pytest.raises(s_exc.BadTypeValu, match='nested too deep'):
        model.reqType('data').norm(deep)


class NodeLike:
    """What Storm hands over where a user put a node."""

    def __init__(self, form: str, valu: typing.Any) -> None:
        self.ndef = (form, valu)


def test_a_node_stands_for_its_value(model: s_model.Model) -> None:
    node = NodeLike('inet:fqdn', 'woot.com')
    assert model.reqType('inet:fqdn').norm(node)[0] == 'woot.com'
    assert model.reqType('str').norm(node)[0] == 'woot.com'
    assert model.reqType('ndef').norm(node)[0] == ('inet:fqdn', 'woot.com')


def test_guid_is_new_each_time(model: s_model.Model) -> None:
    one, two = (model.reqType('guid').norm('*')[0] for _ in range(2))
    assert one != two and s_common.isguid(one) and s_common.isguid(two)
    assert model.reqType('file:bytes').norm('*')[0].startswith('guid:')


def test_users_and_roles_by_name(model: s_model.Model) -> None:
    """Names are the owner's to know: the types ask the model's hooks (types.md 2.16)."""
    iden = 'ab' * 16
    model.hooks['user:iden'] = {'root': iden}.get
    model.hooks['user:name'] = {iden: 'root'}.get
    user, role = model.reqType('syn:user'), model.reqType('syn:role')
    assert user.norm('root')[0] == iden and user.repr(iden) == 'root'
    assert user.norm('CD' * 16)[0] == 'cd' * 16 and user.repr('cd' * 16) == 'cd' * 16
    for typo, name in ((user, 'nope'), (user, '*'), (role, 'root')):
        with pytest.raises(s_exc.BadTypeValu):
            typo.norm(name)


def test_tag_model_may_refuse(model: s_model.Model) -> None:
    """[2.256] A tag that breaks the tag model is no value (types.md 5.7)."""
    mesg = 'Tag part (abcd) of tag (cno.abcd) does not match the tag model regex: [[a-z]{3}]'
    model.hooks['tag:check'] = lambda tag, parts: mesg if len(parts) > 1 and len(parts[1]) != 3 else None
    typo = model.reqType('syn:tag')
    assert typo.norm('cno.abc')[1]['toks'] == ('cno', 'abc')
    with pytest.raises(s_exc.BadTypeValu) as info:
        typo.norm('cno.abcd')
    assert info.value.get('mesg') == mesg
    del model.hooks['tag:check']
    assert typo.norm('cno.abcd')[0] == 'cno.abcd'


def test_combining_marks_belong_to_the_word(model: s_model.Model) -> None:
    assert model.reqType('syn:tag').norm('हिन्दी.x')[0] == 'हिन्दी.x'
    assert model.reqType('inet:fqdn').repr('xn--j2bd4cyah0f.com') == 'हिन्दी.com'


def test_address_defaults(model: s_model.Model) -> None:
    typo = model.reqType('inet:addr').clone({'defport': 53, 'defproto': 'udp'})
    assert typo.norm('1.2.3.4') == ('udp://1.2.3.4:53', {'subs': {'proto': 'udp', 'port': 53, 'ipv4': 0x01020304}})
    assert typo.norm('tcp://1.2.3.4:80')[0] == 'tcp://1.2.3.4:80'


def test_kind_of_address_at_the_edges(model: s_model.Model) -> None:
    typo = model.reqType('inet:ipv4')
    edges = {
        '9.255.255.255': 'unicast',
        '10.0.0.0': 'private',
        '10.255.255.255': 'private',
        '11.0.0.0': 'unicast',
        '100.63.255.255': 'unicast',
        '100.64.0.0': 'shared',
        '100.127.255.255': 'shared',
        '172.31.255.255': 'private',
        '172.32.0.0': 'unicast',
        '192.0.0.8': 'private',
        '192.0.0.10': 'unicast',
        '192.0.0.11': 'private',
        '223.255.255.255': 'unicast',
        '239.255.255.255': 'multicast',
    }
    assert {addr: typo.norm(addr)[1]['subs']['type'] for addr in edges} == edges


def test_refusals_say_what_and_why(model: s_model.Model) -> None:
    with pytest.raises(s_exc.BadTypeValu) as info:
        model.reqType('inet:port').norm(99999)
    assert info.value.items() == {'name': 'inet:port', 'valu': 99999, 'mesg': 'value is above max=65535'}
    with pytest.raises(s_exc.BadTypeValu) as info:
        model.reqType('str').norm({'a', 'b'})
    assert info.value.items() == {'name': 'str', 'mesg': "no norm for type: <class 'set'>."}
