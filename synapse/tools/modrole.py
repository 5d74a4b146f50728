"""Add, change, list and delete the roles of a service (spec: cell.md 14)."""

from __future__ import annotations

import typing

import synapse.tools.cmd as s_cmd
import synapse.tools.rules as s_rules


def parse(argv: typing.Sequence[str]) -> typing.Any:
    pars = s_cmd.Parser('modrole', description='Add, modify, or list roles of a service.')
    s_rules.add_arguments(pars, 'role')
    pars.add_argument('rolename', nargs='?', help='The role to add, change or show.')
    return pars.parse_args(argv)


async def show(cell: typing.Any, name: str | None) -> int:
    """Print all roles, or one."""
    if name is None:
        print('Roles:')
        for rdef in sorted(await cell.getRoleDefs(), key=lambda item: item['name']):
            print(f'  {rdef["iden"]} - {rdef["name"]}')
        return 0
    rdef = await cell.getRoleDefByName(name)
    if rdef is None:
        print(f'ERROR: Role not found: {name}')
        return 1
    rules = s_rules.numbered(rdef.get('rules') or (), '    ')
    head = [f'Role: {rdef["name"]} ({rdef["iden"]})', '', '  Rules:']
    print('\n'.join([*head, *rules, '', *s_rules.gate_lines(rdef)]))
    return 0


async def main(argv: typing.Sequence[str]) -> int:
    """Change one role, or list."""
    opts = parse(argv)
    async with s_cmd.connect(opts.svcurl) as cell:
        if not s_rules.check_usage(opts, 'role'):
            return 1
        if opts.list:
            return await show(cell, opts.rolename)
        if not await s_rules.check_gate(cell, opts.gate):
            return 1
        rdef = await s_rules.find(cell, opts, 'role')
        if rdef is None:
            return 1
        if opts.delete:
            print(f'...deleting role: {opts.rolename}')
            await cell.delRole(rdef['iden'])
            return 0
        await s_rules.Subject(cell, 'Role', rdef).apply(opts.allow, opts.deny, opts.gate)
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
