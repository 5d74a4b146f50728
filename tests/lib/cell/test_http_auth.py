"""The endpoints for users and roles (cell.md 13.3), over real TLS. Status codes and words as the peer (2.256)."""

from __future__ import annotations

import pathlib
import typing

import pytest

import tests.lib.cell.web as t_web

ok, err = t_web.ok, t_web.err
BOB, NINJAS, NOPE = 'bb' * 16, 'cc' * 16, 'ff' * 16
V1 = '/api/v1'


@pytest.fixture
async def web(tmp_path: pathlib.Path) -> typing.AsyncIterator[t_web.Web]:
    """Return a client of a cell with a user, a role and a gate."""
    async with t_web.serve(tmp_path / 'cell') as web:
        await web.auth.addUser('bob', passwd='x', iden=BOB)
        await web.auth.addRole('ninjas', iden=NINJAS)
        web.auth.addAuthGate('gate', 'view')
        yield web


NOUSER = (404, err('NoSuchUser', f'User {NOPE} does not exist.'))
NOROLE = (404, err('NoSuchRole', f'Role {NOPE} does not exist.'))
BADJSON = (400, err('SchemaViolation', 'Invalid JSON content.'))
BADPASS = (400, err('BadArg', 'Password must be a string'))
PAGE_500 = t_web.page(500, 'Internal Server Error')
DUPNAME = (400, err('DupUserName', "Duplicate username, name='root' already exists."))
NOGATE = (404, err('NoSuchAuthGate', 'No auth gate found with iden: (nope).'))
BADPARAM = (400, err('BadHttpParam', 'The parameter "archived" must be 0 or 1 if specified.'))
NOTADMIN = (403, err('AuthDeny', f'User {BOB} (bob) is not an admin.'))

# method, path, body (bytes: as they are), answer; asked by root
ROWS: list[tuple[str, str, typing.Any, t_web.Answer]] = [
    ('GET', f'/auth/user/{NOPE}', None, NOUSER),
    ('POST', f'/auth/user/{NOPE}', {}, NOUSER),
    ('POST', f'/auth/user/{BOB}', {'name': 'root'}, DUPNAME),
    ('POST', f'/auth/user/{BOB}', {'email': 5}, (400, err('BadArg', 'email must be a string'))),
    ('POST', f'/auth/user/{BOB}', {'rules': [[1, ['x']]]}, PAGE_500),
    ('POST', f'/auth/user/{BOB}', {'name': 'tom', 'rules': 5}, PAGE_500),
    ('POST', f'/auth/user/{BOB}', {'rules': [], 'gate': 'nope'}, NOGATE),
    ('POST', f'/auth/user/{BOB}', b'{', BADJSON),
    ('POST', f'/auth/user/{BOB}', b'[' * 100000, BADJSON),
    ('POST', f'/auth/user/{BOB}', ['x'], PAGE_500),
    ('GET', f'/auth/role/{NOPE}', None, NOROLE),
    ('POST', f'/auth/role/{NOPE}', {}, NOROLE),
    ('POST', f'/auth/role/{NINJAS}', {'rules': 5}, PAGE_500),
    ('POST', f'/auth/password/{NOPE}', {'passwd': 'x'}, (404, err('NoSuchUser', f'User does not exist: {NOPE}'))),
    ('POST', f'/auth/password/{BOB}', {'passwd': ''}, BADPASS),
    ('POST', f'/auth/password/{BOB}', {'passwd': 5}, BADPASS),
    ('POST', '/auth/grant', {'user': NOPE, 'role': NINJAS}, (404, err('NoSuchUser', f'User iden {NOPE} not found.'))),
    ('POST', '/auth/grant', {'user': BOB, 'role': NOPE}, (404, err('NoSuchRole', f'Role iden {NOPE} not found.'))),
    ('POST', '/auth/revoke', {'user': NOPE, 'role': NINJAS}, (404, err('NoSuchUser', f'User iden {NOPE} not found.'))),
    ('POST', '/auth/adduser', {}, (400, err('MissingField', 'The adduser API requires a "name" argument.'))),
    ('POST', '/auth/adduser', {'name': 'bob'}, (400, err('DupUser', 'A user named bob already exists.'))),
    ('POST', '/auth/adduser', {'name': 'tom', 'rules': [[True, []]]}, PAGE_500),
    ('POST', '/auth/adduser', {'name': 'tom', 'passwd': ''}, BADPASS),
    ('POST', '/auth/adduser', b'', BADJSON),
    ('POST', '/auth/addrole', {}, (400, err('MissingField', 'The addrole API requires a "name" argument.'))),
    ('POST', '/auth/addrole', {'name': 'ninjas'}, (400, err('DupRole', 'A role named ninjas already exists.'))),
    ('POST', '/auth/delrole', {}, (400, err('MissingField', 'The delrole API requires a "name" argument.'))),
    ('POST', '/auth/delrole', {'name': 'zoo'}, (404, err('NoSuchRole', 'The role zoo does not exist!'))),
    ('POST', '/auth/delrole', {'name': 'all'}, (400, err('BadArg', 'Role "all" may not be deleted.'))),
    ('POST', '/auth/onepass/issue', {'user': NOPE}, (404, err('NoSuchUser', 'The user iden does not exist.'))),
    ('GET', '/auth/users?archived=x', None, BADPARAM),
    ('GET', '/auth/adduser', None, t_web.page(405, 'Method Not Allowed')),
]  # fmt: skip


