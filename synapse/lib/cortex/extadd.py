"""What users add to the data model: kept through the log, put into the model (spec: cortex.md 5.3).

The rules for names and definitions are in ``synapse.lib.model.ext``. Definitions are stored in the cell's slab, whose
offset is never behind that of a layer, so at replay a layer meets no property that the model does not know yet.
"""

from __future__ import annotations

import logging
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.cell as s_cell
import synapse.lib.layer as s_layer
import synapse.lib.limits as s_limits
import synapse.lib.model.ext as s_ext
import synapse.lib.model.model as s_model
import synapse.lib.model.reflect as s_reflect
import synapse.lib.nexus as s_nexus
import synapse.lib.slab as s_slab

Any = typing.Any
logger = logging.getLogger(__name__)


class ExtAdd(s_nexus.Pusher):
    """The additions to a model, and the locks of deprecated parts.

    Args:
        cell: The Cortex: its log, slab and watchers.
        model: The data model; stored additions are put into it at once.
    """

    async def __anit__(self, cell: s_cell.Cell, model: s_model.Model) -> None:  # type: ignore[override]
        await s_nexus.Pusher.__anit__(self, f'{cell.iden}:extmodel', nexsroot=cell.nexsroot, slab=cell.slab)
        self.cell = cell
        self.model = model
        self.layers: dict[str, s_layer.Layer] = {}
        self.defs = {kind: s_slab.KeyVal(cell.slab, f'cortex:ext:{kind}') for kind in s_ext.KINDS}
        self.locks = s_slab.KeyVal(cell.slab, 'cortex:depr:locks')
        stored = {kind: [item for _, item in table.items()] for kind, table in self.defs.items()}
        for mesg in s_ext.load(model, stored):
            logger.warning(mesg)
        for name, locked in self.locks.items():
            (model.locks.add if locked else model.locks.discard)(name)
        s_ext.refresh_locks(model)

    def serve(self, layers: dict[str, s_layer.Layer]) -> None:
        """Take the (live) table of layers, which are asked for data and told of changes."""
        self.layers = layers

    # adding

    async def addType(self, name: str, base: str, opts: Any, info: Any) -> None:
        """Add a type. Raises: BadTypeDef, DupTypeName, NoSuchType, BadArg."""
        await self._add('type', 'types', name, base, opts, info)

    async def addForm(self, name: str, base: str, opts: Any, info: Any) -> None:
        """Add a form. Raises: BadFormDef, DupFormName, NoSuchType, BadArg."""
        await self._add('form', 'forms', name, base, opts, info)

    async def addFormProp(self, form: str, name: str, tdef: Any, info: Any) -> None:
        """Add a property to a form. Raises: NoSuchForm, BadPropDef, DupPropName, NoSuchType, BadArg."""
        await self._add('prop', 'props', form, name, tdef, info)

    async def addUnivProp(self, name: str, tdef: Any, info: Any) -> None:
        """Add a universal property, named without its dot. Raises: BadPropDef, DupPropName, NoSuchType, BadArg."""
        await self._add('univ', 'univs', name, tdef, info)

    async def addTagProp(self, name: str, tdef: Any, info: Any) -> None:
        """Add a tag property. Raises: BadPropDef, DupPropName, NoSuchType, BadArg."""
        await self._add('tagprop', 'tagprops', name, tdef, info)

    async def addEdge(self, edge: Any, info: Any) -> None:
        """Declare an edge (form or None, verb, form or None). Raises: BadEdgeDef, NoSuchForm, DupEdgeType, BadArg."""
        await self._add('edge', 'edges', edge, info)

    async def _add(self, what: str, kind: str, *item: Any) -> None:
        _check(kind, item)
        await self._push(f'model:{what}:add', *item)

    def _put(self, what: str, kind: str, item: tuple[Any, ...]) -> None:
        item = _tupled(item)
        s_ext.add(self.model, kind, item)
        self.defs[kind].set(def_key(kind, item), item)
        self._changed(f'model:{what}:add', lambda: _ADDED[kind](self.model, item))

    @s_nexus.Pusher.onPush('model:type:add')
    def _on_type_add(self, name: str, base: str, opts: Any, info: Any) -> None:
        self._put('type', 'types', (name, base, opts, info))

    @s_nexus.Pusher.onPush('model:form:add')
    def _on_form_add(self, name: str, base: str, opts: Any, info: Any) -> None:
        self._put('form', 'forms', (name, base, opts, info))

    @s_nexus.Pusher.onPush('model:prop:add')
    def _on_prop_add(self, form: str, name: str, tdef: Any, info: Any) -> None:
        self._put('prop', 'props', (form, name, tdef, info))

    @s_nexus.Pusher.onPush('model:univ:add')
    def _on_univ_add(self, name: str, tdef: Any, info: Any) -> None:
        self._put('univ', 'univs', (name, tdef, info))

    @s_nexus.Pusher.onPush('model:tagprop:add')
    def _on_tagprop_add(self, name: str, tdef: Any, info: Any) -> None:
        self._put('tagprop', 'tagprops', (name, tdef, info))

    @s_nexus.Pusher.onPush('model:edge:add')
    def _on_edge_add(self, edge: Any, info: Any) -> None:
        self._put('edge', 'edges', (edge, info))

    def getExtModel(self) -> dict[str, Any]:
        """Return all definitions that were added."""
        return s_ext.getExtModel(self.model)

    @staticmethod
    def req_model(defs: Any) -> None:
        """Raise BadArg unless something has the shape of an exported extended model."""
        if not isinstance(defs, dict):
            raise s_exc.BadArg(mesg=f'An extended model should be a dict: {defs!r}')
        for kind in _SHAPES:
            items = defs.get(kind, ())
            if not isinstance(items, (list, tuple)):
                raise s_exc.BadArg(mesg=f'The {kind} of an extended model should be a list: {items!r}')
            for item in items:
                _check(kind, item)

    async def addExtModel(self, defs: dict[str, Any]) -> bool:
        """Add what an exported extended model has and this one has not.

        Raises: BadFormDef, BadPropDef ... before anything is added, if a definition of the same name differs.
        """
        self.req_model(defs)
        todo = s_ext.missing(self.model, defs)
        while todo:
            later: list[tuple[str, Any]] = []  # a type may rest on one that comes later, or on a form
            fault: s_exc.SynErr | None = None
            for kind, item in todo:
                try:
                    await self._push(f'model:{_STEMS[kind]}:add', *item)
                except (s_exc.NoSuchType, s_exc.NoSuchForm) as e:
                    later.append((kind, item))
                    fault = e
            if fault is not None and len(later) == len(todo):
                raise fault
            todo = later
        return True

    def _changed(self, event: str, info: typing.Callable[[], dict[str, Any]]) -> None:
        for layer in self.layers.values():
            layer.drop_cached()
        s_ext.refresh_locks(self.model)
        if self.cell.beholder.queues:
            self.cell.feedBeholder(event, info())


