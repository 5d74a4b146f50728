"""The lines that the Storm prompt prints. Rows come from runs of the peer (spec: cortex.md 11.1)."""

from __future__ import annotations

import pytest

import synapse.tools.storm.local as s_local
import synapse.tools.storm.output as s_output

PODE = (
    ('inet:dns:a', ('woot.com', 16909060)),
    {
        'repr': ('woot.com', '1.2.3.4'),
        'reprs': {
            'ipv4': '1.2.3.4',
            '.created': '2026/11/22 00:30:23.075',
            '.seen': ('2020/01/01 00:00:00.000', '2021/01/01 00:00:00.000'),
        },
        'props': {'.seen': (1, 2), 'ipv4': 16909060, '_foo': 'bar', 'fqdn': 'woot.com', '.created': 3},
        'tags': {
            'cno': (None, None),
            'cno.mal': (1577836800000, 1609459200000),
            'plain': (None, None),
            'rep': (None, None),
            'rep2': (1577836800000, 1577836800001),
            'rep2.foo': (None, None),
        },
        'tagprops': {'rep': {'score': 5}, 'rep2.foo': {'score': 6}},
        'tagpropreprs': {'rep2.foo': {'score': 'six'}},
    },
)

PODE_TEXT = """\
inet:dns:a=('woot.com', '1.2.3.4')
        :fqdn = woot.com
        :ipv4 = 1.2.3.4
        :_foo = bar
        .created = 2026/11/22 00:30:23.075
        .seen = ('2020/01/01 00:00:00.000', '2021/01/01 00:00:00.000')
        #cno.mal = (2020/01/01 00:00:00.000, 2021/01/01 00:00:00.000)
        #plain
        #rep:score = 5
        #rep2 = (2020/01/01 00:00:00.000, 2020/01/01 00:00:00.001)
        #rep2.foo:score = six"""


def test_a_node() -> None:
    assert '\n'.join(s_output.node_lines(PODE)) == PODE_TEXT


def test_a_bare_node() -> None:
    assert s_output.node_lines((('inet:fqdn', 'vertex.link'), {})) == ['inet:fqdn=vertex.link']


def test_the_stream_of_a_query(capsys: pytest.CaptureFixture[str]) -> None:
    printer = s_output.Printer()
    edits = [('aa', 'inet:fqdn', [1, 2, 3]), ('bb', 'inet:fqdn', [4])]
    for mesg in (
        ('init', {'text': ''}),
        ('node:edits', {'edits': edits}),
        ('node:edits:count', {'count': 2}),
        ('print', {'mesg': 'a\nb'}),
        ('warn', {'mesg': 'hehe', 'x': 1, 'y': 'z'}),
        ('newp', {}),
        ('node', (('inet:fqdn', 'vertex.link'), {})),
        ('fini', {'count': 1, 'took': 66}),
    ):
        printer.mesg(mesg)
    assert not printer.failed
    assert capsys.readouterr().out.splitlines() == [
        '......',
        'a',
        'b',
        'WARNING: hehe [x=1, y=z]',
        'inet:fqdn=vertex.link',
        'complete. 1 nodes in 66 ms (15/sec).',
    ]


def test_a_query_that_took_no_time() -> None:
    assert s_output.fini_line({'count': 3, 'took': 0}) == 'complete. 3 nodes in 1 ms (3000/sec).'


def test_errors_fail_the_query(capsys: pytest.CaptureFixture[str]) -> None:
    printer = s_output.Printer()
    printer.mesg(('err', ('BadTypeValu', {'mesg': 'no ip'})))
    printer.mesg(('err', ('NoSuchProp', {})))
    assert printer.failed
    assert capsys.readouterr().out == 'ERROR: no ip\nERROR: NoSuchProp\n'


LONG = 'inet:ipv4=1.2.3.4  +:asn=20 +:asn=20 +:asn=20 +:asn=20 +:asn=20 +:asn=20 | | foo +:asn=20 +:asn=20 +:asn=20'


@pytest.mark.parametrize(
    ('text', 'at', 'shown', 'spaces'),
    [
        ('inet:ipv4 |\n| foo', 12, 'inet:ipv4 | | foo', 12),
        (LONG, 75, '... +:asn=20 +:asn=20 +:asn=20 | | foo +:asn=20 +:asn=20 +:asn=...', 33),
        (LONG, 10, 'inet:ipv4=1.2.3.4  +:asn=20 +:asn=20 +:a...'[:40] + '...', 10),
        (LONG, 100, '...' + LONG[70:], 33),
    ],
)
def test_syntax_errors_point_at_the_place(text: str, at: int, shown: str, spaces: int) -> None:
    lines = s_output.syntax_lines({'text': text, 'at': at, 'mesg': 'what'})
    assert lines == [shown, ' ' * spaces + '^', 'Syntax Error: what']


@pytest.mark.parametrize(
    ('text', 'words'),
    [
        ('', []),
        (' a  b ', ['a', 'b']),
        ('out.nodes { inet:fqdn | limit 3 } --no-tags', ['out.nodes', 'inet:fqdn | limit 3', '--no-tags']),
        ('"two words" \'x y\'', ['two words', 'x y']),
        ('{ a { b } "}" }', ['a { b } "}"']),
        ('{ open', ['open']),
        ('"open', ['open']),
    ],
)
def test_words_of_a_local_command(text: str, words: list[str]) -> None:
    assert s_local.split(text) == words
