"""The table notation in which the data model is declared (see the essay in ``synapse.models``), and its reader.

A table is text. A row starts a type, a form or an interface; indented rows below it are its properties::

    inet:dns:a       (fqdn=inet:fqdn, ipv4=inet:ipv4)    An IPv4 address that a name resolved to.
        fqdn         inet:fqdn                           [ro] The name.
        ipv4         inet:ipv4                           [ro] The address.

Columns are two or more spaces apart: name, type, text. Flags stand in brackets before the text. A line that is indented
by sixteen or more continues the text above. A row beginning with ``@`` says more about its owner: ``@is`` interfaces,
``@fill`` values for the ``{x}`` holes of their texts, ``@columns`` what a client shows first, ``@runt`` for forms that
exist at run time only.

Types:

    ``str``                     a type by name; ``*`` in a form's row: the type has a class of its own
    ``str(lower max=3)``        with options; ``$NAME`` is a value from the module's ``VALUES``
    ``[str]`` and ``{str}``     a list, and a sorted list without duplicates; ``{str ,}`` may be written with commas
    ``(a=str, b=int)``          a tuple of named fields; ``(a=str, b=int)/`` may be written with slashes
    ``$self`` and ``<x>``       in an interface: the form that implements it, and a hole that ``@fill`` fills

Flags: ``ro`` read only once set, ``deprecated``, ``new`` and ``old`` (only in the 2.256 or the 2.113 line of the
model), ``text`` (shown as long text), ``hint=``, ``syntax=`` and ``disp=`` (how to show it), ``alts=a,b`` (other
properties that may hold the same thing).

The text may end in an example: ``A distance. Ex: 10 km``, or ``Ex: $NAME`` for a long one.
"""

from __future__ import annotations

import functools
import typing

import synapse.exc as s_exc

TypeDef = tuple[str, dict[str, typing.Any]]
Info = dict[str, typing.Any]

_CONTINUED = 16
_EXAMPLE = ' Ex: '
_WORDS: dict[str, typing.Any] = {'true': True, 'false': False}


class PropDecl(typing.NamedTuple):
    """One property: relative name, type, info as the model definitions show it."""

    name: str
    typedef: TypeDef
    info: Info


class Decl:
    """One type, form or interface as declared. ``base`` is None for a type with a class of its own."""

    __slots__ = ('name', 'base', 'opts', 'info', 'props', 'runt')

    def __init__(self, name: str, base: str | None, opts: Info, info: Info) -> None:
        self.name = name
        self.base = base
        self.opts = opts
        self.info = info
        self.props: list[PropDecl] = []
        self.runt = False


class EdgeDecl(typing.NamedTuple):
    """One light edge: source form or None, verb, target form or None, info."""

    n1form: str | None
    verb: str
    n2form: str | None
    info: Info


def _scalar(text: str, values: typing.Mapping[str, typing.Any]) -> typing.Any:
    if text.startswith('$'):
        return values[text[1:]]
    if text in _WORDS:
        return _WORDS[text]
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def enums(text: str) -> tuple[tuple[int, str], ...]:
    """Read ``10 create; 30 read`` to ((10, 'create'), (30, 'read')), the form of an int type's ``enums``."""
    pairs = (item.strip().partition(' ') for item in ' '.join(text.split()).split(';'))
    return tuple((int(numb), name) for numb, _, name in pairs)


def _options(text: str, values: typing.Mapping[str, typing.Any]) -> Info:
    opts: Info = {}
    for word in text.split():
        name, equals, valu = word.partition('=')
        if name in ('forms', 'interfaces'):
            opts[name] = tuple(valu.split(','))
        else:
            opts[name] = _scalar(valu, values) if equals else True
    return opts


def _fields(text: str, values: typing.Mapping[str, typing.Any]) -> tuple[tuple[str, typing.Any], ...]:
    fields: list[tuple[str, typing.Any]] = []
    for field in text.split(', '):
        name, _, kind = field.strip().partition('=')
        fields.append((name, parse_type(kind, values) if '(' in kind else kind))
    return tuple(fields)


def parse_type(text: str, values: typing.Mapping[str, typing.Any]) -> TypeDef:
    """Read the notation of a type; returns (name, opts). Raises BadTypeDef."""
    first, last = text[0], text[-1]
    if first == '<':
        return ('{' + text[1:-1] + '}', {})
    if first == '(':
        inner, _, sepr = text[1:].rpartition(')')
        opts: Info = {'fields': _fields(inner, values)}
        if sepr:
            opts['sepr'] = sepr
        return ('comp', opts)
    if first in '[{':
        inner = text[1:-1]
        opts = {'uniq': True, 'sorted': True} if first == '{' else {}
        if inner.endswith(' ,'):
            inner, opts['split'] = inner[:-2], ','
        name, item = parse_type(inner, values)
        opts['type'] = name
        if item:
            opts['typeopts'] = item
        return ('array', opts)
    if last == ')':
        name, _, inner = text[:-1].partition('(')
        return (name, _options(inner, values))
    if ' ' in text:
        raise s_exc.BadTypeDef(mesg=f'Not a type: {text}', name=text)
    return (text, {})


