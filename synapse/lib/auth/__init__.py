"""Who may do what: users, roles, rules, gates, and how callers prove who they are (spec: cell.md 5).

The ideas:

- **One decision, in one place.** ``User.allowed`` walks rule lists in a fixed order, the first match decides, and the
  answer is cached per user until something that it rests on changes. It is called for every edit, so a hit costs one
  dict look-up.
- **State here, way into it there.** The `Registry` holds records in memory and in the cell's slab and knows no log. A
  change is *checked* by a coroutine method (of Auth, User, Role), *pushed* as an event of the object ``auth:auth``, and
  *applied* by a plain function that checks again what must never be broken.
- **Facts of the start are not logged**: root and the role all have idens that follow from the service's iden, so they
  are the same on a leader and its mirrors.
- **What people choose is slow to check, what we made is fast.** Passwords go through PBKDF2 in threads of their own;
  keys and one-time passwords are random, one hash is enough for them.

Tables in the cell's slab: ``auth:users``, ``auth:roles``, ``auth:gates``, ``auth:profiles``, ``auth:vars``,
``auth:apikeys``, ``auth:http:sessions``; all map an iden (maps: ``<user iden>:<name>``) to a msgpack value.

Read ``rules.py`` (pure: rules and matching), ``subjects.py`` (Role, Gate, what roles and users share), ``users.py``
(User and the decision), ``registry.py`` (the state), ``events.py`` (what applies a change), ``auth.py`` (Auth). Then
``passwords.py`` and ``policy.py`` (pure), ``login.py`` (one user's secrets), ``apikeys.py``, ``sessions.py``,
``maps.py`` (profile and variables), ``easyperm.py`` (pure: levels that objects carry), and ``ops.py``: everything by
iden and with an audit line, as callers see it.
"""

from __future__ import annotations

from synapse.lib.auth.auth import NEXSIDEN, Auth, all_iden, root_iden
from synapse.lib.auth.ops import AuthOps
from synapse.lib.auth.rules import rule_from_text, text_from_rule
from synapse.lib.auth.subjects import Gate, Role
from synapse.lib.auth.users import User

__all__ = [
    'NEXSIDEN',
    'Auth',
    'AuthOps',
    'Gate',
    'Role',
    'User',
    'all_iden',
    'root_iden',
    'rule_from_text',
    'text_from_rule',
]
