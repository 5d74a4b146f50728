"""The arguments and the loop of the Storm prompt."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import typing

import prompt_toolkit
import prompt_toolkit.history
import prompt_toolkit.patch_stdout

import synapse.lib.telepath.home as s_home
import synapse.tools.cmd as s_cmd
import synapse.tools.storm.complete as s_complete
import synapse.tools.storm.local as s_local
import synapse.tools.storm.session as s_session

WELCOME = """
Welcome to the Storm interpreter!

Local interpreter (non-storm) commands may be executed with a ! prefix:
    Use !quit to exit.
    Use !help to see local interpreter commands.

Use the <Tab> key for suggestion/completion of forms, commands, and tags.
"""

Reader = typing.Callable[[], typing.Awaitable[str]]


def parse(argv: typing.Sequence[str]) -> typing.Any:
    pars = s_cmd.Parser('storm', description='Ask a Cortex questions in Storm, one or at a prompt.')
    pars.add_argument('cortex', help='The Telepath URL of the Cortex.')
    pars.add_argument('onecmd', nargs='?', help='One query or ! command to run, instead of the prompt.')
    pars.add_argument('--view', default=None, help='The iden of the view to work in.')
    pars.add_argument('--optsfile', default=None, help='A JSON or YAML file with Storm options.')
    return pars.parse_intermixed_args(argv)


async def run_line(sess: s_session.Session, line: str) -> bool:
    """Run a query or a ``!`` command. Returns False if it failed; raises local.Quit."""
    if line.startswith('!'):
        return await s_local.run(sess, line)
    return await sess.storm(line)


@contextlib.contextmanager
def interrupts(task: asyncio.Task[typing.Any]) -> typing.Iterator[None]:
    """Let Ctrl-C cancel a task, and only that, while the body runs."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, task.cancel)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


async def guarded(sess: s_session.Session, line: str) -> bool:
    """Run a line so that Ctrl-C ends the line and not the prompt."""
    task = asyncio.ensure_future(run_line(sess, line))
    with interrupts(task):
        try:
            return await task
        except asyncio.CancelledError:
            me = asyncio.current_task()
            if me is not None and me.cancelling():
                raise  # the prompt is ending, not only this line
            print('<ctrl-c>')
            return False


async def loop(sess: s_session.Session, read: Reader) -> int:
    """Read and run lines until the end. Returns 1 if a line failed."""
    okay = True
    with contextlib.suppress(EOFError, s_local.Quit):
        while True:
            try:
                line = (await read()).strip()
            except KeyboardInterrupt:
                print('<ctrl-c>')
                continue
            if line:
                okay = await guarded(sess, line) and okay
    return 0 if okay else 1


async def terminal_reader(core: typing.Any) -> Reader:
    """Return a reader with history, editing and completion."""
    completer = s_complete.Completer(core)
    await completer.load()
    history = prompt_toolkit.history.FileHistory(s_home.syn_dir('storm_history'))
    prompts: prompt_toolkit.PromptSession[str] = prompt_toolkit.PromptSession(
        history=history, completer=completer, complete_while_typing=False, vi_mode=False
    )

    async def read() -> str:
        with prompt_toolkit.patch_stdout.patch_stdout():
            return await prompts.prompt_async('storm> ')

    return read


async def pipe_reader(core: typing.Any) -> Reader:
    """Return a reader of plain lines, for scripts that pipe queries in."""

    async def read() -> str:
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            raise EOFError()
        return line

    return read


async def interact(core: typing.Any, opts: dict[str, typing.Any], hint: str = '') -> int:
    """Run the prompt on a Cortex until the user quits or the service goes away. Returns an exit code."""
    print(WELCOME + hint, flush=True)
    terminal = sys.stdin.isatty()
    read = await (terminal_reader if terminal else pipe_reader)(core)
    task = asyncio.ensure_future(loop(s_session.Session(core, opts), read))

    async def lost() -> None:
        if not task.done():
            print('connection closed...', flush=True)
            task.cancel()

    core.onfini(lost)
    try:
        return await task
    except asyncio.CancelledError:
        if not core.isfini:
            raise
        return 1


async def main(argv: typing.Sequence[str]) -> int:
    """Run one line, or the prompt."""
    args = parse(argv)
    async with s_cmd.connect(args.cortex) as core:
        opts = s_session.load_opts(args.optsfile, args.view)
        if not args.onecmd:
            return await interact(core, opts)
        with contextlib.suppress(s_local.Quit):
            return 0 if await run_line(s_session.Session(core, opts), args.onecmd) else 1
        return 0
