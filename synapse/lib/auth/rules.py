"""Rules: the smallest unit of permission, pure data (cell.md 5.3, 5.4).

A rule is ``(allow, path)`` with a path of one or more non-empty parts. It matches every permission that begins with its
path. The first match in a list decides; deny and allow have no precedence of their own, only their place has.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc

Path = tuple[str, ...]
Rule = tuple[bool, Path]
Rules = tuple[Rule, ...]


def _violation(name: str, what: str) -> s_exc.SynErr:
    return s_exc.SchemaViolation(mesg=f'{name} {what}', name=name)


def _req_path(path: typing.Any, name: str) -> Path:
    if not isinstance(path, (list, tuple)):
        raise _violation(name, 'must be array')
    if not path:
        raise _violation(name, 'must contain at least 1 items')
    for indx, part in enumerate(path):
        if not isinstance(part, str):
            raise _violation(f'{name}[{indx}]', 'must be string')
        if not part:
            raise _violation(f'{name}[{indx}]', 'must be longer than or equal to 1 characters')
    return tuple(path)


def req_rules(rules: typing.Any) -> Rules:
    """Return a list of rules as nested tuples.

    Raises:
        SchemaViolation: ``mesg`` says which part is wrong: ``data[0][1] must contain at least 1 items``.
    """
    if not isinstance(rules, (list, tuple)):
        raise _violation('data', 'must be array')
    retn = []
    for indx, rule in enumerate(rules):
        name = f'data[{indx}]'
        if not isinstance(rule, (list, tuple)):
            raise _violation(name, 'must be array')
        if len(rule) < 2:
            raise _violation(name, 'must contain at least 2 items')
        if len(rule) > 2:
            raise _violation(name, 'must contain less than or equal to 2 items')
        if not isinstance(rule[0], bool):
            raise _violation(f'{name}[0]', 'must be boolean')
        retn.append((rule[0], _req_path(rule[1], f'{name}[1]')))
    return tuple(retn)


def req_rule(rule: typing.Any) -> Rule:
    """Return one rule as nested tuples. Raises SchemaViolation."""
    return req_rules((rule,))[0]


def rule_from_text(text: str) -> Rule:
    """Return the rule that a text such as ``a.b.c`` or ``!a.b.c`` (deny) means. There is no escaping of dots."""
    allow = not text.startswith('!')
    return allow, tuple((text if allow else text[1:]).split('.'))


def text_from_rule(rule: Rule) -> str:
    """Return the text form of a rule: a dotted path, with a leading ``!`` when it denies."""
    allow, path = rule
    text = '.'.join(path)
    return text if allow else f'!{text}'


def norm_perm(perm: typing.Any) -> Path:
    """Return a permission path as a tuple. A plain text is one part. Raises BadArg for anything else."""
    if isinstance(perm, str):
        return (perm,)
    if isinstance(perm, (list, tuple)) and all(isinstance(part, str) for part in perm):
        return tuple(perm)
    raise s_exc.BadArg(mesg='A permission is a list of strings.', perm=repr(perm)[:100])


def find(rules: Rules, perm: Path, deepdeny: bool = False) -> Rule | None:
    """Return the first rule that decides about a permission path, None when none does.

    Args:
        deepdeny: A deny rule *below* the path decides too: "may he do everything under this path?".
    """
    for rule in rules:
        path = rule[1]
        if perm[: len(path)] == path:
            return rule
        if deepdeny and not rule[0] and path[: len(perm)] == perm:
            return rule
    return None
