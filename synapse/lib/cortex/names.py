"""Users and roles as values: the types syn:user and syn:role take names and show them (types.md 2.16)."""

from __future__ import annotations

import typing

import synapse.lib.model.model as s_model


class Named(typing.Protocol):
    """A user or a role."""

    iden: str
    name: str


Find = typing.Callable[[str], Named | None]


def attach(model: s_model.Model, auth: typing.Any) -> None:
    """Let the types of a model ask who is who."""
    _attach(model, 'user', auth.getUserByName, auth.user)
    _attach(model, 'role', auth.getRoleByName, auth.role)


def _attach(model: s_model.Model, kind: str, by_name: Find, by_iden: Find) -> None:
    def iden(valu: str) -> str | None:
        found = by_name(valu)
        return None if found is None else found.iden

    def name(valu: str) -> str | None:
        found = by_iden(valu)
        return None if found is None else found.name

    model.hooks[f'{kind}:iden'] = iden
    model.hooks[f'{kind}:name'] = name
