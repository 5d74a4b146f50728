"""``$lib.model.ext`` and the locks of ``$lib.model.deprecated`` (spec: storm-runtime.md 19)."""

from __future__ import annotations

import typing

import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
lib = s_registry.lib
s_registry.libdoc('$lib.model.ext', 'Additions to the data model.')
s_registry.libdoc('$lib.model.deprecated', 'Locks on deprecated parts of the model.')


async def _ext(rt: Runtime, *perm: str) -> Any:
    """Return what keeps the additions, after the permission was checked and pending edits were stored."""
    rt.confirm(('model', *perm))
    await rt.editor.flush()
    return rt.query.core.cortex.extmodel


@lib('$lib.model.ext.addType', readonly=False)
async def ext_addtype(rt: Runtime, typename: str, basetype: str, typeopts: Prim, typeinfo: Prim) -> None:
    """Add a type; its name begins with _. Raises: BadTypeDef, DupTypeName, NoSuchType."""
    await (await _ext(rt, 'type', 'add', typename)).addType(typename, basetype, typeopts, typeinfo)


@lib('$lib.model.ext.addForm', readonly=False)
async def ext_addform(rt: Runtime, formname: str, basetype: str, typeopts: Prim, typeinfo: Prim) -> None:
    """Add a form; its name begins with _. Raises: BadFormDef, DupFormName, NoSuchType."""
    await (await _ext(rt, 'form', 'add', formname)).addForm(formname, basetype, typeopts, typeinfo)


@lib('$lib.model.ext.addFormProp', readonly=False)
async def ext_addprop(rt: Runtime, formname: str, propname: str, typedef: Prim, propinfo: Prim) -> None:
    """Add a property; its name begins with _ unless the form was added. Raises: BadPropDef, NoSuchForm, NoSuchType."""
    await (await _ext(rt, 'prop', 'add', formname)).addFormProp(formname, propname, typedef, propinfo)


@lib('$lib.model.ext.addUnivProp', readonly=False)
async def ext_adduniv(rt: Runtime, propname: str, typedef: Prim, propinfo: Prim) -> None:
    """Add a property to all forms; its name begins with _. Raises: BadPropDef, DupPropName, NoSuchType."""
    await (await _ext(rt, 'univ', 'add')).addUnivProp(propname, typedef, propinfo)


@lib('$lib.model.ext.addTagProp', readonly=False)
async def ext_addtagprop(rt: Runtime, propname: str, typedef: Prim, propinfo: Prim) -> None:
    """Add a tag property. Raises: DupPropName, NoSuchType."""
    await (await _ext(rt, 'tagprop', 'add')).addTagProp(propname, typedef, propinfo)


def _edge(n1form: str | None, verb: str, n2form: str | None) -> tuple[str | None, str, str | None]:
    return (None if n1form == '*' else n1form, verb, None if n2form == '*' else n2form)


@lib('$lib.model.ext.addEdge', readonly=False)
async def ext_addedge(rt: Runtime, n1form: str | None, verb: str, n2form: str | None, edgeinfo: Prim) -> None:
    """Declare a light edge between two forms; * means any. Raises: BadEdgeDef, NoSuchForm, DupEdgeType."""
    await (await _ext(rt, 'edge', 'add')).addEdge(_edge(n1form, verb, n2form), edgeinfo)


@lib('$lib.model.ext.delType', readonly=False)
async def ext_deltype(rt: Runtime, typename: str) -> None:
    """Remove a type that was added. Raises: NoSuchType, CantDelType."""
    await (await _ext(rt, 'type', 'del', typename)).delType(typename)


@lib('$lib.model.ext.delForm', readonly=False)
async def ext_delform(rt: Runtime, formname: str) -> None:
    """Remove a form that was added. Raises: NoSuchForm, CantDelForm."""
    await (await _ext(rt, 'form', 'del', formname)).delForm(formname)


