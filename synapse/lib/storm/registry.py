"""The registry of Storm libraries and types: every function declares itself once, by its Python signature.

Decorate ``f(rt, ...)`` with ``@lib('$lib.time.now')`` and ``f(rt, obj, ...)`` with ``@method('str', 'split')``; docstrings are the documentation
that ``help`` shows. ``readonly`` functions may run in a readonly query. ``pure`` ones neither change anything nor tell anyone, so a query that calls only those may run in
batches.
"""

from __future__ import annotations

import functools
import inspect
import typing

import synapse.common as s_common
import synapse.exc as s_exc

if typing.TYPE_CHECKING:
    import synapse.lib.storm.runtime as s_runtime

Any = typing.Any


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
        self.func = func
        self.isasync = inspect.iscoroutinefunction(func)
        self.readonly = readonly
        self.pure = pure
        self.getter = getter
        self.static = static

    def check_readonly(self, rt: s_runtime.Runtime) -> None:
        """Raise IsReadOnly if the function may not run in this query."""
        if not self.readonly and rt.query.readonly:
            raise s_exc.IsReadOnly(mesg=f'{self.name}() is not marked readonly safe.', name=self.name)

    def checked(self, count: int, names: typing.Sequence[str]) -> typing.Callable[..., Any]:
        """Return the function if it takes these arguments, else one that raises StormRuntimeError."""
        func = typing.cast('typing.Callable[..., Any]', self.func)
        if _accepts(func, count, tuple(names)):
            return func
        mesg = _arity(self.name, func, count, names)

        def refuse(*args: Any, **kwargs: Any) -> Any:
            raise s_exc.StormRuntimeError(mesg=mesg)

        return refuse


@functools.lru_cache(maxsize=4096)
def _accepts(func: typing.Callable[..., Any], count: int, names: tuple[str, ...]) -> bool:
    try:
        inspect.signature(func).bind(None, *[None] * count, **dict.fromkeys(names))
    except TypeError:
        return False
    return True


def _arity(name: str, func: typing.Callable[..., Any], count: int, names: typing.Sequence[str]) -> str:
    try:
        inspect.signature(func).bind(None, *[None] * count, **dict.fromkeys(names))
    except TypeError as e:
        return f'{name}() {e}'
    return f'{name}() called with wrong arguments'


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


def getter(kind: str, name: str) -> typing.Callable[[typing.Callable[..., Any]], typing.Callable[..., Any]]:
    """Register ``f(rt, obj)`` as a computed attribute of a Storm type."""

    def wrap(func: typing.Callable[..., Any]) -> typing.Callable[..., Any]:
        TYPES.setdefault(kind, {})[name] = Func(f'{kind}.{name}', func, getter=True)
        return func

    return wrap


def setter(kind: str) -> typing.Callable[[typing.Callable[..., Any]], typing.Callable[..., Any]]:
    """Register ``f(rt, obj, name, valu)`` as the item assignment of a Storm type."""

    def wrap(func: typing.Callable[..., Any]) -> typing.Callable[..., Any]:
        SETTERS[kind] = func
        return func

    return wrap
