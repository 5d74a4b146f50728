"""Users, roles and gates come, change and go; what is refused, and with which words (cell.md 5, 6, 16)."""

from __future__ import annotations

import asyncio
import typing

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import tests.lib.auth.conftest as t_conftest
import tests.lib.auth.home as t_home

GATE = 'ga' * 16
NOPE = 'ff' * 16


@pytest.fixture
async def bob(home: t_home.Home) -> s_auth.User:
    home.auth.addAuthGate(GATE, 'layer')
    return await home.auth.addUser('bob')


async def test_root_and_all_follow_from_the_iden_of_the_cell(home: t_home.Home) -> None:
    base = s_common.guid((t_home.CELLIDEN, 'hive', 'auth'))
    root, everyone = home.auth.rootuser, home.auth.allrole
    assert root.iden == s_common.guid((base, 'auth', 'user', 'root')) and root.name == 'root'
    assert everyone.iden == s_common.guid((base, 'auth', 'role', 'all')) and everyone.name == 'all'
    assert root.isAdmin() and not root.isLocked() and root.getRoles() == []
    assert home.nexsroot.index() == 0


async def test_a_user_pack_tells_everything_but_secrets(home: t_home.Home) -> None:
    udef = await home.ops.addUser('visi', passwd='secret', email=' Visi@Vertex.Link ')
    everyone = home.auth.allrole
    assert udef == {
        'type': 'user',
        'iden': udef['iden'],
        'name': 'visi',
        'rules': (),
        'roles': [{'type': 'role', 'iden': everyone.iden, 'name': 'all', 'rules': (), 'authgates': {}}],
        'admin': False,
        'email': 'visi@vertex.link',
        'locked': False,
        'archived': False,
        'authgates': {},
    }
    assert await home.ops.getUserDefByName('visi') == udef
    assert await home.ops.getUserDef(udef['iden'], packroles=False) == {**udef, 'roles': (everyone.iden,)}
    assert (await home.ops.getUserInfo('visi'))['roles'] == ['all']


REFUSED_USERS: list[tuple[dict[str, typing.Any], str, str]] = [
    ({'name': 'bob'}, 'DupUserName', "Duplicate username, name='bob' already exists."),
    ({'name': 'x', 'iden': 'zz'}, 'BadArg', 'Argument it not a valid iden.'),
    ({'name': 'x', 'email': 'zork'}, 'BadArg', 'Email address expected in <user>@<fqdn> format, got "zork"'),
    ({'name': 'x', 'email': 5}, 'BadArg', 'email must be a string'),
    ({'name': 'x', 'passwd': ''}, 'BadArg', 'Password must be a string'),
    ({'name': ''}, 'BadArg', 'The name of a user must be a string that is not empty.'),
    ({'name': 5}, 'BadArg', 'The name of a user must be a string that is not empty.'),
]


@pytest.mark.parametrize('kwargs, errname, mesg', REFUSED_USERS)
async def test_a_refused_user_leaves_nothing_behind(
    home: t_home.Home, bob: s_auth.User, kwargs: dict[str, typing.Any], errname: str, mesg: str
) -> None:
    index = home.nexsroot.index()
    with pytest.raises(s_exc.CLASSES[errname]) as e:
        await home.auth.addUser(**kwargs)
    assert e.value.get('mesg') == mesg
    assert home.nexsroot.index() == index
    assert [user.name for user in home.auth.users()] == ['bob', 'root']


async def test_idens_and_addresses_are_taken_once(home: t_home.Home, bob: s_auth.User) -> None:
    await bob.setEmail('bob@vertex.link')
    with pytest.raises(s_exc.DupIden, match='User already exists for the iden'):
        await home.auth.addUser('tom', iden=bob.iden)
    with pytest.raises(s_exc.SynErr, match="email='bob@vertex.link' already exists"):
        await home.auth.addUser('tom', email='BOB@vertex.link')
    await bob.setEmail('bob@vertex.link')
    await bob.setEmail(None)
    assert (await home.auth.addUser('tom', email='bob@vertex.link', iden=NOPE)).iden == NOPE


