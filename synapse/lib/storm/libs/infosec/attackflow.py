"""``$lib.infosec.mitre.attack.flow``: attacks that were written down step by step, in the Attack Flow format."""

from __future__ import annotations

import typing

import fastjsonschema

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.model.types.schemas as s_schemas
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.libs.infosec.gen as s_libgen
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Prim = s_registry.Prim
Runtime = s_runtime.Runtime
lib = s_registry.lib
FORM = 'it:mitre:attack:flow'
s_registry.libdoc('$lib.infosec.mitre.attack.flow', 'Attacks step by step, in the Attack Flow format.')


@lib('$lib.infosec.mitre.attack.flow.norm')
def flow_norm(rt: Runtime, flow: Prim) -> dict[str, Any]:
    """Return a flow in a form that is the same for equal ones. Raises: SchemaViolation."""
    retn: dict[str, Any] = s_coerce.wrap(_norm(rt, flow))
    return retn


def _norm(rt: Runtime, flow: Any) -> dict[str, Any]:
    datatype: Any = rt.model.reqForm(FORM).reqProp('data').type
    check = s_schemas.compile_text(datatype.schema)
    try:
        check(s_common.ordered(flow))
    except fastjsonschema.JsonSchemaValueException as e:
        raise s_exc.SchemaViolation(mesg=e.message, name=e.name) from None
    objects = tuple(sorted(flow['objects'], key=lambda item: str(item['id'])))
    retn: dict[str, Any] = s_common.ordered({**flow, 'objects': objects})
    return retn


@lib('$lib.infosec.mitre.attack.flow.ingest', readonly=False)
async def flow_ingest(rt: Runtime, flow: Prim) -> s_view.Node | None:
    """Make the node of a flow and the contact of its author; null with a warning if nobody says who that is.

    Raises: SchemaViolation.
    """
    flow = _norm(rt, flow)
    objects = {item['id']: item for item in flow['objects']}
    about = next(item for item in flow['objects'] if item['type'] == 'attack-flow')
    author = objects.get(about.get('created_by_ref'), {})
    name = _cast(rt, 'contact name', 'ou:name', author.get('name'))
    email = None if name is None else _cast(rt, 'contact information', 'inet:email', author.get('contact_information'))
    if name is None or email is None:
        return None
    props = {'name': about['name'], 'data': flow, 'created': about['created'], 'updated': about['modified']}
    norms: dict[str, tuple[Any, Any]] = {
        key: rt.model.reqForm(FORM).reqProp(key).type.norm(valu) for key, valu in props.items()
    }
    rt.confirm_edit('node', 'add', FORM)
    guid = s_common.guid(('attack-flow', name[0], email[0]))
    contact = await s_libgen.ensure(rt, 'ps:contact', guid, {'name': name, 'email': email})
    norms['author:contact'] = (contact.valu, None)
    norms['author:user'] = (rt.query.user.iden, None)
    return await s_libgen.ensure(rt, FORM, s_common.guid((flow,)), norms)


def _cast(rt: Runtime, what: str, kind: str, valu: Any) -> tuple[Any, Any] | None:
    """Return a value and what follows from it, None with a warning if it is not of a type."""
    try:
        norm: tuple[Any, Any] = rt.model.reqType(kind).norm(valu)
        return norm
    except s_exc.BadTypeValu:
        rt.warn(f'Error casting {what} to {kind}: {s_coerce.text(valu)}')
        return None
