"""Commands about views and layers. What they may do is decided by the library functions they call."""

from __future__ import annotations

import typing

import synapse.lib.storm.command as s_command
import synapse.lib.storm.commands.info as s_info
import synapse.lib.storm.libs.graph.layers as s_liblayers
import synapse.lib.storm.libs.graph.views as s_libviews
import synapse.lib.storm.libs.graph.viewvotes as s_viewvotes
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.time as s_time

Any = typing.Any
Arg = s_command.Arg
Opts = s_command.Opts
Runtime = s_runtime.Runtime
call_lib, call_method, say = s_registry.call_lib, s_registry.call_method, s_info.say

_VIEW = Arg('iden', help='The iden of the view.')
_LAYER = Arg('iden', help='The iden of the layer.')


def _show_view(rt: Runtime, view: s_libviews.View) -> None:
    say(rt, s_libviews.view_repr(rt, view))


def _show_layer(rt: Runtime, layer: s_liblayers.Layer) -> None:
    say(rt, s_liblayers.layer_repr(rt, layer))


_SHOW: dict[str, typing.Callable[[Runtime, Any], None]] = {'view': _show_view, 'layer': _show_layer}


class _Del(s_info.Tell):
    edits = True
    kind = 'view'

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        await call_lib(rt, f'$lib.{self.kind}.del', opts.iden)
        say(rt, f'{self.kind.title()} deleted: {opts.iden}')


class _Set(s_info.Tell):
    edits = True
    kind = 'view'

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        item = await call_lib(rt, f'$lib.{self.kind}.get', opts.iden)
        await call_method(rt, item, 'set', opts.name, opts.valu)
        _SHOW[self.kind](rt, item)
        say(rt, f'{self.kind.title()} updated.')


class _Get(s_info.Tell):
    kind = 'view'

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        _SHOW[self.kind](rt, await call_lib(rt, f'$lib.{self.kind}.get', opts.iden))


# views


@s_command.command
class ViewAdd(s_info.Tell):
    """Make a view over layers."""

    name = 'view.add'
    edits = True
    args = (
        Arg('--name', help='The name of the view.'),
        Arg('--worldreadable', type='bool', default=False, help='Let everybody read it.'),
        Arg('--layers', nargs='*', default=[], help='The idens of the layers; the first one is written to.'),
    )

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        view = await call_lib(rt, '$lib.view.add', opts.layers, opts.name, opts.worldreadable)
        _show_view(rt, view)
        say(rt, 'View added.')


@s_command.command
class ViewDel(_Del):
    """Remove a view. Its layers stay."""

    name = 'view.del'
    args = (_VIEW,)


@s_command.command
class ViewSet(_Set):
    """Set an option of a view: name, desc, parent, protected, layers, quorum."""

    name = 'view.set'
    args = (_VIEW, Arg('name', help='The option.'), Arg('valu', help='The value.'))


@s_command.command
class ViewGet(_Get):
    """Show a view, by default the one of the query."""

    name = 'view.get'
    args = (Arg('iden', nargs='?', help='The iden of the view.'),)


@s_command.command
class ViewList(s_info.Tell):
    """List the views."""

    name = 'view.list'

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        say(rt, '')
        for view in await call_lib(rt, '$lib.view.list'):
            _show_view(rt, view)
            say(rt, '')


@s_command.command
class ViewFork(s_info.Tell):
    """Make a view over a new layer and all that another view sees."""

    name = 'view.fork'
    edits = True
    args = (_VIEW, Arg('--name', help='The name of the new view.'))

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        view = await call_method(rt, await call_lib(rt, '$lib.view.get', opts.iden), 'fork', opts.name)
        _show_view(rt, view)
        say(rt, f'View {opts.iden} forked to new view: {view.view.iden}')


@s_command.command
class ViewMerge(s_info.Tell):
    """Write what a fork holds to its parent, and give the fork a new empty layer."""

    name = 'view.merge'
    edits = True
    args = (_VIEW, Arg('--delete', action='store_true', help='Remove the fork and its layer afterwards.'))

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        view = await call_lib(rt, '$lib.view.get', opts.iden)
        await call_method(rt, view, 'merge')
        if opts.delete:
            layer = view.view.wlyr.iden
            await call_lib(rt, '$lib.view.del', opts.iden)
            await call_lib(rt, '$lib.layer.del', layer)
        else:
            await call_method(rt, view, 'swapLayer')
        say(rt, f'View merged: {opts.iden}')


@s_command.command
class QuorumList(s_info.Tell):
    """List the merge requests that wait for votes."""

    name = 'quorum.merge.list'
    args = (Arg('--todo', action='store_true', help='Only those on which you can still vote.'),)

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        found = s_viewvotes.open_requests(rt, bool(opts.todo))
        if not found:
            say(rt, 'Nothing to vote on.' if opts.todo else 'No pending merge requests.')
            return
        row = '{:<32}  {:<40}  {:<18}  {:<24}  {:<24}'
        say(rt, row.format('view', 'name', 'creator', 'created', 'updated').rstrip())
        for view, summary in found:
            merge = summary['merge']
            user = rt.query.core.cortex.auth.user(merge['creator'])
            times = [s_time.repr(merge[name]) if name in merge else '' for name in ('created', 'updated')]
            name = 'unknown' if user is None else user.name
            say(rt, row.format(view.view.iden, view.view.info.get('name') or '', name, *times).rstrip())


