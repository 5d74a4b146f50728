"""From the name of a service to its address: ``aha://`` URLs (spec: telepath.md 13, aha.md 6).

The registries of this process (``env``) are asked in order; one that refuses connections is passed over as long as
another can answer. Each has one reconnecting client in each event loop that asks, which stays until the registry is
forgotten: a look-up is one call.
"""

from __future__ import annotations

import asyncio
import logging
import typing

import yaml

import synapse.exc as s_exc
import synapse.lib.limits as s_limits
import synapse.lib.telepath.client as s_client
import synapse.lib.telepath.connect as s_connect
import synapse.lib.telepath.env as s_env
import synapse.lib.telepath.proxy as s_proxy
import synapse.lib.telepath.urls as s_urls

logger = logging.getLogger(__name__)

Entry = dict[str, typing.Any]

# From this release on AHA understands filters.
VERS_FILTERS = (2, 95, 0)


class Away(TimeoutError):
    """No server of a registry could be reached."""


async def client_of(registry: s_env.AhaRegistry) -> s_client.Client:
    """Return the client of this event loop for a registry."""
    loop = asyncio.get_running_loop()
    client = registry.clients.get(loop)
    if client is None or client.isfini:
        client = registry.clients[loop] = await s_client.Client.anit(list(registry.urls))
    return typing.cast(s_client.Client, client)


async def connected(registry: s_env.AhaRegistry, patient: bool = True) -> s_proxy.Proxy:
    """Return a proxy to a registry. Raises Away, which tells why it could not be reached.

    Args:
        patient: Wait for one that cannot be reached at first: it may be starting.
    """
    client = await client_of(registry)
    try:
        if patient or await client._t_settled(s_limits.AHA_CALL_SECS):
            return await client.proxy(timeout=s_limits.AHA_CALL_SECS)
    except TimeoutError:
        pass
    why = client._t_trouble()
    text = f'No AHA server answers at {", ".join(s_urls.sanitize(registry.urls))}'
    raise Away(f'{text}: {why}' if why else text)


async def ask(proxy: s_proxy.Proxy, name: str, mirror: bool) -> Entry | None:
    """Return the registry entry of a name, None when there is none. Raises TimeoutError and what AHA raises."""
    kwargs = {}
    if (proxy._getSynVers() or ()) >= VERS_FILTERS:
        kwargs['filters'] = {'mirror': mirror}
    async with asyncio.timeout(s_limits.AHA_CALL_SECS):
        entry = await proxy.call('getAhaSvc', name, **kwargs)
    return typing.cast('Entry | None', entry)


def is_online(entry: Entry) -> bool:
    """Return True when a registry entry is of a service that is connected to AHA now."""
    return bool(entry.get('svcinfo', {}).get('online'))


async def lookup(name: str, mirror: bool = False) -> tuple[s_proxy.Proxy, Entry]:
    """Return the registry entry of a service that is online, and a proxy to the registry that knows it.

    Args:
        name: Full name of a service, alias of its leader, or ``name...`` in the network of the registry.
        mirror: Ask for one that follows it.

    Raises:
        NotReady: There are no registries. NoSuchName: None of them knows it. And what the last that failed raised.
    """
    if not s_env.registries:
        raise s_exc.NotReady(mesg=f'No aha servers registered to lookup {name}', name=name, host=name)
    try:
        return await _first(name, mirror, patient=False)
    except Away:
        pass
    try:
        return await _first(name, mirror, patient=True)
    except Away as e:
        raise TimeoutError(str(e)) from None


async def _first(name: str, mirror: bool, patient: bool) -> tuple[s_proxy.Proxy, Entry]:
    """Ask the registries in order until one knows a service that is online."""
    trouble: Exception | None = None
    for registry in tuple(s_env.registries.values()):
        try:
            proxy = await connected(registry, patient)
            entry = await ask(proxy, name, mirror)
        except Exception as e:
            if patient or not isinstance(e, Away):
                logger.warning('Unable to get aha client (%s): %s', ', '.join(s_urls.sanitize(registry.urls)), e)
            trouble = e
            continue
        if entry is not None and is_online(entry):
            return proxy, entry
    if trouble is not None:
        raise trouble
    raise s_exc.NoSuchName(mesg=f'aha lookup failed: {name}', name=name)


def wants_mirror(info: s_urls.Info) -> bool:
    """Return what ``?mirror=`` of a URL says. Raises BadUrl when that is nothing that could be true or false."""
    valu = info.get('mirror', False)
    try:
        return bool(yaml.safe_load(valu) if isinstance(valu, str) else valu)
    except yaml.YAMLError:
        raise s_exc.BadUrl(mesg=f'mirror= must be true or false: {valu}', valu=valu) from None


def merge(info: s_urls.Info, entry: Entry) -> s_urls.Info:
    """Return the info of a URL with the address of its registry entry."""
    return s_urls.mergeAhaInfo(info, entry['svcinfo']['urlinfo'])


async def resolve(info: s_urls.Info) -> s_urls.Info:
    """Return the info map of the service that an ``aha://`` URL names (see ``lookup``)."""
    _, entry = await lookup(str(info.get('host')), mirror=wants_mirror(info))
    return merge(info, entry)


s_connect.resolvers['aha'] = resolve
