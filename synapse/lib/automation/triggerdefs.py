"""What a trigger is, and what an edit means to it (spec: storm-runtime.md 9)."""

from __future__ import annotations

import functools
import re
import typing

import synapse.common as s_common
import synapse.exc as s_exc
import synapse.lib.layer.edits as s_edits
import synapse.lib.schema as s_schema
import synapse.lib.storm.runtime as s_runtime
import synapse.lib.view as s_view

Any = typing.Any
Def = dict[str, Any]
CONDS = ('node:add', 'node:del', 'tag:add', 'tag:del', 'prop:set', 'edge:add', 'edge:del')
EDITABLE = ('enabled', 'storm', 'doc', 'name', 'async', 'user')
_TEXT = {'type': 'string'}
_NEEDS = {'node:add': 'form', 'node:del': 'form', 'prop:set': 'prop', 'tag:add': 'tag', 'tag:del': 'tag'}
_NEEDS |= {'edge:add': 'verb', 'edge:del': 'verb'}
_check = s_schema.checker(
    {
        'type': 'object',
        'properties': {
            **dict.fromkeys(('iden', 'user', 'view'), {'type': 'string', 'pattern': '^[0-9a-f]{32}$'}),
            **dict.fromkeys(('form', 'n2form'), {'type': 'string', 'pattern': '^[a-z_][a-z0-9_]*(:[a-z0-9_]+)+$'}),
            **dict.fromkeys(('tag', 'prop', 'verb', 'name', 'doc', 'storm'), _TEXT),
            'cond': {'enum': list(CONDS)},
            **dict.fromkeys(('async', 'enabled'), {'type': 'boolean'}),
            'created': {'type': 'integer', 'minimum': 0},
        },
        'required': ['iden', 'user', 'view', 'cond', 'storm', 'enabled', 'async'],
    }
)


def complete(tdef: Def) -> Def:
    """Return a definition as it is kept. Raises: SchemaViolation, BadOptValu."""
    if not isinstance(tdef, dict):
        raise s_exc.SchemaViolation(mesg='data must be object', name='data')
    rest = {'iden': s_common.guid(), 'created': s_common.now(), 'async': False, 'enabled': True}
    tdef = _check({**tdef, **{name: valu for name, valu in rest.items() if name not in tdef}})
    cond = tdef['cond']
    need = _NEEDS[cond]
    if need not in tdef:
        raise s_exc.SchemaViolation(mesg=f"data must contain ['{need}'] properties", name='data')
    if cond == 'prop:set' and ('form' in tdef or 'tag' in tdef):
        raise s_exc.BadOptValu(mesg='form and tag must not be present for prop:set')
    if cond.startswith('node:') and 'tag' in tdef:
        raise s_exc.BadOptValu(mesg=f'tag must not be present for {cond}')
    return tdef


class Change(typing.NamedTuple):
    """One thing that happened to a node, as triggers see it."""

    cond: str
    iden: bytes
    form: str
    name: str  # of the property, the tag or the verb
    n2form: str | None
    opts: Def


def changes(
    view: s_view.View, conds: typing.Container[str], results: typing.Sequence[s_edits.NodeEdit]
) -> typing.Iterator[Change]:
    """Yield what happened, of the kinds that are asked for, in order."""
    for iden, form, edits in results:
        valu = None
        for edit in s_edits.expand(view.model, edits, form):
            kind, info = edit[0], edit[1]
            cond, name = _meaning(kind, info, form)
            if cond not in conds:
                continue
            if valu is None:
                valu = info[0] if cond.startswith('node:') else _valu(view, iden)
            opts: Def = {'form': form, 'valu': valu}
            n2form = None
            if cond == 'prop:set':
                full = name
                opts = {'propname': info[0], 'propfull': full, **opts}
            elif cond.startswith('tag:'):
                opts = {'tag': name, **opts}
            elif cond.startswith('edge:'):
                n2form = _form(view, bytes.fromhex(info[1]))
                opts = {'verb': name, 'n2iden': info[1], **opts}
            yield Change(cond, iden, form, name, n2form, opts)


def _meaning(kind: int, info: typing.Sequence[Any], form: str) -> tuple[str, str]:
    """Return the condition of an edit, and the name it is about."""
    if kind == s_edits.NODE_ADD:
        return 'node:add', form
    if kind == s_edits.NODE_DEL:
        return 'node:del', form
    if kind == s_edits.PROP_SET and info[1] != info[2]:
        name = info[0]
        return 'prop:set', f'{form}{name}' if name[0] == '.' else f'{form}:{name}'
    if kind == s_edits.TAG_SET:
        return 'tag:add', info[0]
    if kind == s_edits.TAG_DEL:
        return 'tag:del', info[0]
    if kind in (s_edits.EDGE_ADD, s_edits.EDGE_DEL):
        return 'edge:add' if kind == s_edits.EDGE_ADD else 'edge:del', info[0]
    return '', ''


def _valu(view: s_view.View, iden: bytes) -> Any:
    node = view.node_by_iden(iden)
    return None if node is None else node.valu


def _form(view: s_view.View, iden: bytes) -> str | None:
    node = view.node_by_iden(iden)
    return None if node is None else node.form.name


def matches(tdef: Def, change: Change) -> bool:
    """Does a change fulfil the condition of a trigger?"""
    if change.cond == 'prop:set':
        prop = tdef['prop']
        return change.name == prop or (
            prop[0] == '.' and change.name.endswith(prop) and change.opts['propname'] == prop
        )
    if tdef.get('form') not in (None, change.form):
        return False
    if change.cond.startswith('node:'):
        return True
    if tdef.get('n2form') not in (None, change.n2form):
        return False
    pattern = tdef['tag'].lstrip('#') if change.cond.startswith('tag:') else tdef['verb']
    return _glob(pattern, change.cond.startswith('tag:')).fullmatch(change.name) is not None


@functools.lru_cache(maxsize=1024)
def _glob(text: str, tag: bool) -> re.Pattern[str]:
    """Return the pattern of a glob: ``**`` is anything, ``*`` stays inside of one part of a tag."""
    part = r'[^.]+' if tag else r'.*'
    out = ''.join(
        '.+' if bit == '**' else part if bit == '*' else re.escape(bit) for bit in re.split(r'(\*\*|\*)', text)
    )
    return re.compile(out)


def source(rt: s_runtime.Runtime, iden: bytes, opts: Def) -> s_view.Node | None:
    """Return the node that a trigger runs on; of a deleted one only what it was."""
    node = rt.editor.node_by_iden(iden)
    form = rt.model.form(opts['form'])
    if node is None and form is not None:
        node = s_view.Node.new(rt.view, iden, form, opts['valu'], {})
        node.fresh, node.dirty, node.deleted = False, False, True
    return node
