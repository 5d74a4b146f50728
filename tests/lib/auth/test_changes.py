"""The log behind auth: what is pushed, what watchers hear, what survives a crash, what the audit says."""

from __future__ import annotations

import logging
import pathlib
import typing

import pytest

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import synapse.lib.slab as s_slab
import tests.lib.auth.conftest as t_conftest
import tests.lib.auth.home as t_home

GATE = 'ga' * 16


async def busy_day(home: t_home.Home) -> s_auth.User:
    """Let everything happen once."""
    auth = home.auth
    auth.addAuthGate(GATE, 'view')
    bob = await auth.addUser('bob', passwd='secret', email='bob@vertex.link')
    role = await auth.addRole('ninjas')
    await bob.grant(role.iden)
    await bob.addRule((True, ('a',)), indx=0)
    await role.setRules([(False, ('b', 'c'))], gateiden=GATE)
    await bob.setAdmin(True, gateiden=GATE)
    await role.setName('pirates')
    await bob.setName('tom')
    await bob.profile.set('x', [1, {'y': 'z'}])
    await bob.vars.set('v', b'\x00')
    _, kdef = await auth.apikeys.add(bob.iden, 'key', duration=100000)
    await auth.apikeys.edit(kdef['iden'], 'name', 'key2')
    await auth.sessions.add(bob.iden, 'tom')
    await auth.delRole((await auth.addRole('gone')).iden)
    await auth.delUser((await auth.addUser('gone')).iden)
    await bob.genOnepass()
    return bob


async def test_a_new_process_finds_every_acknowledged_change(home: t_home.Home, tmp_path: pathlib.Path) -> None:
    await busy_day(home)
    home.slab.commit()
    late = await home.auth.addUser('late', passwd='secret')
    await late.setArchived(True)
    async with await home.after_crash(tmp_path / 'after') as after:
        assert after.state() == home.state()
        assert after.nexsroot.index() == home.nexsroot.index()
        found = after.auth.reqUserByName('tom')
        assert await found.tryPasswd('secret') and found.allowed(('a', 'b'))
    async with await t_home.Home.anit(tmp_path / 'after') as again:
        assert again.state() == home.state()


async def test_a_change_may_be_applied_twice(make_home: t_conftest.MakeHome) -> None:
    home, other = await make_home(), await make_home('other')
    await busy_day(home)
    other.auth.addAuthGate(GATE, 'view')
    async for offs, item in home.nexsroot.iter(0, wait=False):
        _, event, args, kwargs, _ = item
        hand = home.auth.nexs_handler(event)
        extra = {'nexsitem': (offs, item)} if hand.passitem else {}
        for _ in range(2):
            hand.func(other.auth, *args, **kwargs, **extra)
    assert other.state() == home.state()


async def test_events_have_the_names_of_the_contract(home: t_home.Home) -> None:
    bob = await home.auth.addUser('bob', email='b@c.de', passwd='x')
    rule = (True, ('a',))
    await bob.addRule(rule)
    items = [item async for _, item in home.nexsroot.iter(0, wait=False)]
    shape = [(nexsiden, event, args[0], args[1]) for nexsiden, event, args, _, _ in items]
    assert shape == [
        ('auth:auth', 'user:add', bob.iden, 'bob'),
        ('auth:auth', 'user:info', bob.iden, 'roles'),
        ('auth:auth', 'user:info', bob.iden, 'email'),
        ('auth:auth', 'user:info', bob.iden, 'passwd'),
        ('auth:auth', 'user:info', bob.iden, 'rules'),
    ]
    mesg = {'name': 'rule:add', 'iden': bob.iden, 'valu': rule}
    assert items[-1][2:4] == ((bob.iden, 'rules', (rule,)), {'gateiden': None, 'logged': True, 'mesg': mesg})


async def test_watchers_hear_what_happened(home: t_home.Home) -> None:
    auth = home.auth
    auth.addAuthGate(GATE, 'view')
    bob = await auth.addUser('bob')
    role = await auth.addRole('ninjas')
    home.events.clear()
    rule = (True, ('a',))
    await bob.setName('tom')
    await bob.addRule(rule, indx=0, gateiden=GATE)
    await bob.delRule(rule, gateiden=GATE)
    await bob.grant(role.iden)
    await bob.setRoles((auth.allrole.iden,))
    await role.setRules((rule,))
    await bob.setEmail('b@c.de')
    await auth.delUser(bob.iden)
    told = [(item['event'], item['info']) for item in home.events]
    idens = {'iden': bob.iden}
    assert told == [
        ('user:name', {**idens, 'valu': 'tom'}),
        ('user:info', {**idens, 'name': 'rule:add', 'valu': rule, 'indx': 0}),
        ('user:info', {**idens, 'name': 'rule:del', 'valu': rule}),
        ('user:info', {**idens, 'name': 'role:grant', 'role': {**role.pack(), 'rules': ()}}),
        ('user:info', {**idens, 'name': 'role:set', 'roles': [auth.allrole.pack()]}),
        ('role:info', {'iden': role.iden, 'name': 'rules', 'valu': (rule,)}),
        ('user:info', {**idens, 'name': 'email', 'valu': 'b@c.de'}),
        ('user:del', idens),
    ]
    gate = {'iden': GATE, 'type': 'view', 'users': [{**idens, 'rules': (rule,), 'admin': False}], 'roles': []}
    assert home.events[1]['gates'] == [gate] and home.events[0]['gates'] == []
    assert [item['offset'] for item in home.events][-1] == home.nexsroot.index()


