"""Commands about users, roles, gates and tasks. What they may do is decided by the library functions they call."""

from __future__ import annotations

import datetime
import typing

import synapse.lib.auth.rules as s_rules
import synapse.lib.storm.command as s_command
import synapse.lib.storm.commands.info as s_info
import synapse.lib.storm.libs.auth.auth as s_libauth
import synapse.lib.storm.libs.auth.objs as s_authobjs
import synapse.lib.storm.libs.services.cell as s_libcell
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Arg = s_command.Arg
Opts = s_command.Opts
Runtime = s_runtime.Runtime
call_lib, call_method, say = s_registry.call_lib, s_registry.call_method, s_info.say
AuthObj = s_authobjs.AuthObj
_NAME = Arg('name', type='str', help='The name.')
_RULE = Arg('rule', type='str', help='The rule, such as foo.bar or !foo.bar.')
_GATE = Arg('--gate', type='str', help='The iden of an object on which the rule is given.')
_INDEX = Arg('--index', type='int', help='The place of the rule in the list, from 0.')


def _flag(valu: Any) -> str:
    return 'true' if valu else 'false'


def _user(rt: Runtime, name: str, mesg: str = 'User ({}) not found!') -> AuthObj | None:
    user = s_libauth.users_byname(rt, name)
    if user is None:
        rt.warn(mesg.format(name))
    return user


def _role(rt: Runtime, name: str, mesg: str = 'Role ({}) not found!') -> AuthObj | None:
    role = s_libauth.roles_byname(rt, name)
    if role is None:
        rt.warn(mesg.format(name))
    return role


class Admin(s_info.Tell):
    """Base of these commands."""

    kind = 'user'

    def find(self, rt: Runtime, name: str) -> AuthObj | None:
        """Return the user or role of a name; warns when there is none."""
        return _user(rt, name) if self.kind == 'user' else _role(rt, name)


# users and roles alike


class _AddRule(Admin):
    """Add a rule."""

    args = (_NAME, _RULE, _GATE, _INDEX)

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        obj = self.find(rt, opts.name)
        if obj is not None:
            rule = s_rules.rule_from_text(opts.rule)
            await call_method(rt, obj, 'addRule', rule, gateiden=opts.gate, indx=opts.index)
            say(rt, f'Added rule {opts.rule} to {self.kind} {opts.name}.')


class _DelRule(Admin):
    """Remove a rule, by its text or (with --index) by its place."""

    args = (
        _NAME,
        _RULE,
        _GATE,
        Arg('--index', action='store_true', help='The rule argument is the place of the rule in the list.'),
    )

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        obj = self.find(rt, opts.name)
        if obj is None:
            return
        text = opts.rule
        if opts.index:
            text = s_rules.text_from_rule(await call_method(rt, obj, 'popRule', opts.rule, gateiden=opts.gate))
        else:
            await call_method(rt, obj, 'delRule', s_rules.rule_from_text(text), gateiden=opts.gate)
        say(rt, f'Removed rule {text} from {self.kind} {opts.name}.')


def _rules(rules: typing.Iterable[Any], indent: str) -> list[str]:
    return [f'{indent}[{str(indx).ljust(3)}] - {s_rules.text_from_rule(rule)}' for indx, rule in enumerate(rules)]


def _gates(obj: AuthObj) -> list[str]:
    lines = ['', '  Gates:']
    for iden, info in obj.item.authgates.items():
        gate = obj.item.auth.getAuthGate(iden)
        lines.append(f'    {iden} - ({"" if gate is None else gate.type})')
        if obj.storm_name == 'auth:user':
            lines.append(f'      Admin: {_flag(info.get("admin"))}')
        lines += _rules(info.get('rules', ()), '      ')
    return lines


@s_command.command
class UserAddRule(_AddRule):
    """Add a rule to a user."""

    name = 'auth.user.addrule'


@s_command.command
class RoleAddRule(_AddRule):
    """Add a rule to a role."""

    name = 'auth.role.addrule'
    kind = 'role'


@s_command.command
class UserDelRule(_DelRule):
    """Remove a rule from a user, by its text or (with --index) by its place."""

    name = 'auth.user.delrule'


@s_command.command
class RoleDelRule(_DelRule):
    """Remove a rule from a role, by its text or (with --index) by its place."""

    name = 'auth.role.delrule'
    kind = 'role'


# users


@s_command.command
class UserAdd(Admin):
    """Add a user."""

    name = 'auth.user.add'
    args = (_NAME, Arg('--email', type='str', help='The email address.'))

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        user = await call_lib(rt, '$lib.auth.users.add', opts.name, email=opts.email)
        say(rt, f'User ({opts.name}) added with iden: {user.iden}')


