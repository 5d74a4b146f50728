"""Permission rules as the user tools read and print them.

A rule is ``(allow, path)``; in text it is ``a.b.c``, with ``!`` in front when it denies. A *subject* is a user or a
role: the two have the same RPC methods under different names, so one class serves the tools of both.
"""

from __future__ import annotations

import typing

import synapse.tools.cmd as s_cmd

Rule = tuple[bool, typing.Sequence[str]]


def text(rule: Rule) -> str:
    """Return the text of a rule: ``a.b`` or ``!a.b``."""
    allow, path = rule
    return ('' if allow else '!') + '.'.join(path)


def path(perm: str) -> list[str]:
    """Return a permission path from its text, lower-cased."""
    return perm.lower().split('.')


class Subject:
    """A user or a role of a service.

    Args:
        cell: A proxy to the service.
        kind: ``User`` or ``Role``: the word in the RPC method names.
        sdef: Its definition.
    """

    def __init__(self, cell: typing.Any, kind: str, sdef: dict[str, typing.Any]) -> None:
        self.cell = cell
        self.kind = kind
        self.iden: str = sdef['iden']

    async def allowed(self, perm: typing.Sequence[str], gate: str | None) -> bool | None:
        """Return what the service decides on a permission of the subject."""
        func = getattr(self.cell, f'is{self.kind}Allowed')
        return typing.cast('bool | None', await func(self.iden, perm, gateiden=gate))

    async def add_rule(self, rule: Rule, gate: str | None, indx: int | None = None) -> None:
        """Add a rule, at the end or at an index."""
        func = getattr(self.cell, f'add{self.kind}Rule')
        await func(self.iden, rule, indx=indx, gateiden=gate)

    async def del_rule(self, rule: Rule, gate: str | None) -> None:
        """Remove a rule."""
        await getattr(self.cell, f'del{self.kind}Rule')(self.iden, rule, gateiden=gate)

    async def apply(self, allows: typing.Sequence[str], denys: typing.Sequence[str], gate: str | None) -> None:
        """Put rules in front that change the outcome, and print a line for each that was asked for."""
        where = f' on gate {gate}' if gate else ''
        for allow, word, perms in ((True, 'allow', allows), (False, 'deny', denys)):
            for perm in perms:
                print(f'...adding {word} rule: {perm}{where}')
                if bool(await self.allowed(path(perm), gate)) != allow:
                    await self.add_rule((allow, path(perm)), gate, indx=0)


def add_arguments(pars: s_cmd.Parser, noun: str) -> None:
    """Add the arguments that moduser and modrole share."""
    pars.add_argument('--svcurl', default=s_cmd.STORAGE, help='The Telepath URL of the service.')
    pars.add_argument('--add', action='store_true', help=f'Add the {noun} if it does not exist.')
    pars.add_argument('--del', dest='delete', action='store_true', help=f'Delete the {noun}.')
    pars.add_argument('--list', action='store_true', help=f'List all {noun}s, or show one.')
    pars.add_argument('--allow', action='append', default=[], help=f'A permission to allow for the {noun}.')
    pars.add_argument('--deny', action='append', default=[], help=f'A permission to deny for the {noun}.')
    pars.add_argument('--gate', default=None, help='The iden of the auth gate on which to set rules and admin.')


def check_usage(opts: typing.Any, noun: str) -> bool:
    """Return False, with a line, when the arguments do not fit together."""
    if opts.add and opts.delete:
        print('ERROR: Cannot specify --add and --del together.')
        return False
    if getattr(opts, f'{noun}name') is None and not opts.list:
        print(f'ERROR: A {noun}name argument is required when --list is not specified.')
        return False
    return True


async def find(cell: typing.Any, opts: typing.Any, noun: str) -> dict[str, typing.Any] | None:
    """Return the user or role to change, adding it when asked to; None with a line when there is none."""
    name, kind = getattr(opts, f'{noun}name'), noun.title()
    sdef: dict[str, typing.Any] | None = await getattr(cell, f'get{kind}DefByName')(name)
    if sdef is not None:
        print(f'Modifying {noun}: {name}')
    elif opts.add:
        print(f'Adding {noun}: {name}')
        sdef = await getattr(cell, f'add{kind}')(name)
    else:
        print(f'ERROR: {kind} not found (need --add?): {name}')
    return sdef


async def check_gate(cell: typing.Any, gate: str | None) -> bool:
    """Return False, with a line, when a gate is named that does not exist."""
    if gate is None or await cell.getAuthGate(gate) is not None:
        return True
    print(f'ERROR: No auth gate found with iden: {gate}')
    return False


def numbered(rules: typing.Iterable[Rule], indent: str) -> list[str]:
    """Return one line for each rule, with its index."""
    return [f'{indent}[{str(indx).ljust(3)}] - {text(rule)}' for indx, rule in enumerate(rules)]


def gate_lines(sdef: dict[str, typing.Any]) -> list[str]:
    """Return what a user or a role may do on gates."""
    lines = ['  Gates:']
    for iden, info in (sdef.get('authgates') or {}).items():
        lines += [f'    {iden}', f'      Admin: {bool(info.get("admin"))}']
        lines += numbered(info.get('rules') or (), '      ')
    return lines
