"""Registry: all users, roles and gates, in memory and in the tables of a slab. It knows nothing of the log.

The ``apply_*`` methods are the bodies of the change handlers. They are plain functions of the stored state and their
arguments (deterministic), they may be repeated without harm, and they check again what must never be broken, since two
callers may have passed the same check before their changes met in the log.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.auth.rules as s_rules
import synapse.lib.auth.subjects as s_subjects
import synapse.lib.auth.users as s_users
import synapse.lib.slab as s_slab

Info = s_subjects.Info

# Values of a user record that never leave the service.
SECRETS = frozenset(('passwd', 'onepass', 'policy:previous', 'policy:attempts'))

_USER: Info = {
    'rules': (),
    'roles': (),
    'admin': False,
    'email': None,
    'locked': False,
    'archived': False,
    'authgates': {},
}
_ROLE: Info = {'rules': (), 'authgates': {}}


class Registry:
    """Look-ups, and the state that the log drives. `Auth` is one of these that has a log."""

    def init_registry(self, slab: s_slab.Slab) -> None:
        """Load everything from the slab."""
        self._gatetable = s_slab.KeyVal(slab, 'auth:gates')
        self._usertable = s_slab.KeyVal(slab, 'auth:users')
        self._roletable = s_slab.KeyVal(slab, 'auth:roles')
        self._gates: dict[str, s_subjects.Gate] = {}
        self._users: dict[str, s_users.User] = {}
        self._roles: dict[str, s_subjects.Role] = {}
        self._usersbyname: dict[str, s_users.User] = {}
        self._rolesbyname: dict[str, s_subjects.Role] = {}
        for iden, gatetype in self._gatetable.items():
            self._gates[iden] = s_subjects.Gate(self.auth, iden, gatetype)
        for iden, info in self._roletable.items():
            self._index(s_subjects.Role(self.auth, iden, info))
        for iden, info in self._usertable.items():
            self._index(s_users.User(self.auth, iden, info))

    @property
    def auth(self) -> typing.Any:
        """The object that users and roles turn to."""
        return self

    def _index(self, subj: s_users.User | s_subjects.Role) -> None:
        if isinstance(subj, s_users.User):
            self._users[subj.iden] = self._usersbyname[subj.name] = subj
        else:
            self._roles[subj.iden] = self._rolesbyname[subj.name] = subj
        for iden in subj.authgates:
            self._join_gate(subj, iden)

    def _join_gate(self, subj: s_subjects.Subject, gateiden: str) -> None:
        gate = self._gates.get(gateiden)
        if gate is not None:
            members: dict[str, typing.Any] = gate.users if subj.kind == 'user' else gate.roles
            if gateiden in subj.authgates:
                members[subj.iden] = subj
            else:
                members.pop(subj.iden, None)

    # ----- look-ups ---------------------------------------------------------------------------------------------------

    def user(self, iden: str) -> s_users.User | None:
        """Return a user by iden."""
        return self._users.get(iden)

    def role(self, iden: str) -> s_subjects.Role | None:
        """Return a role by iden."""
        return self._roles.get(iden)

    def users(self) -> list[s_users.User]:
        """Return all users by name."""
        return sorted(self._users.values(), key=lambda user: user.name)

    def roles(self) -> list[s_subjects.Role]:
        """Return all roles by name."""
        return sorted(self._roles.values(), key=lambda role: role.name)

    def getUserByName(self, name: str) -> s_users.User | None:
        """Return a user by name."""
        return self._usersbyname.get(name)

    def getRoleByName(self, name: str) -> s_subjects.Role | None:
        """Return a role by name."""
        return self._rolesbyname.get(name)

    def reqUser(self, iden: str) -> s_users.User:
        """Return a user by iden. Raises NoSuchUser."""
        user = self._users.get(iden)
        if user is None:
            raise s_exc.NoSuchUser(mesg=f'No user with iden {iden}.', user=iden)
        return user

    def reqRole(self, iden: str) -> s_subjects.Role:
        """Return a role by iden. Raises NoSuchRole."""
        role = self._roles.get(iden)
        if role is None:
            raise s_exc.NoSuchRole(mesg=f'No role with iden {iden}.')
        return role

    def reqUserByName(self, name: str) -> s_users.User:
        """Return a user by name. Raises NoSuchUser."""
        user = self._usersbyname.get(name)
        if user is None:
            raise s_exc.NoSuchUser(mesg=f'No user named {name}.', username=name)
        return user

    def reqRoleByName(self, name: str) -> s_subjects.Role:
        """Return a role by name. Raises NoSuchRole."""
        role = self._rolesbyname.get(name)
        if role is None:
            raise s_exc.NoSuchRole(mesg=f'No role named {name}.')
        return role

    def getAuthGate(self, iden: str) -> s_subjects.Gate | None:
        """Return a gate by iden."""
        return self._gates.get(iden)

    def getAuthGates(self) -> list[s_subjects.Gate]:
        """Return all gates."""
        return list(self._gates.values())

    def reqAuthGate(self, iden: str) -> s_subjects.Gate:
        """Return a gate by iden. Raises NoSuchAuthGate."""
        gate = self._gates.get(iden)
        if gate is None:
            raise s_exc.NoSuchAuthGate(mesg=f'No auth gate found with iden: ({iden}).', iden=iden)
        return gate

    def clear_role_cache(self, iden: str) -> None:
        """Forget what users with a role were allowed."""
        for user in self._users.values():
            if iden in user.roleidens:
                user.clear_cache()

    # ----- gates: made and removed by services, inside of their own change handlers ----------------------------------

    def addAuthGate(self, iden: str, gatetype: str) -> s_subjects.Gate:
        """Return the gate for an object of a service, made when there is none. Not logged: part of another change.

        Raises InconsistentStorage when there is one of another type.
        """
        gate = self._gates.get(iden)
        if gate is None:
            gate = self._gates[iden] = s_subjects.Gate(self.auth, iden, gatetype)
            self._gatetable.set(iden, gatetype)
            for subj in (*self._users.values(), *self._roles.values()):
                if iden in subj.authgates:
                    self._join_gate(subj, iden)
        elif gate.type != gatetype:
            mesg = f'Auth gate {iden} has the type {gate.type}, not {gatetype}.'
            raise s_exc.InconsistentStorage(mesg=mesg, iden=iden)
        return gate

    def delAuthGate(self, iden: str) -> bool:
        """Remove a gate with all rules on it. Returns False when there was none. Not logged: part of another change."""
        gate = self._gates.pop(iden, None)
        if gate is None:
            return False
        for subj in (*gate.users.values(), *gate.roles.values()):
            gates = {name: info for (name, info) in subj.authgates.items() if name != iden}
            self._save(subj, {**subj.info, 'authgates': gates})
        self._gatetable.pop(iden)
        return True

    # ----- changes ----------------------------------------------------------------------------------------------------

    def _save(self, subj: s_subjects.Subject, info: Info) -> None:
        (self._usertable if subj.kind == 'user' else self._roletable).set(subj.iden, info)
        subj.load(info)

    def _find(self, kind: str, iden: str) -> s_users.User | s_subjects.Role:
        return self.reqUser(iden) if kind == 'user' else self.reqRole(iden)

    def apply_add(self, kind: str, iden: str, name: str) -> s_users.User | s_subjects.Role:
        """Add a user or role. Returns the one with that iden when there is one. Raises DupUserName, DupRoleName."""
        found = self._users.get(iden) if kind == 'user' else self._roles.get(iden)
        if found is not None:
            return found
        if kind == 'user':
            self.req_new_user_name(name)
            user = s_users.User(self.auth, iden, {**_USER, 'name': name})
            self._save(user, user.info)
            self._index(user)
            return user
        self.req_new_role_name(name)
        role = s_subjects.Role(self.auth, iden, {**_ROLE, 'name': name})
        self._save(role, role.info)
        self._index(role)
        return role

    def apply_del(self, kind: str, iden: str) -> list[s_subjects.Gate]:
        """Remove a user or role, with all that was given to it. Returns the gates that it had rules on."""
        subj = self._users.pop(iden, None) if kind == 'user' else self._roles.pop(iden, None)
        if subj is None:
            return []
        gates = [self._gates[gateiden] for gateiden in subj.authgates if gateiden in self._gates]
        if isinstance(subj, s_users.User):
            del self._usersbyname[subj.name]
            self._usertable.pop(iden)
            for gate in gates:
                gate.users.pop(iden, None)
            # whoever still holds the object (a session that is open) may do nothing with it
            subj.load({**subj.info, 'locked': True, 'admin': False})
            return gates
        del self._rolesbyname[subj.name]
        self._roletable.pop(iden)
        for gate in gates:
            gate.roles.pop(iden, None)
        for user in self._users.values():
            if iden in user.roleidens:
                roles = tuple(role for role in user.roleidens if role != iden)
                self._save(user, {**user.info, 'roles': roles})
        return gates

    def apply_name(self, kind: str, iden: str, name: str) -> None:
        """Rename a user or role. Raises NoSuchUser, NoSuchRole, DupUserName, DupRoleName."""
        subj = self._find(kind, iden)
        if subj.name == name:
            return
        if kind == 'user':
            self.req_new_user_name(name)
        else:
            self.req_new_role_name(name)
        byname: dict[str, typing.Any] = self._usersbyname if kind == 'user' else self._rolesbyname
        byname.pop(subj.name)
        self._save(subj, {**subj.info, 'name': name})
        byname[name] = subj

    def apply_info(self, kind: str, iden: str, name: str, valu: typing.Any, gateiden: str | None = None) -> None:
        """Set one value of a user or role, or its rules or admin state on a gate.

        Raises NoSuchUser, NoSuchRole, NoSuchAuthGate, SchemaViolation.
        """
        subj = self._find(kind, iden)
        if name == 'rules':
            valu = s_rules.req_rules(valu)
        elif name == 'roles':
            valu = tuple(role for role in valu if role in self._roles)  # one may have been deleted meanwhile
        if gateiden is not None:
            self.reqAuthGate(gateiden)
            self._apply_gate(subj, name, valu, gateiden)
            return
        info = {**subj.info, name: valu}
        if name == 'archived' and valu:
            info['locked'] = True
        self._save(subj, info)

    def _apply_gate(self, subj: s_subjects.Subject, name: str, valu: typing.Any, gateiden: str) -> None:
        entry = {**subj.authgates.get(gateiden, {}), name: valu}
        gates = {**subj.authgates, gateiden: entry}
        if not entry.get('admin') and not entry.get('rules'):
            del gates[gateiden]
        self._save(subj, {**subj.info, 'authgates': gates})
        self._join_gate(subj, gateiden)

    # ----- what must not be broken ------------------------------------------------------------------------------------

    def req_new_user_name(self, name: str) -> None:
        """Raise DupUserName when the name is taken."""
        if name in self._usersbyname:
            raise s_exc.DupUserName(mesg=f'Duplicate username, {name=} already exists.', name=name)

    def req_new_role_name(self, name: str) -> None:
        """Raise DupRoleName when the name is taken."""
        if name in self._rolesbyname:
            raise s_exc.DupRoleName(mesg=f'Duplicate role name, {name=} already exists.', name=name)
