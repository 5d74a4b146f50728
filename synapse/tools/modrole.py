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


async def find_role(cell: typing.Any, opts: typing.Any) -> dict[str, typing.Any] | None:
    """Return the role to change, adding it when asked to; None with a line when there is none."""
    rdef: dict[str, typing.Any] | None = await cell.getRoleDefByName(opts.rolename)
    if rdef is not None:
        print(f'Modifying role: {opts.rolename}')
    elif opts.add:
        print(f'Adding role: {opts.rolename}')
        rdef = await cell.addRole(opts.rolename)
    else:
        print(f'ERROR: Role not found (need --add?): {opts.rolename}')
    return rdef


def usage_error(opts: typing.Any) -> str | None:
    if opts.add and opts.delete:
        return 'Cannot specify --add and --del together.'
    if opts.rolename is None and not opts.list:
        return 'A rolename argument is required when --list is not specified.'
    return None


async def main(argv: typing.Sequence[str]) -> int:
    """Change one role, or list."""
    opts = parse(argv)
    async with s_cmd.connect(opts.svcurl) as cell:
        if mesg := usage_error(opts):
            print(f'ERROR: {mesg}')
            return 1
        if opts.list:
            return await show(cell, opts.rolename)
        if not await s_rules.check_gate(cell, opts.gate):
            return 1
        rdef = await find_role(cell, opts)
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
