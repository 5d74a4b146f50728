"""Commands about vaults, written in Storm."""

from __future__ import annotations

import typing

import synapse.lib.storm.purecmd as s_purecmd

arg, define = s_purecmd.arg, s_purecmd.define
_NAME = arg('name', 'The name of the vault.', type='str')
_TEXT: dict[str, typing.Any] = {'type': 'str'}
_USER = """
    $user = $lib.auth.users.byname($cmdopts.user)
    if ($user = null) { $lib.exit(`User with name {$cmdopts.user} not found.`) }
    $iden = $user.iden
"""
_ROLE = """
    $role = $lib.auth.roles.byname($cmdopts.role)
    if ($role = null) { $lib.exit(`Role with name {$cmdopts.role} not found.`) }
    $iden = $role.iden
"""

define(
    'vault.add',
    'Make a vault: for a user, a role, everybody, or without a scope.',
    [
        _NAME,
        arg('type', 'What it is for.', type='str'),
        arg('secrets', 'A dictionary of secrets.'),
        arg('configs', 'A dictionary of settings.'),
        arg('--user', 'The user it belongs to.', **_TEXT),
        arg('--role', 'The role it belongs to.', **_TEXT),
        arg('--unscoped', 'The user who administrates a vault without a scope.', **_TEXT),
        arg('--global', 'Make it for everybody.', action='store_true', default=False),
    ],
    f"""
    $iden = $lib.null
    $scope = $lib.null
    if $cmdopts.global {{ $scope = global }}
    elif ($cmdopts.user != null) {{ $scope = user {_USER} }}
    elif ($cmdopts.role != null) {{ $scope = role {_ROLE} }}
    elif ($cmdopts.unscoped != null) {{ {_USER.replace('cmdopts.user', 'cmdopts.unscoped')} }}
    else {{ $lib.exit("Must specify one of --user, --role, --unscoped, --global.") }}
    $vault = $lib.vault.add($cmdopts.name, $cmdopts.type, $scope, $iden, $cmdopts.secrets, $cmdopts.configs)
    $lib.print(`Vault created with iden: {{$vault}}.`)
    $lib.vault.print($lib.vault.get($vault))
    """,
)

for _part in ('secrets', 'configs'):
    define(
        f'vault.set.{_part}',
        f'Change one of the {_part} of a vault.',
        [
            _NAME,
            arg('key', 'Its name.', type='str'),
            arg('--value', 'Its value.'),
            arg('--delete', 'Remove it.', action='store_true', default=False),
        ],
        f"""
        $vault = $lib.vault.byname($cmdopts.name)
        $key = $cmdopts.key
        $data = $vault.{_part}
        if $cmdopts.delete {{
            $data.$key = $lib.undef
            $lib.print(`Removed {{$key}} from vault {_part}: {{$cmdopts.name}}.`)
        }} elif ($cmdopts.value = null) {{ $lib.exit("Must specify one of --value, --delete.") }}
        else {{
            $data.$key = $cmdopts.value
            $lib.print(`Set {{$key}}={{$cmdopts.value}} into vault {_part}: {{$cmdopts.name}}.`)
        }}
        """,
    )

define(
    'vault.set.perm',
    'Give a user or a role a level on a vault.',
    [
        _NAME,
        arg('--user', 'The user.', **_TEXT),
        arg('--role', 'The role.', **_TEXT),
        arg('--level', 'deny, read, edit or admin.', **_TEXT),
        arg('--revoke', 'Take the level away.', action='store_true', default=False),
    ],
    f"""
    $vault = $lib.vault.byname($cmdopts.name)
    $iden = $lib.null
    if ($cmdopts.user != null) {{ {_USER} }}
    elif ($cmdopts.role != null) {{ {_ROLE} }}
    else {{ $lib.exit("Must specify one of --user, --role.") }}
    $level = $lib.null
    if (not $cmdopts.revoke) {{
        $word = $cmdopts.level
        $level = $lib.auth.easyperm.level.$word
        if ($level = null) {{ $lib.exit(`Invalid level specified: {{$word}}. Valid values: deny, read, edit, admin.`) }}
    }}
    $vault.setPerm($iden, $level)
    $lib.print(`Successfully set permissions on vault {{$cmdopts.name}}.`)
    """,
)

define(
    'vault.del',
    'Remove a vault.',
    [_NAME],
    """
    $lib.vault.byname($cmdopts.name).delete()
    $lib.print(`Successfully deleted vault {$cmdopts.name}.`)
    """,
)

define(
    'vault.list',
    'List the vaults.',
    [
        arg('--name', 'Only the one of this name, or iden.', **_TEXT),
        arg('--type', 'Only those of this type.', **_TEXT),
        arg('--showsecrets', 'Show secrets as well, where they may be seen.', action='store_true', default=False),
    ],
    """
    $lib.print("Available Vaults")
    $lib.print("----------------")
    for $vault in $lib.vault.list() {
        if ($cmdopts.name != null and $vault.name != $cmdopts.name and $vault.iden != $cmdopts.name) { continue }
        if ($cmdopts.type != null and $vault.type != $cmdopts.type) { continue }
        $lib.vault.print($vault, showsecrets=($cmdopts.showsecrets and $vault.secrets != null))
        $lib.print("")
    }
    """,
)
