"""Running Storm for callers: who asks, as whom, in which view; as a task that can be listed and killed, and logged."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.auth as s_auth
import synapse.lib.cell as s_cell
import synapse.lib.cell.logs as s_logs
import synapse.lib.cortex.stacks as s_stacks
import synapse.lib.cortex.stormpool as s_stormpool
import synapse.lib.storm.run as s_run
import synapse.lib.view as s_view

Any = typing.Any
Opts = dict[str, Any] | None
_LIST = (list, tuple)
_OPTTYPES: dict[str, Any] = {
    'user': str,
    'view': str,
    'vars': dict,
    'limit': int,
    'idens': _LIST,
    'ndefs': _LIST,
    'show': _LIST,
    'scrub': dict,
    'embeds': dict,
    'keepalive': (int, float),
    'nexsoffs': int,
    'nexstimeout': (int, float),
    '_loginfo': dict,
}
logger = logging.getLogger('synapse.lib.view')
stormlogger = logging.getLogger('synapse.storm')


class Queries:
    """Runs Storm.

    Args:
        cell: The Cortex, for its users, tasks and options.
        stacks: Its views.
        engine: The Storm engine.
        pool: Where queries of callers may run as well.
    """

    def __init__(
        self, cell: s_cell.Cell, stacks: s_stacks.Stacks, engine: s_run.Engine, pool: s_stormpool.StormPool
    ) -> None:
        self.cell = cell
        self.pool = pool
        self.stacks = stacks
        self.engine = engine
        self.loglevel: int | None = None
        if cell.conf.get('storm:log'):
            self.loglevel = s_logs.parse_level(cell.conf.get('storm:log:level', 'INFO'))

    def start(self, text: str, opts: Opts, caller: s_auth.User | None) -> tuple[s_run.Run, s_auth.User, s_view.View]:
        """Return the run, its user and its view.

        Raises:
            NoSuchUser, NoSuchView, AuthDeny, BadArg, BadConfValu: what the options ask for is not possible.
        """
        opts = req_opts(text, opts)
        user = self.user(opts, caller)
        view = self.view(opts, user)
        run = s_run.Run(self.engine, view, user, text, opts)
        if opts.get('sudo'):
            user.confirm(('storm', 'sudo'))
            run.query.asroot = True
        self._log(text, user, view, opts)
        return run, user, view

    def user(self, opts: dict[str, Any], caller: s_auth.User | None) -> s_auth.User:
        """Return the user to run as. Raises: NoSuchUser, AuthDeny."""
        if caller is None:
            caller = self.cell.auth.rootuser
        iden = opts.get('user')
        if iden is None or iden == caller.iden:
            return caller
        user = self.cell.auth.user(iden)
        if user is None:
            raise s_exc.NoSuchUser(mesg=f'No user found with iden: {iden}', user=iden)
        caller.confirm(('impersonate',))
        return user

    def view(self, opts: dict[str, Any], user: s_auth.User) -> s_view.View:
        """Return the view to run in. Raises: NoSuchView, AuthDeny."""
        iden = opts.get('view')
        if iden is None:
            iden = user.profile.get('cortex:view')
        view = self.stacks.req_view(iden)
        user.confirm(('view', 'read'), gateiden=view.iden)
        return view

    async def caught_up(self, opts: Opts, what: str) -> None:
        """Wait until the change log has been applied up to the entry that the options name. Raises: TimeOut."""
        if not isinstance(opts, dict) or opts.get('nexsoffs') is None:
            return
        offs = req_opts('', opts)['nexsoffs']
        if not await self.cell.nexsroot.waitOffs(offs, timeout=opts.get('nexstimeout')):
            raise s_exc.TimeOut(mesg=f'Timeout waiting for nexus offset {offs} in {what}().', offs=offs)

    def _log(self, text: str, user: s_auth.User, view: s_view.View, opts: dict[str, Any]) -> None:
        if self.loglevel is None:
            return
        info = {
            'text': text,
            'username': user.name,
            'user': user.iden,
            'mode': opts.get('mode', 'storm'),
            'view': view.iden,
            'hash': hashlib.md5(text.encode('utf8', 'surrogatepass'), usedforsecurity=False).hexdigest(),
            **(opts.get('_loginfo') or {}),
        }
        stormlogger.log(
            self.loglevel, 'Executing storm query {%s} as [%s]', text, user.name, extra=s_logs.extra(**info)
        )

    def task(self, name: str, text: str, user: s_auth.User, view: s_view.View, opts: Opts) -> typing.Any:
        """Return the context manager that lists the work as a task. Raises: BadArg for a task iden in use."""
        info = {'query': text, 'view': view.iden}
        return self.cell.boss.task(name, user, info, iden=(opts or {}).get('task'))

    async def _remote(self, text: str, opts: Opts, caller: s_auth.User | None) -> s_stormpool.Remote:
        """Return a query that is to run on a member of the pool. Raises: RunHere; as start()."""
        opts = req_opts(text, opts)
        return await self.pool.remote(text, opts, self.user(opts, caller))

    async def _value(
        self, meth: str, text: str, opts: Opts, user: s_auth.User | None, work: typing.Callable[[s_run.Run], Any]
    ) -> Any:
        """Return what a method of ours gives for a query: a member's answer, or what the work on a run here gives."""
        if self.pool.wanted(opts):
            with contextlib.suppress(s_stormpool.RunHere):
                return await (await self._remote(text, opts, user)).result(meth)
        await self.caught_up(opts, meth)
        run, asuser, view = self.start(text, opts, user)
        with self.task('storm', text, asuser, view, opts), _told():
            return await work(run)

    # entry points

    async def messages(
        self, text: str, opts: Opts = None, user: s_auth.User | None = None
    ) -> typing.AsyncGenerator[list[bytes], None]:
        """Yield the messages of a query in lists, each packed (cortex.md 3.2)."""
        if self.pool.wanted(opts):
            with contextlib.suppress(s_stormpool.RunHere):
                remote = await self._remote(text, opts, user)
                async with contextlib.aclosing(remote.batches('storm')) as batches:
                    async for mesgs in batches:
                        yield [s_common.en(mesg) for mesg in mesgs]
                return
        await self.caught_up(opts, 'storm')
        run, asuser, view = self.start(text, opts, user)
        with self.task('storm', text, asuser, view, opts) as task:
            async for burst in run.messages(self.cell.boss, task):
                yield burst

    async def storm(
        self, text: str, opts: Opts = None, user: s_auth.User | None = None
    ) -> typing.AsyncGenerator[tuple[str, Any], None]:
        """Yield the messages of a query."""
        async for burst in self.messages(text, opts, user):
            for mesg in burst:
                yield s_common.un(mesg)

    async def count(self, text: str, opts: Opts = None, user: s_auth.User | None = None) -> int:
        """Return the number of nodes that a query yields; its errors are raised."""
        return int(await self._value('count', text, opts, user, s_run.Run.total))

    async def count_apart(self, text: str, opts: dict[str, Any], user: s_auth.User, name: str | None) -> int:
        """Run a query on the mirror of a name, without one somewhere in the pool; here where nobody can take it.

        Returns the number of nodes that it yields; its errors are raised.
        """
        if name is None:
            return await self.count(text, opts, user)
        with contextlib.suppress(s_stormpool.RunHere):
            return await self.pool.count_at(name, text, opts, user)
        return await self.count(text, {**opts, 'mirror': False}, user)

    async def call(self, text: str, opts: Opts = None, user: s_auth.User | None = None) -> Any:
        """Return the value of a query's ``return()``, None without one; its errors are raised."""
        return await self._value('callStorm', text, opts, user, _logged_value)

    async def nodes(
        self, text: str, opts: Opts = None, user: s_auth.User | None = None
    ) -> typing.AsyncGenerator[s_view.Node, None]:
        """Yield the nodes of a query; its errors are raised."""
        run, asuser, view = self.start(text, opts, user)
        with self.task('storm', text, asuser, view, opts):
            async for node in run.nodes():
                yield node

    async def export(
        self, text: str, opts: Opts = None, user: s_auth.User | None = None
    ) -> typing.AsyncGenerator[tuple[Any, Any], None]:
        """Yield packed nodes with the edges among them (cortex.md 4.4)."""
        if self.pool.wanted(opts):
            with contextlib.suppress(s_stormpool.RunHere):
                remote = await self._remote(text, opts, user)
                async with contextlib.aclosing(remote.batches('exportStorm')) as batches:
                    async for podes in batches:
                        for pode in podes:
                            yield pode
                return
        await self.caught_up(opts, 'exportStorm')
        run, asuser, view = self.start(text, opts, user)
        with self.task('storm:export', text, asuser, view, opts), _told():
            async for pode in run.export():
                yield pode

    async def podes(
        self, text: str, opts: Opts = None, user: s_auth.User | None = None
    ) -> typing.AsyncGenerator[list[tuple[Any, Any]], None]:
        """Yield the packed nodes of a query in lists, after what they tell of is durable; its errors are raised."""
        opts = {**req_opts(text, opts), 'show': ['node']}
        async for burst in self.messages(text, opts, user):
            podes: list[tuple[Any, Any]] = []
            for byts in burst:
                name, info = s_common.un(byts)
                if name == 'err':
                    if podes:
                        yield podes
                    raise error_of(*info)
                if name == 'node':
                    podes.append(info)
            if podes:
                yield podes

    def valid(self, text: str, opts: Opts = None) -> None:
        """Check the syntax of a query. Raises: BadSyntax, BadArg."""
        s_run.parse(text, req_opts(text, opts).get('mode', 'storm'))

    def validity(self, text: str, opts: Opts = None) -> tuple[bool, Any]:
        """Return (True, {}) for a query that parses, else (False, (error name, info))."""
        try:
            self.valid(text, opts)
        except s_exc.SynErr as e:
            return (False, s_common.err_info(e))
        return (True, {})


