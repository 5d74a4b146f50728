"""What a remote caller may call, in one place (spec: telepath.md 6, ``sharinfo`` in 3).

Public callables of the shared object are the interface. Names with a leading underscore are not, and neither is the
life cycle that an object inherits from our Base class: who is connected must not be able to end the server's objects.
Everything that depends only on the class is computed once for each class.

``blame`` tells a caller that it was the argument, when a method fails on one of another type than it declares.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.base as s_base

logger = logging.getLogger(__name__)

# What the server itself calls on shared objects; a remote caller could forge the arguments.
HOOKS = frozenset(('getTeleApi', 'getTeleFeats', 'onTeleShare', 'expectTeleBulk'))

# Names of Base that stay refused even where a subclass overrides them; others may be redefined as API methods.
LIFE_CYCLE = frozenset(('anit', 'fini', 'incref', 'onfini', 'offini', 'waitfini', 'enter_context', 'schedCoro', 'main'))


def _refused(cls: type, name: str) -> bool:
    if name.startswith('_') or name in HOOKS:
        return True
    if not issubclass(cls, s_base.Base):
        return False
    if name in LIFE_CYCLE:
        return True
    for kind in cls.__mro__:
        if name in vars(kind):
            return kind is s_base.Base
    return name in _BASE_ATTRS


# set by Base on each instance
_BASE_ATTRS = frozenset(('isfini', 'entered', 'exitok', 'loop', 'finievt'))


@functools.lru_cache(maxsize=1024)
def declared(cls: type) -> dict[str, dict[str, typing.Any]]:
    """Return ``{name: info}`` of the callables that a class declares; ``{'genr': True}`` marks async generators."""
    meths: dict[str, dict[str, typing.Any]] = {}
    for name in dir(cls):
        if _refused(cls, name):
            continue
        func = inspect.getattr_static(cls, name, None)
        if isinstance(func, (staticmethod, classmethod)):
            func = func.__func__
        if not callable(func):
            continue
        meths[name] = {'genr': True} if inspect.isasyncgenfunction(inspect.unwrap(func)) else {}
    return meths


@functools.lru_cache(maxsize=1024)
def _sharinfo(cls: type) -> dict[str, typing.Any]:
    return {
        'meths': declared(cls),
        'syn:version': s_common.version,
        'syn:commit': '',
        'classes': tuple(f'{kind.__module__}.{kind.__qualname__}' for kind in cls.__mro__ if kind is not object),
    }


def sharinfo_of(item: object) -> dict[str, typing.Any]:
    """Return the description of a shared object that its clients get. Not to be changed by the caller."""
    cls: type = type(item)
    return _sharinfo(cls)


def resolve(item: typing.Any, name: typing.Any) -> typing.Callable[..., typing.Any]:
    """Return the method of a shared object that a caller asks for.

    Raises:
        NoSuchMeth: There is none, or it is not for remote callers.
        TypeError, IndexError, AttributeError: The name is no text, is empty, or names something that is not callable.
    """
    cls: type = type(item)
    try:
        if name in declared(cls):
            meth = getattr(item, name)
            if meth is not None:
                return typing.cast(typing.Callable[..., typing.Any], meth)
    except TypeError:
        pass  # not hashable: the next lines say what is wrong with it
    if not isinstance(name, str):
        raise TypeError(f'method name must be a string, not {type(name).__name__}')
    if not name:
        raise IndexError('empty method name')
    meth = None if _refused(cls, name) else getattr(item, name, None)
    if meth is None:
        logger.warning('%s has no method: %r', cls.__name__, name)
        raise s_exc.NoSuchMeth(name=name, mesg=f'{cls.__name__} has no method: {name}.')
    if not callable(meth):
        raise AttributeError(f'{cls.__name__}.{name} is not callable')
    return typing.cast(typing.Callable[..., typing.Any], meth)


# What a declared type takes from the wire; of other declarations nothing is said.
_KINDS: dict[str, tuple[type, ...]] = {
    'str': (str,),
    'bytes': (bytes,),
    'int': (int, float),
    'float': (int, float),
    'bool': (bool, int),
    'dict': (dict,),
    'list': (list, tuple),
    'tuple': (list, tuple),
    'typing.Sequence': (list, tuple),
    'None': (type(None),),
}
_STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_FAULTS = (TypeError, AttributeError, LookupError, ValueError)


def blame(
    exc: BaseException, meth: typing.Callable[..., typing.Any], args: typing.Any, kwargs: typing.Any
) -> BaseException:
    """Return what to tell the caller of a method that failed: BadArg for an error of Python where an argument is not
    what the method declares, else the error itself."""
    if isinstance(exc, s_exc.SynErr) or not isinstance(exc, _FAULTS):
        return exc
    with contextlib.suppress(TypeError, ValueError):  # the number of arguments is wrong, or there is no signature
        sig = inspect.signature(meth)
        for name, valu in sig.bind(*args, **kwargs).arguments.items():
            param = sig.parameters[name]
            declared = str(param.annotation)
            kinds = [_KINDS.get(part.partition('[')[0]) for part in declared.split(' | ')]
            if (
                param.kind in _STARRED
                or None in kinds
                or isinstance(valu, tuple(item for kind in kinds if kind is not None for item in kind))
            ):
                continue
            mesg = f'{meth.__name__}() takes {declared} as {name}, not {type(valu).__name__}.'
            found = s_exc.BadArg(mesg=mesg, name=name)
            found.__cause__ = exc
            return found
    return exc
