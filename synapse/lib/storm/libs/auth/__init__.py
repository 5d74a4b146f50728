"""Who may do what: ``$lib.auth``, ``$lib.user``, ``$lib.globals``, ``$lib.vault`` (spec: storm-runtime.md 16, 18).

The users, roles and gates themselves belong to the cell (``synapse.lib.auth``); a library asks for the right of the
user whose query runs, and calls them. An object holds an iden only, so it tells what holds now, not what held when the
query got it.

- ``vars``: named values that stay, of the service and of a user.
- ``objs``: users, roles and gates as objects. ``auth``: finding and making them; rules and easy permissions.
- ``vault``: secrets and settings, and who may use them.
"""

from synapse.lib.storm.libs.auth import auth as auth, objs as objs, vars as vars, vault as vault
