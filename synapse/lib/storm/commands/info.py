"""Commands that tell about the system: help, version, uptime."""

from __future__ import annotations

import datetime
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.command as s_command
import synapse.lib.storm.libs.services.cell as s_libcell
import synapse.lib.storm.objects as s_objects
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Arg = s_command.Arg
Opts = s_command.Opts
Runtime = s_runtime.Runtime
Stream = s_plan.Stream
Func = s_registry.Func


def say(rt: Runtime, *lines: str) -> None:
    """Print lines."""
    for line in lines:
        rt.emit('print', mesg=line)


class Tell(s_command.Cmd):
    """Base of commands that tell or do something for each node, before it goes on; once if there are no nodes."""

    readonly = True
    edits = False

    async def run(self, rt: Runtime, genr: Stream | None, opts: Opts) -> Stream:
        told = False
        async for path in s_plan.singles(genr):
            await self.tell(rt, opts)
            told = True
            yield [path]
        if not told:
            await self.tell(rt, opts)

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        """Print."""
        raise NotImplementedError


@s_command.command
class Help(Tell):
    """List the commands, or explain a library, a function or a type.

    The item may be a part of the names of commands, the name of a type, or a value: a library, a function, or any other
    value, whose type is explained then.
    """

    name = 'help'
    args = (
        Arg('-v', '--verbose', action='store_true', help='Show arguments and results of functions as well.'),
        Arg('item', nargs='?', help='What to explain, or a part of the names of commands.'),
    )

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        item, lines = opts.item, []
        if isinstance(item, s_objects.Lib):
            lines = _lib_lines(item.path, bool(opts.verbose))
        elif isinstance(item, s_objects.Bound):
            lines = _bound_lines(item, bool(opts.verbose))
        elif isinstance(item, s_objects.StormFunc):
            params = ', '.join(name for name, _ in item.params)
            lines = [f'{item.name}({params})', '']
        elif item is None or isinstance(item, str):
            lines = _word_lines(rt, item, bool(opts.verbose))
        else:
            kind = s_objects.kind_of(item)
            if kind not in s_registry.TYPES:
                raise s_exc.BadArg(
                    mesg=f'Item must be a Storm type name, a Storm library, or a Storm command name: {kind}'
                )
            lines = _type_lines(kind, bool(opts.verbose))
        s_command.print_lines(rt, lines)


def _word_lines(rt: Runtime, want: str | None, verbose: bool) -> list[str]:
    lines = []
    if want is not None and want in s_registry.TYPES:
        lines = [*_type_lines(want, verbose), '*' * 80, '']
    cmds = rt.query.core.get_commands()
    names = sorted(name for name in cmds if want is None or want in name)
    if not names:
        return lines[:-2] or [f'No commands found matching "{want}"']
    width = max(len(name) for name in names)
    lines.append('The following Storm commands are available:')
    packages = sorted({cmds[name].pkgname for name in names}, key=lambda name: name or '')
    for package in packages:
        lines.append(f'package: {package or "synapse"}')
        own = [name for name in names if cmds[name].pkgname == package]
        lines += [f'{name.ljust(width)}: {_brief(cmds[name].descr())}' for name in own]
        lines.append('')
    return [*lines, 'For detailed help on any command, use <cmd> --help']


def _brief(text: str) -> str:
    return text.splitlines()[0] if text else ''


def _banner(name: str, doc: str) -> list[str]:
    stars = '*' * len(name)
    return [stars, name, stars, *doc.splitlines(), '']


def _signature(shown: str, func: Func) -> str:
    params = []
    for name, _, default in func.params():
        if default is s_common.novalu or name.startswith('*'):
            params.append(name)
        elif isinstance(default, str):
            params.append(f'{name}={default}')
        else:
            text = 'null' if default is None else str(default).lower() if isinstance(default, bool) else str(default)
            params.append(f'{name}=({text})' if not isinstance(default, s_coerce.Undef) else f'{name}={default}')
    return f'{shown}({", ".join(params)})'


def _func_lines(shown: str, func: Func, verbose: bool) -> list[str]:
    head = _signature(shown, func) if not func.getter and func.func is not None else shown
    doc = func.doc()
    if not verbose:
        return [head, *([_brief(doc)] if doc else []), '']
    lines = [head, '=' * len(head), *doc.splitlines()]
    params = func.params() if not func.getter else []
    if params:
        lines += ['', 'Args:', *(f'    {name} ({kind})' for name, kind, _ in params)]
    return [*lines, '', 'Returns:', f'    The return type is {func.returns()}.', '']


def _members(funcs: dict[str, Func], prefix: str, verbose: bool) -> list[str]:
    calls = {name: func for name, func in sorted(funcs.items()) if func.func is not None and not func.getter}
    values = {name: func for name, func in sorted(funcs.items()) if name not in calls}
    lines: list[str] = []
    for title, items in (('functions', calls), ('references', values)):
        if items:
            lines += [f'The following {title} are available:', '']
            for name, func in items.items():
                lines += _func_lines(f'{prefix}{name}', func, verbose)
            lines.append('')
    return lines


def _lib_lines(path: str, verbose: bool) -> list[str]:
    below = sorted(name for name in s_registry.LIBS if name.startswith(f'{path}.') and s_registry.LIBS[name])
    funcs = s_registry.LIBS[path]
    lines = _banner(path, s_registry.LIBDOCS.get(path, '')) if funcs else []
    if below:
        width = max(len(name) for name in below)
        lines += ['The following libraries are available:', '']
        lines += [f'{name.ljust(width)} : {s_registry.LIBDOCS.get(name, "")}'.rstrip() for name in below]
        lines.append('')
    return [*lines, *_members(funcs, f'{path}.', verbose)]


def _type_lines(kind: str, verbose: bool) -> list[str]:
    return [*_banner(kind, s_registry.TYPEDOCS.get(kind, '')), *_members(s_registry.TYPES[kind], '', verbose)]


def _bound_lines(item: s_objects.Bound, verbose: bool) -> list[str]:
    func = item.func
    if func.name.startswith('$'):
        return _func_lines(func.name, func, verbose)
    kind, _, name = func.name.rpartition('.')
    return [*_banner(kind, s_registry.TYPEDOCS.get(kind, '')), *_func_lines(name, func, verbose)]


@s_command.command
class Version(Tell):
    """Print the version of the server."""

    name = 'version'

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        rt.emit('print', mesg=f'Synapse Version: {s_common.verstring}')
        rt.emit('print', mesg='Commit Hash: ')


@s_command.command
class Uptime(Tell):
    """Print how long the server has been running."""

    name = 'uptime'
    args = (Arg('name', nargs='?', type='str', help='The name or iden of another service.'),)

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        info = await s_libcell.uptime(rt, opts.name)
        secs, millis = divmod(int(info['uptime']), 1000)
        days, rest = divmod(secs, 86400)
        text = f'{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}.{millis:03}'
        since = datetime.datetime.fromtimestamp(info['starttime'] / 1000, datetime.UTC)
        shown = f'{days}D {text}' if days else text
        rt.emit('print', mesg=f'up {shown} (since {since:%Y-%m-%d %H:%M:%S})')
