"""One connection to a Cortex, and running queries on it."""

from __future__ import annotations

import os
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.tools.storm.output as s_output


def load_opts(path: str | None, view: str | None) -> dict[str, typing.Any]:
    """Return the Storm options to send: those of a YAML or JSON file, the view, and always ``repr``."""
    opts: dict[str, typing.Any] = {'repr': True}
    if path is not None:
        if not os.path.isfile(path):
            raise s_exc.NoSuchFile(mesg=f'The --optsfile {path} does not exist.', path=path)
        loaded = s_common.yamlload(path)
        if not isinstance(loaded, dict):
            raise s_exc.BadArg(mesg=f'The options file must hold a map: {path}', path=path)
        opts.update(loaded)
    if view is not None:
        opts['view'] = view
    return opts


class Session:
    """A Cortex and the options with which queries run on it.

    Args:
        core: A Telepath proxy to a Cortex.
        opts: Storm options (spec: cortex.md 3.1).
    """

    def __init__(self, core: typing.Any, opts: dict[str, typing.Any]) -> None:
        self.core = core
        self.opts = opts

    async def storm(self, text: str, **opts: typing.Any) -> bool:
        """Run a query and print its messages. Returns False if it failed."""
        printer = s_output.Printer()
        try:
            async for mesg in self.core.storm(text, opts={**self.opts, **opts}):
                printer.mesg(mesg)
        except s_exc.SynErr as e:
            # Refused before the first message: an unknown view, a missing permission, a lost link.
            printer.text(f'ERROR: {e.get("mesg") or e}')
            return False
        return not printer.failed
