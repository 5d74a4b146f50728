"""The registry of Storm libraries and types: every function declares itself once, by its Python signature.

Decorate ``f(rt, ...)`` with ``@lib('$lib.time.now')`` and ``f(rt, obj, ...)`` with ``@method('str', 'split')``. The
annotation of a parameter says what becomes of a Storm value: ``str``, ``int``, ``bool`` and ``Prim`` (plain data) are
coerced before the function runs, None passes where it is the default; ``Any`` is handed on as it is. ``help`` shows
signature and docstring.

``readonly`` functions may run in a readonly query. ``pure`` ones neither change anything nor tell anyone, so a query
that calls only those may run in batches. A parameter ``try_`` is ``try`` in Storm, as any word that Python keeps.
"""

from __future__ import annotations

import functools
import inspect
import keyword
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.parts as s_parts

if typing.TYPE_CHECKING:
    import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Prim = typing.Any
"""Annotation of parameters that are wanted as plain data (see ``coerce.toprim``)."""

_COERCE: dict[str, typing.Callable[[Any], Any]] = {
    'str': s_coerce.tostr,
    'int': s_coerce.toint,
    'bool': s_coerce.tobool,
    'Prim': s_coerce.toprim,
}
_SHOWN = {'bool': 'boolean', 'Prim': 'prim', 'Any': 'any', 'None': 'null', 'tuple': 'list', 'Node': 'node'}


def _rules(func: typing.Callable[..., Any]) -> dict[Any, tuple[typing.Callable[[Any], Any], bool]]:
    """Return by place and by name of a parameter how its values are coerced, and whether None passes."""
    rules: dict[Any, tuple[typing.Callable[[Any], Any], bool]] = {}
    for place, (name, param) in enumerate(list(inspect.signature(func).parameters.items())):
        coerce = _COERCE.get(str(param.annotation).removesuffix(' | None'))
        if coerce is None or name in ('rt', 'obj'):
            continue
        rule = (coerce, param.default is None or str(param.annotation).endswith(' | None'))
        if param.kind is inspect.Parameter.VAR_POSITIONAL:
            rules['*'] = rule
        elif param.kind is inspect.Parameter.VAR_KEYWORD:
            rules['**'] = rule
        else:
            rules[place] = rules[name] = rule
    return rules


def _plain(name: str) -> str:
    """Return how Storm calls a parameter."""
    return name[:-1] if name.endswith('_') and keyword.iskeyword(name[:-1]) else name


@functools.lru_cache(maxsize=4096)
def _renamed(func: typing.Callable[..., Any]) -> dict[str, str]:
    """Return by their Storm names the parameters that Python has to call otherwise."""
    return {plain: name for name in inspect.signature(func).parameters if (plain := _plain(name)) != name}


def coerced(func: typing.Callable[..., Any]) -> typing.Callable[..., Any]:
    """Return the function with its arguments coerced as its annotations say; itself where they say nothing."""
    rules = _rules(func)
    if not rules:
        return func
    rest, keywords = rules.pop('*', None), rules.pop('**', None)
    count = sum(p.kind is p.POSITIONAL_OR_KEYWORD for p in inspect.signature(func).parameters.values())
    table = [rules.get(place) for place in range(count)]
    renamed = _renamed(func)

    def one(rule: tuple[typing.Callable[[Any], Any], bool] | None, valu: Any) -> Any:
        return valu if rule is None or (valu is None and rule[1]) else rule[0](valu)

    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        argv = [one(rule, valu) for rule, valu in zip(table, args, strict=False)]
        argv += [one(rest, valu) for valu in args[len(argv) :]]
        if kwargs:
            if renamed:
                kwargs = {renamed.get(name, name): valu for name, valu in kwargs.items()}
            kwargs = {name: one(rules.get(name, keywords), valu) for name, valu in kwargs.items()}
        return func(*argv, **kwargs)

    return call