# layers


@s_command.command
class LayerAdd(s_info.Tell):
    """Make a layer."""

    name = 'layer.add'
    edits = True
    args = (
        Arg('--lockmemory', action='store_true', help='Keep the layer in memory.'),
        Arg('--readonly', action='store_true', help='Let nobody write to it.'),
        Arg('--mirror', type='str', help='The Telepath URL of a layer to mirror.'),
        Arg('--growsize', type='int', help='Bytes by which its file grows.'),
        Arg('--cache-size', type='int', dest='cache:size', help='Nodes to keep at hand.'),
        Arg('--upstream', help='Telepath URLs of layers to receive edits from.'),
        Arg('--name', help='The name of the layer.'),
    )

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        names = ('lockmemory', 'readonly', 'mirror', 'growsize', 'cache:size', 'upstream', 'name')
        layer = await call_lib(rt, '$lib.layer.add', {name: getattr(opts, name) for name in names})
        _show_layer(rt, layer)
        say(rt, 'Layer added.')


@s_command.command
class LayerDel(_Del):
    """Remove a layer with all it holds."""

    name = 'layer.del'
    kind = 'layer'
    args = (_LAYER,)


@s_command.command
class LayerSet(_Set):
    """Set an option of a layer: name, desc, logedits, readonly, cache:size."""

    name = 'layer.set'
    kind = 'layer'
    args = (_LAYER, Arg('name', help='The option.'), Arg('valu', help='The value.'))


@s_command.command
class LayerGet(_Get):
    """Show a layer, by default the one that the view writes to."""

    name = 'layer.get'
    kind = 'layer'
    args = (Arg('iden', nargs='?', help='The iden of the layer.'),)


@s_command.command
class LayerList(s_info.Tell):
    """List the layers."""

    name = 'layer.list'

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        say(rt, 'Layers:')
        for layer in await call_lib(rt, '$lib.layer.list'):
            _show_layer(rt, layer)


# pushes and pulls

_LAYR = Arg('layr', help='The iden of the layer.')


class _FlowAdd(s_info.Tell):
    edits = True
    word = 'push'

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        layer = await call_lib(rt, '$lib.layer.get', opts.layr)
        url = opts.dest if self.word == 'push' else opts.src
        info = await call_method(rt, layer, f'add{self.word.title()}', url, opts.offset)
        say(rt, f'Layer {self.word} added: {info["iden"]}')


class _FlowDel(s_info.Tell):
    edits = True
    word = 'push'

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        layer = await call_lib(rt, '$lib.layer.get', opts.layr)
        await call_method(rt, layer, f'del{self.word.title()}', opts.iden)
        say(rt, f'Layer {self.word} deleted.')


class _FlowList(s_info.Tell):
    word = 'push'

    async def tell(self, rt: Runtime, opts: Opts) -> None:
        layer = await call_lib(rt, '$lib.layer.get', opts.layr)
        _show_layer(rt, layer)
        infos = layer.storm_value().get(f'{self.word}s', {})
        if not infos:
            word = {'push': 'pushes', 'pull': 'pulls'}[self.word]
            say(rt, f'No {word} configured.')
            return
        users = rt.query.core.cortex.auth
        row = '{:<32} | {:<20} | {:<24} | {:<10} | {}'
        say(rt, row.format(f'{self.word} iden', 'user', 'time', 'offset', 'url'))
        for info in infos.values():
            user = users.user(info['user'])
            name = info['user'] if user is None else user.name
            say(rt, row.format(info['iden'], name, s_time.repr(info['time']), info['offs'], info['url']))


@s_command.command
class PushAdd(_FlowAdd):
    """Send the edits of a layer to another layer, as they are logged."""

    name = 'layer.push.add'
    args = (
        _LAYR,
        Arg('dest', help='The Telepath URL of the layer to send edits to.'),
        Arg('--offset', type='int', default=0, help='The offset in the log of the layer at which to begin.'),
    )


@s_command.command
class PushDel(_FlowDel):
    """Stop sending the edits of a layer."""

    name = 'layer.push.del'
    args = (_LAYR, Arg('iden', help='The iden of the push.'))


@s_command.command
class PushList(_FlowList):
    """List the pushes of a layer."""

    name = 'layer.push.list'
    args = (_LAYR,)


@s_command.command
class PullAdd(_FlowAdd):
    """Store the edits of another layer in a layer, as they are logged there."""

    name = 'layer.pull.add'
    word = 'pull'
    args = (
        _LAYR,
        Arg('src', help='The Telepath URL of the layer to take edits from.'),
        Arg('--offset', type='int', default=0, help='The offset in its log at which to begin.'),
    )


@s_command.command
class PullDel(_FlowDel):
    """Stop taking edits from another layer."""

    name = 'layer.pull.del'
    word = 'pull'
    args = (_LAYR, Arg('iden', help='The iden of the pull.'))


@s_command.command
class PullList(_FlowList):
    """List the pulls of a layer."""

    name = 'layer.pull.list'
    word = 'pull'
    args = (_LAYR,)
