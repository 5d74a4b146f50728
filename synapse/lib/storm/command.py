"""Storm commands: the base class, the table of built-in ones, and the operator that runs one in a query."""

from __future__ import annotations

import types
import typing

import synapse.exc as s_exc
import synapse.lib.storm.ast as s_ast
import synapse.lib.storm.cmdargs as s_cmdargs
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.compile as s_compile
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.storm.signals as s_signals
import synapse.lib.storm.values as s_values

Any = typing.Any
Arg = s_cmdargs.Arg
Opts = types.SimpleNamespace


class Cmd:
    """A command. The docstring of a subclass is its description.

    ``name``, ``args``: what is typed. ``readonly``: allowed in readonly queries. ``edits``: may change nodes.
    ``pernode``: its arguments may depend on the node. ``pkgname``: the Storm package it belongs to, None for our own.
    ``svciden``: the service that brought it.
    """

    name = ''
    args: typing.ClassVar[tuple[Arg, ...]] = ()
    readonly = False
    edits = True
    pkgname: str | None = None
    svciden: str | None = None
    pernode = True

    def parser(self) -> s_cmdargs.Parser:
        """Return the parser of the arguments."""
        return s_cmdargs.Parser(self.name, self.descr(), self.args)

    def descr(self) -> str:
        """Return the description."""
        return '\n'.join(line.strip() for line in (self.__doc__ or '').strip().splitlines())

    def run(self, rt: s_runtime.Runtime, genr: s_plan.Stream | None, opts: Opts) -> s_plan.Stream:
        """Return the stream of the command over its input."""
        raise NotImplementedError


COMMANDS: dict[str, Cmd] = {}


def command(cls: type[Cmd]) -> type[Cmd]:
    """Register a built-in command class."""
    assert cls.name not in COMMANDS, cls.name
    COMMANDS[cls.name] = cls()
    return cls


class CmdOper(s_plan.Oper):
    """Runs a command as a stage of a query."""

    def __init__(self, name: str, args: list[s_values.Value], text: str) -> None:
        self.name = name
        self.args = args
        self.text = text
        self.runtsafe = all(arg.runtsafe for arg in args)

    async def run(self, rt: s_runtime.Runtime, genr: s_plan.Stream | None) -> s_plan.Stream:
        cmd = rt.query.core.get_command(self.name)
        if cmd is None:
            raise s_exc.NoSuchName(mesg=f'Storm command ({self.name}) not found.', name=self.name)
        if rt.query.readonly and not cmd.readonly:
            raise s_exc.IsReadOnly(mesg=f'Command ({self.name}) is not marked safe for readonly use.')
        parser = cmd.parser()
        opts = Opts()
        if self.runtsafe:
            if genr is not None:  # what comes before may assign the variables that the arguments read
                genr = chain(await anext(aiter(genr), None), genr)
            await self._parse(rt, None, parser, opts)
            async for batch in cmd.run(rt, genr, opts):
                yield batch
            return
        first = await anext(aiter(genr), None) if genr is not None else None
        if not first:
            return
        if not cmd.pernode:
            raise s_exc.StormRuntimeError(mesg=f'{self.name} arguments must be runtsafe.')
        await self._parse(rt, first[0], parser, opts)
        async for batch in cmd.run(rt, self._feed(rt, first, genr, parser, opts), opts):
            yield batch

    async def _feed(
        self, rt: s_runtime.Runtime, first: list[Any], genr: Any, parser: s_cmdargs.Parser, opts: Opts
    ) -> s_plan.Stream:
        """Yield the input path by path, with the options as they are for each."""
        for path in first:
            await self._parse(rt, path, parser, opts)
            yield [path]
        async for path in s_plan.singles(genr):
            await self._parse(rt, path, parser, opts)
            yield [path]

    async def _parse(
        self, rt: s_runtime.Runtime, path: s_runtime.Path | None, parser: s_cmdargs.Parser, opts: Opts
    ) -> None:
        argv = [await arg.get(rt, path) for arg in self.args]
        if any(isinstance(arg, str) and arg in ('--help', '-h') for arg in argv):
            print_lines(rt, parser.usage())
            if len(argv) > 1:
                mesg = f'Extra arguments and flags are not supported with the help flag: {self.text}'
                raise s_exc.BadArg(mesg=mesg)
            raise s_signals.Exit
        try:
            valus = parser.parse(rt.model, argv)
        except s_exc.BadArg:
            print_lines(rt, parser.usage())
            raise
        for name in valus:
            dep = parser.old.get(name) if name in valus['given'] else None
            if dep is not None and dep.deprecated is not None:
                rt.warn_once(s_cmdargs.deprecation(dep.names[0], dep.deprecated))
        opts.__dict__.clear()
        opts.__dict__.update(valus, pernode=path is not None)


async def chain(first: list[Any] | None, genr: s_plan.Stream) -> s_plan.Stream:
    """Yield a batch that was taken from a stream already, and the rest of the stream."""
    try:
        if first:
            yield first
        async for batch in genr:
            yield batch
    finally:
        await genr.aclose()


def print_lines(rt: s_runtime.Runtime, lines: typing.Iterable[str]) -> None:
    """Send each line as a print message."""
    for line in lines:
        rt.emit('print', mesg=line)


@s_compile.compiles
def _cmd(node: s_ast.CmdOper, ctx: s_compile.Compiler) -> s_plan.Oper:
    cmd = ctx.commands(node.name)
    if cmd is None or cmd.edits:
        ctx.impure()
    args = []
    for arg in node.args:
        valu = ctx.value(arg)
        if isinstance(arg, s_ast.ArgQuery):
            valu = s_values.const(s_coerce.tostr(valu.const))
        args.append(valu)
    return CmdOper(node.name, args, ctx.source(node))
