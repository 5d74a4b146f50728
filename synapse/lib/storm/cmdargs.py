"""Command arguments: definitions, parsing, usage text (spec: storm-language.md 8.4)."""

from __future__ import annotations

import textwrap
import typing

import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce

Any = typing.Any
_WIDTH = 120
_COLUMN = 30


class Arg:
    """One declared argument.

    ``names``: spellings (``'--size', '-s'`` or one positional name). ``type``: a data model type the value is normed
    by. ``nargs``: None, ``'?'``, ``'*'``, ``'+'`` or a count. ``action``: store, store_true, store_false, append.
    ``default``: that of a flag is the opposite of what it stores, unless one is given (None for commands of packages).
    """

    def __init__(self, *names: str, **info: Any) -> None:
        self.names = names
        self.help: str = info.get('help', '')
        self.type: str | None = info.get('type')
        self.default = info.get('default')
        self.nargs = info.get('nargs')
        self.action: str = info.get('action', 'store')
        self.required: bool = info.get('required', False)
        self.choices = info.get('choices')
        self.deprecated: dict[str, Any] | None = info.get('deprecated')
        self.isopt = names[0].startswith('-')
        self.dest: str = info.get('dest') or max((n.lstrip('-') for n in names), key=len).replace('-', '_')
        if 'default' not in info and self.action in ('store_true', 'store_false'):
            self.default = self.action == 'store_false'

    @property
    def shown(self) -> str:
        """The argument as the usage text shows it."""
        if self.isopt:
            if self.action in ('store_true', 'store_false'):
                return '/'.join(self.names)
            many = self.nargs == '*'
            return f'{"/".join(self.names)} [<{self.dest}> ...]' if many else f'{"/".join(self.names)} <{self.dest}>'
        name = self.names[0]
        if self.nargs == '?':
            return f'[{name}]'
        if self.nargs == '*':
            return f'[<{name}> ...]'
        return f'<{name}> [<{name}> ...]' if self.nargs == '+' else f'<{name}>'


