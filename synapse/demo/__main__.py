"""``python -m synapse.demo DIR``: a Cortex in a directory, with ATT&CK in it, and the Storm prompt on top.

With a terminal, the prompt opens. In a pipe, the three questions are answered, then the lines that come in, so scripts
can run it too.
"""

from __future__ import annotations

import contextlib
import os
import sys
import typing

import synapse.common as s_common
import synapse.demo.attack as s_attack
import synapse.demo.questions as s_questions
import synapse.demo.stix as s_stix
import synapse.telepath as s_telepath
import synapse.tools.cmd as s_cmd
import synapse.tools.localcore as s_localcore
import synapse.tools.progress as s_progress
import synapse.tools.storm.cli as s_cli
import synapse.tools.storm.session as s_session


def parse(argv: typing.Sequence[str]) -> typing.Any:
    pars = s_cmd.Parser('', description='Start a Cortex with MITRE ATT&CK in it and open the Storm prompt.')
    pars.prog = 'synapse.demo'
    pars.add_argument('dirn', help='The directory of the Cortex, made when missing.')
    return pars.parse_args(argv)


@contextlib.asynccontextmanager
async def cortex(dirn: str) -> typing.AsyncIterator[str]:
    """Yield the URL of the Cortex in a directory; it is started, and stopped afterwards, unless it runs already."""
    url = f'cell://{os.path.abspath(dirn)}'
    if await s_localcore.answers(url):
        yield url
        return
    s_common.gendir(os.path.dirname(os.path.abspath(dirn)))
    async with contextlib.AsyncExitStack() as stack:
        with s_progress.show('starting the Cortex', unit='time'):
            url = await stack.enter_async_context(s_localcore.running(dirn, f'{dirn.rstrip("/")}.log'))
        yield url


def hint(url: str) -> str:
    """Return what is shown above the first prompt."""
    lines = [f'This is {url} with MITRE ATT&CK v{s_stix.VERSION} in it. Three questions to begin with:', '']
    for indx, item in enumerate(s_questions.QUESTIONS, 1):
        lines += [f'{indx}. {item.text}', f'   {item.storm}', '']
    return '\n'.join(lines)


async def answer(core: typing.Any) -> int:
    """Ask the three questions, then what stdin says, and print the answers. Returns 1 if one fails."""
    sess = s_session.Session(core, {'repr': True})
    okay = True
    for item in s_questions.QUESTIONS:
        print(f'\n# {item.text}\nstorm> {item.storm}')
        okay = await sess.storm(item.storm) and okay
    read = await s_cli.pipe_reader(core)

    async def echo() -> str:
        line = (await read()).strip()
        if line:
            print(f'\nstorm> {line}')
        return line

    return await s_cli.loop(sess, echo) or (0 if okay else 1)


async def main(argv: typing.Sequence[str]) -> int:
    """Start, load the first time, and ask."""
    opts = parse(argv)
    async with cortex(opts.dirn) as url, await s_telepath.openurl(url) as core:
        if not await s_attack.is_loaded(core):
            know = await s_attack.load(core)
            print(f'MITRE ATT&CK v{s_stix.VERSION} is loaded:')
            await s_attack.report(core, know)
        if sys.stdin.isatty():
            return await s_cli.interact(core, {'repr': True}, hint(url))
        return await answer(core)


if __name__ == '__main__':
    s_cmd.exitmain(main)
