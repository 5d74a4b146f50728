"""May he? The order of cell.md 5.4: a table, a slow evaluator, and every change that must be felt."""

from __future__ import annotations

import pathlib
import typing

import hypothesis
import hypothesis.strategies as st
import pytest

import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import synapse.lib.auth.registry as s_registry
import synapse.lib.limits as s_limits
import synapse.lib.slab as s_slab
import tests.lib.auth.home as t_home

GATE = 'ga' * 16
PERM = ('foo', 'bar')

# (what the user, the user on the gate, the role on the gate, the role say), asked on the gate, without it
#   + allow, - deny, . nothing
ORDER = [
    ('....', None, None),
    ('+...', True, True),
    ('-...', False, False),
    ('.+..', True, None),
    ('-+..', True, False),
    ('+-..', False, True),
    ('..+.', True, None),
    ('+.-.', True, True),
    ('..-+', False, True),
    ('...+', True, True),
    ('..+-', True, False),
    ('-..+', False, False),
    ('.-++', False, True),
    ('-+--', True, False),
]

SAYS = {'+': ((True, PERM),), '-': ((False, PERM),), '.': ()}


class Cast:
    """Bob, with the role ninjas, and a gate."""

    def __init__(self, home: t_home.Home) -> None:
        self.home = home
        auth = self.auth = home.auth
        auth.addAuthGate(GATE, 'view')
        self.bob = typing.cast(s_auth.User, auth.apply_add('user', 'bb' * 16, 'bob'))
        self.role = typing.cast(s_auth.Role, auth.apply_add('role', 'cc' * 16, 'ninjas'))
        auth.apply_info('user', self.bob.iden, 'roles', (auth.allrole.iden, self.role.iden))

    def say(self, table: str) -> None:
        places = (('user', None), ('user', GATE), ('role', GATE), ('role', None))
        for (kind, gateiden), word in zip(places, table, strict=True):
            iden = self.bob.iden if kind == 'user' else self.role.iden
            self.auth.apply_info(kind, iden, 'rules', SAYS[word], gateiden=gateiden)


@pytest.fixture
def cast(home: t_home.Home) -> Cast:
    return Cast(home)


@pytest.mark.parametrize('table, on_gate, off_gate', ORDER)
async def test_the_first_place_that_says_anything_decides(
    cast: Cast, table: str, on_gate: bool | None, off_gate: bool | None
) -> None:
    cast.say(table)
    for _ in range(2):  # the second answer comes from the cache
        assert cast.bob.allowed(PERM, gateiden=GATE) is on_gate
        assert cast.bob.allowed(PERM) is off_gate
        assert cast.bob.allowed(PERM, default=True, gateiden='no such gate') is (off_gate is not False)
    assert cast.bob.allowed(('foo', 'bar', 'baz')) is off_gate
    assert cast.bob.allowed(('foo',)) is None


async def test_states_come_before_rules(cast: Cast) -> None:
    cast.say('----')
    auth, bob = cast.auth, cast.bob
    auth.apply_info('user', bob.iden, 'admin', True, gateiden=GATE)
    assert bob.allowed(PERM, gateiden=GATE) is True and bob.allowed(PERM) is False
    assert bob.isAdmin(GATE) and not bob.isAdmin()
    auth.apply_info('user', bob.iden, 'admin', True)
    assert bob.allowed(PERM) is True
    auth.apply_info('user', bob.iden, 'locked', True)
    assert bob.allowed(PERM) is False and bob.allowed(PERM, default=True, gateiden=GATE) is False
    assert not bob.isAdmin() and not bob.isAdmin(GATE) and bob.pack()['admin']


async def test_place_in_the_list_is_priority(cast: Cast) -> None:
    bob = cast.bob
    await bob.addRule((True, ('foo',)))
    await bob.addRule((False, PERM))
    assert bob.allowed(PERM) is True
    await bob.addRule((False, PERM), indx=0)
    assert bob.allowed(PERM) is False and bob.allowed(('foo', 'baz')) is True


