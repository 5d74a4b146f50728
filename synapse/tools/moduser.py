"""Add, change, list and delete the users of a service (spec: cell.md 14)."""

from __future__ import annotations

import typing

import synapse.tools.cmd as s_cmd
import synapse.tools.rules as s_rules

BOOLS = ('true', 'false')


def bare_admin(argv: typing.Sequence[str]) -> list[str]:
    """Read a bare ``--admin`` as ``--admin true``: the operator guides write ``moduser --add --admin visi``."""
    args: list[str] = []
    for indx, word in enumerate(argv):
        args.append(word)
        if word == '--admin' and (indx + 1 == len(argv) or argv[indx + 1] not in BOOLS):
            args.append('true')
    return args


def parse(argv: typing.Sequence[str]) -> typing.Any:
    pars = s_cmd.Parser('moduser', description='Add, modify, or list users of a service.')
    s_rules.add_arguments(pars, 'user')
    pars.add_argument('--admin', choices=BOOLS, default=None, help='Set the admin status (alone: true).')
    pars.add_argument('--passwd', default=None, help='Set the password.')
    pars.add_argument('--email', default=None, help='Set the email address.')
    pars.add_argument('--locked', choices=BOOLS, default=None, help='Set the locked status.')
    pars.add_argument('--grant', action='append', default=[], help='A role to grant.')
    pars.add_argument('--revoke', action='append', default=[], help='A role to revoke.')
    pars.add_argument('username', nargs='?', help='The user to add, change or show.')
    return pars.parse_args(bare_admin(argv))


def user_lines(udef: dict[str, typing.Any]) -> list[str]:
    """Return the description of one user."""
    lines = [
        f'User: {udef["name"]} ({udef["iden"]})',
        '',
        f'  Locked: {udef.get("locked")}',
        f'  Admin: {udef.get("admin")}',
        f'  Email: {udef.get("email")}',
        '  Rules:',
        *s_rules.numbered(udef.get('rules') or (), '    '),
        '',
        '  Roles:',
        *(f'    {role["iden"]} - {role["name"]}' for role in udef.get('roles') or ()),
        '',
        *s_rules.gate_lines(udef),
    ]
    return lines


async def show(cell: typing.Any, name: str | None) -> int:
    """Print all user names, or one user."""
    if name is None:
        print('Users:')
        for udef in sorted(await cell.getUserDefs(), key=lambda item: item['name']):
            print(f'  {udef["name"]}')
        return 0
    udef = await cell.getUserDefByName(name)
    if udef is None:
        print(f'ERROR: User not found: {name}')
        return 1
    print('\n'.join(user_lines(udef)))
    return 0


async def find_roles(cell: typing.Any, names: typing.Iterable[str]) -> dict[str, str] | None:
    """Return {role name: iden}, or None with a line when one does not exist."""
    idens = {}
    for name in names:
        role = await cell.getRoleDefByName(name)
        if role is None:
            print(f'ERROR: Role not found: {name}')
            return None
        idens[name] = role['iden']
    return idens


async def change(cell: typing.Any, iden: str, opts: typing.Any, roles: dict[str, str]) -> None:
    """Apply the options in the order of the contract, with a line for each."""
    if opts.admin is not None:
        print(f'...setting admin: {opts.admin}' + (f' on gate {opts.gate}' if opts.gate else ''))
        await cell.setUserAdmin(iden, opts.admin == 'true', gateiden=opts.gate)
    if opts.locked is not None:
        print(f'...setting locked: {opts.locked}')
        await cell.setUserLocked(iden, opts.locked == 'true')
    if opts.passwd is not None:
        print(f'...setting passwd: {opts.passwd}')
        await cell.setUserPasswd(iden, opts.passwd)
    if opts.email is not None:
        print(f'...setting email: {opts.email}')
        await cell.setUserEmail(iden, opts.email)
    for name in opts.grant:
        print(f'...granting role: {name}')
        await cell.addUserRole(iden, roles[name])
    for name in opts.revoke:
        print(f'...revoking role: {name}')
        await cell.delUserRole(iden, roles[name])


async def main(argv: typing.Sequence[str]) -> int:
    """Change one user, or list."""
    opts = parse(argv)
    async with s_cmd.connect(opts.svcurl) as cell:
        if not s_rules.check_usage(opts, 'user'):
            return 1
        if opts.list:
            return await show(cell, opts.username)
        roles = await find_roles(cell, [*opts.grant, *opts.revoke])
        if roles is None or not await s_rules.check_gate(cell, opts.gate):
            return 1
        udef = await s_rules.find(cell, opts, 'user')
        if udef is None:
            return 1
        if opts.delete:
            print(f'...deleting user: {opts.username}')
            await cell.delUser(udef['iden'])
            return 0
        await change(cell, udef['iden'], opts, roles)
        await s_rules.Subject(cell, 'User', udef).apply(opts.allow, opts.deny, opts.gate)
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
