"""Texts that are not all Storm: lookup words before a query, and the command lines of interactive tools."""

from __future__ import annotations

import re

import synapse.exc as s_exc
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.grammar.lexer as s_lexer
import synapse.lib.storm.grammar.load as s_load
import synapse.lib.storm.grammar.parser as s_parser
import synapse.lib.storm.grammar.tokens as s_tokens

LOOKUP_MODES = ('lookup', 'autoadd', 'search')

_LOOKWORD = re.compile(r""""(?:[^"\\\n]|\\.)*"|'[^']*'|[^\s|]+""")
_QUOTED = re.compile(r""""(?:[^"\\\n]|\\.)*"|'[^']*'(?!')""")
_PLAIN = re.compile(r"""[^\s"'{]+""")


def parse_lookup(text: str, mode: str) -> s_ast.Query:
    """Return the query of ``words | storm``: a Lookup stage, then those of the Storm part (storm-language.md 10.4).

    Raises:
        BadSyntax: The Storm part does not parse, or a quoted word has a malformed escape.
    """
    tokens: list[str] = []
    opers: list[s_ast.Oper] = []
    pos = beg = s_parser.skip_space(text, 0)
    end = pos
    while pos < len(text):
        match = _LOOKWORD.match(text, pos)
        if match is None:  # a pipe
            rest = s_load.get_parser().parse(text, pos=pos + 1)
            assert isinstance(rest, s_ast.Query)
            opers = rest.opers
            break
        tokens.append(_unquote(text, *match.span()))
        end = match.end()
        pos = s_parser.skip_space(text, end)
    return s_ast.Query((0, len(text)), text, [s_ast.Lookup((beg, end), mode, tokens), *opers])


def parse_cmdargs(text: str) -> list[str]:
    """Return the words of a command line: split at white space, quotes taken off, ``{ ... }`` kept verbatim.

    ``opt={ ... }`` and ``opt="..."`` are one word.

    Raises:
        BadArg: A quote or a brace has no end.
    """
    source = s_lexer.Source(text)
    args: list[str] = []
    parts: list[str] = []
    pos = 0
    while pos < len(text):
        if text[pos].isspace():
            if parts:
                args.append(''.join(parts))
                parts = []
            pos += 1
            continue
        part, pos = _cmdpart(source, pos, bool(parts))
        parts.append(part)
    if parts:
        args.append(''.join(parts))
    return args


def _cmdpart(source: s_lexer.Source, pos: int, inside: bool) -> tuple[str, int]:
    """Return (text, end) of a quoted string, a block or a run of plain characters."""
    text = source.text
    if text[pos] == '{':
        end = source.paren(pos)[1]
        if end < 0:
            raise s_exc.BadArg(mesg=f'The brace at offset {pos} has no end.')
        return text[pos : end + 1], end + 1
    match = _QUOTED.match(text, pos)
    if match is not None:
        return _unquote(text, *match.span()), match.end()
    match = _PLAIN.match(text, pos)
    if match is not None:
        return match.group(), match.end()
    if inside:  # an apostrophe in a word
        return text[pos], pos + 1
    raise s_exc.BadArg(mesg=f'The quote at offset {pos} has no end.')


def _unquote(text: str, beg: int, end: int) -> str:
    if end - beg >= 2 and text[end - 1] == text[beg]:
        if text[beg] == '"':
            return s_tokens.unescape(text, beg + 1, end - 1)
        if text[beg] == "'":
            return text[beg + 1 : end - 1]
    return text[beg:end]
