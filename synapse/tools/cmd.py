"""What all tools share: the argument parser, the way to a service, and the exit.

Exit codes: 0 is success; 1 is a failure, told in one line; 1 is also a usage error, except in the few tools whose
contract says 2 (spec: cell.md 14). ``-h`` is a success.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import typing

import synapse.exc as s_exc
import synapse.lib.base as s_base
import synapse.telepath as s_telepath

# Where the container images keep a service: the default of every tool that acts on one.
STORAGE = 'cell:///vertex/storage'

Main = typing.Callable[[typing.Sequence[str]], typing.Coroutine[typing.Any, typing.Any, int]]


class Parser(argparse.ArgumentParser):
    """An argument parser that explains a usage error on stdout.

    Args:
        name: The tool's name below ``synapse.tools``.
        code: The exit code of a usage error.
        stream: Where the usage goes, ``stdout`` or ``stderr``.
    """

    def __init__(self, name: str, code: int = 1, stream: str = 'stdout', **opts: typing.Any) -> None:
        opts.setdefault('formatter_class', argparse.RawDescriptionHelpFormatter)
        super().__init__(prog=f'synapse.tools.{name}', **opts)
        self.code = code
        self.stream = stream

    def error(self, message: str) -> typing.NoReturn:
        """Print the usage and the message, and exit."""
        stream = getattr(sys, self.stream)
        self.print_usage(stream)
        print(f'\n{self.prog}: error: {message}\n', file=stream)
        raise SystemExit(self.code)


def subcommands(pars: Parser, **opts: typing.Any) -> typing.Any:
    """Return the sub-command action of a parser. Usage errors of a sub-command look like those of the tool."""

    def make(prog: str, **kwargs: typing.Any) -> Parser:
        item = Parser('', pars.code, pars.stream, **kwargs)
        item.prog = prog
        return item

    return pars.add_subparsers(parser_class=typing.cast(typing.Any, make), **opts)


@contextlib.asynccontextmanager
async def connect(url: str) -> typing.AsyncIterator[s_telepath.Proxy]:
    """Connect to a service, with the user's Telepath environment (AHA servers, certificates) in place."""
    async with s_telepath.withTeleEnv(), await s_telepath.openurl(url) as proxy:
        yield proxy


def errtext(e: BaseException) -> str:
    """Return one line about an error: its message if it has one, else what it is."""
    if isinstance(e, s_exc.SynErr) and (mesg := e.get('mesg')):
        return str(mesg)
    if isinstance(e, s_exc.SynErr):
        return f'{e.errname}({str(e)!r})'
    return repr(e)


def errname(e: s_exc.SynErr) -> str:
    """Return an error as ``Name: message``."""
    return f'{e.get("errx") or e.errname}: {e.get("mesg") or e}'


def call(main: Main, argv: typing.Sequence[str]) -> int:
    """Run a tool and return its exit code; an exception becomes one line on stdout and code 1."""
    try:
        return s_base.run(main(argv))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130
    except BrokenPipeError:
        # Whoever read our output (head, less) has seen enough. Nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as e:
        print(f'ERROR: {errtext(e)}')
        return 1


def exitmain(main: Main) -> typing.NoReturn:
    """Run a tool on the arguments of the process, and exit."""
    code = call(main, sys.argv[1:])
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    raise SystemExit(code)