@pytest.mark.parametrize('method, path, body, answer', ROWS)
async def test_what_is_refused_changes_nothing(
    web: t_web.Web, method: str, path: str, body: typing.Any, answer: t_web.Answer
) -> None:
    index = web.cell.nexsroot.index()
    raw = body if isinstance(body, bytes) else None
    assert await web.call(method, V1 + path, None if raw is not None else body, raw=raw) == answer
    assert web.cell.nexsroot.index() == index


async def test_strangers_and_users_are_turned_away(web: t_web.Web) -> None:
    bob = t_web.basic('bob', 'x')
    reads = ['/auth/users', '/auth/roles', f'/auth/user/{BOB}', f'/auth/role/{NINJAS}']
    writes = ['/auth/adduser', '/auth/addrole', '/auth/delrole', '/auth/grant', '/auth/revoke', '/auth/onepass/issue']
    for path in reads:
        assert await web.get(V1 + path, headers={}) == t_web.DENIED
        assert (await web.get(V1 + path, headers=bob))[0] == 200
    for path in (*writes, f'/auth/user/{BOB}', f'/auth/role/{NINJAS}'):
        assert await web.post(V1 + path, {}, headers={}) == t_web.DENIED
        assert web.headers['WWW-Authenticate'] == 'Basic realm=synapse'
        assert await web.post(V1 + path, {}, headers=bob) == NOTADMIN
    assert await web.post(f'{V1}/auth/password/{BOB}', {}, headers={}) == t_web.DENIED


async def test_a_user_is_added_changed_and_archived(web: t_web.Web) -> None:
    body = {'name': 'tom', 'passwd': 'y', 'admin': True, 'email': 't@o.m', 'rules': [[True, ['a']]]}
    status, retn = await web.post(f'{V1}/auth/adduser', body)
    tom = retn['result']
    assert status == 200 and tom['admin'] and tom['email'] == 't@o.m' and tom['rules'] == [[True, ['a']]]
    assert tom['roles'] == [web.auth.allrole.iden]
    path = f'{V1}/auth/user/{tom["iden"]}'
    assert await web.get(path) == (200, ok(tom))
    rules = [[False, ['b', 'c']]]
    body = {'name': 'tim', 'email': None, 'rules': rules, 'admin': False, 'archived': True}
    want = {**tom, **body, 'locked': True}
    assert await web.post(path, body) == (200, ok(want))
    body = {'rules': rules, 'admin': True, 'gate': 'gate'}
    want['authgates'] = {'gate': {'rules': rules, 'admin': True}}
    assert await web.post(path, body) == (200, ok(want))
    for param, names in (
        ('', ['bob', 'root']),
        ('?archived=0', ['bob', 'root']),
        ('?archived=1', ['bob', 'root', 'tim']),
    ):
        _, retn = await web.get(f'{V1}/auth/users{param}')
        assert [udef['name'] for udef in retn['result']] == names
    assert retn['result'][0]['roles'] == [web.auth.allrole.pack() | {'rules': []}]
    assert await web.post(path, {'locked': False}) == (400, err('BadArg', 'Cannot unlock archived user.'))


