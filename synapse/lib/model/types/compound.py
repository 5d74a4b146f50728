"""Types made of other types: comp, array, range, data. spec: types.md 2.13"""

from __future__ import annotations

import json
import math
import typing

import fastjsonschema

import synapse.exc as s_exc
import synapse.lib.model.indx as s_indx
import synapse.lib.model.types.base as s_base
import synapse.lib.model.types.schemas as s_schemas

MAX_BITS = 4096  # of an integer in a data value: JSON text of more cannot be read back
MAX_DEPTH = 256  # nesting of a data value: msgpack stops at 511, and nobody reads that deep


class Composite(s_base.Type):
    """What values made of several parts share: equality of the whole, and a regex over the shown parts."""

    stortype = s_base.MSGP
    LIFTS = s_base.Type.LIFTS | {'~=': 'lift_regex'}

    def find_type(self, name: str, opts: s_base.Opts | None = None) -> s_base.Type:
        """Look another type up. Raises BadTypeDef."""
        found = self.model.type(name)
        if found is None:
            mesg = f'Type ({self.name}) is based on unknown type: {name}.'
            raise s_exc.BadTypeDef(name=self.name, valu=name, mesg=mesg)
        return found.clone(opts or {})

    def find_typedef(self, typedef: typing.Any) -> s_base.Type:
        """Look up a type given as its name or as (name, options). Raises BadTypeDef."""
        if isinstance(typedef, str):
            return self.find_type(typedef)
        return self.find_type(typedef[0], dict(typedef[1]))

    def repr_text(self, valu: typing.Any) -> str:
        """Return the shown parts with a space between."""
        return _flat_text(self.repr(valu))


def _flat_text(valu: typing.Any) -> str:
    if isinstance(valu, (list, tuple)):
        return ' '.join(_flat_text(item) for item in valu)
    return valu if isinstance(valu, str) else str(valu)


class _SubNames(dict[str, str]):
    """The names ``field:sub`` of the sub-values of a field, each made once."""

    def __init__(self, field: str) -> None:
        self.field = field

    def __missing__(self, sub: str) -> str:
        name = self[sub] = f'{self.field}:{sub}'
        return name


