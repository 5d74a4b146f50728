"""The parser: the ready-made LALR table, and the loop that runs it over a text.

Why not lark's own loop: a token or a reduction costs ours well under a microsecond, since

- a state knows, for each character, the few terminals that may begin there; nothing else is tried;
- a state with a single reduction makes it before the next token is read. This is also what lets the next token be
  lexed by what may follow *here*, rather than by all that may follow such a thing anywhere;
- tokens and rules call the actions directly: there is no tree in between.

The loop is iterative and its stack is bounded, so nesting costs an error, never the Python stack.
"""

from __future__ import annotations

import collections.abc
import re
import typing

import synapse.lib.limits as s_limits
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.grammar.errors as s_errors
import synapse.lib.storm.grammar.lexer as s_lexer
import synapse.lib.storm.grammar.opers as s_opers
import synapse.lib.storm.grammar.statements as s_statements
import synapse.lib.storm.grammar.tokens as s_tokens
import synapse.lib.storm.grammar.values as s_values

SPACE = re.compile(r'(?:\s++|//[^\n]*+|/\*[\s\S]*?\*/)*+').match


def skip_space(text: str, pos: int) -> int:
    """Return the offset of what follows white space and comments."""
    return SPACE(text, pos).end()  # type: ignore[union-attr]


# Given where no terminal fits: no state has an action for it.
_NOTHING = s_lexer.Terminal(-1, '$NOTHING', '', True, 0, False, '')

Reduce = collections.abc.Callable[[str, int, int, list[typing.Any]], typing.Any]


class Rule:
    """One production.

    ``only`` is None unless the value is that of a single child: then its index from the end. Otherwise ``reduce``
    makes the value from (text, begin, end, children).
    """

    __slots__ = ('origin', 'size', 'only', 'reduce')

    def __init__(self, origin: int, size: int, kind: str, name: str, kept: list[int]) -> None:
        self.origin = origin
        self.size = size
        self.only = kept[0] - size if kind == 'pass' else None
        self.reduce = _caller(name, kept) if kind == 'call' else _collector(kept)


def _collector(kept: list[int]) -> Reduce:
    """Return the reduction of a rule that collects; a list that comes first is extended in place."""

    def collect(text: str, beg: int, end: int, kids: list[typing.Any]) -> list[typing.Any]:
        items: list[typing.Any] | None = None
        for indx in kept:
            if indx >= 0:
                items = [] if items is None else items
                items.append(kids[indx])
            elif items is None:
                items = kids[~indx]
            else:
                items.extend(kids[~indx])
        return [] if items is None else items

    return collect


def _caller(name: str, kept: list[int]) -> Reduce:
    """Return the reduction of a rule that calls an action, by the shape of its children."""
    action = next(getattr(mod, name) for mod in (s_values, s_opers, s_statements) if hasattr(mod, name))
    if any(indx < 0 for indx in kept):

        def splice(text: str, beg: int, end: int, kids: list[typing.Any]) -> typing.Any:
            items: list[typing.Any] = []
            for indx in kept:
                if indx < 0:
                    items.extend(kids[~indx])
                else:
                    items.append(kids[indx])
            return action(text, (beg, end), *items)

        return splice
    if kept == list(range(len(kept))):
        size = len(kept)
        return lambda text, beg, end, kids: action(text, (beg, end), *kids[:size])
    if len(kept) == 1:
        first = kept[0]
        return lambda text, beg, end, kids: action(text, (beg, end), kids[first])
    return lambda text, beg, end, kids: action(text, (beg, end), *[kids[indx] for indx in kept])


class State:
    """One state: actions by symbol number (a State to shift to, a Rule to reduce by), made when first entered."""

    __slots__ = ('spec', 'row', 'single', 'raw', 'chars', 'jumps')

    def __init__(self, spec: typing.Any) -> None:
        self.spec = spec
        self.row: dict[int, typing.Any] | None = None
        self.single: Rule | None = None
        # inside a format string nothing is skipped
        self.raw = False
        # character -> terminals that may begin with it here, in order of trial
        self.chars: dict[str, tuple[s_lexer.Terminal, ...]] = {}
        # (symbol, terminal that follows or -1) -> where a run of reductions that only rename the symbol ends
        self.jumps: dict[tuple[int, int], State] = {}