@s_command.command
class UserMod(Admin):
    """Change a user."""

    name = 'auth.user.mod'
    args = (
        Arg('username', type='str', help='The name of the user.'),
        Arg('--name', type='str', help='The new name.'),
        Arg('--email', type='str', help='The email address.'),
        Arg('--passwd', type='str', help='The password.'),
        Arg('--admin', type='bool', help='Whether the user is an admin.'),
        Arg('--gate', type='str', help='The iden of an object that the user becomes an admin of.'),
        Arg('--locked', type='bool', help='Whether the user is locked out.'),
    )

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        user = _user(rt, opts.username)
        if user is None:
            return
        shown = f'User ({opts.username})'
        if opts.name is not None:
            await typing.cast(Any, s_registry.SETTERS['auth:user'])(rt, user, 'name', opts.name)
            say(rt, f'{shown} renamed to {opts.name}.')
        if opts.email is not None:
            await call_method(rt, user, 'setEmail', opts.email)
            say(rt, f'{shown} email address set to {opts.email}.')
        if opts.passwd is not None:
            await call_method(rt, user, 'setPasswd', opts.passwd)
            say(rt, f'{shown} password updated.')
        if opts.locked is not None:
            await call_method(rt, user, 'setLocked', bool(opts.locked))
            say(rt, f'{shown} locked status set to {_flag(opts.locked)}.')
        if opts.admin is not None:
            await call_method(rt, user, 'setAdmin', bool(opts.admin), gateiden=opts.gate)
            where = '' if opts.gate is None else f' for auth gate {opts.gate}'
            say(rt, f'{shown} admin status set to {_flag(opts.admin)}{where}.')


@s_command.command
class UserShow(Admin):
    """Print what is known of a user."""

    name = 'auth.user.show'
    args = (Arg('username', type='str', help='The name of the user.'),)

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        user = _user(rt, opts.username, 'No user named: {}')
        if user is None:
            return
        item = user.item
        email = '$lib.null' if item.email is None else item.email
        say(rt, f'User: {item.name} ({item.iden})', '', f'  Locked: {_flag(item.isLocked())}')
        say(rt, f'  Admin: {_flag(item.isAdmin())}', f'  Email: {email}')
        say(rt, '  Rules:', *_rules(item.getRules(), '    '), '', '  Roles:')
        say(rt, *(f'    {role.iden} - {role.name}' for role in item.getRoles()), *_gates(user))


@s_command.command
class UserList(Admin):
    """Print the names of the users."""

    name = 'auth.user.list'

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        users = [user.item for user in s_libauth.users_list(rt)]
        say(rt, 'Users:', *(f'  {user.name}' for user in users if not user.isLocked()), '')
        say(rt, 'Locked Users:', *(f'  {user.name}' for user in users if user.isLocked()))


@s_command.command
class UserAllowed(Admin):
    """Print whether a user has a permission, and why."""

    name = 'auth.user.allowed'
    args = (
        Arg('username', type='str', help='The name of the user.'),
        Arg('permname', type='str', help='The permission, such as foo.bar.'),
        _GATE,
    )

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        user = _user(rt, opts.username, 'No user named: {}')
        if user is not None:
            allow, why = await call_method(rt, user, 'getAllowedReason', opts.permname, gateiden=opts.gate)
            say(rt, f'allowed: {_flag(allow)} - {why}')


@s_command.command
class UserGrant(Admin):
    """Give a role to a user."""

    name = 'auth.user.grant'
    args = (
        Arg('username', type='str', help='The name of the user.'),
        Arg('rolename', type='str', help='The name of the role.'),
        Arg('--index', type='int', help='The place of the role among the roles of the user, from 0.'),
    )

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        user = _user(rt, opts.username, 'No user named: {}')
        role = None if user is None else _role(rt, opts.rolename, 'No role named: {}')
        if user is not None and role is not None:
            say(rt, f'Granting role {opts.rolename} to user {opts.username}.')
            await call_method(rt, user, 'grant', role.iden, indx=opts.index)


@s_command.command
class UserRevoke(Admin):
    """Take a role away from a user."""

    name = 'auth.user.revoke'
    args = UserGrant.args[:2]

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        user = _user(rt, opts.username, 'No user named: {}')
        role = None if user is None else _role(rt, opts.rolename, 'No role named: {}')
        if user is None or role is None:
            return
        if not user.item.hasRole(role.iden):
            rt.warn(f'User {opts.username} does not have role {opts.rolename}')
            return
        say(rt, f'Revoking role {opts.rolename} from user {opts.username}.')
        await call_method(rt, user, 'revoke', role.iden)


# roles


@s_command.command
class RoleAdd(Admin):
    """Add a role."""

    name = 'auth.role.add'
    args = (_NAME,)

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        role = await call_lib(rt, '$lib.auth.roles.add', opts.name)
        say(rt, f'Role ({opts.name}) added with iden: {role.iden}')


