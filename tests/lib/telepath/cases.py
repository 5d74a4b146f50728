"""The edge cases of telepath.md 17 and 18 as tables. They hold for our server and for the peer's (tests/interop)."""

from __future__ import annotations

import typing

NESTED = b'\x91' * 1100 + b'\xc0'

# (id, method and args, what the t2:fini holds)
CALLS: list[tuple[str, tuple[typing.Any, ...], typing.Any]] = [
    ('plain', ('bar', 1), 4),
    ('coroutine', ('abar', 1, 2), 3),
    ('suspending', ('later', 7), 7),
    ('surrogate', ('echo', 'a\ud800b'), (('a\ud800b',), {})),
    ('surrogate result', ('surrogate',), 'a\ud800b'),
    ('bytes', ('echo', b'\x00'), ((b'\x00',), {})),
    ('lists become tuples', ('echo', [1, [2]]), (((1, (2,)),), {})),
    ('odd keys', ('weird',), {1: 'a', b'x': 'b', (1, 2): 'c', None: 'd', 1.5: 'e'}),
    ('odd keys as argument', ('echo', {1: 2, None: 3}), (({1: 2, None: 3},), {})),
    ('64 bit', ('echo', 2**64 - 1, -(2**63)), ((2**64 - 1, -(2**63)), {})),
]

# (id, method and args, error name, part of the error info)
ERRORS: list[tuple[str, tuple[typing.Any, ...], str, dict[str, typing.Any]]] = [
    ('unknown method', ('newp',), 'NoSuchMeth', {'name': 'newp'}),
    ('private method', ('_priv',), 'NoSuchMeth', {'name': '_priv'}),
    ('dotted name', ('bar.x',), 'NoSuchMeth', {'name': 'bar.x'}),
    ('attribute None', ('nothing',), 'NoSuchMeth', {'name': 'nothing'}),
    ('not callable', ('number',), 'AttributeError', {}),
    ('empty name', ('',), 'IndexError', {}),
    ('name is a number', (5,), 'TypeError', {}),
    ('too few arguments', ('bar',), 'TypeError', {}),
    ('bad arguments of a generator', ('agen',), 'TypeError', {}),
    ('ValueError', ('plain',), 'ValueError', {'mesg': 'plain'}),
    ('KeyError', ('keyerr',), 'KeyError', {'mesg': "'kk'"}),
    ('custom exception', ('custom',), 'Custom', {'mesg': 'mine'}),
    ('synapse error', ('synerr',), 'BadTypeValu', {'mesg': 'nope', 'valu': 3}),
    ('cancelled by itself', ('cancels',), 'CancelledError', {'mesg': ''}),
    ('result is a set', ('isset',), 'NotMsgpackSafe', {}),
    ('result is an object', ('isobject',), 'NotMsgpackSafe', {}),
    ('nested share', ('nested',), 'NotMsgpackSafe', {}),
    ('error info is a set', ('badinfo',), 'NotMsgpackSafe', {}),
]

# (id, keys of t2:init that differ from a good call of bar(1); ... leaves a key out; error name)
INITS: list[tuple[str, dict[str, typing.Any], str]] = [
    ('no session', {'sess': ...}, 'NoSuchObj'),
    ('unknown session', {'sess': '0' * 32}, 'NoSuchObj'),
    ('no todo', {'todo': ...}, 'NoSuchObj'),
    ('unknown share', {'name': 'newp'}, 'NoSuchObj'),
    ('todo of two', {'todo': ('bar', (1,))}, 'ValueError'),
    ('todo of four', {'todo': ('bar', (1,), {}, None)}, 'ValueError'),
    ('todo is a number', {'todo': 5}, 'TypeError'),
    ('args are a number', {'todo': ('bar', 5, {})}, 'TypeError'),
    ('kwargs with a number', {'todo': ('bar', (1,), {1: 2})}, 'TypeError'),
]

# (id, message): no reply, and the link works on
SILENT: list[tuple[str, typing.Any]] = [
    ('unknown type', ('foo:bar', {})),
    ('integer', 5),
    ('string', 'hi'),
    ('one element', ('t2:init',)),
    ('share:fini of an unknown share', ('share:fini', {'share': 'newp'})),
    ('legacy call of an unknown share', ('task:init', {'task': 't', 'todo': ('bar', (1,), {}), 'name': 'newp'})),
]

# (id, bytes): the link is closed without a reply
BROKEN: list[tuple[str, bytes]] = [
    ('byte c1', b'\xc1'),
    ('invalid utf8', b'\xa2\xff\xff'),
    ('nesting of 1100', NESTED),
]

# (id, method and args, items, error name after them or None)
STREAMS: list[tuple[str, tuple[typing.Any, ...], list[typing.Any], str | None]] = [
    ('async generator', ('agen', 3), [0, 1, 2], None),
    ('slow generator', ('agen', 3, 0.01), [0, 1, 2], None),
    ('empty', ('agen', 0), [], None),
    ('plain generator', ('sgen', 3), [0, 1, 2], None),
    ('coroutine that returns a generator', ('cogen', 2), [0, 1], None),
    ('raises in the middle', ('araise',), [1], 'BadTypeValu'),
    ('raises first', ('firstraise',), [], 'BadTypeValu'),
    ('second item does not pack', ('badgen',), [1], 'NotMsgpackSafe'),
    ('its task is cancelled', ('killed',), [1], 'CancelledError'),
]


def ids(rows: typing.Sequence[typing.Any]) -> typing.Any:
    """Return the first column, as names of parametrized tests."""
    return [row[0] for row in rows]
