"""What a token becomes: one function for each terminal whose value is more than its text."""

from __future__ import annotations

import collections.abc
import decimal
import re
import typing
import unicodedata

import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.grammar.errors as s_errors

Span = tuple[int, int]

_ESCAPE = re.compile(r'\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{([^}]*)\}|([\s\S]))')
_SIMPLE = {
    '\n': '',
    '\\': '\\',
    "'": "'",
    '"': '"',
    'a': '\a',
    'b': '\b',
    'f': '\f',
    'n': '\n',
    'r': '\r',
    't': '\t',
    'v': '\v',
}
_SEGMENT = re.compile(r"""\$\s*(?:(\w+)|("(?:[^"\\\n]|\\.)*"|'[^']*'))|([\w*]+)""")


class Kwarg(typing.NamedTuple):
    """A keyword argument of a call on its way to the Call node."""

    name: str
    span: Span
    value: s_ast.Value


def unescape(text: str, beg: int, end: int, marks: str = '') -> str:
    """Return text[beg:end] with Python's escapes resolved; ``marks`` are further characters that may be escaped.

    Unknown escapes keep their backslash. Malformed ones (``\\xzz``) raise BadSyntax.
    """
    body = text[beg:end]
    if '\\' not in body:
        return body

    def resolve(match: re.Match[str]) -> str:
        octal, hexa, short, long, name, char = match.groups()
        if char is not None:
            if char in _SIMPLE:
                return _SIMPLE[char]
            if char in marks:
                return char
            if char not in 'xuUN':
                return match.group()
        elif name is not None:
            try:
                return unicodedata.lookup(name)
            except KeyError:
                pass
        else:
            code = int(octal, 8) if octal else int(hexa or short or long, 16)
            if code <= 0x10FFFF:
                return chr(code)
        where = beg + match.start()
        mesg = f'Invalid escape sequence in string: {match.group()}'
        raise s_errors.bad_syntax(mesg, text, where, where + len(match.group()))

    return _ESCAPE.sub(resolve, body)


def _name(text: str, beg: int, end: int) -> str:
    """Return a name that may be quoted."""
    char = text[beg]
    if char == '"':
        return unescape(text, beg + 1, end - 1)
    if char == "'":
        return text[beg + 1 : end - 1]
    return text[beg:end]


def _skip(text: str, pos: int) -> int:
    """Return the offset of the next character that is not white space."""
    while text[pos].isspace():
        pos += 1
    return pos


def _var(text: str, beg: int, end: int) -> s_ast.VarValue:
    return s_ast.VarValue((beg, end), _name(text, _skip(text, beg + 1), end))


def _word(text: str, beg: int, end: int) -> s_ast.Const:
    return s_ast.Const((beg, end), text[beg:end])


def _argword(text: str, beg: int, end: int) -> s_ast.Const:
    """``a , b`` is two words, and the first keeps its comma: ``a, ``."""
    word = text[beg:end]
    if word[-1] == ' ':
        word = word.rstrip(', ') + ', '
    return s_ast.Const((beg, end), word)


def _double(text: str, beg: int, end: int) -> s_ast.Const:
    return s_ast.Const((beg, end), unescape(text, beg + 1, end - 1))


def _single(text: str, beg: int, end: int) -> s_ast.Const:
    return s_ast.Const((beg, end), text[beg + 1 : end - 1])


def _triple(text: str, beg: int, end: int) -> s_ast.Const:
    return s_ast.Const((beg, end), text[beg + 3 : end - 3])


def _option(text: str, beg: int, end: int) -> s_ast.Const:
    return s_ast.Const((beg, end - 1), text[beg : end - 1])


def _number(text: str, beg: int, end: int) -> s_ast.Const:
    body = text[beg:end]
    digits = body.lstrip('-')
    try:
        if digits.startswith(('0x', '0o')):
            return s_ast.Const((beg, end), int(body, 0))
        return s_ast.Const((beg, end), decimal.Decimal(body) if '.' in digits else int(body))
    except ValueError:
        # CPython bounds the conversion of text to int, since it takes quadratic time
        raise s_errors.bad_syntax('Number has too many digits', text, beg, end) from None


