"""The change events of auth and what applies them (cell.md 7.1, 5.10). Plain functions: nothing waits in here."""

from __future__ import annotations

import typing

import synapse.lib.auth.apikeys as s_apikeys
import synapse.lib.auth.maps as s_maps
import synapse.lib.auth.registry as s_registry
import synapse.lib.auth.sessions as s_sessions
import synapse.lib.auth.subjects as s_subjects
import synapse.lib.nexus as s_nexus

Info = s_subjects.Info
Item = tuple[int, typing.Any]
Behold = typing.Callable[..., None]


class AuthEvents(s_registry.Registry, s_nexus.Pusher):
    """The registry, driven by the log.

    Attributes:
        beholder: Called with ``(event, offset, info, gates=...)`` after each change. Set by the cell.
        apikeys, sessions, maps: What else is kept for users; they go when the user goes.
    """

    beholder: Behold | None
    apikeys: s_apikeys.ApiKeys
    sessions: s_sessions.Sessions
    maps: dict[str, s_maps.MapTable]

    def _behold(self, event: str, nexsitem: Item, info: Info, gates: typing.Sequence[s_subjects.Gate] = ()) -> None:
        if self.beholder is not None:
            # watchers are told the offset that they would read next
            self.beholder(event, (nexsitem[0] or 0) + 1, info, gates=[gate.pack() for gate in gates])

    # ----- users and roles --------------------------------------------------------------------------------------------

    @s_nexus.Pusher.onPush('user:add', passitem=True)
    def _on_user_add(self, iden: str, name: str, nexsitem: Item) -> None:
        self._behold('user:add', nexsitem, self.apply_add('user', iden, name).pack())

    @s_nexus.Pusher.onPush('role:add', passitem=True)
    def _on_role_add(self, iden: str, name: str, nexsitem: Item) -> None:
        self._behold('role:add', nexsitem, self.apply_add('role', iden, name).pack())

    @s_nexus.Pusher.onPush('user:del', passitem=True)
    def _on_user_del(self, iden: str, nexsitem: Item) -> None:
        gates = self.apply_del('user', iden)
        self.apikeys.apply_drop(iden)
        self.sessions.apply_drop(iden)
        for table in self.maps.values():
            table.apply_drop(iden)
        self._behold('user:del', nexsitem, {'iden': iden}, gates)

    @s_nexus.Pusher.onPush('role:del', passitem=True)
    def _on_role_del(self, iden: str, nexsitem: Item) -> None:
        self._behold('role:del', nexsitem, {'iden': iden}, self.apply_del('role', iden))

    @s_nexus.Pusher.onPush('user:name', passitem=True)
    def _on_user_name(self, iden: str, name: str, nexsitem: Item) -> None:
        self.apply_name('user', iden, name)
        self._behold('user:name', nexsitem, {'iden': iden, 'valu': name})

    @s_nexus.Pusher.onPush('role:name', passitem=True)
    def _on_role_name(self, iden: str, name: str, nexsitem: Item) -> None:
        self.apply_name('role', iden, name)
        self._behold('role:name', nexsitem, {'iden': iden, 'valu': name})

    @s_nexus.Pusher.onPush('user:info', passitem=True)
    def _on_user_info(
        self,
        iden: str,
        name: str,
        valu: typing.Any,
        gateiden: str | None = None,
        logged: bool = True,
        mesg: Info | None = None,
        nexsitem: Item = (0, None),
    ) -> None:
        self._apply_info('user', iden, name, valu, gateiden, mesg, nexsitem)
        if name in ('locked', 'archived') and valu:
            self.sessions.apply_drop(iden)

    @s_nexus.Pusher.onPush('role:info', passitem=True)
    def _on_role_info(
        self,
        iden: str,
        name: str,
        valu: typing.Any,
        gateiden: str | None = None,
        mesg: Info | None = None,
        nexsitem: Item = (0, None),
    ) -> None:
        self._apply_info('role', iden, name, valu, gateiden, mesg, nexsitem)

    def _apply_info(
        self,
        kind: str,
        iden: str,
        name: str,
        valu: typing.Any,
        gateiden: str | None,
        mesg: Info | None,
        nexsitem: Item,
    ) -> None:
        self.apply_info(kind, iden, name, valu, gateiden=gateiden)
        if mesg is None:
            mesg = {'iden': iden, 'name': name}
            if name not in s_registry.SECRETS:
                mesg['valu'] = valu
        self._behold(f'{kind}:info', nexsitem, mesg, [self.reqAuthGate(gateiden)] if gateiden is not None else ())

    # ----- values kept for users --------------------------------------------------------------------------------------

    @s_nexus.Pusher.onPush('user:profile:set')
    def _on_profile_set(self, iden: str, name: str, valu: typing.Any) -> typing.Any:
        self.reqUser(iden)
        return self.maps['profile'].apply_set(iden, name, valu)

    @s_nexus.Pusher.onPush('user:profile:pop')
    def _on_profile_pop(self, iden: str, name: str, default: typing.Any = None) -> typing.Any:
        return self.maps['profile'].apply_pop(iden, name, default)

    @s_nexus.Pusher.onPush('user:var:set')
    def _on_var_set(self, iden: str, name: str, valu: typing.Any) -> typing.Any:
        self.reqUser(iden)
        return self.maps['var'].apply_set(iden, name, valu)

    @s_nexus.Pusher.onPush('user:var:pop')
    def _on_var_pop(self, iden: str, name: str, default: typing.Any = None) -> typing.Any:
        return self.maps['var'].apply_pop(iden, name, default)

    # ----- keys and sessions ------------------------------------------------------------------------------------------

    @s_nexus.Pusher.onPush('user:apikey:add')
    def _on_apikey_add(self, kdef: Info) -> None:
        self.reqUser(kdef['user'])
        self.apikeys.apply_put(kdef)

    @s_nexus.Pusher.onPush('user:apikey:edit')
    def _on_apikey_edit(self, useriden: str, iden: str, name: str, valu: typing.Any, updated: int) -> None:
        self.apikeys.apply_edit(iden, name, valu, updated)

    @s_nexus.Pusher.onPush('user:apikey:del')
    def _on_apikey_del(self, useriden: str, iden: str) -> None:
        self.apikeys.apply_del(iden)

    @s_nexus.Pusher.onPush('http:sess:add')
    def _on_sess_add(self, iden: str, info: Info, cutoff: int = 0) -> None:
        user = self.user(info['user'])
        # who was locked or deleted during the login would have a session that has not ended with it
        if user is not None and not user.isLocked():
            self.sessions.apply_add(iden, info, cutoff)

    @s_nexus.Pusher.onPush('http:sess:del')
    def _on_sess_del(self, iden: str) -> None:
        self.sessions.apply_del(iden)

    @s_nexus.Pusher.onPush('http:sess:update')
    def _on_sess_update(self, iden: str, valus: Info) -> None:
        self.sessions.apply_update(iden, valus)
