"""Log lines of a service: level and form, text or JSON, and the recent past for callers (spec: cell.md 12).

Everything goes to stderr. A caller of the ``logging`` module gives structured values as
``logger.info('text', extra={'synapse': {...}})``; `extra` builds that argument. In JSON form they are top-level keys
beside the standard ones, which they never replace; in text form they are not shown.
"""

from __future__ import annotations

import asyncio
import collections
import json
import linecache
import logging
import math
import os
import sys
import traceback
import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits

logger = logging.getLogger('synapse.lib.cell')

LEVELS = ('DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL')
FORMAT = '%(asctime)s [%(levelname)s] %(message)s [%(filename)s:%(funcName)s:%(threadName)s:%(processName)s]'

_HANDLER_NAME = 'synapse:stderr'

# Deeper values are shown as text.
_MAX_DEPTH = 20


def parse_level(text: str | int) -> int:
    """Return the number of a log level given by name (any case) or number. Raises BadArg."""
    name = str(text).strip().upper()
    if name in LEVELS:
        return int(getattr(logging, name))
    if name.isdigit() and int(name) in (10, 20, 30, 40, 50):
        return int(name)
    raise s_exc.BadArg(mesg=f'Invalid log level provided: {str(text).strip()}', name=text)


def extra(**params: typing.Any) -> dict[str, typing.Any]:
    """Return the ``extra=`` argument that attaches structured values to a log line."""
    return {'synapse': params}


def err_dict(exc: BaseException) -> dict[str, typing.Any]:
    """Return the structured form of an exception: place, error info, ``etb`` (full traceback) and ``errname``."""
    info: dict[str, typing.Any] = {}
    frames = traceback.extract_tb(exc.__traceback__)
    if frames:
        last = frames[-1]
        source = last.line or linecache.getline(last.filename, last.lineno or 0).strip()
        info.update(efile=os.path.basename(last.filename), eline=last.lineno, esrc=source, ename=last.name)
    if isinstance(exc, s_exc.SynErr):
        info.update(exc.errinfo)
    else:
        info['mesg'] = str(exc)
    info['etb'] = ''.join(traceback.format_exception(exc)).rstrip('\n')
    info['errname'] = type(exc).__name__
    return info


class TextFormatter(logging.Formatter):
    """One line for people; a traceback follows on extra lines."""

    def __init__(self, datefmt: str | None = None) -> None:
        super().__init__(FORMAT, datefmt=datefmt)


class StructFormatter(logging.Formatter):
    """One JSON object on one line for log collectors."""

    def __init__(self, datefmt: str | None = None) -> None:
        super().__init__(datefmt=datefmt)

    def as_dict(self, record: logging.LogRecord) -> dict[str, typing.Any]:
        """Return the structured form of a record."""
        item: dict[str, typing.Any] = {
            'message': record.getMessage(),
            'logger': {
                'name': record.name,
                'process': record.processName,
                'filename': record.filename,
                'func': record.funcName,
            },
            'level': record.levelname,
            'time': self.formatTime(record, self.datefmt),
        }
        if record.exc_info and record.exc_info[1] is not None:
            item['err'] = err_dict(record.exc_info[1])
        for name, valu in getattr(record, 'synapse', {}).items():
            item.setdefault(name, valu)
        return item

    def format(self, record: logging.LogRecord) -> str:
        item = self.as_dict(record)
        try:
            return json.dumps(item, default=str, allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            return json.dumps(_plain(item, 0))


def _plain(valu: typing.Any, depth: int) -> typing.Any:
    """Return a value that JSON can hold; what it cannot hold becomes text."""
    if valu is None or isinstance(valu, (str, int)) or (isinstance(valu, float) and math.isfinite(valu)):
        return valu
    if isinstance(valu, dict) and depth < _MAX_DEPTH:
        return {str(key): _plain(item, depth + 1) for (key, item) in valu.items()}
    if isinstance(valu, (list, tuple)) and depth < _MAX_DEPTH:
        return [_plain(item, depth + 1) for item in valu]
    return str(valu)


class Recent(logging.Handler):
    """Keeps the newest log lines in structured form, and hands new ones to whoever watches."""

    def __init__(self, datefmt: str | None = None) -> None:
        super().__init__()
        self.struct = StructFormatter(datefmt)
        self.items: collections.deque[dict[str, typing.Any]] = collections.deque(maxlen=s_limits.CELL_LOGS_KEPT)
        self.watchers: set[tuple[asyncio.AbstractEventLoop, asyncio.Queue[dict[str, typing.Any]]]] = set()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            item = self.struct.as_dict(record)
        except Exception:  # a log line must not end the program; the stream handler reports the fault
            return
        self.items.append(item)
        for loop, queue in tuple(self.watchers):
            if not loop.is_closed():
                loop.call_soon_threadsafe(_put, queue, item)

    def last(self, count: int) -> list[dict[str, typing.Any]]:
        """Return the newest lines, oldest first."""
        return list(self.items)[-count:] if count > 0 else []

    async def watch(self, count: int) -> typing.AsyncGenerator[dict[str, typing.Any], None]:
        """Yield the newest lines, then each new one for ever. A slow reader misses lines, it never blocks the log."""
        queue: asyncio.Queue[dict[str, typing.Any]] = asyncio.Queue(maxsize=s_limits.CELL_LOGS_KEPT)
        watcher = (asyncio.get_running_loop(), queue)
        self.watchers.add(watcher)
        try:
            for item in self.last(count):
                yield item
            while True:
                yield await queue.get()
        finally:
            self.watchers.discard(watcher)


def _put(queue: asyncio.Queue[dict[str, typing.Any]], item: dict[str, typing.Any]) -> None:
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(item)


# The process has one log, as it has one stderr.
recent = Recent()


def is_struct(flag: bool = False) -> bool:
    """Return True when JSON lines are wanted: ``SYN_LOG_STRUCT``, else the flag."""
    text = os.environ.get('SYN_LOG_STRUCT')
    if text is None:
        return flag
    return text.strip().lower() not in ('', '0', 'false', 'no')


def keep_recent() -> None:
    """Begin to keep the newest log lines; safe to call again."""
    root = logging.getLogger()
    if recent not in root.handlers:
        root.addHandler(recent)


def setup(level: str | int = 'INFO', struct: bool = False) -> int:
    """Send the log to stderr; the environment wins over the arguments. Returns the level number. Raises BadArg."""
    numb = parse_level(os.environ.get('SYN_LOG_LEVEL') or level)
    datefmt = os.environ.get('SYN_LOG_DATEFORMAT')
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if handler.name == _HANDLER_NAME]:
        root.removeHandler(handler)
    stream = logging.StreamHandler(sys.stderr)
    stream.name = _HANDLER_NAME
    stream.setFormatter(StructFormatter(datefmt) if is_struct(struct) else TextFormatter(datefmt))
    root.addHandler(stream)
    recent.struct.datefmt = datefmt
    keep_recent()
    root.setLevel(numb)
    logging.captureWarnings(True)
    logger.info('log level set to %s', logging.getLevelName(numb))
    return numb
