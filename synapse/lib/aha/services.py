"""Services come and go (aha.md 4, 5): registration, look-up, and who is there.

A registration holds as long as the session that made it. AHA keeps a token of the session with the entry; when the
session ends, the entry goes offline if the token is still that one: somebody may have taken the name over meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.aha.names as s_names
import synapse.lib.aha.registry as s_registry
import synapse.lib.aha.terms as s_terms
import synapse.lib.limits as s_limits
import synapse.lib.nexus as s_nexus
import synapse.lib.telepath as s_telepath

Any = typing.Any
Entry = s_registry.Entry
logger = logging.getLogger('synapse.lib.aha')
onPush = s_nexus.Pusher.onPush

# What AHA itself reads of the info of a service, and compares with that of others.
_TEXT = (str, type(None))
KINDS: dict[str, tuple[type, ...]] = {
    'iden': _TEXT,
    'run': _TEXT,
    'leader': _TEXT,
    'ready': (bool, type(None)),
    'term': (int, type(None)),
}


def req_info(info: Any) -> dict[str, Any]:
    """Return what a service tells of itself. Raises BadArg."""
    urlinfo = info.get('urlinfo') if isinstance(info, dict) else None
    if not isinstance(urlinfo, dict):
        raise s_exc.BadArg(mesg='The info of a service must be a dictionary with a dictionary urlinfo.', name='info')
    if not isinstance(urlinfo.get('host', ''), str):
        raise s_exc.BadArg(mesg='The host of a service must be a string.', name='info')
    for name, kinds in KINDS.items():
        if not isinstance(info.get(name), kinds):
            raise s_exc.BadArg(mesg=f'The {name} of a service is of a wrong type: {info[name]!r:.80}', name='info')
    if len(s_common.en(info)) > s_limits.AHA_INFO_BYTES:
        raise s_exc.BadArg(mesg=f'The info of a service must not exceed {s_limits.AHA_INFO_BYTES} bytes.', name='info')
    return typing.cast(dict[str, Any], info)


class Services(s_terms.Terms):
    """The slice of AHA that knows the services.

    Attributes:
        services: The table. node: Marks the tokens of this AHA among those of its mirrors.
        live: Sessions that hold registrations here, by the token in the entries.
    """

    services: s_registry.Registry
    node: str
    live: dict[str, s_telepath.Session]

    # -- questions

    def getAhaSvc(self, name: str, filters: dict[str, Any] | None = None) -> Entry | None:
        """Return the entry of a full name (``name...`` is one of our network), None when there is none.

        Args:
            filters: ``{'mirror': True}`` returns one of the followers in place of the leader, if there is one.
        """
        if filters is not None and not isinstance(filters, dict):
            raise s_exc.BadArg(mesg='The filters must be a dictionary.', name='filters')
        entry = self.services.get(s_names.expand(name, self.conf.get('aha:network')))
        return None if entry is None else self.services.pick(entry, bool((filters or {}).get('mirror')))

    def getAhaSvcs(self, network: str | None = None) -> list[Entry]:
        """Return all entries, or those of a network, in order."""
        return self.services.entries(network)

    def getAhaSvcMirrors(self, name: str) -> list[Entry] | None:
        """Return the followers of a service that are there and up to date, None for an unknown name."""
        entry = self.services.get(s_names.expand(name, self.conf.get('aha:network')))
        return None if entry is None else self.services.mirrors(entry)

    # -- changes

    async def addAhaSvc(
        self, name: str, info: dict[str, Any], network: str | None = None, sess: s_telepath.Session | None = None
    ) -> None:
        """Register a service, in place of what had the name.

        Args:
            name: Relative to the network; without one, it is divided at the first dot.
            info: What aha.md 3 calls svcinfo.
            sess: It is there as long as this session; without one it is offline.

        Raises:
            BadArg: Not a name, not an info. BadState: The leader of this service is another instance, by its term.
        """
        svcname, netw = s_names.split(name, network)
        info = {**req_info(info)}
        if info.get('ready') is None:
            info['ready'] = True
        info.pop('online', None)
        entry: Entry = {'name': f'{svcname}.{netw}', 'svcname': svcname, 'svcnetw': netw, 'svcinfo': info}
        self._req_free(entry['name'])
        # the handler decides; here, so that one who is refused and asks every second does not fill the log
        self._req_leader(entry)
        # a task of AHA itself: when the caller goes away in between, the registration must still be followed by its end
        await asyncio.shield(self.schedCoro(self._register(entry, sess)))

    def _req_leader(self, entry: Entry) -> None:
        """Raise BadState when an entry is the name of a leader that was deposed."""
        if s_registry.is_alias(entry):
            self.req_term(entry['svcinfo'].get('iden'), entry['svcinfo'].get('term'))

    def _req_free(self, name: str) -> None:
        """Raise DupName when a name is not for a service."""

    async def _register(self, entry: Entry, sess: s_telepath.Session | None) -> None:
        if sess is None:
            await self._push('aha:svc:add', entry)
            return
        token = s_common.guid((sess.iden, 'aha:online'))[: -len(self.node)] + self.node
        entry['svcinfo']['online'] = token
        if token not in self.live and not sess.isfini:
            self.live[token] = sess
            sess.onfini(lambda: self._lost(token))
        await self._push('aha:svc:add', entry)
        if sess.isfini:
            self._lost(token)

    async def modAhaSvcInfo(self, name: str, svcinfo: dict[str, Any]) -> bool:
        """Change ``ready`` of a service; False for an unknown name. Raises BadArg."""
        ready = req_ready(svcinfo)
        entry = self.services.get(s_names.expand(name, self.conf.get('aha:network')))
        if entry is None:
            return False
        return True if ready is None else bool(await self._push('aha:svc:ready', entry['name'], ready))

    async def delAhaSvc(self, name: str, network: str | None = None) -> None:
        """Forget a service, if it is known."""
        if network is not None:
            name = f'{s_names.req_str(name, "name")}.{s_names.req_str(network, "network")}'
        else:
            name = s_names.expand(name, self.conf.get('aha:network'))
        if self.services.get(name) is not None:
            await self._push('aha:svc:del', name)

    # -- who is there

    def _lost(self, token: str) -> None:
        """A session has ended."""
        self.live.pop(token, None)
        if not self.isfini:
            self.schedCoro(self._take_down(token))

    async def _take_down(self, token: str) -> None:
        """Take offline what a session has registered. A mirror of AHA may have to wait for its leader."""
        while not self.isfini:
            names = [(name, held) for name, held in self.services.online() if held == token]
            if not names:
                return
            try:
                await self._push('aha:svc:down', names)
            except s_exc.SynErr as e:
                logger.warning('Cannot take services offline, trying again: %s', e)
                await asyncio.sleep(s_limits.AHA_RETRY)

    async def take_down_stale(self) -> None:
        """Take offline what is connected to nobody: after a restart what was connected to us, on a new leader all.

        A service that is connected to another AHA hears of it through that one, see ``_disown``.
        """
        stale = [(name, token) for name, token in self.services.online() if token not in self.live]
        names = [item for item in stale if self.isactive or item[1].endswith(self.node)]
        if names:
            await self._push('aha:svc:down', names)

    # -- apply

    @onPush('aha:svc:add')
    def _on_svc_add(self, entry: Entry) -> None:
        info = entry['svcinfo']
        self._req_free(entry['name'])
        self._req_leader(entry)
        self.services.put(entry)
        urlinfo = {key: info['urlinfo'].get(key) for key in ('scheme', 'host', 'port', 'path')}
        logger.info('Adding service [%s] from [%s]', entry['name'], s_telepath.zipurl(urlinfo))
        self._on_svc_changed(entry)

    @onPush('aha:svc:ready')
    def _on_svc_ready(self, name: str, ready: bool) -> bool:
        entry = self.services.get(name)
        if entry is None:
            return False
        logger.info('Setting service [%s] ready: %s', name, ready)
        self.services.change(entry, ready=ready)
        return True

    @onPush('aha:svc:down')
    def _on_svc_down(self, names: typing.Sequence[tuple[str, str]]) -> None:
        for name, token in names:
            entry = self.services.get(name)
            if entry is not None and entry['svcinfo'].get('online') == token:
                logger.info('Service [%s] is offline.', name)
                self.services.change(entry, drop=('online',), ready=False)
                self._disown(token)

    def _disown(self, token: str) -> None:
        """A new leader of AHA takes a session of ours for gone: end it, so that its service comes back and says so."""
        sess = self.live.get(token)
        if sess is not None and not sess.isfini:
            sess.hslink.close()

    @onPush('aha:svc:del')
    def _on_svc_del(self, name: str) -> None:
        entry = self.services.pop(name)
        if entry is not None:
            logger.info('Deleting service [%s].', name)
            self._on_svc_gone(name)

    def _on_svc_changed(self, entry: Entry) -> None:
        """Hook: a service was registered."""

    def _on_svc_gone(self, name: str) -> None:
        """Hook: a service was removed."""


def req_ready(svcinfo: Any) -> bool | None:
    """Return the new value of ``ready``, None when it is not to change. Raises BadArg."""
    if not isinstance(svcinfo, dict):
        raise s_exc.BadArg(mesg='The info of a service must be a dictionary.', name='svcinfo')
    for name in svcinfo:
        if name != 'ready':
            raise s_exc.BadArg(mesg=f'Editing AHA service info property ({name}) is not supported!', name=name)
    ready = svcinfo.get('ready')
    if 'ready' in svcinfo and not isinstance(ready, bool):
        raise s_exc.BadArg(mesg='The property ready of a service must be true or false.', name='ready')
    return ready
