"""Role, Gate, and what roles and users have in common: rules, global and on gates (cell.md 5.3).

The objects here are views of records that the `Registry` keeps; only the registry changes them, when a logged change is
applied. Their own coroutine methods check a change first and then push it.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.auth.rules as s_rules

if typing.TYPE_CHECKING:  # the registry makes these objects, so it cannot be imported here
    import synapse.lib.auth.auth as s_auth
    import synapse.lib.auth.users as s_users

Info = dict[str, typing.Any]


class Subject:
    """Something that rules are given to.

    Attributes:
        iden: Permanent iden. info: The stored record, never changed in place.
        name: Unique name among its kind. rules: Global rules in order.
        authgates: By gate iden ``{rules?, admin?}``.
    """

    kind = ''

    def __init__(self, auth: s_auth.Auth, iden: str, info: Info) -> None:
        self.auth = auth
        self.iden = iden
        self.load(info)

    def load(self, info: Info) -> None:
        """Take a new record."""
        self.info = info
        self.name: str = info['name']
        self.rules: s_rules.Rules = info['rules']
        self.authgates: dict[str, Info] = info['authgates']
        self.clear_cache()

    def clear_cache(self) -> None:
        """Forget decisions: something that they rested on has changed."""

    async def _push(self, name: str, valu: typing.Any, gateiden: str | None = None, **kwargs: typing.Any) -> None:
        await self.auth.push_info(self.kind, self.iden, name, valu, gateiden=gateiden, **kwargs)

    def getRules(self, gateiden: str | None = None) -> s_rules.Rules:
        """Return the rules in order: the global ones, or those on a gate."""
        if gateiden is None:
            return self.rules
        return typing.cast(s_rules.Rules, self.authgates.get(gateiden, {}).get('rules', ()))

    async def setRules(self, rules: typing.Any, gateiden: str | None = None, logged: bool = True) -> None:
        """Replace the rules. Raises SchemaViolation, NoSuchAuthGate."""
        rules = s_rules.req_rules(rules)
        self.auth.req_gate_or_none(gateiden)
        if not logged:
            await self._push('rules', rules, gateiden=gateiden, logged=False)
            return
        async with self.auth.lock:  # else one who is adding a rule to those before would bring them back
            await self._push('rules', rules, gateiden=gateiden)

    async def addRule(self, rule: typing.Any, indx: int | None = None, gateiden: str | None = None) -> None:
        """Add a rule: as the last one, or at a place in the list. Raises SchemaViolation, NoSuchAuthGate, BadArg."""
        rule = s_rules.req_rule(rule)
        if indx is not None and (isinstance(indx, bool) or not isinstance(indx, int)):
            raise s_exc.BadArg(mesg='The index of a rule must be an integer.', name='indx')
        self.auth.req_gate_or_none(gateiden)
        async with self.auth.lock:
            rules = list(self.getRules(gateiden))
            rules.insert(len(rules) if indx is None else indx, rule)
            mesg: Info = {'name': 'rule:add', 'iden': self.iden, 'valu': rule}
            if indx is not None:
                mesg['indx'] = indx
            await self._push('rules', tuple(rules), gateiden=gateiden, mesg=mesg)

    async def delRule(self, rule: typing.Any, gateiden: str | None = None) -> bool:
        """Remove the first rule that equals this one. Returns False when there is none. Raises SchemaViolation."""
        rule = s_rules.req_rule(rule)
        async with self.auth.lock:
            rules = list(self.getRules(gateiden))
            if rule not in rules:
                return False
            rules.remove(rule)
            mesg = {'name': 'rule:del', 'iden': self.iden, 'valu': rule}
            await self._push('rules', tuple(rules), gateiden=gateiden, mesg=mesg)
        return True

    async def popRule(self, indx: int, gateiden: str | None = None) -> s_rules.Rule:
        """Remove and return the rule at a place in the list. Raises BadArg when there is no such place."""
        async with self.auth.lock:
            rules = list(self.getRules(gateiden))
            if not isinstance(indx, int) or not -len(rules) <= indx < len(rules):
                raise s_exc.BadArg(mesg=f'{self.kind.title()} {self.iden} only has {len(rules)} rules.')
            rule = rules.pop(indx)
            mesg = {'name': 'rule:del', 'iden': self.iden, 'valu': rule}
            await self._push('rules', tuple(rules), gateiden=gateiden, mesg=mesg)
        return rule


class Role(Subject):
    """A named set of rules that users may hold."""

    kind = 'role'

    def pack(self) -> Info:
        """Return ``{type, iden, name, rules, authgates}``."""
        return {
            'type': 'role',
            'iden': self.iden,
            'name': self.name,
            'rules': self.rules,
            'authgates': {iden: dict(info) for (iden, info) in self.authgates.items()},
        }

    def clear_cache(self) -> None:
        """Forget what users with this role were allowed."""
        self.auth.clear_role_cache(self.iden)

    def allowed(
        self, perm: typing.Sequence[str], default: bool | None = None, gateiden: str | None = None
    ) -> bool | None:
        """Return what the role alone says: with a gate only its rules there, else its own rules; or the default."""
        rule = s_rules.find(self.getRules(gateiden), s_rules.norm_perm(perm))
        return default if rule is None else rule[0]

    async def setName(self, name: str) -> None:
        """Rename the role. Raises DupRoleName, BadArg (the role all keeps its name)."""
        if self.iden == self.auth.allrole.iden:
            raise s_exc.BadArg(mesg='Role "all" may not be renamed.')
        async with self.auth.lock:
            if self.auth.req_role_name(name, self.iden) != self.name:
                await self.auth.push_name(self.kind, self.iden, name)


class Gate:
    """An object of a service (a view, a layer, a queue...) on which rules may be given.

    Attributes:
        iden: The iden of the object. type: What it is. users, roles: Who has rules here, by iden.
    """

    def __init__(self, auth: s_auth.Auth, iden: str, gatetype: str) -> None:
        self.auth = auth
        self.iden = iden
        self.type = gatetype
        self.users: dict[str, s_users.User] = {}
        self.roles: dict[str, Role] = {}

    def pack(self) -> Info:
        """Return ``{iden, type, users: [{iden, rules, admin}], roles: [...]}``."""
        return {
            'iden': self.iden,
            'type': self.type,
            'users': [self._entry(user) for user in self.users.values()],
            'roles': [self._entry(role) for role in self.roles.values()],
        }

    def _entry(self, subj: Subject) -> Info:
        info = subj.authgates.get(self.iden, {})
        return {'iden': subj.iden, 'rules': info.get('rules', ()), 'admin': info.get('admin', False)}