async def test_deny_below_the_path_counts_with_deepdeny(cast: Cast) -> None:
    bob = cast.bob
    await bob.setRules([(False, ('foo', 'bar', 'baz')), (True, ('foo',))])
    assert bob.allowed(PERM) is True
    assert bob.allowed(PERM, deepdeny=True) is False
    assert bob.allowed(('foo', 'zoo'), deepdeny=True) is True


async def test_every_change_is_felt_at_once(cast: Cast) -> None:
    auth, bob, role = cast.auth, cast.bob, cast.role
    assert bob.allowed(PERM) is None
    await role.addRule((True, ('foo',)))
    assert bob.allowed(PERM) is True
    await bob.revoke(role.iden)
    assert bob.allowed(PERM) is None
    await bob.grant(role.iden)
    assert bob.allowed(PERM) is True
    await role.delRule((True, ('foo',)))
    assert bob.allowed(PERM) is None
    await role.setRules([(True, PERM)], gateiden=GATE)
    assert bob.allowed(PERM, gateiden=GATE) is True
    auth.delAuthGate(GATE)
    assert bob.allowed(PERM, gateiden=GATE) is None
    await auth.allrole.addRule((True, ('foo',)))
    assert bob.allowed(PERM) is True
    await bob.setLocked(True)
    assert bob.allowed(PERM) is False


async def test_who_holds_a_deleted_user_may_nothing(cast: Cast) -> None:
    await cast.bob.setAdmin(True)
    assert cast.bob.allowed(PERM) is True
    await cast.auth.delUser(cast.bob.iden)
    assert cast.bob.allowed(PERM, default=True) is False and not cast.bob.isAdmin()


async def test_reasons_are_told(cast: Cast) -> None:
    bob, auth = cast.bob, cast.auth
    why = [bob.getAllowedReason(PERM), bob.getAllowedReason(PERM, default=True)]
    for table in ('..+.', '...-', '+...', '.-..'):
        cast.say(table)
        why.append(bob.getAllowedReason(PERM, gateiden=GATE))
    for gateiden in (GATE, None):
        auth.apply_info('user', bob.iden, 'admin', True, gateiden=gateiden)
        why.append(bob.getAllowedReason(PERM, gateiden=GATE))
    auth.apply_info('user', bob.iden, 'locked', True)
    why.append(bob.getAllowedReason(PERM, gateiden=GATE))
    assert why == [
        (None, 'No matching rule found.'),
        (True, 'No matching rule found.'),
        (True, f'Matched role rule (foo.bar) for role ninjas on gate {GATE}.'),
        (False, 'Matched role rule (!foo.bar) for role ninjas.'),
        (True, 'Matched user rule (foo.bar).'),
        (False, f'Matched user rule (!foo.bar) on gate {GATE}.'),
        (True, f'The user is an admin of auth gate {GATE}.'),
        (True, 'The user is a global admin.'),
        (False, 'The user is locked.'),
    ]


async def test_confirm_names_what_is_missing(cast: Cast) -> None:
    bob = cast.bob
    bob.confirm(PERM, default=True)
    for gateiden, tail in ((None, ''), (GATE, f' on object {GATE} (view).')):
        with pytest.raises(s_exc.AuthDeny) as e:
            bob.confirm(PERM, gateiden=gateiden)
        assert e.value.get('mesg') == f"User 'bob' ({bob.iden}) must have permission foo.bar{tail}"
        assert (e.value.get('perm'), e.value.get('user'), e.value.get('username')) == ('foo.bar', bob.iden, 'bob')
    cast.auth.perm_default = {PERM: True}.get
    bob.confirm(PERM)
    with pytest.raises(s_exc.AuthDeny):
        bob.confirm(PERM, default=False)
    with pytest.raises(s_exc.AuthDeny, match=r'User is not an admin \[bob\]'):
        bob.reqAdmin()


