"""Progress on a terminal, silence in a pipe.

Bars are drawn on stderr, so that stdout holds the contract's lines only, and not at all unless stderr is a terminal.
"""

from __future__ import annotations

import contextlib
import sys
import typing

import rich.console
import rich.progress


class Progress:
    """What a tool tells about its work. All calls are cheap, and do nothing when nobody watches."""

    def __init__(self, bar: rich.progress.Progress | None, task: rich.progress.TaskID | None) -> None:
        self._bar = bar
        self._task = task

    def advance(self, count: float) -> None:
        """Add to the work done."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, count)

    def update(self, done: float, title: str | None = None) -> None:
        """Set the work done, and the title."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, description=title)


def columns(unit: str) -> list[rich.progress.ProgressColumn]:
    """Return the columns of a bar whose numbers are ``bytes`` or ``items``, or of a mere clock (``time``)."""
    cols: list[rich.progress.ProgressColumn] = [rich.progress.TextColumn('{task.description}')]
    if unit == 'time':
        return [rich.progress.SpinnerColumn(), *cols, rich.progress.TimeElapsedColumn()]
    cols.append(rich.progress.BarColumn())
    if unit == 'bytes':
        cols.append(rich.progress.DownloadColumn())
    else:
        cols.append(rich.progress.MofNCompleteColumn())
    return [*cols, rich.progress.TimeElapsedColumn()]


@contextlib.contextmanager
def show(title: str, total: float | None = None, unit: str = 'items') -> typing.Iterator[Progress]:
    """Show a bar while the body runs, when stderr is a terminal.

    Args:
        title: What is being done.
        total: How much there is to do; None when that is not known.
        unit: ``items``, ``bytes``, or ``time`` for work of which only the duration can be told.
    """
    if not sys.stderr.isatty():
        yield Progress(None, None)
        return
    both = sys.stdout.isatty()  # then lines on stdout must be drawn above the bar
    console = rich.console.Console(stderr=True, highlight=False)
    with rich.progress.Progress(*columns(unit), console=console, redirect_stdout=both, transient=True) as bar:
        yield Progress(bar, bar.add_task(title, total=total))
