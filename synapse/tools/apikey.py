"""Add, list and delete the API keys that users present to the HTTP API (spec: cell.md 5.8, 14)."""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.time as s_time
import synapse.tools.cmd as s_cmd


def parse(argv: typing.Sequence[str]) -> typing.Any:
    """Return the parsed arguments; exits with the usage when they are wrong."""
    pars = s_cmd.Parser('apikey', description='Add, list, or delete API keys of the users of a service.')
    pars.add_argument('--svcurl', default=s_cmd.STORAGE, help='The Telepath URL of the service.')
    subs = s_cmd.subcommands(pars, required=True, dest='action')
    add = subs.add_parser('add', help='Add an API key. Its text is shown only now.')
    add.add_argument(
        '-d', '--duration', type=int, default=None, help='Seconds that the key is valid; without: for ever.'
    )
    add.add_argument('name', help='A name for the key.')
    show = subs.add_parser('list', help='List the API keys of a user.')
    for item in (add, show):
        item.add_argument('-u', '--username', default=None, help='The user; the default is whoever connects.')
    subs.add_parser('del', help='Delete an API key.').add_argument('iden', help='The iden of the key.')
    return pars.parse_args(argv)


def key_lines(kdef: dict[str, typing.Any], text: str | None = None) -> list[str]:
    """Return the description of one key."""
    lines = [f'Iden: {kdef["iden"]}']
    if text is not None:
        lines.append(f'  API Key: {text}')
    lines.append(f'  Name: {kdef["name"]}')
    for name in ('created', 'updated', 'expires'):
        if kdef.get(name) is not None:
            lines.append(f'  {name.capitalize()}: {s_time.repr(kdef[name])}')
    return [*lines, '']


async def user_iden(cell: typing.Any, name: str | None) -> str | None:
    if name is None:
        return None
    return typing.cast(str, (await cell.getUserInfo(name))['iden'])


async def add(cell: typing.Any, opts: typing.Any) -> None:
    """Add a key and print it."""
    iden = await user_iden(cell, opts.username)
    duration = None if opts.duration is None else opts.duration * 1000
    text, kdef = await cell.addUserApiKey(opts.name, duration=duration, useriden=iden)
    print(f'Successfully added API key with name={opts.name}.')
    print('\n'.join(key_lines(kdef, text)))


async def show(cell: typing.Any, opts: typing.Any) -> None:
    """Print the keys of a user."""
    kdefs = await cell.listUserApiKeys(useriden=await user_iden(cell, opts.username))
    if not kdefs:
        print('No API keys found.')
    for kdef in kdefs:
        print('\n'.join(key_lines(kdef)))


async def delete(cell: typing.Any, opts: typing.Any) -> None:
    """Delete a key."""
    await cell.delUserApiKey(opts.iden)
    print(f'Successfully deleted API key with iden={opts.iden}.')


ACTIONS = {'add': add, 'list': show, 'del': delete}


async def main(argv: typing.Sequence[str]) -> int:
    """Do one thing with API keys."""
    opts = parse(argv)
    try:
        async with s_cmd.connect(opts.svcurl) as cell:
            await ACTIONS[opts.action](cell, opts)
    except s_exc.SynErr as e:
        print(f'ERROR: {s_cmd.errname(e)}')
        return 1
    return 0


if __name__ == '__main__':
    s_cmd.exitmain(main)