async def test_a_role_alone_answers_for_one_place_only(cast: Cast) -> None:
    cast.say('..-+')
    assert cast.role.allowed(PERM) is True
    assert cast.role.allowed(PERM, gateiden=GATE) is False
    assert cast.role.allowed(PERM, gateiden='other') is None
    assert cast.role.allowed(('zip',), default=True) is True


async def test_lists_are_permissions_too_and_the_cache_has_a_bound(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s_limits, 'AUTH_PERM_CACHE', 10)
    await cast.bob.addRule((True, ('foo',)))
    assert cast.bob.allowed(['foo', 'bar']) is True
    for num in range(100):
        assert cast.bob.allowed(('foo', str(num))) is True
    assert len(cast.bob._perms) <= 10
    with pytest.raises(s_exc.BadArg):
        cast.bob.allowed(typing.cast(typing.Any, 5))


# ----- against a slow evaluator, written from the list in the spec ---------------------------------------------------

paths = st.lists(st.sampled_from('ab'), min_size=1, max_size=3).map(tuple)
rules = st.lists(st.tuples(st.booleans(), paths), max_size=3).map(tuple)
gates = st.fixed_dictionaries({}, optional={'admin': st.booleans(), 'rules': rules})
roles = st.lists(st.tuples(rules, rules), max_size=3)


def slow(
    states: typing.Any, mine: typing.Any, gate: typing.Any, held: typing.Any, perm: typing.Any, on: bool
) -> typing.Any:
    locked, admin = states
    if locked or admin:
        return not locked
    lists = [mine, *(own for own, _ in held)]
    if on:
        if gate.get('admin'):
            return True
        lists = [gate.get('rules', ()), mine, *(there for _, there in held), *(own for own, _ in held)]
    for rule_list in lists:
        for allow, path in rule_list:
            if list(perm[: len(path)]) == list(path):
                return allow
    return None


@pytest.fixture
def registry(tmp_path: pathlib.Path) -> typing.Iterator[s_registry.Registry]:
    """A registry with no log: what is applied is the state."""
    slab = s_slab.Slab.open(str(tmp_path / 'cell.lmdb'))
    registry = s_registry.Registry()
    registry.init_registry(slab)
    registry.addAuthGate(GATE, 'view')
    yield registry
    slab.close()


def apply(
    registry: s_registry.Registry, states: typing.Any, mine: typing.Any, gate: typing.Any, held: typing.Any
) -> None:
    for role in registry.roles():
        registry.apply_del('role', role.iden)
    idens = [str(num) for num in range(len(held))]
    for iden, (own, there) in zip(idens, held, strict=True):
        registry.apply_add('role', iden, f'role{iden}')
        registry.apply_info('role', iden, 'rules', own)
        registry.apply_info('role', iden, 'rules', there, gateiden=GATE)
    registry.apply_add('user', 'bob', 'bob')
    for name, valu in (('locked', states[0]), ('admin', states[1]), ('rules', mine), ('roles', idens)):
        registry.apply_info('user', 'bob', name, valu)
    for name, none in (('rules', ()), ('admin', False)):
        registry.apply_info('user', 'bob', name, gate.get(name, none), gateiden=GATE)


@hypothesis.settings(max_examples=150, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@hypothesis.given(
    states=st.tuples(st.booleans(), st.booleans()),
    mine=rules,
    gate=gates,
    held=roles,
    perms=st.lists(paths, min_size=1, max_size=5),
)
def test_decisions_equal_those_of_the_slow_evaluator(
    registry: s_registry.Registry,
    states: typing.Any,
    mine: typing.Any,
    gate: typing.Any,
    held: typing.Any,
    perms: typing.Any,
) -> None:
    apply(registry, states, mine, gate, held)
    bob = registry.reqUser('bob')
    for perm in perms:
        for gateiden in (None, GATE, None):
            want = slow(states, mine, gate, held, perm, gateiden == GATE)
            assert bob.allowed(perm, gateiden=gateiden) is want
            assert bob.getAllowedReason(perm, gateiden=gateiden)[0] is want