async def test_roles_are_given_and_taken(web: t_web.Web) -> None:
    rules = [[True, ['x', 'y']]]
    status, retn = await web.post(f'{V1}/auth/addrole', {'name': 'zoo', 'rules': rules})
    assert status == 200 and retn['result']['rules'] == rules
    role, everyone = retn['result']['iden'], web.auth.allrole.iden
    path = f'{V1}/auth/role/{role}'
    assert (await web.post(path, {'rules': []}))[1]['result']['rules'] == []
    assert (await web.post(path, {'rules': rules, 'gate': 'gate'}))[1] == await _get(web, path)
    assert (await _get(web, path))['result']['authgates'] == {'gate': {'rules': rules}}
    body = {'user': BOB, 'role': role}
    for method in ('GET', 'POST'):  # a body with GET is read
        _, retn = await web.call(method, f'{V1}/auth/grant', body)
        assert retn['result']['roles'] == [everyone, role]
    assert (await web.post(f'{V1}/auth/revoke', body))[1]['result']['roles'] == [everyone]
    assert await web.post(f'{V1}/auth/delrole', {'name': 'zoo'}) == (200, ok(None))
    _, retn = await web.get(f'{V1}/auth/roles')
    assert [rdef['name'] for rdef in retn['result']] == ['all', 'ninjas']


async def _get(web: t_web.Web, path: str) -> typing.Any:
    return (await web.get(path))[1]


async def test_passwords_are_set_by_oneself_or_by_an_admin(web: t_web.Web) -> None:
    bob, root = web.auth.reqUser(BOB), web.auth.rootuser
    assert (await web.post(f'{V1}/auth/password/{BOB}', {'passwd': 'one'}))[0] == 200
    assert await bob.tryPasswd('one')
    mine = t_web.basic('bob', 'one')
    assert (await web.post(f'{V1}/auth/password/{BOB}', {'passwd': 'two'}, headers=mine))[0] == 200
    assert await bob.tryPasswd('two')
    mine = t_web.basic('bob', 'two')
    status, retn = await web.post(f'{V1}/auth/password/{root.iden}', {'passwd': 'mine'}, headers=mine)
    assert status == 200 and retn['result']['name'] == 'root'
    assert await root.tryPasswd('secret') and not await root.tryPasswd('mine')
    assert (await web.post(f'{V1}/auth/password/{BOB}', {'passwd': None}))[0] == 200
    assert (await web.get(f'{V1}/auth/roles', headers=mine)) == t_web.DENIED


async def test_a_one_time_password_logs_in_once(web: t_web.Web) -> None:
    status, retn = await web.post(f'{V1}/auth/onepass/issue', {'user': BOB, 'duration': 10000})
    assert status == 200
    once = t_web.basic('bob', retn['result'])
    assert (await web.get(f'{V1}/auth/roles', headers=once))[0] == 200
    assert await web.get(f'{V1}/auth/roles', headers=once) == t_web.DENIED
    body = {'user': BOB, 'duration': 'x'}
    want = (400, err('BadArg', 'Duration must be equal or greater than 1'))
    assert await web.post(f'{V1}/auth/onepass/issue', body) == want
