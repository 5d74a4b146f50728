"""Data that users write, checked by a schema."""

from __future__ import annotations

import pytest

import synapse.exc as s_exc
import synapse.lib.schema as s_schema

check = s_schema.checker(
    {
        'type': 'object',
        'properties': {'names': {'type': 'array', 'items': {'type': 'string'}}, 'size': {'default': 3}},
        'required': ['names'],
    }
)


def test_a_value_is_completed_as_a_copy() -> None:
    given = {'names': ('a', 'b')}
    assert check(given) == {'names': ['a', 'b'], 'size': 3}
    assert given == {'names': ('a', 'b')}


def test_what_is_wrong_is_named() -> None:
    with pytest.raises(s_exc.SchemaViolation, match=r'data.names\[1\] must be string') as exc:
        check({'names': ('a', 5)})
    assert exc.value.get('name') == 'data.names[1]'
    with pytest.raises(s_exc.SchemaViolation, match='data.x must be integer'):
        s_schema.checker({'type': 'integer'}, name='data.x')('5')
    with pytest.raises(s_exc.SchemaViolation):
        check(None)