@functools.cache
def _flags(text: str) -> Info:
    info: Info = {}
    for word in text.split():
        name, _, valu = word.partition('=')
        if name in ('ro', 'deprecated'):
            info[name] = True
        elif name == 'new':
            info['since'] = '2.256'
        elif name == 'old':
            info['until'] = '2.113'
        elif name == 'text':
            info.setdefault('disp', {})['hint'] = 'text'
        elif name in ('hint', 'syntax'):
            info.setdefault('disp', {})[name] = valu
        elif name == 'alts':
            info['alts'] = tuple(valu.split(','))
        elif name == 'disp':
            info[name] = valu
        else:
            raise s_exc.BadPropDef(mesg=f'Unknown flag: {name}')
    return info


class Reader:
    """Reads the tables of one module; equal type texts give one shared definition."""

    def __init__(self, values: typing.Mapping[str, typing.Any] | None = None) -> None:
        self.values = values or {}
        self.types: dict[str, TypeDef] = {}

    def typedef(self, text: str) -> TypeDef:
        """Read the notation of a type, see parse_type."""
        found = self.types.get(text)
        if found is None:
            found = self.types[text] = parse_type(text, self.values)
        return found

    def info(self, text: str) -> Info:
        """Read ``[flags] text`` to an info dict."""
        flags: Info = {}
        if text.startswith('['):
            words, _, text = text[1:].partition(']')
            flags = dict(_flags(words))
            text = text.lstrip()
            if 'disp' in flags and isinstance(flags['disp'], str):
                flags['disp'] = self.values[flags['disp'][1:]]
        text, _, example = text.partition(_EXAMPLE)
        if text:
            flags['doc'] = text
        if example:
            flags['ex'] = self.values[example[1:]] if example[0] == '$' else example
        return flags

    def decls(self, table: str) -> list[Decl]:
        """Read a table of types, forms or interfaces."""
        decls: list[Decl] = []
        for depth, line in _lines(table):
            if depth == 0:
                decls.append(self._decl(line))
            elif line.startswith('@'):
                self._directive(decls[-1], line)
            else:
                name, kind, text = _columns(line)
                decls[-1].props.append(PropDecl(name, self.typedef(kind), self.info(text)))
        return decls

    def _decl(self, line: str) -> Decl:
        name, kind, text = _columns(line)
        if kind == '*':
            return Decl(name, None, {}, self.info(text))
        base, opts = self.typedef(kind)
        return Decl(name, base, opts, self.info(text))

    def _directive(self, decl: Decl, line: str) -> None:
        word, _, text = line.partition(' ')
        text = text.strip()
        if word == '@is':
            decl.info['interfaces'] = tuple(text.split())
        elif word == '@fill':
            pairs = (pair.partition('=') for pair in text.split(', '))
            decl.info['template'] = {name: valu for name, _, valu in pairs}
        elif word == '@columns':
            columns = tuple({'type': 'prop', 'opts': {'name': name}} for name in text.split())
            decl.info['display'] = {'columns': columns}
        elif word == '@runt':
            decl.runt = True
        else:
            raise s_exc.BadFormDef(mesg=f'Unknown directive: {word}', name=decl.name)

    def edges(self, table: str) -> list[EdgeDecl]:
        """Read a table of edges: ``form -(verb)> form  text``, ``*`` for any form."""
        edges: list[EdgeDecl] = []
        for _, line in _lines(table):
            path, _, text = line.partition('  ')
            n1form, arrow, n2form = path.split(' ')
            ends = (None if n1form == '*' else n1form, None if n2form == '*' else n2form)
            edges.append(EdgeDecl(ends[0], arrow[2:-2], ends[1], self.info(text.lstrip())))
        return edges


def _columns(line: str) -> tuple[str, str, str]:
    name, _, rest = line.partition('  ')
    kind, _, text = rest.lstrip().partition('  ')
    return name, kind, text.lstrip()


def _lines(table: str) -> list[tuple[int, str]]:
    """Split a table to (indent, text) with continued lines joined and blank ones dropped."""
    lines: list[tuple[int, str]] = []
    for line in table.splitlines():
        text = line.strip()
        if not text:
            continue
        depth = len(line) - len(line.lstrip())
        if depth >= _CONTINUED:
            above, row = lines[-1]
            glue = ' ' if _columns(row)[2] else '  '  # the text may begin on a line of its own
            lines[-1] = (above, row + glue + text)
        else:
            lines.append((depth, text))
    return lines
