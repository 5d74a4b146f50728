"""The older tool for users, roles and rules. New work goes through moduser and modrole (spec: cell.md 14)."""

from __future__ import annotations

import traceback
import typing

import synapse.tools.cmd as s_cmd
import synapse.tools.rules as s_rules

VERSIONS = ((0, 2, 0), (3, 0, 0))


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the parsed arguments; exits with the usage when they are wrong."""
    pars = s_cmd.Parser('cellauth', description='Manage permissions of users, roles, and objects of a service.')
    pars.add_argument('--debug', action='store_true', help='Print a traceback with an error.')
    pars.add_argument('cellurl', help='The Telepath URL of the service.')
    subs = s_cmd.subcommands(pars, required=True, title='subcommands', dest='cmd')
    show = subs.add_parser('list', help='List users and roles.')
    show.add_argument('name', nargs='*', help='The users or roles to show.')
    show.add_argument('-d', '--detail', action='store_true', help='Show the rules of the roles of a user too.')
    modi = subs.add_parser('modify', help='Create, modify or delete a user or role.')
    acts = modi.add_mutually_exclusive_group()
    for name, text in FLAGS.items():
        acts.add_argument(f'--{name}', action='store_true', help=text)
    acts.add_argument('--passwd', help='Set the password of a user.')
    acts.add_argument('--grant', help='Grant a role to a user.')
    acts.add_argument('--revoke', help='Revoke a role from a user.')
    acts.add_argument('--setroles', nargs='+', help='Set all roles of a user.')
    acts.add_argument('--addrule', help='Add a rule: a.b, or !a.b to deny.')
    acts.add_argument('--delrule', type=int, help='Remove a rule by its index in the listing.')
    modi.add_argument('--object', help='The iden of the auth gate for --addrule.')
    modi.add_argument('name', help='The user or role.')
    # The old spelling has the name after --setroles, which takes many words; argparse then needs the flags first.
    return pars.parse_args(argv)


FLAGS = {
    'adduser': 'Add a user.',
    'addrole': 'Add a role.',
    'deluser': 'Delete a user.',
    'delrole': 'Delete a role.',
    'admin': 'Grant admin status to a user.',
    'noadmin': 'Revoke admin status from a user.',
    'lock': 'Lock a user.',
    'unlock': 'Unlock a user.',
}


class Numbers:
    """Counts the rules of one listing: the index runs on through the gates."""

    def __init__(self) -> None:
        self.indx = -1

    def lines(self, rules: typing.Iterable[s_rules.Rule], indent: str) -> list[str]:
        """Return one line for each rule."""
        lines = []
        for allow, path in rules:
            self.indx += 1
            lines.append(f'{indent}{self.indx} {"allow" if allow else "deny"}: {".".join(path)}')
        return lines


def rule_lines(sdef: dict[str, typing.Any], indent: str, gateindent: str) -> list[str]:
    """Return the rules of a user or role, its own and then those on gates."""
    numbers = Numbers()
    lines = numbers.lines(sdef.get('rules') or (), indent)
    for iden, info in (sdef.get('authgates') or {}).items():
        lines.append(f'{gateindent}auth gate: {iden}')
        if info.get('admin'):
            lines.append(f'{gateindent}  admin: True')
        lines += numbers.lines(info.get('rules') or (), f'{gateindent}  ')
    return lines


def describe(sdef: dict[str, typing.Any], detail: bool) -> list[str]:
    """Return the listing of one user or role."""
    lines = [f'{sdef["name"]} ({sdef["iden"]})', f'type: {sdef["type"]}']
    if sdef['type'] == 'user':
        lines += [f'admin: {sdef.get("admin")}', f'locked: {sdef.get("locked")}']
    lines += ['rules:', *rule_lines(sdef, '    ', '  '), '']
    if sdef['type'] == 'user':
        lines.append('roles:')
        for role in sdef.get('roles') or ():
            lines.append(f'    role: {role["name"]}')
            if detail:
                lines += rule_lines(role, '        ', '    ')
    return lines


async def find(cell: typing.Any, name: str) -> dict[str, typing.Any] | None:
    """Return a user or role by name, the user first; None with a line when there is neither."""
    sdef: dict[str, typing.Any] | None = await cell.getUserDefByName(name) or await cell.getRoleDefByName(name)
    if sdef is None:
        print(f'no such user: {name}')
    return sdef


async def show(cell: typing.Any, opts: typing.Any) -> int:
    """List names, or describe users and roles."""
    if opts.name:
        for name in opts.name:
            sdef = await find(cell, name)
            if sdef is None:
                return 1
            print('\n'.join(describe(sdef, opts.detail)))
        return 0
    print('getting users and roles')
    for word, items in (('users', await cell.getUserDefs()), ('roles', await cell.getRoleDefs())):
        print(f'{word}:')
        for item in sorted(items, key=lambda item: item['name']):
            print(f'    {item["name"]}')
    return 0


async def make(cell: typing.Any, opts: typing.Any) -> bool:
    """Carry out adding a user or role; returns False when something else was asked for."""
    if opts.adduser:
        print(f'adding user: {opts.name}')
        await cell.addUser(opts.name)
    elif opts.addrole:
        print(f'adding role: {opts.name}')
        await cell.addRole(opts.name)
    else:
        return False
    return True


# option: (line, RPC method, arguments after the iden) of the changes that are one call
CALLS: dict[str, tuple[str, str, tuple[typing.Any, ...]]] = {
    'deluser': ('deleting user: {name}', 'delUser', ()),
    'delrole': ('deleting role: {name}', 'delRole', ()),
    'admin': ('granting admin status: {name}', 'setUserAdmin', (True,)),
    'noadmin': ('revoking admin status: {name}', 'setUserAdmin', (False,)),
    'lock': ('locking user: {name}', 'setUserLocked', (True,)),
    'unlock': ('unlocking user: {name}', 'setUserLocked', (False,)),
}


async def role_iden(cell: typing.Any, name: str) -> str:
    """Return the iden of a role; raises NoSuchRole."""
    return typing.cast(str, (await cell.getRoleInfo(name))['iden'])


async def change_roles(cell: typing.Any, iden: str, opts: typing.Any) -> None:
    """Carry out --grant, --revoke, --setroles and --passwd."""
    if opts.passwd is not None:
        print(f'setting passwd for: {opts.name}')
        await cell.setUserPasswd(iden, opts.passwd)
    if opts.grant:
        print(f'granting {opts.grant} to: {opts.name}')
        await cell.addUserRole(iden, await role_iden(cell, opts.grant))
    if opts.revoke:
        print(f'revoking {opts.revoke} from: {opts.name}')
        await cell.delUserRole(iden, await role_iden(cell, opts.revoke))
    if opts.setroles:
        print(f'settings roles {opts.setroles} to: {opts.name}')
        await cell.setUserRoles(iden, [await role_iden(cell, name) for name in opts.setroles])


def rule_at(sdef: dict[str, typing.Any], indx: int) -> tuple[s_rules.Rule, str | None] | None:
    """Return (rule, gate) at an index of the listing."""
    found: list[tuple[s_rules.Rule, str | None]] = [(rule, None) for rule in sdef.get('rules') or ()]
    for iden, info in (sdef.get('authgates') or {}).items():
        found += [(rule, iden) for rule in info.get('rules') or ()]
    return found[indx] if 0 <= indx < len(found) else None


async def change_rules(cell: typing.Any, sdef: dict[str, typing.Any], opts: typing.Any) -> None:
    """Carry out --addrule and --delrule."""
    subject = s_rules.Subject(cell, sdef['type'].capitalize(), sdef)
    if opts.addrule:
        rule = (not opts.addrule.startswith('!'), s_rules.path(opts.addrule.removeprefix('!')))
        print(f'adding rule to {opts.name}: {rule}')
        await subject.add_rule(rule, opts.object)
    if opts.delrule is not None:
        print(f'deleting rule index: {opts.delrule}')
        found = rule_at(sdef, opts.delrule)
        if found is None:
            print('rule index is out of range')
        else:
            await subject.del_rule(*found)


async def modify(cell: typing.Any, opts: typing.Any) -> int:
    """Make one change, then describe the user or role."""
    if opts.object and not opts.addrule:
        print('--object option only valid with --addrule')
        return 1
    if not await make(cell, opts):
        name = next((name for name in CALLS if getattr(opts, name)), None)
        if name is not None:
            print(CALLS[name][0].format(name=opts.name))
        sdef = await find(cell, opts.name)
        if sdef is None:
            return 1
        if name is not None:
            await getattr(cell, CALLS[name][1])(sdef['iden'], *CALLS[name][2])
        await change_roles(cell, sdef['iden'], opts)
        await change_rules(cell, sdef, opts)
    sdef = await find(cell, opts.name)
    if sdef is None:
        return 1
    print('\n'.join(describe(sdef, False)))
    return 0


async def main(argv: typing.Sequence[str]) -> int:
    """List or modify."""
    opts = parse(argv)
    async with s_cmd.connect(opts.cellurl) as cell:
        vers = cell._getSynVers() or (0, 0, 0)
        if not VERSIONS[0] <= vers < VERSIONS[1]:
            text = '.'.join(str(part) for part in vers)
            print(f'Cell version {text} is outside of the cellauth supported range (>=0.2.0,<3.0.0).')
            return 1
        try:
            return await (show if opts.cmd == 'list' else modify)(cell, opts)
        except Exception as e:
            if opts.debug:
                traceback.print_exc()
            print(e)
            return 1


if __name__ == '__main__':
    s_cmd.exitmain(main)