class Func:
    """One registered function, method, attribute or constant."""

    __slots__ = ('name', 'func', 'isasync', 'readonly', 'pure', 'getter', 'static')

    def __init__(
        self,
        name: str,
        func: typing.Callable[..., Any] | None,
        readonly: bool = True,
        pure: bool = False,
        getter: bool = False,
        static: Any = s_common.novalu,
    ) -> None:
        self.name = name
        self.isasync = inspect.iscoroutinefunction(func)
        self.func = func if func is None else coerced(func)
        self.readonly = readonly
        self.pure = pure
        self.getter = getter
        self.static = static

    def check_readonly(self, rt: s_runtime.Runtime) -> None:
        """Raise IsReadOnly if the function may not run in this query."""
        if not self.readonly and rt.query.readonly:
            e = s_exc.IsReadOnly(mesg=f'{self.name}() is not marked readonly safe.')
            raise s_parts.tell(e, 'function')

    async def call(self, rt: s_runtime.Runtime, *args: Any, **kwargs: Any) -> Any:
        """Call it as a query would. Raises: IsReadOnly, and what it raises."""
        self.check_readonly(rt)
        retn = typing.cast('typing.Callable[..., Any]', self.func)(rt, *args, **kwargs)
        return await retn if self.isasync else retn

    def checked(self, count: int, names: typing.Sequence[str]) -> typing.Callable[..., Any]:
        """Return the function if it takes these arguments, else one that raises StormRuntimeError."""
        func = typing.cast('typing.Callable[..., Any]', self.func)
        if accepts(func, self.own, count, tuple(names)):
            return func

        def refuse(*args: Any, **kwargs: Any) -> Any:
            raise self.misuse(count, names)

        return refuse

    @property
    def own(self) -> int:
        """The number of leading parameters that are not the caller's (runtime, receiver)."""
        return 1 if self.name.startswith('$') else 2

    def misuse(self, count: int, names: typing.Sequence[str]) -> s_exc.SynErr:
        """Return the error for arguments that do not fit."""
        func = typing.cast('typing.Callable[..., Any]', self.func)
        params = list(inspect.signature(func).parameters.values())[self.own :]
        text = _misuse([p for p in params if p.kind is p.POSITIONAL_OR_KEYWORD], count, names, params)
        return s_exc.StormRuntimeError(mesg=f'{self.name}() {text}')

    def params(self) -> list[tuple[str, str, Any]]:
        """Return (name, Storm type, default or novalu) of the parameters."""
        if self.func is None:
            return []
        retn = []
        for param in list(inspect.signature(self.func).parameters.values())[self.own :]:
            stars = '*' if param.kind is param.VAR_POSITIONAL else '**' if param.kind is param.VAR_KEYWORD else ''
            default = s_common.novalu if param.default is param.empty else param.default
            retn.append((stars + _plain(param.name), shown_type(str(param.annotation)), default))
        return retn

    def returns(self) -> str:
        """Return the Storm type of the result."""
        if self.func is None:
            return 'any'
        text = str(inspect.signature(self.func).return_annotation)
        return shown_type(text.removeprefix('typing.'))

    def doc(self) -> str:
        """Return the documentation."""
        return inspect.cleandoc((self.func.__doc__ or '') if self.func is not None else '')


def shown_type(text: str) -> str:
    """Return how ``help`` names a type annotation: ``list[str] | None`` as ``list|null``."""
    if text.startswith(('AsyncGenerator', 'Iterator')):
        return 'generator'
    parts = [part.partition('[')[0].strip().rpartition('.')[2] for part in text.split(' | ')]
    return '|'.join(_SHOWN.get(part, part.lower()) for part in parts)


@functools.lru_cache(maxsize=4096)
def accepts(func: typing.Callable[..., Any], own: int, count: int, names: tuple[str, ...]) -> bool:
    """Does a function take so many arguments (beside its own leading ones) and these keywords?"""
    try:
        names = tuple(_renamed(func).get(name, name) for name in names)
        inspect.signature(func).bind(*[None] * (count + own), **dict.fromkeys(names))
    except TypeError:
        return False
    return True


def _misuse(
    params: list[inspect.Parameter], count: int, names: typing.Sequence[str], every: list[inspect.Parameter]
) -> str:
    most = len(params)
    least = sum(p.default is p.empty for p in params)
    if count > most:
        takes = f'{most + 1}' if least == most else f'from {least + 1} to {most + 1}'
        return f'takes {takes} positional argument{"s" if most else ""} but {count + 1} were given'
    for name in names:
        if any(p.name == name for p in params[:count]):
            return f"got multiple values for argument '{name}'"
        if all(p.name != name for p in every):
            return f"got an unexpected keyword argument '{name}'"
    missing = [f"'{p.name}'" for p in params[count:] if p.default is p.empty and p.name not in names]
    shown = ' and '.join(missing) if len(missing) < 3 else f'{", ".join(missing[:-1])}, and {missing[-1]}'
    return f'missing {len(missing)} required positional argument{"s" if len(missing) > 1 else ""}: {shown}'


