"""The front door of Telepath: what clients and plugin authors import (promise path ``synapse.telepath``).

async with await s_telepath.openurl('cell:///srv/cortex00') as proxy:
    print(await proxy.getCellInfo())
    async for mesg in proxy.storm('inet:fqdn'):
        ...

with s_telepath.openurl('tcp://user:secret@host:27492/') as proxy:  # from blocking code
    print(proxy.getCellInfo())
"""

from __future__ import annotations

from synapse.lib.telepath import (
    Aware,
    Burst,
    CertDir,
    Client,
    ClientV2,
    Daemon,
    Genr,
    GenrMethod,
    Method,
    Proxy,
    RawBurst,
    Session,
    Share,
    addAhaUrl,
    addCertPath,
    alias,
    caller,
    chopurl,
    delAhaUrl,
    delCertPath,
    getCertDir,
    loadTeleCell,
    loadTeleEnv,
    mergeAhaInfo,
    modurl,
    open,
    openinfo,
    openurl,
    registries,
    resolvers,
    sanitize,
    withTeleEnv,
    zipurl,
)

__all__ = [
    'Aware',
    'Burst',
    'CertDir',
    'Client',
    'ClientV2',
    'Daemon',
    'Genr',
    'GenrMethod',
    'Method',
    'Proxy',
    'RawBurst',
    'Session',
    'Share',
    'addAhaUrl',
    'addCertPath',
    'alias',
    'caller',
    'chopurl',
    'delAhaUrl',
    'delCertPath',
    'getCertDir',
    'loadTeleCell',
    'loadTeleEnv',
    'mergeAhaInfo',
    'modurl',
    'open',
    'openinfo',
    'openurl',
    'registries',
    'resolvers',
    'sanitize',
    'withTeleEnv',
    'zipurl',
]
