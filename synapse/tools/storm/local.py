"""The commands of the prompt that start with ``!``: they work on files of this machine, which Storm cannot see."""

from __future__ import annotations

import argparse
import inspect
import os
import sys
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.tools.storm.session as s_session

# How much of a file is sent in one call.
UPLOAD_SIZE = 10_000_000

PUSH_QUERY = '[ file:bytes=$sha256 ] { -:name [ :name=$name ] }'


class Quit(Exception):
    """The user wants to leave the prompt."""


class Usage(Exception):
    """The arguments of a command were wrong, and the user has been told."""


class Parser(argparse.ArgumentParser):
    """Prints usage errors on stdout and stays alive."""

    def error(self, message: str) -> typing.NoReturn:
        """Print the usage and the message."""
        self.print_usage(sys.stdout)
        print(f'\n{self.prog}: error: {message}\n')
        raise Usage()

    def exit(self, status: int = 0, message: str | None = None) -> typing.NoReturn:
        """Leave the command (after ``-h``), not the process."""
        raise Usage()


def split(text: str) -> list[str]:
    """Split a command line into words: by blanks, with quoted words and ``{ queries in braces }`` kept whole."""
    words, offs = [], 0
    while offs < len(text):
        char = text[offs]
        if char.isspace():
            offs += 1
            continue
        if char == '{':
            end = closing(text, offs)
            words.append(text[offs + 1 : end - 1].strip())
        elif char in '\'"':
            end = text.find(char, offs + 1) + 1 or len(text) + 1
            words.append(text[offs + 1 : end - 1])
        else:
            end = offs
            while end < len(text) and not text[end].isspace():
                end += 1
            words.append(text[offs:end])
        offs = end
    return words


def closing(text: str, offs: int) -> int:
    """Return the offset after the brace that closes the one at ``offs``; braces in quotes do not count."""
    depth, quote = 0, ''
    for indx in range(offs, len(text)):
        char = text[indx]
        if quote:
            quote = '' if char == quote and text[indx - 1] != '\\' else quote
        elif char in '\'"`':
            quote = char
        elif char == '{':
            depth += 1
        elif char == '}':
            depth -= 1
            if depth == 0:
                return indx + 1
    return len(text) + 1


async def cmd_quit(sess: s_session.Session, args: list[str]) -> bool:
    """Quit the current command line interpreter.

    Example:

        !quit
    """
    print('o/')
    raise Quit()


async def cmd_help(sess: s_session.Session, args: list[str]) -> bool:
    """List interpreter extended commands and display help output.

    Example:

        !help !runfile
    """
    width = max(len(name) for name in COMMANDS)
    for name in args:
        print(f'=== {name}\n\n    {COMMANDS[name].__doc__}' if name in COMMANDS else f'=== NOT FOUND: {name}')
    if not args:
        for name in sorted(COMMANDS):
            print(f'{name:{width}} - {(COMMANDS[name].__doc__ or "").splitlines()[0]}')
    return True


async def cmd_runfile(sess: s_session.Session, args: list[str]) -> bool:
    """Run a local storm file.

    Example:

        !runfile /path/to/file.storm
    """
    pars = parser('!runfile')
    pars.add_argument('stormfile', help='A local file containing a storm query.')
    path = pars.parse_args(args).stormfile
    if not os.path.isfile(path):
        print(f'no such file: {path}')
        return False
    print(f'running storm file: {path}')
    with open(path, encoding='utf-8') as fd:
        return await sess.storm(fd.read())


async def cmd_pushfile(sess: s_session.Session, args: list[str]) -> bool:
    """Upload a file and create a file:bytes node.

    Example:

        !pushfile /path/to/file
    """
    pars = parser('!pushfile')
    pars.add_argument('filepath', help='A local file to push to the Cortex.')
    path = pars.parse_args(args).filepath
    if not os.path.isfile(path):
        print(f'no such file: {path}')
        return False
    print(f'uploading file: {path}')
    upload = await sess.core.getAxonUpload()
    async with upload:
        with open(path, 'rb') as fd:
            while byts := fd.read(UPLOAD_SIZE):
                await upload.write(byts)
        _, sha256 = await upload.save()
    qvars = {**sess.opts.get('vars', {}), 'sha256': f'sha256:{sha256.hex()}', 'name': os.path.basename(path)}
    return await sess.storm(PUSH_QUERY, vars=qvars)


