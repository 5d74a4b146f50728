"""``$lib.inet.whois``: guids for forms about records of WHOIS. Deprecated."""

from __future__ import annotations

import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.root as s_libroot
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

s_registry.libdoc('$lib.inet.whois', 'Records of WHOIS.')
_PROPS = {
    'iprec': ('net4', 'net6', 'asof', 'id'),
    'ipcontact': ('contact', 'asof', 'id', 'updated'),
    'ipquery': ('time', 'url', 'fqdn', 'ipv4', 'ipv6'),
}


@s_registry.lib('$lib.inet.whois.guid', readonly=False)
def whois_guid(rt: s_runtime.Runtime, props: typing.Any, form: str) -> str:
    """Return a guid made of those of some properties that tell a node of a form (iprec, ipcontact, ipquery) apart.

    With fewer than two of them it is a random one, and a warning. Deprecated: use the guid constructor.
    Raises: StormRuntimeError.
    """
    s_libroot.deprecated(rt, '$lib.inet.whois.guid() is deprecated. Use the GUID constructor syntax.')
    names = _PROPS.get(form)
    if names is None:
        raise s_exc.StormRuntimeError(mesg='No guid helpers available for this inet:whois form', form=form)
    props = s_coerce.toprim(props)
    if not isinstance(props, dict):
        raise s_exc.StormRuntimeError(mesg='Failed to iterate over props: they are no dict.')
    vals = sorted(str(props[name]) for name in names if props.get(name) is not None)
    if len(vals) < 2:
        rt.warn(f'Insufficient guid vals identified, using random guid: {vals}')
        return s_common.guid()
    return s_common.guid(vals)