class Comp(Composite):
    """A tuple of named fields."""

    ctor = 'synapse.lib.types.Comp'
    fields: tuple[tuple[str, s_base.Type], ...] = ()
    parts: tuple[tuple[str, s_base.Type, str, _SubNames], ...] = ()  # fields as norm needs them

    def setup(self) -> None:
        """The fields' types are looked up when they are first needed."""
        self.indx = s_indx.msgp
        self.sepr: str | None = self.opts.get('sepr')
        self.size = len(self.opts.get('fields') or ())
        self.norms = {list: self.norm_first, tuple: self.norm_first}
        if self.sepr is not None:
            self.norms[str] = self.norm_text

    def resolve(self) -> None:
        """Look the fields' types up."""
        if self.fields:
            return
        fields = self.opts.get('fields')
        if not fields:
            raise s_exc.BadTypeDef(name=self.name, mesg=f'Comp type ({self.name}) needs fields.')
        self.fields = tuple((name, self.find_typedef(typedef)) for name, typedef in fields)
        self.parts = tuple((name, typo, typo.name, _SubNames(name)) for name, typo in self.fields)
        self.norms[list] = self.norms[tuple] = self.norm_fields

    def refers_to(self) -> tuple[str, ...]:
        """Return the types of the fields."""
        return tuple(typo.name for _, typo in self.fields)

    def norm_first(self, valu: typing.Any) -> s_base.Normed:
        """The first value of all finds the types."""
        try:
            self.resolve()
        except s_exc.BadTypeDef as e:
            raise self.bad(valu, e.get('mesg')) from None
        return self.norm_fields(valu)

    def norm_text(self, valu: str) -> s_base.Normed:
        """Split at the separator."""
        return self.norms[list](valu.split(self.sepr))

    def norm_fields(self, valu: typing.Sequence[typing.Any]) -> s_base.Normed:
        """Normalise each field; subs and adds of the fields become ours."""
        if len(valu) != self.size:
            mesg = f'invalid number of fields given for norming: {s_base.show(valu)}'
            raise s_exc.BadTypeValu(name=self.name, fields=self.opts['fields'], numitems=len(valu), mesg=mesg)
        norms: list[typing.Any] = []
        subs: dict[str, typing.Any] = {}
        adds: list[typing.Any] = []
        forms = self.model.forms
        for (name, typo, kind, names), item in zip(self.parts, valu):  # noqa: B905 (it costs, and the size is known)
            norm, info = typo.norm(item)
            norms.append(norm)
            subs[name] = norm
            if kind in forms:
                adds.append((kind, norm, info))
            if info:
                if 'subs' in info:
                    for sub, subvalu in info['subs'].items():
                        subs[names[sub]] = subvalu
                if 'adds' in info:
                    adds += info['adds']
        return tuple(norms), {'subs': subs, 'adds': adds}

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show the fields, joined by the separator if there is one."""
        self.resolve()
        reprs = tuple(typo.repr(item) for (_, typo), item in zip(self.fields, valu, strict=False))
        return reprs if self.sepr is None else self.sepr.join(map(str, reprs))


class Array(Composite):
    """A list of values of one type, optionally unique and sorted."""

    ctor = 'synapse.lib.types.Array'
    isarray = True
    defopts = {'type': 'int'}

    def setup(self) -> None:
        """The storage type is that of the items and a flag. Raises BadTypeDef."""
        self.indx = s_indx.msgp
        name = self.opts.get('type')
        if not isinstance(name, str):
            raise s_exc.BadTypeDef(name=self.name, mesg='Array type requires type= option.')
        found = self.model.type(name)
        if found is None:
            mesg = f'Array type ({self.name}) based on unknown type: {name}.'
            raise s_exc.BadTypeDef(name=self.name, valu=name, mesg=mesg)
        if found.isarray:
            raise s_exc.BadTypeDef(name=self.name, mesg='Array type of array values is not (yet) supported.')
        self.itemtype: s_base.Type = found.clone(self.opts.get('typeopts') or {})
        self.stortype = self.itemtype.stortype | s_base.ARRAY
        self.uniq, self.sorted = bool(self.opts.get('uniq')), bool(self.opts.get('sorted'))
        self.split: str | None = self.opts.get('split')
        self.norms = {list: self.norm_list, tuple: self.norm_list, str: self.norm_text}

    def refers_to(self) -> tuple[str, ...]:
        """Return the type of the items."""
        return (self.itemtype.name,)

    def norm_text(self, valu: str) -> s_base.Normed:
        """Split the text and trim the items."""
        if self.split is None:
            raise s_exc.BadTypeValu(name=self.name, mesg=f'{self.name} type has no split-char defined.')
        return self.norm_list([part.strip() for part in valu.split(self.split)])

    def norm_list(self, valu: typing.Sequence[typing.Any]) -> s_base.Normed:
        """Normalise the items; those that are forms are added."""
        norms: list[typing.Any] = []
        adds: list[typing.Any] = []
        itemtype = self.itemtype
        form = itemtype.name if itemtype.name in self.model.forms else None
        for item in valu:
            norm, info = itemtype.norm(item)
            norms.append(norm)
            if form is not None:
                adds.append((form, norm, info))
            if info:
                adds.extend(info.get('adds', ()))
        if self.uniq:
            norms = self.unique(norms)
        if self.sorted:
            norms = self.in_order(norms)
        return tuple(norms), {'adds': adds}

    def unique(self, norms: list[typing.Any]) -> list[typing.Any]:
        """Return the first occurrences."""
        try:
            return list(dict.fromkeys(norms))
        except TypeError:  # data items may hold dicts, which have no hash
            return list({s_indx.msgp(norm): norm for norm in reversed(norms)}.values())[::-1]

    def in_order(self, norms: list[typing.Any]) -> list[typing.Any]:
        """Return the items sorted, by their keys where they do not compare."""
        try:
            return sorted(norms)
        except TypeError:
            return sorted(norms, key=s_indx.msgp)

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show the items, joined when they can be split again."""
        reprs = [self.itemtype.repr(item) for item in valu]
        return tuple(reprs) if self.split is None else self.split.join(_flat_text(text) for text in reprs)

    def cmpr_regex(self, valu: typing.Any) -> s_base.Test:
        """Search a regular expression in any item."""
        test = self.itemtype.cmpr_regex(valu)
        return lambda items: any(test(item) for item in items)


