"""Syntax errors as users see them (spec: storm-language.md 10.5): where, what stands there, what could stand there."""

from __future__ import annotations

import collections.abc
import hashlib
import re
import typing

import synapse.exc as s_exc

# Display names of terminals that are not their own text. Terminals missing here show what their name or literal says.
_DISPLAY = {
    'ABSPROP': 'absolute property name',
    'ADDEQUALS': '+= or -=|++= or --=',
    'AND': 'and',
    'ARGMARK': 'comparison operator',
    'ARGSIGN': 'unquoted value',
    'ARGWORD': 'unquoted value',
    'BOOLOP': 'and|or',
    'CASEITEM': 'case multi-value',
    'CASEWORD': 'case value',
    'CMPR': 'comparison operator',
    'COMMAND': 'command name',
    'DEREF': '.',
    'DESTANY': '*',
    'DOUBLEQUOTED': 'double-quoted string',
    'EMBEDPROP': 'absolute property name with embed properties',
    'EXPRCMPR': 'comparison operator|=',
    'FALSE': 'boolean',
    'FORMATTEXT': 'text within a format string',
    'ITEMCMPR': 'named comparison operator',
    'JSONWORD': '',
    'KWARG': 'variable',
    'LISTWORD': 'unquoted list value',
    'MINUS': '-',
    'NAME': 'variable',
    'NAMEDCMPR': 'named comparison operator',
    'NOT': 'not',
    'NULL': 'null',
    'NUMBER': 'number',
    'OPTION': 'command line option',
    'OR': 'or',
    'PARAMEQ': 'variable',
    'PIVOTEDGES': '-->|--+>|<--|<+--',
    'PIVOTIN': '<-|<+-',
    'PIVOTOUT': '->|-+>',
    'PRODUCTOP': '*|/|%',
    'RELPROP': 'relative property name',
    'SINGLEQUOTED': 'single-quoted string',
    'SUMOP': '+|-',
    'TAG': '#',
    'TAGMATCH': '#',
    'TAGPROP': '#',
    'TAGPROPMATCH': '#',
    'TAGPROPNAME': ':',
    'TRIPLEQUOTED': 'triple-quoted string',
    'TRUE': 'boolean',
    'UNSET': '*',
    'UNIVPROP': 'universal property',
    'VAR': '$',
    'WILDPROP': 'property name potentially with wildcards',
    'WORD': 'unquoted value',
    '_ADDSOFT': '+',
    '_CALLPAR': '(',
    '_DEREFFMT': '.',
    '_DEREFPAR': '.',
    '_DOLLARPAR': '$',
    '_EXPRPAR': '(',
    '_GLUE': '#',
    '_HASH': '#',
    '_LISTPAR': '(',
    '_QUERY': '${',
    '_RELVAR': ':$',
    '_TAGTAG': '#',
    '_TAGVAR': '#',
    '_UNIVVAR': '.',
    '_VARNAME': '*',
    '_VERBPAR': '(',
    '$END': 'end of input',
}

# What an unexpected piece of text is called: the first pattern that fits. Without a name the text speaks for itself.
_WORDS = (  # begin statements; they are no commands
    'as|break|catch|continue|elif|else|emit|empty|fini|for|function|if|init|not|return|reverse|stop|switch|try|while'
    '|yield'
)
_PIECES = [
    (re.compile(r'"(?:[^"\\\n]|\\.)*"'), 'double-quoted string'),
    (re.compile(r"'{3}[\s\S]*?'{3}"), 'triple-quoted string'),
    (re.compile(r"'[^']*'(?!')"), 'single-quoted string'),
    (re.compile(r'-?\d[\d.]*(?![\w`-])'), 'number'),
    (re.compile(r'[a-z_][a-z0-9_]*(?::[a-z0-9_]+)+(?:[:.][a-z0-9_]+)*(?![\w:.*@-])'), 'absolute property name'),
    (re.compile(r':\.?[a-z_][a-z0-9_]*(?:(?:::?|\.)[a-z0-9_]+)*'), 'relative property name'),
    (re.compile(r'(?<![^\s])\.[a-z_][a-z0-9_]*(?:[:.][a-z0-9_]+)*'), 'universal property'),
    (re.compile(r'(?:and|or)\b|(?:elif|else|for|if|switch|try|while)(?=\s+[({$])|not(?=\s)|return(?=\()'), ''),
    (re.compile(r'(?:true|false)\b'), 'boolean'),
    (re.compile(r'null\b'), 'null'),
    (re.compile(rf'(?!(?:{_WORDS})\b)[a-z][a-z0-9.]+(?=[\s|}}]|\Z)'), 'command name'),
    (re.compile(r'(?<=\*)[a-z]+='), 'named comparison operator'),
    (re.compile(r'[\w?](?:[^,)]*[^,)\s])?'), 'unquoted list value'),
    (re.compile(r'=(?![@!<>^~=])|->|-\+>|<-|<\+-|<--|<\+--|\)\+?>|\$\{|\*\*|\*\[|\*(?=\$|unset)'), ''),
    (re.compile(r'\*'), 'default case'),
    (re.compile(r'[@?!<>^~=]+'), 'comparison operator'),
    (re.compile(r'(?:["\'&;]|[^\x00-\x7f])[^`{]*'), 'text within a format string'),
]

# What stands before the last part of a token that has several parts to a user.
_LEAD = re.compile(r'\$\s*(?=\w)|#\s*(?:[\w*]+\.)*(?=[\w*])')


def highlight(text: str, beg: int, end: int) -> dict[str, typing.Any]:
    """Return the place of text[beg:end] as clients draw it: hash, lines, columns from 1, offsets (end exclusive)."""
    return {
        'hash': hashlib.md5(text.encode('utf8', 'surrogatepass'), usedforsecurity=False).hexdigest(),
        'lines': (_line(text, beg), _line(text, end)),
        'columns': (_column(text, beg), _column(text, end)),
        'offsets': (beg, end),
    }