_STEMS = {'types': 'type', 'forms': 'form', 'props': 'prop', 'univs': 'univ', 'tagprops': 'tagprop', 'edges': 'edge'}
# kind -> (number of parts, places of names, place of the type definition, places of dictionaries)
_SHAPES: dict[str, tuple[int, tuple[int, ...], int | None, tuple[int, ...]]] = {
    'types': (4, (0, 1), None, (2, 3)),
    'forms': (4, (0, 1), None, (2, 3)),
    'props': (4, (0, 1), 2, (3,)),
    'univs': (3, (0,), 1, (2,)),
    'tagprops': (3, (0,), 1, (2,)),
    'edges': (2, (), None, (1,)),
}


def _check(kind: str, item: tuple[Any, ...]) -> None:
    """Raise BadArg for a definition of the wrong shape."""
    size, names, tdef, dicts = _SHAPES[kind]
    if not isinstance(item, (list, tuple)) or len(item) != size:
        raise s_exc.BadArg(mesg=f'A definition of {kind} has {size} parts: {item!r}')
    for place in names:
        if not isinstance(item[place], str) or len(item[place].encode('utf8', 'replace')) > s_limits.EXT_NAME_BYTES:
            raise s_exc.BadArg(mesg=f'Not a name of at most {s_limits.EXT_NAME_BYTES} bytes: {item[place]!r}')
    for place in dicts:
        if not isinstance(item[place], dict):
            raise s_exc.BadArg(mesg=f'Options and info of {kind} should be a dict: {item[place]!r}')
    if tdef is not None:
        part = item[tdef]
        good = isinstance(part, (list, tuple)) and len(part) == 2
        if not good or not isinstance(part[0], str) or not isinstance(part[1], dict):
            raise s_exc.BadArg(mesg=f'A type definition should be a tuple of a name and a dict: {part!r}')
    if kind == 'edges' and len(def_key(kind, (req_edge(item[0]),)).encode('utf8', 'replace')) > s_limits.NAME_BYTES:
        raise s_exc.BadArg(mesg=f'The names of an edge are longer than {s_limits.NAME_BYTES} bytes.')
    try:
        size = len(s_common.en(item))
    except s_exc.NotMsgpackSafe as e:
        raise s_exc.BadArg(mesg=f'A definition of {kind} is not plain data: {e.get("mesg")}') from None
    if size > s_limits.EXT_DEF_BYTES:
        raise s_exc.BadArg(mesg=f'A definition of {kind} has {size} bytes; at most {s_limits.EXT_DEF_BYTES} may be.')


def req_edge(edge: Any) -> tuple[str | None, str, str | None]:
    if not isinstance(edge, (list, tuple)) or len(edge) != 3 or not isinstance(edge[1], str):
        raise s_exc.BadArg(mesg=f'An edge should be a tuple of form, verb and form: {edge!r}')
    if not all(name is None or isinstance(name, str) for name in edge):
        raise s_exc.BadArg(mesg=f'An edge should be a tuple of form, verb and form: {edge!r}')
    return (edge[0], edge[1], edge[2])


def _tupled(item: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(tuple(part) if isinstance(part, list) else part for part in item)


def def_key(kind: str, item: tuple[Any, ...]) -> str:
    if kind == 'props':
        return f'{item[0]} {item[1]}'
    return ' '.join(name or '*' for name in item[0]) if kind == 'edges' else str(item[0])


def _part(model: s_model.Model, part: str, name: str) -> dict[str, Any]:
    return typing.cast('dict[str, Any]', s_reflect.getModelDict(model)[part][name])


_ADDED: dict[str, typing.Callable[[s_model.Model, tuple[Any, ...]], dict[str, Any]]] = {
    'types': lambda model, item: {'type': _part(model, 'types', item[0])},
    'forms': lambda model, item: {'form': _part(model, 'forms', item[0]), 'type': _part(model, 'types', item[0])},
    'props': lambda model, item: {'form': item[0], 'prop': _part(model, 'forms', item[0])['props'][item[1]]},
    'univs': lambda model, item: _part(model, 'univs', f'.{item[0]}'),
    'tagprops': lambda model, item: _part(model, 'tagprops', item[0]),
    'edges': lambda model, item: {'edge': item[0], 'info': item[1]},
}
