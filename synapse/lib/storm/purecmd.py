"""Commands that are written in Storm: those of packages, and many of our own (spec: storm-language.md 8.4).

The body runs in variables of its own: it sees ``$cmdopts`` (the arguments), ``$cmdconf``, and the nodes that come in.
The variables of the way to a node wait outside and are there again behind the command.
"""

from __future__ import annotations

import typing

import synapse.exc as s_exc
import synapse.lib.storm.cmdargs as s_cmdargs
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.command as s_command
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
Path = s_runtime.Path
Stream = s_plan.Stream
_OUTER = '\x00outer'  # where a path inside keeps its variables outside
_ROOTWARN = (
    'Command ({name}) requires asroot permission which is deprecated and will be removed in v3.0.0. Functionality '
    'which requires elevated permissions should be implemented in Storm modules and use asroot:perms to specify the '
    'required permissions.'
)


_NO_HELP = ('No help available', 'No help available.')  # of positional arguments, of options


class CmdOpts(s_coerce.StormObj):
    """``$cmdopts``: the arguments by name; null for what was not given."""

    storm_name = 'cmdopts'

    def __init__(self, opts: dict[str, Any]) -> None:
        given = opts['given']
        self.opts = {name: valu for name, valu in opts.items() if name in given}
        self.opts['help'] = False
        self.opts.update({name: valu for name, valu in opts.items() if name not in ('given', 'pernode')})

    def storm_value(self) -> dict[str, Any]:
        return typing.cast('dict[str, Any]', s_coerce.toprim(self.opts))

    def storm_dict(self) -> dict[str, Any]:
        """Return the arguments, for $lib.dict."""
        return dict(self.opts)

    def storm_repr(self) -> str:
        return f'cmdopts: {s_coerce.text(self.opts)}'

    def storm_iter(self) -> Any:
        return iter(list(self.opts.items()))


def _deref(rt: Runtime, obj: CmdOpts, name: Any) -> Any:
    return obj.opts.get(s_coerce.tostr(name))


def _refuse(rt: Runtime, obj: CmdOpts, name: Any, valu: Any) -> None:
    mesg = 'CmdOpts may not be modified by the runtime'
    raise s_exc.StormRuntimeError(mesg=mesg, name=s_coerce.text(name))


s_objects.dynamic('cmdopts', _deref)
s_registry.SETTERS['cmdopts'] = _refuse


class PureCmd(s_command.Cmd):
    """A command by its definition (storm-runtime.md 14.1): ``name``, ``storm``, ``descr``, ``cmdargs`` and so on."""

    readonly = True  # it may always begin; what its body does is checked as anything else

    def __init__(self, cdef: dict[str, Any]) -> None:
        self.name: str = cdef['name']
        self.storm: str = cdef.get('storm') or ''
        self.doc: str = cdef.get('descr') or 'no documentation provided'
        self.conf: dict[str, Any] = cdef.get('cmdconf') or {}
        self.pkgname = cdef.get('pkgname')
        self.svciden = self.conf.get('svciden')
        self.asroot = bool(cdef.get('asroot'))
        self.perms = [tuple(perm) for perm in cdef.get('perms') or ()]
        self.args = tuple(  # type: ignore[misc]
            s_cmdargs.Arg(name, **{'help': _NO_HELP[name[:1] == '-'], 'default': None, **info})
            for name, info in cdef.get('cmdargs') or ()
        )
        self.inputs = [(item['form'], item.get('help') or '') for item in cdef.get('cmdinputs') or ()]
        self.deprecated: dict[str, Any] | None = cdef.get('deprecated')

    def descr(self) -> str:
        return self.doc

    def parser(self) -> s_cmdargs.Parser:
        return s_cmdargs.Parser(self.name, self.doc, self.args, self.inputs)

    def _privilege(self, rt: Runtime) -> s_runtime.Query:
        """Return the query that the body runs in: with all rights where the user may lend them. Raises: AuthDeny."""
        user = rt.query.user
        if self.perms and not any(rt.allowed(perm) for perm in self.perms):
            mesg = f'Command ({self.name}) requires permission: {any_of(self.perms)}'
            raise s_exc.AuthDeny(mesg=mesg, user=user.iden, username=user.name)
        perm = ('storm', 'asroot', 'cmd', *self.name.split('.'))
        if not self.asroot:
            return rt.query.elevated() if self.pkgname is not None and lends(rt, perm) else rt.query
        rt.warn_once(_ROOTWARN.format(name=self.name))
        if not rt.allowed(perm):
            mesg = f'Command ({self.name}) elevates privileges.  You need perm: {".".join(perm)}'
            raise s_exc.AuthDeny(mesg=mesg, user=user.iden, username=user.name)
        return rt.query.elevated()

    async def run(self, rt: Runtime, genr: Stream | None, opts: s_command.Opts) -> Stream:
        if self.deprecated is not None:
            rt.warn_once(s_cmdargs.deprecation(self.name, self.deprecated))
        inner = Runtime(self._privilege(rt))
        inner.vars.update(self._vars(opts))
        plan = rt.query.core.plan(self.storm, 'storm', inner.vars)
        rt.enter(plan.text)
        try:
            async for batch in plan.run(inner, None if genr is None else self._enter(genr, opts)):
                yield [_leave(rt, path) for path in batch]
        finally:
            rt.leave()

    def _vars(self, opts: s_command.Opts) -> dict[str, Any]:
        return {'cmdopts': CmdOpts(dict(opts.__dict__)), 'cmdconf': s_coerce.wrap(self.conf)}

    async def _enter(self, genr: Stream, opts: s_command.Opts) -> Stream:
        async for batch in genr:
            vars = self._vars(opts)
            for path in batch:
                outer = path.vars
                path.vars, path.owned = {**vars, _OUTER: outer}, True
            yield batch


def _leave(rt: Runtime, path: Path) -> Path:
    vars = path.vars.get(_OUTER)
    path.vars, path.owned = (rt.snapshot() if vars is None else vars), False
    return path


def any_of(perms: typing.Iterable[tuple[str, ...]]) -> str:
    """Return some permissions as text: ``a.b or c.d``."""
    return ' or '.join('.'.join(perm) for perm in perms)


def lends(rt: Runtime, perm: tuple[str, ...]) -> bool:
    """May the user lend all rights to what has this permission, though it does not ask for them?"""
    return not rt.query.asroot and not rt.query.user.isAdmin() and rt.allowed(perm)


def define(name: str, descr: str, args: typing.Iterable[tuple[str, dict[str, Any]]], storm: str) -> None:
    """Register a command of our own that is written in Storm."""
    cdef = {'name': name, 'descr': descr, 'cmdargs': tuple(args), 'storm': storm}
    s_command.COMMANDS[name] = PureCmd(cdef)


def arg(name: str, help: str, **info: Any) -> tuple[str, dict[str, Any]]:
    """Return one entry of the arguments of a definition."""
    return (name, {'help': help, **info})