def bad_syntax(mesg: str, text: str, beg: int, end: int, token: str | None = None) -> s_exc.SynErr:
    """Return (not raise) the BadSyntax for text[beg:end]; ``token`` is the offending text, by default that slice."""
    info = {
        'mesg': mesg,
        'at': beg,
        'line': _line(text, beg),
        'column': _column(text, beg),
        'token': text[beg:end] if token is None else token,
        'text': text,
        'highlight': highlight(text, beg, end),
    }
    return s_exc.BadSyntax(**info)


def unexpected(text: str, pos: int, last: int, wants: collections.abc.Iterable[str]) -> Exception:
    """Return the error for a token that fits nowhere.

    Args:
        text: The whole query.
        pos: Where the token begins; the length of the text at its end.
        last: Where the token before it begins: what the error points at when the text ends too early.
        wants: Display names of what could stand there.
    """
    pos, last, wants = _refine(text, pos, last, set(wants))
    _widen(text, pos, last, wants)
    names = ', '.join(sorted(wants))
    if pos >= len(text):
        line, column = _line(text, last), _column(text, last)
        mesg = f"Unexpected token 'end of input' at line {line}, column {column}, expecting one of: {names}"
        e = bad_syntax(mesg, text, last, last)
        e.get('highlight')['lines'] = (line, 0)  # the end stands on no line
        return e
    end, name = _piece(text, pos)
    line, column = _line(text, pos), _column(text, pos)
    mesg = f"Unexpected token '{name}' at line {line}, column {column}, expecting one of: {names}"
    return bad_syntax(mesg, text, pos, end)


def too_deep(text: str) -> Exception:
    """Return (not raise) the error for a query that is nested more deeply than may be compiled and run."""
    return s_exc.RecursionLimitHit(mesg='Maximum Storm pipeline depth exceeded.', query=text)


def display_names(name: str, literal: str | None) -> list[str]:
    """Return what users call a terminal: its literal text, or names of what its pattern matches."""
    if literal is not None:
        return [literal]
    text = _DISPLAY.get(name)
    if text is None:
        return [name.strip('_').lower()]
    return text.split('|') if text else []


def _refine(text: str, pos: int, last: int, wants: set[str]) -> tuple[int, int, set[str]]:
    """Point past a sign that fits where what follows it does not; return (position, last, names of what could).

    Our tokens are longer than those that users think of: ``$x``, ``#foo.bar``, ``*in=`` are one each.
    """
    if pos >= len(text):
        match = _LEAD.match(text, last)
        return pos, match.end() if match is not None else last, wants
    char = text[pos]
    if char == '$' and '$' in wants:
        want = {'variable'}
    elif char == '#' and '#' in wants or char == '.' and text[last] == '#' and not text[pos - 1].isspace():
        want = {'$', 'non-variable tag segment', *({'#'} if char == '#' and 'reverse' in wants else ())}
    elif char == ':' and text[last] == '#' and not text[pos - 1].isspace():
        want = {'$', 'base property name'}
    elif char == '.' and '.' in wants and 'number' not in wants:
        want = {'$', '(', '`', 'variable'}
    elif char == '*' and 'named comparison operator' in wants:
        want = {'named comparison operator'}
    elif char == '*' and '++= or --=' in wants:
        want = {'unset'}
    else:
        return pos, last, wants
    end = pos + 1
    while end < len(text) and text[end].isspace():
        end += 1
    return end, pos, want


def _widen(text: str, pos: int, last: int, wants: set[str]) -> None:
    """Add what would fit if the text so far were meant differently, and the other names of what fits.

    ``(1`` may begin a list or an expression, ``+`` is the sign of a filter and, with its parenthesis, a word.
    """
    before = text[last : last + 1]
    if 'reverse' in wants:  # an operator may begin here
        wants |= {'+(', '-('}
        if pos < len(text) and (last == pos or before in '|{'):
            wants -= {'<--', 'end of input'}
        elif pos < len(text):
            wants.add('}')
        if text.startswith('/*', pos):
            wants -= {'<--', 'end of input'}
    elif '<(' in wants and ']' in wants:  # an edit
        wants |= {'+(', '-('} if before == '[' else {'+(', '-(', ')'}
    elif '%' in wants and ')' in wants:
        wants |= {',', ':', ']', '}'} if before.isdigit() else {','}
    elif before == '(' and 'unquoted list value' in wants:
        wants |= {'-', '[', 'boolean', 'not', 'null', 'number'}
    elif wants == {'$', ')'} and before == '(':
        wants.add(',')
    elif wants == {')'} and text[last:pos].strip() in ('true', 'false', 'null'):
        wants |= {'%', '*', '**', '+', '-', '/', '=', 'and', 'comparison operator', 'or', '}'}
    elif wants == {')', ','} and before.isalpha():
        wants.add('=')
    elif wants == {'end of input'} and text.startswith('}', pos):
        wants.clear()
    elif wants & {'case value', 'case multi-value'}:
        wants.discard('triple-quoted string')
        if '*' in wants:
            wants ^= {'*', 'default case'}


def _piece(text: str, pos: int) -> tuple[int, str]:
    for pattern, name in _PIECES:
        match = pattern.match(text, pos)
        if match is not None:
            return match.end(), name or match.group()
    return pos + 1, text[pos]


def _line(text: str, offset: int) -> int:
    return text.count('\n', 0, offset) + 1


def _column(text: str, offset: int) -> int:
    return offset - text.rfind('\n', 0, offset)
