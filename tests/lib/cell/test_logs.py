"""Log lines: levels, text, JSON, the recent past (cell.md 12)."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
import sys
import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.cell.logs as s_logs

logger = logging.getLogger('test.logs')


@contextlib.contextmanager
def handler(formatter: logging.Formatter) -> typing.Iterator[io.StringIO]:
    stream = io.StringIO()
    hand = logging.StreamHandler(stream)
    hand.setFormatter(formatter)
    logger.addHandler(hand)
    logger.setLevel(logging.INFO)
    try:
        yield stream
    finally:
        logger.removeHandler(hand)


@pytest.mark.parametrize(
    ('text', 'numb'), [('info', 10 * 2), (' DEBUG ', 10), ('30', 30), (50, 50), ('Critical', 50), ('error', 40)]
)
def test_levels(text: str | int, numb: int) -> None:
    assert s_logs.parse_level(text) == numb


@pytest.mark.parametrize('text', ['foo', '', '15', 'WARN', '-10'])
def test_bad_levels(text: str) -> None:
    with pytest.raises(s_exc.BadArg) as info:
        s_logs.parse_level(text)
    assert info.value.get('mesg') == f'Invalid log level provided: {text}'


def test_text_line() -> None:
    with handler(s_logs.TextFormatter()) as stream:
        logger.info('hello %s', 'world', extra=s_logs.extra(foo='bar'))
    when = r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}'
    where = r'\[test_logs.py:test_text_line:MainThread:MainProcess\]'
    assert re.fullmatch(rf'{when} \[INFO\] hello world {where}\n', stream.getvalue())


def test_struct_line() -> None:
    with handler(s_logs.StructFormatter()) as stream:
        logger.warning('hi', extra=s_logs.extra(text='inet:fqdn', level='newp', thing=object, items={1: b'x'}))
    item = json.loads(stream.getvalue())
    assert item['message'] == 'hi' and item['level'] == 'WARNING' and item['text'] == 'inet:fqdn'
    assert item['logger'] == {
        'name': 'test.logs',
        'process': 'MainProcess',
        'filename': 'test_logs.py',
        'func': 'test_struct_line',
    }
    assert item['thing'] == "<class 'object'>" and stream.getvalue().count('\n') == 1


def fail() -> None:
    raise s_exc.BadTypeValu(mesg='no good', valu=b'\x00', name='foo')


def test_struct_error() -> None:
    with handler(s_logs.StructFormatter()) as stream:
        try:
            fail()
        except s_exc.BadTypeValu:
            logger.exception('oh no')
        try:
            raise ValueError('plain')
        except ValueError:
            logger.exception('again')
    first, second = (json.loads(line)['err'] for line in stream.getvalue().splitlines())
    assert first['errname'] == 'BadTypeValu' and first['mesg'] == 'no good' and first['name'] == 'foo'
    assert first['efile'] == 'test_logs.py' and first['ename'] == 'fail' and first['eline'] > 1
    assert first['esrc'].startswith('raise s_exc.BadTypeValu(')
    assert first['etb'].startswith('Traceback') and not first['etb'].endswith('\n')
    assert (second['errname'], second['mesg']) == ('ValueError', 'plain')


def test_values_that_json_has_no_keys_for() -> None:
    with handler(s_logs.StructFormatter()) as stream:
        logger.info('x', extra=s_logs.extra(bad={(1, 2): 3}, nan=float('nan')))
    item = json.loads(stream.getvalue(), parse_constant=lambda text: pytest.fail(text))
    assert item['bad'] == {'(1, 2)': 3} and item['nan'] == 'nan'


@pytest.mark.parametrize(
    ('valu', 'struct'), [(None, False), ('true', True), ('1', True), ('0', False), ('False', False), ('', False)]
)
def test_struct_switch(monkeypatch: pytest.MonkeyPatch, valu: str | None, struct: bool) -> None:
    monkeypatch.delenv('SYN_LOG_STRUCT', raising=False)
    if valu is not None:
        monkeypatch.setenv('SYN_LOG_STRUCT', valu)
    assert s_logs.is_struct() is struct
    assert s_logs.is_struct(flag=True) is (struct or valu is None)


def test_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    monkeypatch.setenv('SYN_LOG_LEVEL', 'error')
    monkeypatch.setattr(sys, 'stderr', io.StringIO())
    try:
        assert s_logs.setup('debug') == logging.ERROR
        assert s_logs.setup('debug', struct=True) == logging.ERROR
        mine = [hand for hand in root.handlers if hand.name == 'synapse:stderr']
        assert len(mine) == 1 and isinstance(mine[0].formatter, s_logs.StructFormatter)
    finally:
        root.handlers[:] = before
        root.setLevel(level)


async def test_recent_lines_are_kept_and_watched() -> None:
    recent = s_logs.Recent()
    for numb in range(1200):
        recent.emit(logging.LogRecord('x', logging.INFO, __file__, 1, 'line %d', (numb,), None))
    assert [item['message'] for item in recent.last(2)] == ['line 1198', 'line 1199']
    assert len(recent.last(5000)) == 1000 and recent.last(0) == []
    async with contextlib.aclosing(recent.watch(1)) as lines:
        assert (await anext(lines))['message'] == 'line 1199'
        recent.emit(logging.LogRecord('x', logging.INFO, __file__, 1, 'new', (), None))
        assert (await anext(lines))['message'] == 'new'
    assert not recent.watchers