class Parser:
    """Parses the arguments of one command."""

    def __init__(
        self, name: str, descr: str, args: typing.Sequence[Arg], inputs: typing.Sequence[tuple[str, str]] = ()
    ) -> None:
        self.name = name
        self.descr = descr
        self.args = args
        self.inputs = inputs  # (form, help) of the nodes that it wants
        self.options = {name: arg for arg in args if arg.isopt for name in arg.names}
        self.old = {arg.dest: arg for arg in args if arg.deprecated is not None}
        self.positionals = [arg for arg in args if not arg.isopt]

    def parse(self, model: Any, argv: list[Any]) -> dict[str, Any]:
        """Return the values by dest. Raises: BadArg."""
        opts: dict[str, Any] = {}
        rest: list[Any] = []
        todo = list(argv)
        while todo:
            item = todo.pop(0)
            arg = self.options.get(item) if isinstance(item, str) else None
            if arg is None:
                rest.append(item)
            else:
                self._option(model, arg, str(item), todo, opts)
        self._place(model, rest, opts)
        given = frozenset(opts)
        for arg in self.args:
            if arg.dest not in opts:
                if arg.required:
                    raise s_exc.BadArg(mesg=f'Missing a required option: {arg.names[0]}')
                opts[arg.dest] = arg.default
        opts['given'] = given  # what was written, so that null can be told from nothing
        return opts

    def _option(self, model: Any, arg: Arg, name: str, todo: list[Any], opts: dict[str, Any]) -> None:
        if arg.action in ('store_true', 'store_false'):
            opts[arg.dest] = arg.action == 'store_true'
            return
        if arg.nargs is None:
            if not todo:
                raise s_exc.BadArg(mesg=f'An argument is required for {name}.')
            valu = self._norm(model, arg, todo.pop(0))
            if arg.action == 'append':
                opts.setdefault(arg.dest, []).append(valu)
            else:
                opts[arg.dest] = valu
            return
        valus = self._take(model, arg, name, todo)
        if arg.action == 'append':
            opts.setdefault(arg.dest, []).append(valus)
        elif arg.nargs == '?':
            opts[arg.dest] = valus[0] if valus else arg.default
        else:
            opts[arg.dest] = valus

    def _take(self, model: Any, arg: Arg, name: str, todo: list[Any]) -> list[Any]:
        most: int = arg.nargs if isinstance(arg.nargs, int) else 1 if arg.nargs == '?' else len(todo)
        valus: list[Any] = []
        while todo and len(valus) < most and not (isinstance(todo[0], str) and todo[0] in self.options):
            valus.append(self._norm(model, arg, todo.pop(0)))
        if isinstance(arg.nargs, int) and len(valus) < arg.nargs:
            raise s_exc.BadArg(mesg=f'{arg.nargs} arguments are required for {name}.')
        if arg.nargs == '+' and not valus:
            raise s_exc.BadArg(mesg=f'At least one argument is required for {name}.')
        return valus

    def _place(self, model: Any, rest: list[Any], opts: dict[str, Any]) -> None:
        todo = list(rest)
        for arg in self.positionals:
            name = arg.names[0]
            if arg.nargs is None:
                if not todo:
                    raise s_exc.BadArg(mesg=f'The argument <{name}> is required.')
                opts[arg.dest] = self._norm(model, arg, todo.pop(0))
            elif arg.nargs == '?':
                if todo:
                    opts[arg.dest] = self._norm(model, arg, todo.pop(0))
            else:
                opts[arg.dest] = self._take(model, arg, f'<{name}>' if isinstance(arg.nargs, int) else name, todo)
        if todo:
            count = len(self.positionals)
            shown = [s_coerce.text(item) for item in rest]
            raise s_exc.BadArg(mesg=f'Expected {count} positional arguments. Got {len(rest)}: {shown!r}')

    def _norm(self, model: Any, arg: Arg, valu: Any) -> Any:
        if arg.type is not None:
            try:
                valu = s_coerce.wrap(model.reqType(arg.type).norm(s_coerce.tostor(valu))[0])
            except s_exc.BadTypeValu as e:
                mesg = f'Invalid value for type ({arg.type}): {s_coerce.text(valu)}'
                raise s_exc.BadArg(mesg=mesg) from e
        if arg.choices is not None and valu not in arg.choices:
            choices = ', '.join(str(item) for item in arg.choices)
            mesg = f'Invalid choice for argument {arg.names[0]} (choose from: {choices}): {s_coerce.text(valu)}'
            raise s_exc.BadArg(mesg=mesg)
        return valu

    def usage(self) -> list[str]:
        """Return the usage text, line by line; the description is one piece."""
        positional = ' '.join(f'<{arg.names[0]}>' for arg in self.positionals)
        lines = ['', self.descr.strip(), '', f'Usage: {self.name} [options] {positional}'.rstrip(), '']
        lines += ['Options:', '', *_row('--help', 'Display the command usage.')]
        for arg in self.args:
            if arg.isopt:
                lines += _row(arg.shown, arg.help, arg)
        if self.positionals:
            lines += ['', 'Arguments:', '']
            for arg in self.positionals:
                lines += _row(arg.shown, arg.help, arg)
        if self.inputs:
            lines += ['', 'Inputs:', '']
            for form, text in self.inputs:
                lines += _row(form, text)
        return lines


def deprecation(name: str, info: dict[str, Any]) -> str:
    """Return the warning about the use of something deprecated: ``{mesg}`` or ``{eolvers}`` tells more."""
    if info.get('mesg'):
        return f'"{name}" is deprecated: {info["mesg"]}'
    return f'"{name}" is deprecated and will be removed in {info.get("eolvers") or "v3.0.0"}.'


def _row(shown: str, text: str, arg: Arg | None = None) -> list[str]:
    more = []
    if arg is not None and arg.isopt and arg.default not in (None, ()) and type(arg.default) is not bool:
        more.append(f'default: {s_coerce.text(arg.default)}')
    if arg is not None and arg.choices:
        more.append('choices: ' + ', '.join(str(item) for item in arg.choices))
    if more:
        text = f'{text} ({", ".join(more)})'
    head = f'  {shown}'.ljust(_COLUMN)
    return textwrap.wrap(
        f'{head}: {text}',
        _WIDTH,
        subsequent_indent=' ' * (_COLUMN + 2),
        replace_whitespace=False,
        drop_whitespace=False,
    ) or [head]
