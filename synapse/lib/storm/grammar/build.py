"""Make the parse table from the grammar: ``python -m synapse.lib.storm.grammar.build`` writes table.json.

lark reads grammar.lark and works out the LALR states. What is kept of that is small and plain: numbered terminals,
rules and states, in an order that depends on the grammar alone, so that a rebuild without a change changes no byte.
The file is part of the repository (a test compares it with the grammar), which is why neither an installation nor the
first query of a process ever waits for lark.
"""

from __future__ import annotations

import collections
import json
import typing

import lark
import lark.lexer
import regex

import synapse.lib.storm.grammar.load as s_load

STARTS = ('start', 'start_value')

END = '$END'

# Each character that may begin a token: ASCII, then one letter and one symbol that stand for all others.
ALPHABET = [chr(i) for i in range(128)] + ['é', '☃']


class _NoLexer(lark.lexer.Lexer):
    """Only the table is wanted of lark."""

    def __init__(self, conf: typing.Any) -> None:
        """Take the settings that lark hands over, and ignore them."""

    def lex(self, lexer_state: typing.Any, parser_state: typing.Any) -> typing.Iterator[lark.Token]:
        """Never called: nothing is parsed with lark."""
        raise NotImplementedError


class _Builder:
    """One pass over lark's result; the attributes are the numberings."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lark = lark.Lark(text, parser='lalr', lexer=_NoLexer, start=list(STARTS))
        self.table = self.lark.parser.parser._parse_table
        self.terms = sorted(self.lark.terminals, key=lambda t: t.name)
        self.rules = sorted(self.lark.rules, key=lambda r: (r.origin.name, [s.name for s in r.expansion]))
        self.nonterms = sorted({rule.origin.name for rule in self.rules})
        names = [term.name for term in self.terms] + [END] + self.nonterms
        self.symbols = {name: indx for indx, name in enumerate(names)}
        self.rulenums = {id(rule): indx for indx, rule in enumerate(self.rules)}
        self.states = self._number_states()
        self.sets: dict[tuple[int, ...], int] = {}

    def _number_states(self) -> dict[typing.Any, int]:
        """Number the states in breadth-first order over sorted symbols."""
        todo = collections.deque(self.table.start_states[name] for name in STARTS)
        done: dict[typing.Any, int] = {}
        while todo:
            state = todo.popleft()
            if state in done:
                continue
            done[state] = len(done)
            row = self.table.states[state]
            todo.extend(arg for name, (act, arg) in sorted(row.items()) if not self._is_reduce(act))
        for state in self.table.end_states.values():
            done.setdefault(state, len(done))
        return done

    @staticmethod
    def _is_reduce(action: typing.Any) -> bool:
        return str(action) == 'Reduce'

    def build(self) -> dict[str, typing.Any]:
        states = [self._state(state) for state in sorted(self.states, key=lambda s: self.states[s])]
        return {
            'hash': s_load.grammar_hash(self.text),
            'terminals': [self._term(term) for term in self.terms],
            'nonterminals': self.nonterms,
            'rules': [self._rule(rule) for rule in self.rules],
            'sets': [list(item) for item in self.sets],
            'states': states,
            'starts': {
                name: [self.states[self.table.start_states[name]], self.states[self.table.end_states[name]]]
                for name in STARTS
            },
        }

    def _term(self, term: typing.Any) -> list[typing.Any]:
        """Return [name, pattern, is literal, priority, is kept, characters that it may begin with]."""
        literal = term.pattern.type == 'str'
        pattern = term.pattern.value if literal else term.pattern.to_regexp()
        matcher = regex.compile(term.pattern.to_regexp())
        first = ''.join(char for char in ALPHABET if matcher.match(char, partial=True))
        kept = not self._filtered(term.name)
        return [term.name, pattern, literal, term.priority, kept, first]

    def _filtered(self, name: str) -> bool:
        if name.startswith('_'):
            return True
        return any(
            sym.name == name and getattr(sym, 'filter_out', False) for rule in self.rules for sym in rule.expansion
        )

    def _rule(self, rule: typing.Any) -> list[typing.Any]:
        """Return [origin, size, kind, action name, kept children]; a child that is a list to splice is ``~index``."""
        kept = []
        for indx, sym in enumerate(rule.expansion):
            if sym.is_term and self._filtered(sym.name):
                continue
            kept.append(~indx if not sym.is_term and sym.name.startswith('_') else indx)
        name = rule.origin.name
        origin, size = self.symbols[name], len(rule.expansion)
        if name.startswith('_'):
            return [origin, size, 'list', '', kept]
        if rule.alias is None and rule.options.expand1:
            if len(kept) != 1 or kept[0] < 0:
                raise ValueError(f'a rule of {name} needs an action: {rule}')
            return [origin, size, 'pass', '', kept]
        return [origin, size, 'call', rule.alias or name, kept]

    def _state(self, state: typing.Any) -> list[typing.Any] | int:
        """Return [shifts, reduces] as flat lists of symbol, state and of rule, set; a rule number if nothing else."""
        shifts: list[int] = []
        reduces: dict[int, list[int]] = {}
        for name, (act, arg) in sorted(self.table.states.get(state, {}).items()):
            if self._is_reduce(act):
                reduces.setdefault(self.rulenums[id(arg)], []).append(self.symbols[name])
            else:
                shifts += [self.symbols[name], self.states[arg]]
        if len(reduces) == 1 and not shifts:
            return next(iter(reduces))
        flat = []
        for rule, lookaheads in sorted(reduces.items()):
            flat += [rule, self.sets.setdefault(tuple(sorted(lookaheads)), len(self.sets))]
        return [shifts, flat]


def build_table(text: str) -> dict[str, typing.Any]:
    """Return the table of a grammar text as plain data."""
    return _Builder(text).build()


def dump_table(table: dict[str, typing.Any]) -> str:
    """Return the table as JSON text, one entry a line, so that a change of the grammar makes a readable diff."""
    lines = []
    for key, value in table.items():
        if isinstance(value, list):
            body = ',\n'.join(json.dumps(item, separators=(',', ':')) for item in value)
            lines.append(f'{json.dumps(key)}:[\n{body}\n]')
        else:
            lines.append(f'{json.dumps(key)}:{json.dumps(value)}')
    return '{\n' + ',\n'.join(lines) + '\n}\n'


def main() -> int:
    """Write table.json next to the grammar."""
    s_load.TABLE.write_text(dump_table(build_table(s_load.GRAMMAR.read_text(encoding='utf8'))), encoding='utf8')
    return 0


if __name__ == '__main__':
    raise SystemExit(main())