@s_command.command
class RoleDel(Admin):
    """Delete a role."""

    name = 'auth.role.del'
    args = (_NAME,)

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        role = _role(rt, opts.name)
        if role is not None:
            await call_lib(rt, '$lib.auth.roles.del', role.iden)
            say(rt, f'Role ({opts.name}) deleted.')


@s_command.command
class RoleMod(Admin):
    """Rename a role."""

    name = 'auth.role.mod'
    args = (Arg('rolename', type='str', help='The name of the role.'), Arg('--name', type='str', help='The new name.'))

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        role = _role(rt, opts.rolename)
        if role is not None and opts.name is not None:
            await typing.cast(Any, s_registry.SETTERS['auth:role'])(rt, role, 'name', opts.name)
            say(rt, f'Role ({opts.rolename}) renamed to {opts.name}.')


@s_command.command
class RoleList(Admin):
    """Print the names of the roles."""

    name = 'auth.role.list'

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        say(rt, 'Roles:', *(f'  {role.item.name}' for role in s_libauth.roles_list(rt)))


@s_command.command
class RoleShow(Admin):
    """Print what is known of a role."""

    name = 'auth.role.show'
    args = (Arg('rolename', type='str', help='The name of the role.'),)

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        role = _role(rt, opts.rolename, 'No role named: {}')
        if role is not None:
            say(rt, f'Role: {role.item.name} ({role.iden})', '', '  Rules:', *_rules(role.item.getRules(), '    '))
            say(rt, *_gates(role))


@s_command.command
class GateShow(Admin):
    """Print who may do what on an object."""

    name = 'auth.gate.show'
    args = (Arg('gateiden', type='str', help='The iden of the object.'),)

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        auth = s_libauth.auth_of(rt)
        gate = auth.getAuthGate(opts.gateiden)
        if gate is None:
            rt.warn(f'No auth gate found for iden: {opts.gateiden}.')
            return
        info = gate.pack()
        say(rt, f'Gate Type: {gate.type}', '', 'Auth Gate Users:')
        for item in info['users']:
            say(rt, f'  {item["iden"]} - {auth.reqUser(item["iden"]).name}', f'    Admin: {_flag(item["admin"])}')
            say(rt, '    Rules:', *_rules(item['rules'], '      '))
        say(rt, '', 'Auth Gate Roles:')
        for item in info['roles']:
            say(rt, f'  {item["iden"]} - {auth.reqRole(item["iden"]).name}', '    Rules:')
            say(rt, *_rules(item['rules'], '      '))


# tasks


def _task_lines(task: Any, verbose: bool, isps: bool) -> list[str]:
    when = datetime.datetime.fromtimestamp(task.tick / 1000, datetime.UTC)
    info = dict(task.info)
    if not verbose and isinstance(info.get('query'), str) and len(info['query']) > 120:
        info['query'] = f'{info["query"][:120]}...'
    lines = [f'task iden: {task.iden}', f'    name: {task.name}', f'    user: {task.user.name}']
    lines.append('    status: $lib.null' if isps else '    service: $lib.null')
    lines += [f'    start time: {when:%Y-%m-%d %H:%M:%S}', '    metadata:']
    return lines + [f'    {line}' for line in str(info).splitlines()]


@s_command.command
class TaskList(Admin):
    """Print the running tasks."""

    name = 'task.list'
    args = (
        Arg('--verbose', action='store_true', help='Print long queries in full.'),
        Arg('--timeout', type='int', help='How many seconds to wait for other services.'),
    )

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        tasks = s_libcell.tasks(rt)
        for task in tasks:
            say(rt, *_task_lines(task, bool(opts.verbose), False))
        say(rt, f'{len(tasks)} task{"" if len(tasks) == 1 else "s"} found.')


@s_command.command
class TaskKill(Admin):
    """Stop a task."""

    name = 'task.kill'
    args = (
        Arg('iden', type='str', help='The iden of the task, or its beginning.'),
        Arg('--timeout', type='int', help='How many seconds to wait for other services.'),
    )

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        say(rt, f'kill status: {_flag(await s_libcell.kill(rt, opts.iden))}')


@s_command.command
class PsList(Admin):
    """Print the running tasks. Deprecated: use task.list."""

    name = 'ps.list'
    args = (Arg('--verbose', action='store_true', help='Print long queries in full.'),)

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        rt.warn('"ps.list" is deprecated: Use ``task.list`` instead.')
        tasks = s_libcell.tasks(rt)
        for task in tasks:
            say(rt, *_task_lines(task, bool(opts.verbose), True))
        say(rt, f'{len(tasks)} tasks found.')


@s_command.command
class PsKill(Admin):
    """Stop a task. Deprecated: use task.kill."""

    name = 'ps.kill'
    args = (Arg('iden', type='str', help='The iden of the task, or its beginning.'),)

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        rt.warn('"ps.kill" is deprecated: Use ``task.kill`` instead.')
        say(rt, f'kill status: {_flag(await s_libcell.kill(rt, opts.iden, "processes"))}')