LIBS: dict[str, dict[str, Func]] = {'$lib': {}}
"""Library path -> name -> function; sub-libraries are keys of their own (``$lib.time``)."""

TYPES: dict[str, dict[str, Func]] = {}
"""Type name -> name -> method or attribute."""

SETTERS: dict[str, typing.Callable[..., Any]] = {}
"""Type name -> ``set(rt, obj, name, valu)`` for item assignment."""

LIBDOCS: dict[str, str] = {'$lib': 'The root of the Storm libraries.'}
TYPEDOCS: dict[str, str] = {}


def lib(
    path: str, readonly: bool = True, pure: bool = False
) -> typing.Callable[[typing.Callable[..., Any]], typing.Callable[..., Any]]:
    """Register ``f(rt, ...)`` as the library function with a full path such as ``$lib.time.now``."""

    def wrap(func: typing.Callable[..., Any]) -> typing.Callable[..., Any]:
        base, _, name = path.rpartition('.')
        _need_lib(base)[name] = Func(path, func, readonly, pure)
        return func

    return wrap


def const(path: str, valu: Any) -> None:
    """Register a constant such as ``$lib.null``."""
    base, _, name = path.rpartition('.')
    _need_lib(base)[name] = Func(path, None, static=valu, pure=True)


def attr(path: str) -> typing.Callable[[typing.Callable[..., Any]], typing.Callable[..., Any]]:
    """Register ``f(rt)`` as a computed attribute of a library such as ``$lib.user``."""

    def wrap(func: typing.Callable[..., Any]) -> typing.Callable[..., Any]:
        base, _, name = path.rpartition('.')
        _need_lib(base)[name] = Func(path, func, getter=True)
        return func

    return wrap


def libdoc(path: str, doc: str) -> None:
    """Declare a library and what it is for."""
    _need_lib(path)
    LIBDOCS[path] = doc


def _need_lib(path: str) -> dict[str, Func]:
    if path not in LIBS:
        LIBS[path] = {}
        base = path.rpartition('.')[0]
        _need_lib(base)
    return LIBS[path]


def method(
    kind: str, name: str, readonly: bool = True, pure: bool = False
) -> typing.Callable[[typing.Callable[..., Any]], typing.Callable[..., Any]]:
    """Register ``f(rt, obj, ...)`` as a method of a Storm type."""

    def wrap(func: typing.Callable[..., Any]) -> typing.Callable[..., Any]:
        TYPES.setdefault(kind, {})[name] = Func(f'{kind}.{name}', func, readonly, pure)
        return func

    return wrap


def typedoc(kind: str, doc: str) -> None:
    """Declare a Storm type and what it is."""
    TYPES.setdefault(kind, {})
    TYPEDOCS[kind] = doc


def getter(kind: str, name: str) -> typing.Callable[[typing.Callable[..., Any]], typing.Callable[..., Any]]:
    """Register ``f(rt, obj)`` as a computed attribute of a Storm type."""

    def wrap(func: typing.Callable[..., Any]) -> typing.Callable[..., Any]:
        TYPES.setdefault(kind, {})[name] = Func(f'{kind}.{name}', func, getter=True)
        return func

    return wrap


def facts(kind: str, look: typing.Callable[[Any, str], Any], docs: dict[str, str]) -> None:
    """Register attributes of a Storm type that are all read by ``look(obj, name)``; ``docs`` tells what they are."""

    def add(name: str, doc: str) -> None:
        def get(rt: s_runtime.Runtime, obj: Any) -> Any:
            return look(obj, name)

        get.__doc__ = doc
        getter(kind, name)(get)

    for name, doc in docs.items():
        add(name, doc)


def setter(kind: str) -> typing.Callable[[typing.Callable[..., Any]], typing.Callable[..., Any]]:
    """Register ``f(rt, obj, name, valu)`` as the item assignment of a Storm type."""

    def wrap(func: typing.Callable[..., Any]) -> typing.Callable[..., Any]:
        SETTERS[kind] = func
        return func

    return wrap


async def call_lib(rt: s_runtime.Runtime, path: str, *args: Any, **kwargs: Any) -> Any:
    """Call a library function by its path, such as ``$lib.view.add``."""
    base, _, name = path.rpartition('.')
    return await LIBS[base][name].call(rt, *args, **kwargs)


async def call_method(rt: s_runtime.Runtime, obj: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """Call a method of a Storm object."""
    return await TYPES[obj.storm_name][name].call(rt, obj, *args, **kwargs)
