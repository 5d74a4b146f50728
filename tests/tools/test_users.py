"""moduser, modrole, apikey, cellauth: what an operator types, and the lines that come back (spec: cell.md 14)."""

from __future__ import annotations

import re

import pytest

import synapse.telepath as s_telepath
import synapse.tools.apikey as s_apikey
import synapse.tools.cellauth as s_cellauth
import synapse.tools.modrole as s_modrole
import synapse.tools.moduser as s_moduser
from tests.tools.conftest import Run


def masked(lines: list[str]) -> list[str]:
    """Replace idens, keys and times, which differ from run to run."""
    text = re.sub(r'[0-9a-f]{32}', 'IDEN', '\n'.join(lines))
    text = re.sub(r'API Key: \S{44}$', 'API Key: KEY', text, flags=re.MULTILINE)
    return re.sub(r'\d{4}/\d\d/\d\d \S+', 'TIME', text).split('\n')


@pytest.fixture
async def view_gate(core_url: str) -> str:
    """Return the iden of the main view, which is an auth gate."""
    async with await s_telepath.openurl(core_url) as core:
        gates = await core.getAuthGates()
    return next(gate['iden'] for gate in gates if gate['type'] == 'view')


def test_a_user_from_first_to_last_day(run: Run, core_url: str) -> None:
    args = ('--svcurl', core_url)
    assert run(s_moduser.main, *args, 'joe') == (1, ['ERROR: User not found (need --add?): joe'])
    words = '--add joe --admin false --email a@b.com --allow foo.bar --deny foo.bar.baz --grant all --locked false'
    assert run(s_moduser.main, *args, *words.split(), '--passwd', 'hehe') == (
        0,
        [
            'Adding user: joe',
            '...setting admin: false',
            '...setting locked: false',
            '...setting passwd: hehe',
            '...setting email: a@b.com',
            '...granting role: all',
            '...adding allow rule: foo.bar',
            '...adding deny rule: foo.bar.baz',
        ],
    )
    code, lines = run(s_moduser.main, *args, '--list', 'joe')
    assert code == 0
    assert masked(lines) == [
        'User: joe (IDEN)',
        '',
        '  Locked: False',
        '  Admin: False',
        '  Email: a@b.com',
        '  Rules:',
        '    [0  ] - !foo.bar.baz',
        '    [1  ] - foo.bar',
        '',
        '  Roles:',
        '    IDEN - all',
        '',
        '  Gates:',
    ]
    assert '  joe' in run(s_moduser.main, *args, '--list')[1]
    assert run(s_moduser.main, *args, '--del', 'joe') == (0, ['Modifying user: joe', '...deleting user: joe'])
    assert run(s_moduser.main, *args, '--list', 'joe') == (1, ['ERROR: User not found: joe'])


def test_the_guides_way_to_add_an_admin(run: Run, core_url: str) -> None:
    assert run(s_moduser.main, '--svcurl', core_url, '--add', '--admin', 'visi') == (
        0,
        ['Adding user: visi', '...setting admin: true'],
    )
    assert '  Admin: True' in run(s_moduser.main, '--svcurl', core_url, '--list', 'visi')[1]


def test_rules_that_change_nothing_are_not_added(run: Run, core_url: str) -> None:
    args = ('--svcurl', core_url, 'boss')
    run(s_moduser.main, '--add', '--admin', 'true', *args)
    assert run(s_moduser.main, *args, '--allow', 'a.b')[1][-1] == '...adding allow rule: a.b'
    code, lines = run(s_moduser.main, '--list', *args)
    assert lines[lines.index('  Rules:') + 1] == ''


def test_a_user_on_a_gate(run: Run, core_url: str, view_gate: str) -> None:
    gate = view_gate
    run(s_moduser.main, '--svcurl', core_url, '--add', 'gus')
    args = ('--svcurl', core_url, 'gus', '--gate', gate)
    assert run(s_moduser.main, *args, '--allow', 'view.add') == (
        0,
        ['Modifying user: gus', f'...adding allow rule: view.add on gate {gate}'],
    )
    run(s_moduser.main, *args, '--admin', 'true')
    lines = run(s_moduser.main, '--svcurl', core_url, '--list', 'gus')[1]
    assert lines[lines.index('  Gates:') :] == [
        '  Gates:',
        f'    {gate}',
        '      Admin: True',
        '      [0  ] - view.add',
    ]


@pytest.mark.parametrize(
    ('words', 'line'),
    [
        ('nobody', 'User not found (need --add?): nobody'),
        ('--add --del x', 'Cannot specify --add and --del together.'),
        ('', 'A username argument is required when --list is not specified.'),
        ('--add x1 --grant newp', 'Role not found: newp'),
        ('--add x2 --gate newp --allow a', 'No auth gate found with iden: newp'),
    ],
)
def test_moduser_says_what_is_wrong(run: Run, core_url: str, words: str, line: str) -> None:
    assert run(s_moduser.main, '--svcurl', core_url, *words.split()) == (1, [f'ERROR: {line}'])
    assert not {'  x', '  x1', '  x2'} & set(run(s_moduser.main, '--svcurl', core_url, '--list')[1])