async def test_watchers_hear_no_secrets(make_home: t_conftest.MakeHome) -> None:
    home = await make_home(policy={'previous': 2, 'attempts': 5})
    bob = await home.auth.addUser('bob', passwd='secret')
    await bob.genOnepass()
    await bob.tryPasswd('wrong')
    assert 'hashed' not in repr(home.events)
    names = [item['info'].get('name') for item in home.events if item['event'] == 'user:info']
    assert names == ['role:grant', 'policy:previous', 'passwd', 'onepass', 'policy:attempts']


async def test_who_has_no_log_applies_at_once(tmp_path: pathlib.Path) -> None:
    slab = s_slab.Slab.open(str(tmp_path / 'cell.lmdb'))
    async with await s_auth.Auth.anit(slab) as auth:
        bob = await auth.addUser('bob', passwd='secret')
        await bob.addRule((True, ('a',)))
        assert bob.allowed(('a',)) and await bob.tryPasswd('secret')
    slab.close()


async def test_admins_of_the_network_are_made_at_start(make_home: t_conftest.MakeHome) -> None:
    home = await make_home()
    user = home.auth.boot_admin('root@net')
    assert user.iden == s_common.guid('root@net') and user.isAdmin() and user.getRoles() == []
    home.auth.apply_info('user', user.iden, 'locked', True)
    assert home.auth.boot_admin('root@net') is user and not user.isLocked()
    assert home.nexsroot.index() == 0


async def test_inaugural_users_and_roles(home: t_home.Home) -> None:
    conf: dict[str, typing.Any] = {
        'roles': [{'name': 'ninjas', 'rules': [[True, ['a', 'b']]]}],
        'users': [{'name': 'bob', 'admin': True, 'email': 'b@c.de', 'roles': ['ninjas'], 'rules': [[False, ['c']]]}],
    }
    await home.auth.apply_inaugural(conf)
    bob, ninjas = home.auth.reqUserByName('bob'), home.auth.reqRoleByName('ninjas')
    assert bob.iden == s_common.guid((t_home.CELLIDEN, 'auth', 'user', 'bob'))
    assert ninjas.iden == s_common.guid((t_home.CELLIDEN, 'auth', 'role', 'ninjas'))
    assert bob.isAdmin() and bob.email == 'b@c.de' and bob.rules == ((False, ('c',)),)
    assert bob.getRoles() == [home.auth.allrole, ninjas] and ninjas.rules == ((True, ('a', 'b')),)
    index = home.nexsroot.index()
    await home.auth.apply_inaugural(conf)
    assert home.nexsroot.index() == index > 0


async def test_the_audit_names_what_was_done_and_to_whom(home: t_home.Home, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, 'synapse.lib.auth')
    ops = s_auth.AuthOps.of(home.auth, caller=home.auth.rootuser)
    bob = (await ops.addUser('bob'))['iden']
    role = (await ops.addRole('ninjas'))['iden']
    rule = (False, ('a', 'b'))
    await ops.addUserRule(bob, rule)
    await ops.delUserRule(bob, rule)
    await ops.setUserRules(bob, (rule,))
    await ops.setUserAdmin(bob, True)
    await ops.addUserRole(bob, role)
    await ops.delUserRole(bob, role)
    await ops.setUserPasswd(bob, 'secret')
    await ops.setUserLocked(bob, True)
    await ops.setUserArchived(bob, True)
    await ops.setUserEmail(bob, 'b@c.de')
    await ops.setUserName(bob, 'tom')
    await ops.delRole(role)
    await ops.delUser(bob)
    assert [record.getMessage() for record in caplog.records] == [
        'Added user=bob',
        'Added role=ninjas',
        "Added rule=(False, ('a', 'b')) on user bob for gateiden=None",
        "Removing rule=(False, ('a', 'b')) on user bob for gateiden=None",
        "Set user rules = ((False, ('a', 'b')),) on user bob for gateiden=None",
        'Set admin=True for bob for gateiden=None',
        'Granted role ninjas to user bob',
        'Revoked role ninjas from user bob',
        'Set password for bob',
        'Set lock=True for user bob',
        'Set archive=True for user bob',
        'Set email=b@c.de for bob',
        f'Set name=tom from bob on user iden={bob}',
        'Deleted role=ninjas',
        'Deleted user=tom',
    ]
    extras = [record.synapse for record in caplog.records]
    root = {'user': home.auth.rootuser.iden, 'username': 'root'}
    assert extras[0] == {'status': 'CREATE', 'target_user': bob, 'target_username': 'bob', **root}
    assert extras[1] == {'status': 'CREATE', 'target_role': role, 'target_role_name': 'ninjas', **root}
    assert {extra['status'] for extra in extras[2:-2]} == {'MODIFY'} and extras[-1]['status'] == 'DELETE'
    assert 'secret' not in caplog.text


async def test_names_of_either_kind(home: t_home.Home) -> None:
    ops = home.ops
    await ops.addUser('bob')
    await ops.addRole('ninjas')
    for name in ('bob', 'ninjas'):
        await ops.addAuthRule(name, (True, ('a',)))
        assert (await ops.getAuthInfo(name))['rules'] == ((True, ('a',)),)
        assert await ops.delAuthRule(name, (True, ('a',))) is True
    await ops.setAuthAdmin('bob', True)
    assert (await ops.getAuthInfo('bob'))['admin'] and (await ops.getAuthInfo('bob'))['roles'] == ['all']
    with pytest.raises(s_exc.NoSuchUser):
        await ops.setAuthAdmin('ninjas', True)