class Parser:
    """The table in memory. Threads may share it: what it fills in lazily is the same for all."""

    def __init__(self, table: dict[str, typing.Any]) -> None:
        self.terms = [s_lexer.Terminal(num, *item) for num, item in enumerate(table['terminals'])]
        for term in self.terms:
            term.action = s_tokens.ACTIONS.get(term.name)
        self.end = s_lexer.Terminal(len(self.terms), '$END', '', True, 0, False, '')
        self.rawterm = next(term.num for term in self.terms if term.name == 'FORMATTEXT')
        self.rules = [Rule(*item) for item in table['rules']]
        self.sets = table['sets']
        self.states = [State(spec) for spec in table['states']]
        for state in self.states:
            if isinstance(state.spec, int):
                state.single = self.rules[state.spec]
        self.starts = {name: (self.states[beg], self.states[end]) for name, (beg, end) in table['starts'].items()}

    def parse(self, text: str, start: str = 'start', pos: int = 0) -> s_ast.Node:
        """Return the tree of the text from pos on.

        Args:
            text: The whole text; spans of nodes are offsets into it.
            start: ``start`` for a query, ``start_value`` for a single value.
            pos: Where to begin.

        Raises:
            BadSyntax: The text does not fit the grammar (storm-language.md 10.5).
            RecursionLimitHit: It is nested too deeply.
        """
        source = s_lexer.Source(text)
        state, final = self.starts[start]
        stack: list[State] = [state]
        vals: list[typing.Any] = []  # the value of each symbol on the stack
        begs: list[int] = []  # and where it begins
        term: s_lexer.Terminal | None = None
        last = done = end = pos  # where the last token begins and ends
        while True:
            rule = state.single
            if rule is None:
                row = state.row or self._fill(state)
                if term is None:
                    term, pos, end = self._token(state, source, done)
                step = row.get(term.num)
                if step.__class__ is State:
                    vals.append(term.action(text, pos, end) if term.action else text[pos:end] if term.kept else None)
                    begs.append(pos)
                    stack.append(step)
                    if len(stack) > s_limits.STORM_PARSE_STACK:
                        raise s_errors.too_deep(text)
                    state, last, done, term = step, pos, end, None
                    continue
                if step is None:
                    if state is final and term is self.end:
                        return typing.cast(s_ast.Node, vals[0])
                    raise self._unexpected(stack, text, pos, last)
                rule = step
            size = rule.size
            if rule.only is not None:
                if size == 1:
                    jump = (rule.origin, -1 if term is None else term.num)
                    stack[-1] = state = stack[-2].jumps.get(jump) or self._jump(stack[-2], *jump)
                    continue
                vals[-size:] = [vals[rule.only]]
                begs[-size:] = [begs[-size]]
                del stack[-size:]
            elif size:
                vals[-size:] = [rule.reduce(text, begs[-size], done, vals[-size:])]
                begs[-size:] = [begs[-size]]
                del stack[-size:]
            else:
                vals.append(rule.reduce(text, done, done, []))
                begs.append(done)
            state = (stack[-1].row or self._fill(stack[-1]))[rule.origin]
            stack.append(state)

    def _token(self, state: State, source: s_lexer.Source, pos: int) -> tuple[s_lexer.Terminal, int, int]:
        """Return (terminal, begin, end) of the next token after pos; where nothing fits, a terminal that never does."""
        text = source.text
        if not state.raw:
            pos = SPACE(text, pos).end()  # type: ignore[union-attr]
        if pos >= len(text):
            return self.end, pos, pos
        char = text[pos]
        terms = state.chars.get(char)
        if terms is None:
            terms = self._candidates(state, char)
        if char == '/' and not state.raw and text.startswith('/*', pos):
            terms = ()  # a comment without end
        for term in terms:
            if term.look is None or term.look(source, pos):
                if term.size == 1:
                    return term, pos, pos + 1
                match = term.match(text, pos)
                if match is not None:
                    return term, pos, match.end()
        return _NOTHING, pos, pos

    def _fill(self, state: State) -> dict[int, typing.Any]:
        """Make the row of a state."""
        row: dict[int, typing.Any] = {}
        if not isinstance(state.spec, int):
            shifts, reduces = state.spec
            for rule, lookaheads in zip(reduces[::2], reduces[1::2], strict=True):
                row.update(dict.fromkeys(self.sets[lookaheads], self.rules[rule]))
            for symbol, target in zip(shifts[::2], shifts[1::2], strict=True):
                row[symbol] = self.states[target]
        state.raw = self.rawterm in row
        state.row = row
        return row

    def _jump(self, under: State, symbol: int, follow: int) -> State:
        """Return the state that stands on ``under`` after a symbol and all reductions that only rename it.

        An operand goes through a dozen levels of precedence, nearly always up to the same one. ``follow`` is the number
        of the terminal that was read, or -1.
        """
        row = under.row or self._fill(under)
        start = symbol
        while True:
            state: State = row[symbol]
            rule = state.single
            if rule is None and follow >= 0:
                step = (state.row or self._fill(state)).get(follow)
                rule = step if isinstance(step, Rule) else None
            if rule is None or rule.only is None or rule.size != 1:
                under.jumps[start, follow] = state
                return state
            symbol = rule.origin

    def _candidates(self, state: State, char: str) -> tuple[s_lexer.Terminal, ...]:
        """Return the terminals that may begin with the character in the state, in order of trial."""
        row = state.row or self._fill(state)
        terms = [term for term in self.terms if term.num in row and term.begins(char)]
        terms.sort(key=lambda term: term.rank)
        found = tuple(terms)
        if char < '\x80' or len(state.chars) < 256:
            state.chars[char] = found
        return found

    def _unexpected(self, stack: list[State], text: str, pos: int, last: int) -> Exception:
        """Return the error for a token that fits nowhere, with what really could follow."""
        wants: list[str] = []
        for term in [*self.terms, self.end]:
            if self._accepts(stack, term):
                wants += s_errors.display_names(term.name, term.literal or None)
        return s_errors.unexpected(text, pos, last, wants)

    def _accepts(self, stack: list[State], term: s_lexer.Terminal) -> bool:
        """Return True if the terminal can be shifted after the reductions that it calls for."""
        states = list(stack)
        while True:
            state = states[-1]
            row = state.row or self._fill(state)
            step = state.single or row.get(term.num)
            if step is None:
                return term is self.end and any(state is final for _, final in self.starts.values())
            if step.__class__ is State:
                return True
            if step.size:
                del states[-step.size :]
            under = states[-1]
            states.append((under.row or self._fill(under))[step.origin])