def test_nobody_there(run: Run) -> None:
    assert run(s_moduser.main, '--svcurl', 'cell:///newp/newp', 'joe') == (
        1,
        ['ERROR: Cell path does not exist: /newp/newp/sock'],
    )
    assert run(s_moduser.main, '--svcurl', 'tcp://127.0.0.1:1/', 'joe')[0] == 1


def test_a_role(run: Run, core_url: str, view_gate: str) -> None:
    args = ('--svcurl', core_url)
    gate = view_gate
    assert run(s_modrole.main, *args, 'ninjas') == (1, ['ERROR: Role not found (need --add?): ninjas'])
    words = '--add ninjas --allow foo.bar --deny node.del'
    assert run(s_modrole.main, *args, *words.split()) == (
        0,
        ['Adding role: ninjas', '...adding allow rule: foo.bar', '...adding deny rule: node.del'],
    )
    run(s_modrole.main, *args, 'ninjas', '--allow', 'view.add', '--gate', gate)
    assert masked(run(s_modrole.main, *args, '--list', 'ninjas')[1]) == [
        'Role: ninjas (IDEN)',
        '',
        '  Rules:',
        '    [0  ] - foo.bar',
        '',
        '  Gates:',
        '    IDEN',
        '      Admin: False',
        '      [0  ] - view.add',
    ]
    assert '  IDEN - ninjas' in masked(run(s_modrole.main, *args, '--list')[1])
    assert run(s_modrole.main, *args, '--del', 'ninjas')[1][-1] == '...deleting role: ninjas'


def test_api_keys(run: Run, core_url: str) -> None:
    run(s_moduser.main, '--svcurl', core_url, '--add', 'keyed')
    args = ('--svcurl', core_url)
    user = ('-u', 'keyed')
    assert run(s_apikey.main, *args, 'list', *user) == (0, ['No API keys found.'])
    code, lines = run(s_apikey.main, *args, 'add', '-d', '20', *user, 'mykey')
    assert code == 0
    about = ['Iden: IDEN', '  Name: mykey', '  Created: TIME', '  Updated: TIME', '  Expires: TIME', '']
    assert masked(lines) == [
        'Successfully added API key with name=mykey.',
        *about[:1],
        '  API Key: KEY',
        *about[1:],
    ]
    assert masked(run(s_apikey.main, *args, 'list', *user)[1]) == about
    iden = lines[1].split()[1]
    assert run(s_apikey.main, *args, 'del', iden) == (0, [f'Successfully deleted API key with iden={iden}.'])
    code, lines = run(s_apikey.main, *args, 'list', '-u', 'newp')
    assert code == 1
    assert lines[0].startswith('ERROR: NoSuchUser: ')


def test_cellauth(run: Run, core_url: str, view_gate: str) -> None:
    def modify(*words: str) -> list[str]:
        code, lines = run(s_cellauth.main, core_url, 'modify', *words)
        assert code == 0
        return masked(lines)

    assert modify('--addrole', 'pirates')[0] == 'adding role: pirates'
    assert modify('--adduser', 'ann')[:2] == ['adding user: ann', 'ann (IDEN)']
    assert modify('ann', '--addrule', '!foo.bar')[0] == "adding rule to ann: (False, ['foo', 'bar'])"
    modify('ann', '--addrule', 'view.add', '--object', view_gate)
    modify('pirates', '--addrule', 'ship.sail')
    assert modify('ann', '--grant', 'pirates')[0] == 'granting pirates to: ann'
    assert modify('ann', '--admin')[0] == 'granting admin status: ann'
    code, lines = run(s_cellauth.main, core_url, 'list', '-d', 'ann')
    assert masked(lines)[:13] == [
        'ann (IDEN)',
        'type: user',
        'admin: True',
        'locked: False',
        'rules:',
        '    0 deny: foo.bar',
        '  auth gate: IDEN',
        '    1 allow: view.add',
        '',
        'roles:',
        '    role: all',
        *masked(lines)[11:13],
    ]
    assert '        0 allow: ship.sail' in lines
    assert modify('ann', '--delrule', '7')[:2] == ['deleting rule index: 7', 'rule index is out of range']
    assert '    1 allow: view.add' not in modify('ann', '--delrule', '1')
    assert run(s_cellauth.main, core_url, 'modify', '--deluser', 'ann') == (
        1,
        ['deleting user: ann', 'no such user: ann'],
    )
    assert run(s_cellauth.main, core_url, 'modify', 'pirates', '--object', 'x')[0] == 1
    assert run(s_cellauth.main, core_url, 'list')[1][:2] == ['getting users and roles', 'users:']
