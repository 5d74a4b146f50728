"""``$lib.tabular``: tables in print messages (spec: storm-runtime.md 4)."""

from __future__ import annotations

import copy
import textwrap
import typing

import synapse.exc as s_exc
import synapse.lib.schema as s_schema
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.root as s_libroot
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
lib, method = s_registry.lib, s_registry.method
s_registry.libdoc('$lib.tabular', 'Tables of text.')
s_registry.typedoc('tabular:printer', 'Makes the lines of a table.')

_SEPARATORS: dict[str, Any] = {
    'row:outline': {
        'type': 'boolean',
        'default': False,
        'description': 'A separator row above the header and below each row.',
    },
    'column:outline': {
        'type': 'boolean',
        'default': False,
        'description': 'Column separators at both ends of each row.',
    },
    'header:row': {'type': 'string', 'default': '=', 'description': 'What separator rows of the header are made of.'},
    'data:row': {'type': 'string', 'default': '-', 'description': 'What separator rows of the data are made of.'},
    'column': {'type': 'string', 'default': '|', 'description': 'What stands between columns.'},
}
_COLUMN: dict[str, Any] = {
    'name': {'type': 'string', 'description': 'The title.'},
    'width': {'type': 'number', 'default': None, 'exclusiveMinimum': 0, 'description': 'Unset: as wide as the text.'},
    'justify': {
        'type': 'string',
        'default': 'left',
        'enum': ['left', 'center', 'right'],
        'description': 'The place of the text.',
    },
    'overflow': {
        'type': 'string',
        'default': 'trim',
        'enum': ['wrap', 'trim'],
        'description': 'What becomes of long text.',
    },
    'newlines': {
        'type': 'string',
        'default': 'replace',
        'enum': ['replace', 'split'],
        'description': 'Newlines become a space, or (without width) split the text into lines.',
    },
}
SCHEMA: dict[str, Any] = {
    'type': 'object',
    'properties': {
        'separators': {'type': 'object', 'properties': _SEPARATORS, 'additionalProperties': False},
        'columns': {
            'type': 'array',
            'items': {
                'type': 'object',
                'properties': _COLUMN,
                'required': ['name'],
                'minItems': 1,
                'additionalProperties': False,
            },
        },
    },
    'required': ['columns'],
    'additionalProperties': False,
    '$schema': 'http://json-schema.org/draft-07/schema#',
}
_check = s_schema.checker(SCHEMA)


class Printer(s_coerce.StormObj):
    """Makes lines of a table by its definition."""

    storm_name = 'tabular:printer'

    def __init__(self, conf: dict[str, Any]) -> None:
        self.columns: list[dict[str, Any]] = conf['columns']
        seps = conf.get('separators') or {}
        self.first = True
        self.seps = {key: seps.get(key, info['default']) for key, info in _SEPARATORS.items()}

    def storm_repr(self) -> str:
        return 'tabular:printer'

    def _rule(self, name: str) -> str:
        char = self.seps[name]
        widths = [int(column.get('width') or len(column['name'])) for column in self.columns]
        return self._join([char * (s_libroot.bounded(width) + 2) for width in widths])

    def _join(self, parts: list[str]) -> str:
        sep = self.seps['column']
        text = sep.join(parts)
        return f'{sep}{text}{sep}' if self.seps['column:outline'] else text

    def _cell(self, column: dict[str, Any], valu: Any) -> list[str]:
        width, text = column.get('width'), '' if valu is None else s_coerce.text(valu)
        if width is None and column.get('newlines') == 'split':
            return text.split('\n')
        if column.get('overflow') == 'wrap' and width is not None:
            lines: list[str] = []
            for part in text.split('\n'):
                lines += textwrap.wrap(part, max(int(width), 1), break_long_words=True) or ['']
            return lines
        text = text.replace('\n', ' ')
        if width is not None and len(text) > width:
            width = int(width)
            text = f'{text[: width - 3]}...' if width > 3 else '.' * width
        return [text]

    def _lines(self, valus: typing.Sequence[Any]) -> list[str]:
        cells = [self._cell(column, valu) for column, valu in zip(self.columns, valus, strict=False)]
        widths = [
            s_libroot.bounded(int(column['width'])) if column.get('width') is not None else max(map(len, cell))
            for column, cell in zip(self.columns, cells, strict=False)
        ]
        lines = []
        for row in range(max((len(cell) for cell in cells), default=0)):
            parts = []
            for column, cell, width in zip(self.columns, cells, widths, strict=False):
                text = cell[row] if row < len(cell) else ''
                justify = column.get('justify', 'left')
                text = {'left': text.ljust, 'right': text.rjust, 'center': text.center}[justify](width)
                parts.append(f' {text} ')
            lines.append(self._join(parts))
        return lines

    def header(self) -> str:
        """Return the lines of the header."""
        lines = self._lines([column['name'] for column in self.columns])
        rule = self._rule('header:row')
        if self.seps['row:outline']:
            lines.insert(0, rule)
        return '\n'.join([*lines, rule])

    def row(self, data: typing.Sequence[Any]) -> str:
        """Return the lines of one row. Raises: BadArg."""
        if len(data) != len(self.columns):
            mesg = 'tabular:printer row() requires data length to equal column count'
            raise s_exc.BadArg(mesg=mesg, length=len(data), column_length=len(self.columns))
        lines = self._lines(data)
        if self.seps['row:outline']:
            lines.append(self._rule('data:row'))
        elif not self.first and self.seps['data:row']:
            lines.insert(0, self._rule('data:row'))
        self.first = False
        return '\n'.join(lines)


@lib('$lib.tabular.schema', readonly=False)
def tabular_schema(rt: Runtime) -> dict[str, Any]:
    """Return the JSON schema of a table definition."""
    return copy.deepcopy(SCHEMA)


@lib('$lib.tabular.printer', readonly=False)
def tabular_printer(rt: Runtime, conf: Prim) -> Printer:
    """Return a printer of a table. Raises: SchemaViolation."""
    return Printer(_check(conf))


@method('tabular:printer', 'header', readonly=False)
def printer_header(rt: Runtime, obj: Printer) -> str:
    """Return the lines of the header."""
    return obj.header()


@method('tabular:printer', 'row', readonly=False)
def printer_row(rt: Runtime, obj: Printer, data: Any) -> str:
    """Return the lines of a row. Raises: BadArg."""
    if not isinstance(data, (list, tuple)):
        raise s_exc.BadArg(mesg='tabular:printer row() requires a list')
    return obj.row(data)