class Range(Composite):
    """Two values of one type in order."""

    ctor = 'synapse.lib.types.Range'
    defopts = {'type': ('int', {})}
    itemtype: s_base.Type | None = None

    def setup(self) -> None:
        """A pair, or text with a dash."""
        self.indx = s_indx.msgp
        self.norms = {list: self.norm_pair, tuple: self.norm_pair, str: self.norm_text}

    def resolve(self) -> None:
        """Look up the type of the two ends."""
        self.item_type()

    def refers_to(self) -> tuple[str, ...]:
        """Return the type of the two ends."""
        return (self.item_type().name,)

    def item_type(self) -> s_base.Type:
        """Return the type of the two ends."""
        if self.itemtype is None:
            self.itemtype = self.find_typedef(self.opts['type'])
        return self.itemtype

    def norm_text(self, valu: str) -> s_base.Normed:
        """Split at the first dash."""
        first, dash, second = valu.partition('-')
        if not dash:
            raise self.bad(valu, f'Range text needs a dash: {valu[:200]}')
        return self.norm_pair((first, second))

    def norm_pair(self, valu: typing.Sequence[typing.Any]) -> s_base.Normed:
        """Normalise both ends and check their order."""
        if len(valu) != 2:
            raise self.bad(valu, f'Must be a 2-tuple of type {self.item_type().name}: {s_base.show(valu)}')
        typo = self.item_type()
        minv, maxv = typo.norm(valu[0])[0], typo.norm(valu[1])[0]
        if self.rank(minv) > self.rank(maxv):
            raise self.bad(valu, f'minval cannot be greater than maxval: {s_base.show(valu)}')
        return (minv, maxv), {'subs': {'min': minv, 'max': maxv}}

    def rank(self, valu: typing.Any) -> typing.Any:
        """Return what the order of two ends is decided by."""
        typo = self.item_type()
        return typo.rank(valu) if isinstance(typo, s_base.Ordered) else valu

    def repr(self, valu: typing.Any) -> typing.Any:
        """Show both ends."""
        typo = self.item_type()
        return (typo.repr(valu[0]), typo.repr(valu[1]))


def freeze(valu: typing.Any, depth: int = 0) -> typing.Any:
    """Return a JSON value with lists as tuples. Raises ValueError for what JSON cannot hold."""
    kind = type(valu)
    if kind is str or kind is bool or valu is None:
        return valu
    if kind is int:
        if valu.bit_length() > MAX_BITS:
            raise ValueError('integer is too large')
        return valu
    if kind is float:
        if not math.isfinite(valu):
            raise ValueError('nan or inf number is not allowed')
        return valu
    if depth > MAX_DEPTH:
        raise ValueError('nested too deep')
    if kind is list or kind is tuple:
        return tuple(freeze(item, depth + 1) for item in valu)
    if kind is dict:
        if not all(type(key) is str for key in valu):
            raise ValueError('Dictionary keys must be strings')
        return {key: freeze(item, depth + 1) for key, item in valu.items()}
    raise ValueError(f'Object of type {kind.__name__} is not JSON serializable')


class Data(s_base.Type):
    """Any value that JSON can hold, optionally checked by a JSON schema."""

    ctor = 'synapse.lib.types.Data'
    stortype = s_base.MSGP
    LIFTS = s_base.Type.LIFTS | {'~=': 'lift_regex'}

    def setup(self) -> None:
        """Every kind of JSON value goes the same way. The schema is compiled when it is first used (it takes long)."""
        self.indx = s_indx.msgp
        schema = self.opts.get('schema')
        self.schema = None if schema is None else json.dumps(schema)
        self.norms = dict.fromkeys((str, int, bool, float, list, tuple, dict, type(None)), self.norm_data)

    def norm_data(self, valu: typing.Any) -> s_base.Normed:
        """Check that JSON can hold the value, and the schema."""
        try:
            norm = freeze(valu)
            s_indx.msgp(norm)
        except (ValueError, s_exc.NotMsgpackSafe) as e:
            raise self.bad(valu, f"MustBeJsonSafe: mesg='{e}'") from None
        if self.schema is not None:
            self.check(norm)
        return norm, s_base.NOINFO

    def check(self, valu: typing.Any) -> None:
        """Check a value against the schema. Raises BadTypeValu, also when the schema itself is wrong."""
        try:
            s_schemas.compile_text(typing.cast(str, self.schema))(valu)
        except fastjsonschema.JsonSchemaValueException as e:
            raise self.bad(valu, f'SchemaViolation: {e}') from None
        except Exception as e:  # the compiler fails in many ways on what is no schema
            raise self.bad(valu, f'The JSON schema is not usable: {s_base.show(str(e))}') from None

    def norm_other(self, valu: typing.Any) -> s_base.Normed:
        """What is no JSON value."""
        if getattr(valu, 'ndef', None) is not None:
            return super().norm_other(valu)
        return self.norm_data(valu)