async def test_two_who_want_one_name_do_not_both_get_it(home: t_home.Home) -> None:
    adds = (home.auth.addUser('bob', email='b@c.de') for _ in range(5))
    retn = await asyncio.gather(*adds, return_exceptions=True)
    assert sum(isinstance(item, s_auth.User) for item in retn) == 1
    assert sum(isinstance(item, s_exc.DupUserName) for item in retn) == 4
    roles = await asyncio.gather(*(home.auth.addRole('ninjas') for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(item, s_exc.DupRoleName) for item in roles) == 2
    assert [role.name for role in home.auth.roles()] == ['all', 'ninjas']


async def test_rules_given_at_the_same_time_are_all_kept(bob: s_auth.User) -> None:
    await asyncio.gather(*(bob.addRule((True, (f'p{num}',))) for num in range(20)))
    assert {rule[1][0] for rule in bob.rules} == {f'p{num}' for num in range(20)}


async def test_rules_are_added_at_a_place_and_removed_once(bob: s_auth.User) -> None:
    rule_p, rule_q, rule_r = ((True, (name,)) for name in 'pqr')
    await bob.addRule(rule_p)
    await bob.addRule(rule_q, indx=0)
    await bob.addRule(rule_r, indx=100)
    await bob.addRule(rule_r, indx=-1)
    assert bob.rules == (rule_q, rule_p, rule_r, rule_r)
    assert [await bob.delRule(rule_r) for _ in range(3)] == [True, True, False]
    assert await bob.popRule(0) == rule_q and bob.rules == (rule_p,)
    for indx in (1, -2):
        with pytest.raises(s_exc.BadArg, match=f'User {bob.iden} only has 1 rules.'):
            await bob.popRule(indx)
    with pytest.raises(s_exc.BadArg):
        await bob.addRule(rule_p, indx=typing.cast(int, 'x'))


async def test_what_is_given_on_a_gate_shows_on_both_sides(home: t_home.Home, bob: s_auth.User) -> None:
    rule = (True, ('layer', 'read'))
    await bob.setAdmin(True, gateiden=GATE)
    await bob.addRule(rule, gateiden=GATE)
    await home.auth.allrole.addRule(rule, gateiden=GATE)
    assert bob.pack()['authgates'] == {GATE: {'admin': True, 'rules': (rule,)}}
    assert await home.ops.getAuthGate(GATE) == {
        'iden': GATE,
        'type': 'layer',
        'users': [{'iden': bob.iden, 'rules': (rule,), 'admin': True}],
        'roles': [{'iden': home.auth.allrole.iden, 'rules': (rule,), 'admin': False}],
    }
    await bob.setRules((), gateiden=GATE)
    assert bob.pack()['authgates'] == {GATE: {'admin': True, 'rules': ()}}
    await bob.setAdmin(False, gateiden=GATE)
    assert bob.pack()['authgates'] == {}
    assert (await home.ops.getAuthGates())[0]['users'] == []


async def test_gates_go_with_everything_on_them(home: t_home.Home, bob: s_auth.User) -> None:
    auth = home.auth
    await bob.setAdmin(True, gateiden=GATE)
    assert auth.addAuthGate(GATE, 'layer') is auth.getAuthGate(GATE)
    with pytest.raises(s_exc.InconsistentStorage):
        auth.addAuthGate(GATE, 'view')
    assert auth.delAuthGate(GATE) and not auth.delAuthGate(GATE)
    assert bob.authgates == {} and await home.ops.getAuthGate(GATE) is None
    for coro in (
        bob.setAdmin(True, gateiden=GATE),
        bob.addRule((True, ('a',)), gateiden=GATE),
        auth.allrole.setRules((), gateiden=GATE),
    ):
        with pytest.raises(s_exc.NoSuchAuthGate) as e:
            await coro
        assert e.value.get('mesg') == f'No auth gate found with iden: ({GATE}).'
    assert await bob.delRule((True, ('a',)), gateiden=GATE) is False


async def test_roles_are_held_in_order(home: t_home.Home, bob: s_auth.User) -> None:
    one, two = [await home.auth.addRole(name) for name in ('one', 'two')]
    everyone = home.auth.allrole
    await bob.grant(one.iden)
    await bob.grant(two.iden, indx=0)
    await bob.grant(two.iden, indx=2)
    assert bob.getRoles() == [two, everyone, one] and bob.hasRole(one.iden)
    await bob.setRoles((one.iden, everyone.iden, one.iden))
    assert bob.getRoles() == [one, everyone]
    await bob.revoke(two.iden)
    await home.auth.delRole(one.iden)
    assert bob.getRoles() == [everyone] and bob.roleidens == (everyone.iden,)


async def test_root_and_all_are_protected(home: t_home.Home, bob: s_auth.User) -> None:
    root, everyone = home.auth.rootuser, home.auth.allrole
    for coro, mesg in (
        (root.setAdmin(False), 'Cannot remove admin from root user.'),
        (root.setLocked(True), 'Cannot lock admin root user.'),
        (root.setArchived(True), 'Cannot archive root user.'),
        (root.setName('zork'), 'Cannot change the name of the root user.'),
        (home.auth.delUser(root.iden), 'User "root" may not be deleted.'),
        (home.auth.delRole(everyone.iden), 'Role "all" may not be deleted.'),
        (everyone.setName('zork'), 'Role "all" may not be renamed.'),
        (bob.revoke(everyone.iden), 'Role "all" may not be revoked.'),
        (bob.setRoles(()), 'Role "all" must be in the list of roles set.'),
        (bob.setAdmin(typing.cast(bool, 1)), 'setAdmin requires a boolean'),
        (bob.setLocked(typing.cast(bool, 'x')), 'setLocked requires a boolean'),
        (bob.setArchived(typing.cast(bool, None)), 'setArchived requires a boolean'),
    ):
        with pytest.raises(s_exc.BadArg) as e:
            await coro
        assert e.value.get('mesg') == mesg


async def test_the_archive_locks_and_gives_back_locked(home: t_home.Home, bob: s_auth.User) -> None:
    await bob.setArchived(True)
    assert bob.isLocked() and bob.isArchived()
    assert [udef['name'] for udef in await home.ops.getAuthUsers()] == ['root']
    assert [udef['name'] for udef in await home.ops.getAuthUsers(archived=True)] == ['bob', 'root']
    with pytest.raises(s_exc.BadArg, match='Cannot unlock archived user.'):
        await bob.setLocked(False)
    await bob.setArchived(False)
    assert bob.isLocked() and not bob.isArchived()
    await bob.setLocked(False)
    assert not bob.isLocked()


async def test_names_change_and_are_free_again(home: t_home.Home, bob: s_auth.User) -> None:
    ninjas = await home.auth.addRole('ninjas')
    await bob.setName('tom')
    await ninjas.setName('pirates')
    assert home.auth.getUserByName('tom') is bob and home.auth.getUserByName('bob') is None
    assert home.auth.getRoleByName('pirates') is ninjas and home.auth.getRoleByName('ninjas') is None
    with pytest.raises(s_exc.DupUserName):
        await bob.setName('root')
    with pytest.raises(s_exc.DupRoleName):
        await ninjas.setName('all')
    await bob.setName('tom')
    assert (await home.auth.addUser('bob')).name == 'bob'


async def test_unknown_idens_and_names(home: t_home.Home) -> None:
    for coro, mesg in (
        (home.ops.delUser(NOPE), f'No user with iden {NOPE}.'),
        (home.ops.getUserInfo('nope'), 'No user named nope.'),
        (home.ops.getUserProfile(NOPE), f'No user with iden {NOPE}.'),
    ):
        with pytest.raises(s_exc.NoSuchUser) as e:
            await coro
        assert e.value.get('mesg') == mesg
    for coro, mesg in (
        (home.ops.delRole(NOPE), f'No role with iden {NOPE}.'),
        (home.ops.getRoleInfo('nope'), 'No role named nope.'),
    ):
        with pytest.raises(s_exc.NoSuchRole) as e:
            await coro
        assert e.value.get('mesg') == mesg
    assert await home.ops.getUserDef(NOPE) is None and await home.ops.getRoleDef(NOPE) is None
    assert await home.ops.isUserAllowed(NOPE, ('a',)) is False
    assert await home.ops.isRoleAllowed(NOPE, ('a',)) is False
    with pytest.raises(s_exc.NoSuchName):
        await home.ops.getAuthInfo('nope')


async def test_the_number_of_active_users_has_a_limit(make_home: t_conftest.MakeHome) -> None:
    home = await make_home(maxusers=2)
    one, two = [await home.auth.addUser(name) for name in ('one', 'two')]
    for coro in (home.auth.addUser('six'), home.auth.addUser('ten')):
        with pytest.raises(s_exc.HitLimit, match=r'Cell at maximum number of users \(2\)\.'):
            await coro
    await one.setLocked(True)
    await home.auth.addUser('six')
    with pytest.raises(s_exc.HitLimit):
        await one.setLocked(False)
    await home.auth.delUser(two.iden)
    await one.setLocked(False)


async def test_a_deleted_user_takes_everything_along(home: t_home.Home, bob: s_auth.User) -> None:
    await bob.profile.set('a', 1)
    await bob.vars.set('b', 2)
    await home.auth.apikeys.add(bob.iden, 'key')
    sess = await home.auth.sessions.add(bob.iden, 'bob')
    await bob.setAdmin(True, gateiden=GATE)
    await home.ops.delUser(bob.iden)
    assert home.auth.apikeys.list(bob.iden) == [] and home.auth.sessions.get(sess) is None
    assert (await home.ops.getAuthGate(GATE) or {})['users'] == []
    again = await home.auth.addUser('bob', iden=bob.iden)
    assert again.profile.items() == [] and again.vars.items() == [] and again.authgates == {}
    with pytest.raises(s_exc.NoSuchUser):
        await home.auth.sessions.auth.reqUser(NOPE).profile.set('a', 1)


@pytest.mark.usefixtures('no_hurry')
async def test_changes_at_once(home: t_home.Home) -> None:
    auth = home.auth
    users = [auth.addUser(name, iden='a' * 32, email=f'{name}@vertex.link') for name in 'xy']
    made = await asyncio.gather(*users, return_exceptions=True)
    user = auth.reqUser('a' * 32)
    assert isinstance(made[1], s_exc.DupIden) and (user.name, user.email) == ('x', 'x@vertex.link')
    both = await asyncio.gather(*(auth.addRole(name, iden='b' * 32) for name in 'xy'), return_exceptions=True)
    assert isinstance(both[1], s_exc.DupIden) and auth.reqRole('b' * 32).name == 'x'
    async with auth.lock:
        grant = asyncio.create_task(user.grant('b' * 32))
        await asyncio.sleep(0)  # it has found the role
        await auth.delRole('b' * 32)
    await grant
    assert user.roleidens == (auth.allrole.iden,)  # it could not be revoked, nor the other roles be set again
    await user.setRules([(True, ('a',))])
    await asyncio.gather(user.setRules([(False, ('b',))]), user.addRule((True, ('c',))))
    assert user.rules == ((False, ('b',)), (True, ('c',)))


@pytest.mark.usefixtures('no_hurry')
async def test_a_session_of_who_is_locked_meanwhile(home: t_home.Home, bob: s_auth.User) -> None:
    auth = home.auth
    await asyncio.gather(bob.setLocked(True), auth.sessions.add(bob.iden, 'bob'))
    await asyncio.gather(auth.delUser(bob.iden), auth.sessions.add(bob.iden, 'bob'))
    assert auth.sessions.infos == {}