async def _unset(rt: Runtime, names: typing.Callable[[Any], list[Any]], prop: str) -> None:
    """Remove a property from the nodes of all layers, by logged edits; ``names`` gives its indexes in a layer."""
    for layer in rt.query.core.cortex.stacks.layers.values():
        view = s_view.View(layer.iden, [layer], rt.model, layer.idens)
        editor = s_view.Editor(view, rt.query.user.iden)
        for name in names(layer):
            scan = layer.scan(name)
            while scan is not None and (nids := scan.nids(1000)):
                for nid in nids:
                    node = editor.intern(nid)
                    if name[0] == 'tagprop':
                        editor.del_tagprop(node, typing.cast(str, name[1]), prop)
                    else:
                        editor.del_prop(node, node.form.props[prop])
                await editor.flush()
                await rt.breathe()


@lib('$lib.model.ext.delFormProp', readonly=False)
async def ext_delprop(rt: Runtime, formname: str, propname: str, force: bool = False) -> None:
    """Remove a property that was added; force removes it from the nodes first. Raises: NoSuchProp, CantDelProp."""
    ext = await _ext(rt, 'prop', 'del', formname)
    if force and (formname, propname) in rt.model.exts.get('props', {}):
        rt.query.user.reqAdmin()
        await _unset(rt, lambda layer: [('prop', formname, propname)], propname)
    await ext.delFormProp(formname, propname)


@lib('$lib.model.ext.delUnivProp', readonly=False)
async def ext_deluniv(rt: Runtime, propname: str, force: bool = False) -> None:
    """Remove a universal property; force removes it from the nodes first. Raises: NoSuchUniv, CantDelUniv."""
    ext = await _ext(rt, 'univ', 'del')
    if force and propname in rt.model.exts.get('univs', {}):
        rt.query.user.reqAdmin()
        await _unset(rt, lambda layer: [('prop', form, f'.{propname}') for form in rt.model.forms], f'.{propname}')
    await ext.delUnivProp(propname)


@lib('$lib.model.ext.delTagProp', readonly=False)
async def ext_deltagprop(rt: Runtime, propname: str, force: bool = False) -> None:
    """Remove a tag property; force removes it from the nodes first. Raises: NoSuchTagProp, CantDelProp."""
    ext = await _ext(rt, 'tagprop', 'del')
    if force and propname in rt.model.exts.get('tagprops', {}):
        rt.query.user.reqAdmin()
        await _unset(rt, lambda layer: layer.tagprop_names(propname), propname)
    await ext.delTagProp(propname)


@lib('$lib.model.ext.delEdge', readonly=False)
async def ext_deledge(rt: Runtime, n1form: str | None, verb: str, n2form: str | None) -> None:
    """Remove the declaration of a light edge that was added. Raises: NoSuchEdge."""
    await (await _ext(rt, 'edge', 'del')).delEdge(_edge(n1form, verb, n2form))


@lib('$lib.model.ext.getExtModel')
def ext_get(rt: Runtime) -> Any:
    """Return everything that was added."""
    return s_coerce.keep(rt.query.core.cortex.extmodel.getExtModel())


@lib('$lib.model.ext.addExtModel', readonly=False)
async def ext_addall(rt: Runtime, model: Prim) -> bool:
    """Add everything of an extended model that is not there yet.

    Raises: AuthDeny, BadArg (the shape), BadFormDef ... where a definition differs.
    """
    extmodel = rt.query.core.cortex.extmodel
    extmodel.req_model(model)
    for kind, perm in (('types', 'type'), ('forms', 'form'), ('props', 'prop'), ('edges', 'edge')):
        for item in model.get(kind, ()):
            rt.confirm(('model', perm, 'add', *([] if kind == 'edges' else [item[0]])))
    for kind, perm in (('univs', 'univ'), ('tagprops', 'tagprop')):
        if model.get(kind):
            rt.confirm(('model', perm, 'add'))
    await rt.editor.flush()
    return bool(await extmodel.addExtModel(model))


@lib('$lib.model.deprecated.locks')
def deprecated_locks(rt: Runtime) -> dict[str, bool]:
    """Return the names of deprecated parts of the model, with true for those that are locked."""
    return typing.cast('dict[str, bool]', rt.query.core.cortex.extmodel.getDeprLocks())


@lib('$lib.model.deprecated.lock', readonly=False)
async def deprecated_lock(rt: Runtime, name: str, locked: bool) -> None:
    """Lock or unlock the use of a deprecated form, property or type. Raises: NoSuchProp."""
    await (await _ext(rt, 'deprecated', 'lock')).setDeprLock(name, locked)
