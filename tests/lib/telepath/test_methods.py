"""Who is to blame for an error of Python in a method that was called from afar."""

from __future__ import annotations

import typing

import pytest

import synapse.exc as s_exc
import synapse.lib.telepath.methods as s_methods
import tests.lib.cortex.serving as t_serving

core = t_serving.core

Alias = dict[str, typing.Any]


class Api:
    def meth(self, iden: str, count: int = 5, info: dict[str, int] | None = None, other: Alias | None = None) -> None:
        raise AssertionError('it is not called')

    def rest(self, *names: str, **vars: int) -> None:
        raise AssertionError('it is not called')


@pytest.mark.parametrize(
    'name,args,kwargs,param',
    [
        ('meth', (5,), {}, 'iden'),
        ('meth', (None,), {}, 'iden'),
        ('meth', ('a', 'b'), {}, 'count'),
        ('meth', ('a', 1.5), {}, None),
        ('meth', ('a', 5, ()), {}, 'info'),
        ('meth', ('a',), {'info': 'x'}, 'info'),
        ('meth', ('a', 5, None, 5), {}, None),  # an alias says nothing
        ('meth', (), {}, None),
        ('rest', ('a', 5), {'x': 'y'}, None),
    ],
)
def test_blame(name: str, args: typing.Any, kwargs: typing.Any, param: str | None) -> None:
    fault = TypeError('foo')
    found = s_methods.blame(fault, getattr(Api(), name), args, kwargs)
    if param is None:
        assert found is fault
    else:
        assert isinstance(found, s_exc.BadArg) and found.get('name') == param and found.__cause__ is fault


def test_errors_that_say_what_they_are_stay() -> None:
    for exc in (s_exc.NoSuchName(name='x'), ZeroDivisionError(), OSError()):
        assert s_methods.blame(exc, Api().meth, (5,), {}) is exc


async def test_nonsense_over_the_wire(core: typing.Any) -> None:
    async with t_serving.proxy(core) as prox:
        for name, args in (('addFeedData', ({}, [])), ('delForm', (5,)), ('addUserRule', ({}, (True, ('a',))))):
            with pytest.raises(s_exc.BadArg, match=f'{name}\\(\\) takes str as'):
                await getattr(prox, name)(*args)
        with pytest.raises(s_exc.BadArg, match='takes int as'):
            await prox.getNexusChanges('x').list()
        with pytest.raises(s_exc.SchemaViolation):
            await prox.addStormDmon({'storm': 'inet:asn', 'stormopts': 5})