async def cmd_pullfile(sess: s_session.Session, args: list[str]) -> bool:
    """Download a file by sha256 and store it locally.

    Example:

        !pullfile c00adfcc316f8b00772cdbce2505b9ea539d74f42861801eceb1017a44344ed3 /path/to/savefile
    """
    pars = parser('!pullfile')
    pars.add_argument('sha256', help='The SHA256 of the file to pull.')
    pars.add_argument('filepath', help='The path to save the file to.')
    opts = pars.parse_args(args)
    print(f'downloading sha256: {opts.sha256}')

    async def fetch(fd: typing.BinaryIO) -> None:
        async for byts in sess.core.getAxonBytes(opts.sha256):
            fd.write(byts)

    if not await save(opts.filepath, fetch):
        return False
    print(f'saved to: {opts.filepath}')
    return True


async def cmd_export(sess: s_session.Session, args: list[str]) -> bool:
    """Export the results of a storm query into a nodes file.

    Example:

        // Export nodes to a file
        !export dnsa.nodes { inet:fqdn#mynodes -> inet:dns:a }

        // Export nodes to a file and only include specific tags
        !export fqdn.nodes { inet:fqdn#mynodes } --include-tags footag
    """
    pars = parser('!export')
    pars.add_argument('filepath', help='The path to save the nodes to.')
    pars.add_argument('query', help='The Storm query to export nodes of.')
    pars.add_argument('--include-tags', nargs='*', help='Only include these tags, and those below them.')
    pars.add_argument('--no-tags', action='store_true', help='Do not include any tags.')
    opts = pars.parse_args(args)
    query_opts = dict(sess.opts)
    if opts.no_tags or opts.include_tags is not None:
        query_opts['scrub'] = {'include': {'tags': [] if opts.no_tags else opts.include_tags}}
    count = 0
    print('exporting nodes')

    async def fetch(fd: typing.BinaryIO) -> None:
        nonlocal count
        async for pode in sess.core.exportStorm(opts.query, opts=query_opts):
            fd.write(s_common.en(pode))
            count += 1

    if not await save(opts.filepath, fetch):
        return False
    print(f'saved {count} nodes to: {opts.filepath}')
    return True


async def save(path: str, fetch: typing.Callable[[typing.BinaryIO], typing.Awaitable[None]]) -> bool:
    """Fetch into a file that appears only when it is complete. Prints the error and returns False when that fails."""
    temp = f'{path}.part'
    try:
        with open(temp, 'wb') as fd:
            await fetch(fd)
        os.replace(temp, path)
        return True
    except (s_exc.SynErr, OSError) as e:
        print(e.get('mesg') or e.errname if isinstance(e, s_exc.SynErr) else e)
        return False
    finally:
        if os.path.exists(temp):
            os.unlink(temp)


Command = typing.Callable[[s_session.Session, list[str]], typing.Awaitable[bool]]

COMMANDS: dict[str, Command] = {
    '!export': cmd_export,
    '!help': cmd_help,
    '!pullfile': cmd_pullfile,
    '!pushfile': cmd_pushfile,
    '!quit': cmd_quit,
    '!runfile': cmd_runfile,
}


def parser(name: str) -> Parser:
    desc = inspect.cleandoc(COMMANDS[name].__doc__ or '')
    return Parser(prog=name, description=desc, formatter_class=argparse.RawDescriptionHelpFormatter)


async def run(sess: s_session.Session, line: str) -> bool:
    """Run one ``!`` command line. Returns False if it failed; raises Quit."""
    name, _, rest = line.strip().partition(' ')
    cmd = COMMANDS.get(name)
    if cmd is None:
        print(f'cmd not found: {name}')
        return True
    try:
        return await cmd(sess, split(rest))
    except Usage:
        return True
    except s_exc.SynErr as e:
        print(f'ERROR: {e.get("mesg") or e}')
        return False