@contextlib.contextmanager
def _told() -> typing.Iterator[None]:
    """Make an error of Python, which should not have come so far, one of Storm, as the messages of a query do."""
    try:
        yield
    except s_exc.SynErr:
        raise
    except Exception as e:
        raise s_exc.StormRuntimeError(mesg=f'{type(e).__name__}: {e}') from e


async def _logged_value(run: s_run.Run) -> Any:
    """Return the value of a query; its error is logged too, since nobody may look at what a call answers."""
    try:
        return await run.value()
    except Exception:
        logger.exception('Error during callStorm execution for { %s }', run.text[:1000])
        raise


def error_of(name: str, info: dict[str, Any]) -> s_exc.SynErr:
    """Return the error that an err message tells of."""
    cls = s_exc.CLASSES.get(name)
    return s_exc.SynErr(**{'errx': name, **info}) if cls is None else cls(**info)


def req_opts(text: Any, opts: Any) -> dict[str, Any]:
    """Return the options of a query as a dict. Raises: BadArg for what no query can be made of."""
    if not isinstance(text, str):
        raise s_exc.BadArg(mesg='Storm query text must be a string')
    if opts is None:
        return {}
    if not isinstance(opts, dict):
        raise s_exc.BadArg(mesg='Storm options must be a dictionary')
    for name, valu in opts.items():
        types = _OPTTYPES.get(name)
        if types is not None and valu is not None and not isinstance(valu, types):
            raise s_exc.BadArg(mesg=f'The Storm option {name} has the wrong type: {type(valu).__name__}', name=name)
    return opts
