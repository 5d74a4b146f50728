"""Commands about the Storm pool: where queries of callers may run as well."""

from __future__ import annotations

import typing

import synapse.lib.storm.cmdargs as s_cmdargs
import synapse.lib.storm.command as s_command
import synapse.lib.storm.commands.admin as s_admin
import synapse.lib.storm.libs.misc as s_libmisc
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.telepath as s_telepath

Arg = s_cmdargs.Arg
Opts = s_command.Opts
Runtime = s_runtime.Runtime
say = s_admin.say


class _PoolCmd(s_admin.Admin):
    """Base of these commands, which are for admins only."""

    readonly = False

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        s_libmisc.req_admin(rt, f'{self.name} command requires global admin permissions.')
        await rt.editor.flush()
        await self.act(rt, rt.query.core.cortex.stormpool, opts)

    async def act(self, rt: Runtime, pool: typing.Any, opts: Opts) -> None:
        """Do what the command is for."""
        raise NotImplementedError


@s_command.command
class PoolSet(_PoolCmd):
    """Let queries run on the members of a pool, mirrors of this Cortex."""

    name = 'cortex.storm.pool.set'
    args = (
        Arg('--connection-timeout', type='int', default=2, help='How many seconds a member has to answer.'),
        Arg('--sync-timeout', type='int', default=2, help='How many seconds a member has to follow this Cortex.'),
        Arg('url', type='str', help='The Telepath URL, best that of a service pool of AHA.'),
    )

    async def act(self, rt: Runtime, pool: typing.Any, opts: Opts) -> None:
        await pool.set(opts.url, opts.sync_timeout, opts.connection_timeout)
        say(rt, 'Storm pool configuration set.')


@s_command.command
class PoolGet(_PoolCmd):
    """Show the pool on whose members queries may run."""

    name = 'cortex.storm.pool.get'
    readonly = True

    async def act(self, rt: Runtime, pool: typing.Any, opts: Opts) -> None:
        conf = pool.get()
        if conf is None:
            say(rt, 'No Storm pool configuration found.')
            return
        say(rt, f'Storm Pool URL: {s_telepath.sanitize(conf["url"])}')
        say(rt, f'Sync Timeout (secs): {conf["timeout:sync"]}')
        say(rt, f'Connection Timeout (secs): {conf["timeout:connection"]}')


@s_command.command
class PoolDel(_PoolCmd):
    """Run queries here only; those that run on members at the moment break off."""

    name = 'cortex.storm.pool.del'

    async def act(self, rt: Runtime, pool: typing.Any, opts: Opts) -> None:
        await pool.delete()
        say(rt, 'Storm pool configuration removed.')
