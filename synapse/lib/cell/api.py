"""CellApi: what a remote caller may ask of every cell, put together from topics (cell.md 6)."""

from __future__ import annotations

import synapse.lib.cell.apiauth as s_apiauth
import synapse.lib.cell.apibase as s_apibase
import synapse.lib.cell.apiops as s_apiops

adminapi = s_apibase.adminapi


class CellApi(
    s_apiops.FactsApi,
    s_apiops.TaskApi,
    s_apiops.ChangesApi,
    s_apiops.FollowApi,
    s_apiops.BackupApi,
    s_apiops.TreeApi,
    s_apiauth.UserApi,
    s_apiauth.RoleApi,
    s_apiauth.SecretsApi,
    s_apiauth.ByNameApi,
):
    """Remote API of a cell (promise path ``synapse.lib.cell.CellApi``). Services subclass it and add methods.

    One object is made for each connection; ``self.cell`` is the service, ``self.user`` the caller.
    """
