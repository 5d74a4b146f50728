"""Revisions of the data model: what is stored follows when the meaning of a type or property changes (cortex.md 1.3).

Every layer tells with which version of the model its values were written. At start, when the log is up, the leader
brings the layers that are behind to the newest version, one revision after the other. A follower does nothing: it
replays the leader's edits.

A revision is a version and a coroutine function that does the work on the layers that need it, through the log. It may
be interrupted at any time and is then run again, so it must not mind what it has done already: what it finds in the new
form it leaves alone. When it is through, the version of each layer is raised, through the log as well.
"""

from __future__ import annotations

import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cortex.stacklayers as s_stacklayers
import synapse.lib.cortex.stacks as s_stacks
import synapse.lib.layer as s_layer
import synapse.lib.layer.edits as s_edits
import synapse.lib.layer.record as s_record
import synapse.lib.limits as s_limits
import synapse.lib.model.forms as s_forms

logger = logging.getLogger('synapse.lib.modelrev')

Version = tuple[int, int, int]


class Revision(typing.NamedTuple):
    """One step.

    Attributes:
        version: The version of the model after it.
        func: What it does; gets a ``Migration``.
    """

    version: Version
    func: typing.Callable[[Migration], typing.Awaitable[None]]


# In ascending order. Stores of this software begin with version (0, 2, 37), so the list is empty as yet.
REVISIONS: tuple[Revision, ...] = ()


class Migration:
    """What a revision works with.

    Attributes:
        layers: The layers that need the revision.
        model: The data model, in its new form.
    """

    def __init__(self, stacks: s_stacks.Stacks, layers: list[s_layer.Layer]) -> None:
        self.stacks = stacks
        self.layers = layers
        self.model = stacks.model
        self.user = stacks.cell.auth.rootuser.iden

    async def store(self, layer: s_layer.Layer, nodeedits: list[s_edits.NodeEdit]) -> None:
        """Log and apply edits of one layer, whether users may write to it or not."""
        if nodeedits:
            await layer._push('edits', nodeedits, {'time': s_common.now(), 'user': self.user})

    async def renorm(self, *names: str) -> None:
        """Normalise the stored values of properties (full names) again.

        A value that the type refuses now is removed from the property and kept as node data
        ``_migrated:<form>:<prop>``.
        """
        for name in names:
            prop = self.model.reqProp(name)
            for layer in self.layers:
                await self._renorm(layer, prop)

    async def _renorm(self, layer: s_layer.Layer, prop: s_forms.Prop) -> None:
        form = typing.cast(s_forms.Form, prop.form).name
        scan = layer.scan(('prop', form, prop.name))
        while scan is not None and (nids := scan.nids(s_limits.MODELREV_NODES)):
            nodeedits: list[s_edits.NodeEdit] = []
            for nid in nids:
                byts = layer.record(nid)
                valu = None if byts is None else s_record.props(byts).get(prop.name)
                if byts is None or valu is None:
                    continue
                iden = s_record.iden(byts)
                edits = self._edits(layer, iden.hex(), prop, valu)
                if edits:
                    nodeedits.append((iden, form, edits))
            await self.store(layer, nodeedits)

    @staticmethod
    def _edits(layer: s_layer.Layer, iden: str, prop: s_forms.Prop, valu: typing.Any) -> list[s_edits.Edit]:
        """Return the edits that make a stored value what its type says now."""
        stor = prop.type.stortype
        gone = (s_edits.PROP_DEL, (prop.name, valu, stor), ())
        try:
            norm = prop.type.norm(valu)[0]
        except s_exc.BadTypeValu as e:
            logger.warning(
                'error re-norming %s=%s (layer: %s, node: %s): %s', prop.full, valu, layer.iden, iden, e.get('mesg')
            )
            return [gone, (s_edits.NODEDATA_SET, (f'_migrated:{prop.full}', valu, None), ())]
        if norm == valu and type(norm) is type(valu):
            return []
        return [gone, (s_edits.PROP_SET, (prop.name, norm, None, stor), ())]


class ModelRev:
    """Brings layers to the newest version of the model.

    Args:
        stacks: The layers.
        revisions: All revisions, ascending.

    Attributes:
        version: The newest version, with which new layers begin.
    """

    def __init__(self, stacks: s_stacks.Stacks, revisions: tuple[Revision, ...] = REVISIONS) -> None:
        self.stacks = stacks
        self.revisions = revisions
        self.version: Version = max((s_stacklayers.MODEL_VERSION, *(rev.version for rev in revisions)))
        stacks.model_version = self.version

    def of(self, layer: s_layer.Layer) -> Version:
        """Return the version of a layer. One without (the first ones of this software) has the first version."""
        version = typing.cast(Version, tuple(layer.info.get('model:version', s_stacklayers.MODEL_VERSION)))
        return version

    def check(self) -> None:
        """Raise CantRevLayer if a layer was written with a newer model."""
        for layer in self.stacks.layers.values():
            version = self.of(layer)
            if version > self.version:
                mesg = f'layer {layer.iden} with model version {version} is from the future!'
                raise s_exc.CantRevLayer(mesg=mesg, layer=layer.iden, curv=self.version, layv=version)

    async def run(self) -> None:
        """Run what is needed; only the leader may. Raises: CantRevLayer."""
        self.check()
        behind = [layer for layer in self._own() if self.of(layer) < self.version]
        if not behind:
            return
        for rev in self.revisions:
            layers = [layer for layer in self._own() if self.of(layer) < rev.version]
            if layers:
                logger.warning('beginning model migration -> %s', rev.version)
                await rev.func(Migration(self.stacks, layers))
                await self._raise(layers, rev.version)
        await self._raise([layer for layer in self._own() if self.of(layer) < self.version], self.version)
        logger.warning('...model migrations complete!')

    def _own(self) -> list[s_layer.Layer]:
        """Return the layers that are not copies of another service's."""
        return [layer for layer in self.stacks.layers.values() if not layer.info.get('mirror')]

    async def _raise(self, layers: list[s_layer.Layer], version: Version) -> None:
        for layer in layers:
            await self.stacks.set_model_version(layer, version)