def _true(text: str, beg: int, end: int) -> s_ast.Const:
    return s_ast.Const((beg, end), True)


def _false(text: str, beg: int, end: int) -> s_ast.Const:
    return s_ast.Const((beg, end), False)


def _null(text: str, beg: int, end: int) -> s_ast.Const:
    return s_ast.Const((beg, end), None)


def _relprop(text: str, beg: int, end: int) -> s_ast.PropValue:
    name = text[beg + 1 : end]
    if '::' not in name:
        return s_ast.PropValue((beg, end), name, (), name[0] == '.')
    *hops, name = name.split('::')
    return s_ast.PropValue((beg, end), name, tuple(hops), name[0] == '.')


def _deref(text: str, beg: int, end: int) -> s_ast.Name:
    pos = _skip(text, beg + 1)
    if text[pos] == '$':
        return _var(text, pos, end)
    return _name(text, pos, end)


def _tag(text: str, beg: int, end: int) -> s_ast.Name:
    body = text[beg + 1 : end]
    if '$' not in body:
        return body.lstrip()
    parts: list[s_ast.Name] = []
    for match in _SEGMENT.finditer(text, beg + 1, end):
        if match.group(3) is not None:
            parts.append(match.group(3))
        else:
            parts.append(_var(text, match.start(), match.end()))
    return s_ast.TagParts((beg, end), parts)


def _tagprop_name(text: str, beg: int, end: int) -> s_ast.Name:
    pos = _skip(text, beg + 1)
    return _var(text, pos, end) if text[pos] == '$' else text[pos:end]


def _tagprop(text: str, beg: int, end: int) -> tuple[s_ast.Name, s_ast.Name]:
    """The property begins at the first colon outside of quotes."""
    pos = beg + 1
    while text[pos] != ':':
        match = _SEGMENT.match(text, pos)
        pos = match.end() if match is not None else pos + 1
    return _tag(text, beg, pos), _tagprop_name(text, pos, end)


def _cmpr(text: str, beg: int, end: int) -> str:
    """A named comparator: without star and blanks, ``in=``."""
    return text[beg : end - 1].strip('* \t\r\n\f\v') + '='


def _kwarg(text: str, beg: int, end: int) -> tuple[str, Span]:
    end -= 1
    while text[end - 1].isspace():
        end -= 1
    return _name(text, beg, end), (beg, end)


def _param(text: str, beg: int, end: int) -> str:
    return _name(text, beg, end - 1)


def _format_text(text: str, beg: int, end: int) -> str:
    return unescape(text, beg, end, '`{')


def _unset(text: str, beg: int, end: int) -> str:
    return 'unset'


ACTIONS: dict[str, collections.abc.Callable[[str, int, int], typing.Any]] = {
    'ARGMARK': _word,
    'ARGSIGN': _word,
    'ARGWORD': _argword,
    'DEREF': _deref,
    'DOUBLEQUOTED': _double,
    'FALSE': _false,
    'FORMATTEXT': _format_text,
    'ITEMCMPR': _cmpr,
    'KWARG': _kwarg,
    'LISTWORD': _word,
    'NAME': _name,
    'NAMEDCMPR': _cmpr,
    'NULL': _null,
    'NUMBER': _number,
    'OPTION': _option,
    'PARAMEQ': _param,
    'RELPROP': _relprop,
    'SINGLEQUOTED': _single,
    'TAG': _tag,
    'TAGMATCH': _tag,
    'TAGPROP': _tagprop,
    'TAGPROPMATCH': _tagprop,
    'TAGPROPNAME': _tagprop_name,
    'TRIPLEQUOTED': _triple,
    'TRUE': _true,
    'UNSET': _unset,
    'VAR': _var,
    'WORD': _word,
}
