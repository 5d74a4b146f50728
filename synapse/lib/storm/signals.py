"""Control flow that leaves a block: raised by statements, caught by the construct it belongs to. Never errors."""

from __future__ import annotations

import typing


class Signal(Exception):
    """Base of the control flow signals."""


class Return(Signal):
    """``return(valu)``."""

    def __init__(self, valu: typing.Any) -> None:
        super().__init__()
        self.valu = valu


class Break(Signal):
    """``break``; carries the paths to emit before the loop ends."""

    keyword = 'break'


class Continue(Signal):
    """``continue``."""

    keyword = 'continue'


class Stop(Signal):
    """``stop``: the end of an emitting function."""

    keyword = 'stop'


class Exit(Signal):
    """``$lib.exit()``: the quiet end of the whole query."""


LOOP = (Break, Continue)
"""Signals that carry a path: raise them with the path at which they happened as the only argument (or None)."""
