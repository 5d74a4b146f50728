"""``$lib.model``: types, forms and properties (spec: storm-runtime.md 19)."""

from __future__ import annotations

import typing

import synapse.lib.model.reflect as s_reflect
import synapse.lib.storm.coerce as s_coerce
import synapse.lib.storm.registry as s_registry
import synapse.lib.storm.runtime as s_runtime

Any = typing.Any
Runtime = s_runtime.Runtime
lib, method, getter = s_registry.lib, s_registry.method, s_registry.getter
s_registry.libdoc('$lib.model', 'The data model.')


class ModelObj(s_coerce.StormObj):
    """A part of the data model."""

    def __init__(self, item: Any, model: Any) -> None:
        self.item = item
        self.model = model

    def storm_repr(self) -> str:
        return f'{self.storm_name}: {s_coerce.text((self.storm_value(),))[1:-2]}'


class ModelType(ModelObj):
    """A type."""

    storm_name = 'model:type'

    def storm_value(self) -> Any:
        return s_coerce.keep(s_reflect.type_def(self.model, self.item))


class ModelForm(ModelObj):
    """A form."""

    storm_name = 'model:form'

    def storm_value(self) -> Any:
        return s_coerce.keep(s_reflect.form_def(self.item))


class ModelProp(ModelObj):
    """A property, or the primary value of a form."""

    storm_name = 'model:property'

    def storm_value(self) -> Any:
        isform = hasattr(self.item, 'props')
        return s_coerce.keep(s_reflect.form_def(self.item) if isform else s_reflect.prop_def(self.item))


class ModelTagProp(ModelObj):
    """A tag property."""

    storm_name = 'model:tagprop'

    def storm_value(self) -> Any:
        return s_coerce.keep(s_reflect.tagprop_def(self.item))


s_registry.typedoc('model:type', 'A type of the data model.')
s_registry.typedoc('model:form', 'A form of the data model.')
s_registry.typedoc('model:property', 'A property of the data model.')
s_registry.typedoc('model:tagprop', 'A tag property of the data model.')


@lib('$lib.model.type', pure=True)
def model_type(rt: Runtime, name: str) -> ModelType | None:
    """Return a type by name, null for an unknown one."""
    item = rt.model.type(name)
    return None if item is None else ModelType(item, rt.model)


@lib('$lib.model.form', pure=True)
def model_form(rt: Runtime, name: str) -> ModelForm | None:
    """Return a form by name, null for an unknown one."""
    item = rt.model.form(name)
    return None if item is None else ModelForm(item, rt.model)


@lib('$lib.model.prop', pure=True)
def model_prop(rt: Runtime, name: str) -> ModelProp | None:
    """Return a property (or form) by its full name, null for an unknown one."""
    item: Any = rt.model.prop(name) or rt.model.form(name)
    return None if item is None else ModelProp(item, rt.model)


@lib('$lib.model.tagprop', pure=True)
def model_tagprop(rt: Runtime, name: str) -> ModelTagProp | None:
    """Return a tag property by name, null for an unknown one."""
    item = rt.model.tagprop(name)
    return None if item is None else ModelTagProp(item, rt.model)


def _name(kind: str) -> None:
    def get(rt: Runtime, obj: ModelObj) -> str:
        return str(obj.item.name)

    get.__doc__ = 'The name.'
    getter(kind, 'name')(get)


for _kind in ('model:type', 'model:form', 'model:property', 'model:tagprop'):
    _name(_kind)


def _type(kind: str) -> None:
    def get(rt: Runtime, obj: ModelObj) -> ModelType:
        return ModelType(obj.item.type, obj.model)

    get.__doc__ = 'The type of the value.'
    getter(kind, 'type')(get)


for _kind in ('model:form', 'model:property', 'model:tagprop'):
    _type(_kind)


@getter('model:type', 'stortype')
def type_stortype(rt: Runtime, obj: ModelType) -> int:
    """The number of the storage type."""
    return int(obj.item.stortype)


@getter('model:type', 'mutable')
def type_mutable(rt: Runtime, obj: ModelType) -> bool:
    """Whether values can change in place."""
    return bool(obj.item.isarray or obj.item.ctor == 'data')


@getter('model:type', 'opts')
def type_opts(rt: Runtime, obj: ModelType) -> Any:
    """The options."""
    return s_coerce.wrap(dict(obj.item.opts))


@method('model:type', 'norm', pure=True)
def type_norm(rt: Runtime, obj: ModelType, valu: Any) -> Any:
    """Return (normalised value, info). Raises: BadTypeValu."""
    norm, info = obj.item.norm(s_coerce.toprim(valu))
    return s_coerce.keep((norm, dict(info)))


@method('model:type', 'repr', pure=True)
def type_repr(rt: Runtime, obj: ModelType, valu: Any) -> Any:
    """Return the display form of a value. Raises: BadTypeValu."""
    return s_coerce.keep(obj.item.repr(obj.item.norm(s_coerce.toprim(valu))[0]))


@method('model:form', 'prop', pure=True)
def form_prop(rt: Runtime, obj: ModelForm, name: str) -> ModelProp | None:
    """Return a property by its relative name, null for an unknown one."""
    item = obj.item.props.get(name)
    return None if item is None else ModelProp(item, obj.model)


@getter('model:property', 'full')
def prop_full(rt: Runtime, obj: ModelProp) -> str:
    """The full name."""
    return str(getattr(obj.item, 'full', obj.item.name))


@getter('model:property', 'form')
def prop_form(rt: Runtime, obj: ModelProp) -> ModelForm | None:
    """The form of the property, null for a universal one."""
    if hasattr(obj.item, 'props'):
        return ModelForm(obj.item, obj.model)
    return None if obj.item.form is None else ModelForm(obj.item.form, obj.model)
