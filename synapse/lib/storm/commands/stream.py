"""Commands that shape the stream of nodes."""

from __future__ import annotations

import typing

import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.command as s_command
import synapse.lib.storm.plan as s_plan
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Arg = s_command.Arg


@s_command.command
class Limit(s_command.Cmd):
    """Pass a number of nodes on, then stop pulling from what comes before."""

    name = 'limit'
    args = (Arg('count', type='int', help='How many nodes to pass.'),)
    readonly = True
    edits = False

    async def run(self, rt: s_runtime.Runtime, genr: s_plan.Stream | None, opts: s_command.Opts) -> s_plan.Stream:
        if genr is not None:
            async for batch in s_plan.limited(genr, opts.count):
                yield batch


@s_command.command
class Count(s_command.Cmd):
    """Consume the nodes and print how many there were."""

    name = 'count'
    args = (Arg('--yield', dest='yieldnodes', action='store_true', help='Pass the nodes on as well.'),)
    readonly = True
    edits = False

    async def run(self, rt: s_runtime.Runtime, genr: s_plan.Stream | None, opts: s_command.Opts) -> s_plan.Stream:
        count = 0
        if genr is not None:
            async for batch in genr:
                count += len(batch)
                if opts.yieldnodes:
                    yield batch
        rt.emit('print', mesg=f'Counted {count} nodes.')


@s_command.command
class Spin(s_command.Cmd):
    """Consume the nodes and pass none on."""

    name = 'spin'
    readonly = True
    edits = False

    async def run(self, rt: s_runtime.Runtime, genr: s_plan.Stream | None, opts: s_command.Opts) -> s_plan.Stream:
        if genr is not None:
            async for _ in genr:
                pass
        return
        yield


@s_command.command
class Uniq(s_command.Cmd):
    """Pass each node (or the first node for each value) on once."""

    name = 'uniq'
    args = (Arg('value', nargs='?', help='A value to go by instead of the node.'),)
    readonly = True
    edits = False

    async def run(self, rt: s_runtime.Runtime, genr: s_plan.Stream | None, opts: s_command.Opts) -> s_plan.Stream:
        seen: set[Any] = set()
        if genr is None:
            return
        async for batch in genr:
            kept = []
            for path in batch:
                key = path.node.iden if opts.value is None else repr(s_coerce.toprim(opts.value))
                if key not in seen:
                    seen.add(key)
                    kept.append(path)
            if kept:
                yield kept
