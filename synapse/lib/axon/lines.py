"""Bytes that come in chunks, as text, lines, CSV rows. No chunk boundary shows in what comes out."""

from __future__ import annotations

import asyncio
import codecs
import collections.abc
import csv
import io
import itertools
import re
import typing

import synapse.exc as s_exc
import synapse.lib.limits as s_limits

Chunks = typing.AsyncGenerator[bytes, None]

_LINE = re.compile(r'[^\r\n]*(?:\r\n|\r|\n)')

# Rows that the thread of a CSV reader makes in one go.
_ROWS = 256


async def text(chunks: Chunks, errors: str | None, translate: bool) -> typing.AsyncGenerator[str, None]:
    """Yield the text of UTF-8 chunks; a line end of two characters is never cut.

    Args:
        errors: Name of a codec error handler; None is ``strict``.
        translate: Whether every line end becomes a newline.

    Raises:
        BadArg: No such error handler. BadDataValu: Bytes that are not UTF-8 (``strict``); what is before them comes.
    """
    errors = 'strict' if errors is None else errors
    try:
        b'\xff'.decode(errors=errors)
    except UnicodeDecodeError:
        pass
    except (LookupError, TypeError) as e:  # unknown, or for encoding only
        raise s_exc.BadArg(mesg=f'Invalid codec error handler: {e}', errors=str(errors)) from None
    decoder = codecs.getincrementaldecoder('utf-8')(errors)
    newlines = io.IncrementalNewlineDecoder(None, translate)
    tail = False
    while not tail:
        byts = await anext(chunks, None)
        tail = byts is None
        fault: s_exc.SynErr | None = None
        try:
            part = decoder.decode(byts or b'', final=tail)
        except UnicodeDecodeError as e:
            fault = s_exc.BadDataValu(mesg=str(e))
            part = e.object[: e.start].decode()
        if part := newlines.decode(part, final=tail or fault is not None):
            yield part
        if fault is not None:
            raise fault


async def lines(chunks: Chunks, errors: str | None) -> typing.AsyncGenerator[list[str], None]:
    """Yield lists of lines without their ends. Raises BadDataValu, also for a line that is too long."""
    rest = ''
    async for part in text(chunks, errors, True):
        *whole, rest = (rest + part).split('\n')
        if whole:
            yield whole
        _req_short(rest)
    if rest:
        yield [rest]


def _req_short(rest: str) -> None:
    if len(rest) > s_limits.AXON_LINE:
        raise s_exc.BadDataValu(mesg=f'A line has more than {s_limits.AXON_LINE} characters.')


async def raw_lines(chunks: Chunks, errors: str | None) -> typing.AsyncGenerator[list[str], None]:
    """Yield lists of lines with their ends, as they are."""
    rest = ''
    async for part in text(chunks, errors, False):
        rest += part
        whole = _LINE.findall(rest)
        rest = rest[sum(map(len, whole)) :]
        if whole:
            yield whole
        _req_short(rest)
    if rest:
        yield [rest]


def csv_options(dialect: str, fmtparams: dict[str, typing.Any]) -> None:
    """Raise BadArg unless ``csv.reader`` takes the dialect and the parameters."""
    if dialect not in csv.list_dialects():
        mesg = f'Invalid CSV dialect, use one of {csv.list_dialects()}'
        raise s_exc.BadArg(mesg=mesg)
    try:
        csv.reader((), dialect, **fmtparams)
    except (TypeError, ValueError, csv.Error) as e:
        raise s_exc.BadArg(mesg=f'Invalid csv format parameter: {e}') from None


async def rows(
    chunks: Chunks, dialect: str, errors: str | None, fmtparams: dict[str, typing.Any]
) -> typing.AsyncGenerator[list[list[str]], None]:
    """Yield lists of CSV rows. The parser runs in a thread, and asks the loop for more lines when it needs them.

    Raises:
        BadArg: See csv_options. BadDataValu: What the parser does not like; the rows before it come first.
    """
    csv_options(dialect, fmtparams)
    loop = asyncio.get_running_loop()
    source = raw_lines(chunks, errors)

    def feed() -> collections.abc.Iterator[str]:
        while (found := asyncio.run_coroutine_threadsafe(_next(source), loop).result()) is not None:
            yield from found

    reader = csv.reader(feed(), dialect, **fmtparams)
    try:
        while True:
            found, fault = await _in_thread(reader)
            if found:
                yield found
            if fault is not None:
                raise fault
            if len(found) < _ROWS:
                return
    finally:
        await source.aclose()


async def _next(source: typing.AsyncGenerator[list[str], None]) -> list[str] | None:
    return await anext(source, None)


async def _in_thread(reader: typing.Iterator[list[str]]) -> tuple[list[list[str]], s_exc.SynErr | None]:
    fut = asyncio.ensure_future(asyncio.to_thread(_parse, reader))
    try:
        return await asyncio.shield(fut)
    except asyncio.CancelledError:
        await asyncio.wait([fut])  # the thread works on our source: that must not end under it
        raise


def _parse(reader: typing.Iterator[list[str]]) -> tuple[list[list[str]], s_exc.SynErr | None]:
    found: list[list[str]] = []
    try:
        for row in itertools.islice(reader, _ROWS):
            found.append(row)
    except csv.Error as e:
        return found, s_exc.BadDataValu(mesg=f'CSV error: {e}')
    except s_exc.SynErr as e:
        return found, e
    return found, None
